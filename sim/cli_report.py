"""``hinterland report``: a run folder or the folder of an ensemble as one HTML file for people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli_terminal import console, mistake, plain_failures
from sim.errors import Place, Problem, ResultError, ScenarioError

if TYPE_CHECKING:
    from sim.experiments.ensemble import EnsembleResult
    from sim.results import RunResult

__all__ = ["report"]

_RUN, _EXPERIMENT = "provenance.json", "experiment.json"


def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run or of an ensemble.")],
    *,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="File to write; by default RUN/report.html."),
    ] = None,
    language: Annotated[str, typer.Option("--language", help="Language of the report: en or zh.")] = "en",
    animation: Annotated[
        Path | None,
        typer.Option("--animation", metavar="FILE", help="Write the map month by month, too (.gif; single runs)."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only where the file is.")] = False,
) -> None:
    """Write a report to read, send and print: numbers beside the lists, figures, every value, how to repeat it.

    The file holds its figures and needs no network. A file that is there already is replaced when the new one is
    whole. Exit status: 2 for a folder that is no run, is damaged, or a place that cannot be written.
    """
    with plain_failures():
        _check_language(language)
        try:
            _write(run, output or run / "report.html", language, animation, quiet=quiet)
        except ResultError as error:
            raise ScenarioError(Problem(str(error))) from error


def _check_language(language: str) -> None:
    if language not in {"en", "zh"}:
        hint = "write en for English or zh for Chinese"
        raise ScenarioError(mistake(f"--language: found {language!r}, allowed is en or zh", hint))


def _write(run: Path, output: Path, language: str, animation: Path | None, *, quiet: bool) -> None:
    from sim.plotting import EnsemblePlots, Plots
    from sim.results import RunResult

    result = _read(run)
    if isinstance(result, RunResult):
        plots = Plots(result, language)
        written = [] if animation is None else [plots.animation(animation)]
        written.append(plots.report(output))
    elif animation is not None:
        raise ScenarioError(mistake("--animation: an ensemble has no one history to move", "name a single run"))
    else:
        written = [EnsemblePlots(result, language).report(output)]
    for path in written:
        if quiet:
            typer.echo(str(path))
        else:
            console().print(f"written to {path}", soft_wrap=True)


def _read(run: Path) -> RunResult | EnsembleResult:
    if not run.is_dir():
        found = "is no folder" if run.exists() else "is not there"
        raise _refusal(run, found, "name a folder that hinterland run has written, such as runs/china-2015-0")
    if (run / _EXPERIMENT).is_file() and not (run / _RUN).is_file():
        from sim.experiments.ensemble import load_ensemble

        return load_ensemble(run)
    from sim.results import load_result

    return load_result(run)


def _refusal(place: Path, message: str, hint: str) -> ResultError:
    return ResultError(str(Problem(message, Place(str(place)), hint)))
