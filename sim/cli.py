"""The command ``hinterland``; thin: what is simulated stands in the scenario, figures in ``sim.plotting``."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from sim.cli_app import app as dashboard
from sim.cli_attribute import attribute
from sim.cli_calibrate import calibrate
from sim.cli_compare import compare
from sim.cli_diagnose import diagnose
from sim.cli_examples import EXIT_STATUS, epilog
from sim.cli_explain import explain
from sim.cli_policies import policies
from sim.cli_report import report
from sim.cli_run import run
from sim.cli_scenario import app as scenario_commands
from sim.cli_sensitivity import sensitivity
from sim.cli_store import accept_code
from sim.cli_sweep import sweep
from sim.cli_validate import validate

__all__ = ["app", "main"]

_RUNNING, _JUDGING, _READING = "Simulate", "Hold against the facts", "Read and prepare"

app = typer.Typer(
    name="hinterland",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Simulate how online shops, Taobao villages and their clusters spread through rural China.",
    epilog="\n\n".join(
        (
            "Begin with: hinterland run scenarios/cao-county.yaml",
            "Exit status:",
            *(f"{status}   {words}" for status, words in EXIT_STATUS.items()),
            "--json prints one JSON document and nothing else; what goes wrong is said on the error stream.",
        )
    ),
)
app.command(epilog=epilog("run"), rich_help_panel=_RUNNING)(run)
app.command("app", epilog=epilog("app"), rich_help_panel=_RUNNING)(dashboard)
app.command(epilog=epilog("sweep"), rich_help_panel=_RUNNING)(sweep)
app.command(epilog=epilog("compare"), rich_help_panel=_RUNNING)(compare)
app.command(epilog=epilog("policies"), rich_help_panel=_RUNNING)(policies)
app.command(epilog=epilog("attribute"), rich_help_panel=_RUNNING)(attribute)
app.command(epilog=epilog("sensitivity"), rich_help_panel=_RUNNING)(sensitivity)
app.command(epilog=epilog("calibrate"), rich_help_panel=_JUDGING)(calibrate)
app.command(epilog=epilog("validate"), rich_help_panel=_JUDGING)(validate)
app.command(epilog=epilog("explain"), rich_help_panel=_READING)(explain)
app.command(epilog=epilog("report"), rich_help_panel=_READING)(report)
app.command(epilog=epilog("diagnose"), rich_help_panel=_READING)(diagnose)
app.command("accept-code", epilog=epilog("accept-code"), rich_help_panel=_READING)(accept_code)
app.add_typer(scenario_commands, name="scenario", rich_help_panel=_READING)


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
