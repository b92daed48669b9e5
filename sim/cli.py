"""The command ``hinterland``; thin: what is simulated stands in the scenario, figures in ``sim.plotting``."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from sim.cli_app import app as dashboard
from sim.cli_attribute import attribute
from sim.cli_calibrate import calibrate
from sim.cli_diagnose import diagnose
from sim.cli_experiments import compare, sweep
from sim.cli_explain import EXAMPLES, explain
from sim.cli_policies import policies
from sim.cli_report import report
from sim.cli_run import run
from sim.cli_scenario import app as scenario_commands
from sim.cli_sensitivity import sensitivity
from sim.cli_store import accept_code
from sim.cli_validate import validate

__all__ = ["app", "main"]

app = typer.Typer(
    name="hinterland",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Simulate how online shops, Taobao villages and their clusters spread through rural China.",
    epilog="Where a reader stops early (hinterland ... | head) the command ends quietly, with exit status 0.",
)
app.command()(run)
app.command("app")(dashboard)
app.command()(report)
app.command()(sweep)
app.command()(compare)
app.command()(policies)
app.command()(sensitivity)
app.command()(calibrate)
app.command()(validate)
app.command(epilog=EXAMPLES)(explain)
app.command()(attribute)
app.command()(diagnose)
app.command("accept-code")(accept_code)
app.add_typer(scenario_commands, name="scenario")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hinterland {version('hinterland')}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    show_version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and stop."),
    ] = False,
) -> None:
    """Options before the command."""


def main() -> None:
    """Run the command line; a reader that stops early, as ``head`` does, is no failure."""
    try:
        app()
    except SystemExit as ended:
        if isinstance(ended.__context__, BrokenPipeError):  # click and rich end with 1 then
            sys.exit(0)
        raise
