"""``hinterland report``: a run folder or the folder of an ensemble as one HTML file for people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli_options import Language, RunFolder, check_language
from sim.cli_terminal import console, mistake, plain_failures, print_json
from sim.errors import Problem, ResultError, ScenarioError

if TYPE_CHECKING:
    from sim.experiments.ensemble import EnsembleResult
    from sim.results import RunResult

__all__ = ["report"]

_RUN, _EXPERIMENT = "provenance.json", "experiment.json"


def report(
    run: RunFolder,
    *,
    output: Annotated[
        Path | None,
        typer.Option("--output", "--out", "-o", metavar="FILE", help="File to write; by default RUN/report.html."),
    ] = None,
    language: Language = "en",
    animation: Annotated[
        Path | None,
        typer.Option("--animation", metavar="FILE", help="Write the map month by month, too (.gif; single runs)."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only where the file is.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was written as JSON.")] = False,
) -> None:
    """Write a report to read, send and print: numbers beside the lists, figures, every value, how to repeat it.

    The file holds its figures and needs no network. A file that is there already is replaced when the new one is
    whole. Exit status: 2 for a folder that is no run, is damaged, or a place that cannot be written.
    """
    with plain_failures():
        check_language(language)
        try:
            written = _write(run, output or run / "report.html", language, animation)
        except ResultError as error:
            raise ScenarioError(Problem(str(error))) from error
    if as_json:
        print_json({"run": str(run), "language": language, **{what: str(path) for what, path in written.items()}})
        return
    for path in written.values():
        if quiet:
            typer.echo(str(path))
        else:
            console().print(f"written to {path}", soft_wrap=True)


def _write(run: Path, output: Path, language: str, animation: Path | None) -> dict[str, Path]:
    """Write the report, and before it the animation where one is asked for; which file is what."""
    from sim.plotting import EnsemblePlots, Plots
    from sim.results import RunResult

    result = _read(run)
    if isinstance(result, RunResult):
        plots = Plots(result, language)
        moving = {} if animation is None else {"animation": plots.animation(animation)}
        return {**moving, "report": plots.report(output)}
    if animation is not None:
        raise ScenarioError(mistake("--animation: an ensemble has no one history to move", "name a single run"))
    return {"report": EnsemblePlots(result, language).report(output)}


def _read(run: Path) -> RunResult | EnsembleResult:
    if not run.is_dir():
        found = "is no folder" if run.exists() else "is not there"
        hint = "name a folder that hinterland run has written, such as runs/china-2015-0"
        raise ResultError.at(run, found, hint)
    if (run / _EXPERIMENT).is_file() and not (run / _RUN).is_file():
        from sim.experiments.ensemble import load_ensemble

        return load_ensemble(run)
    from sim.results import load_result

    return load_result(run)
