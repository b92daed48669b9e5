"""The command ``hinterland``; thin: what is simulated stands in the scenario, figures in ``sim.plotting``."""

from __future__ import annotations

import gc
import inspect
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Annotated, Final

import typer

from sim.cli_app import app as dashboard
from sim.cli_attribute import attribute
from sim.cli_calibrate import calibrate
from sim.cli_compare import compare
from sim.cli_diagnose import diagnose
from sim.cli_examples import EXIT_STATUS, epilog, shown_whole
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

#: Objects made between two looks for garbage: a command ends soon and makes little, and at Python's own 700
#: looking took a twentieth of the national run.
_OBJECTS_BETWEEN_LOOKS: Final = 50_000
#: Commands by the panel of the help they stand in, in the order of a first acquaintance.
_PANELS: Final[Mapping[str, tuple[Callable[..., None], ...]]] = {
    "Simulate": (run, dashboard, sweep, compare, policies, attribute, sensitivity),
    "Hold against the facts": (calibrate, validate),
    "Read and prepare": (explain, report, diagnose, accept_code),
}

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
for _panel, _commands in _PANELS.items():
    for _command in _commands:
        _name = _command.__name__.replace("_", "-")
        _words = shown_whole(inspect.getdoc(_command) or "")
        app.command(_name, help=_words, epilog=epilog(_name), rich_help_panel=_panel)(_command)
app.add_typer(scenario_commands, name="scenario", rich_help_panel="Read and prepare")


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
    gc.set_threshold(_OBJECTS_BETWEEN_LOOKS)
    try:
        app()
    except SystemExit as ended:
        if isinstance(ended.__context__, BrokenPipeError):  # click and rich end with 1 then
            sys.exit(0)
        raise
