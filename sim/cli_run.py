"""``hinterland run``: one run of a scenario, its folder and its comparison with the published lists."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli_ensemble import run_replicates
from sim.cli_options import (
    NoFigures,
    Options,
    Quiet,
    Resume,
    RetryFailed,
    RunSeed,
    RunWorldSeed,
    ScenarioFile,
    Settings,
    VarySeeds,
    Workers,
)
from sim.cli_terminal import FAILURE, RUNS, changes, console, load, mistake, plain_failures, print_json, say_error
from sim.errors import ScenarioError
from sim.experiments.interrupt import interruptible

if TYPE_CHECKING:
    from sim.results import RunResult
    from sim.scenario import Scenario

__all__ = ["run", "simulate_watched"]


def run(
    scenario: ScenarioFile,
    *,
    seed: RunSeed = None,
    world_seed: RunWorldSeed = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder to write; by default a new one, runs/NAME-SEED."),
    ] = None,
    settings: Settings = None,
    no_figures: NoFigures = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the run folder that is there already.")] = False,
    quiet: Quiet = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison as JSON.")] = False,
    replicates: Annotated[
        int | None,
        typer.Option("--replicates", metavar="N", help="Run N histories: medians and intervals."),
    ] = None,
    workers: Workers = None,
    resume: Resume = False,
    retry_failed: RetryFailed = False,
    vary_seeds: VarySeeds = "history",
) -> None:
    """Run a scenario: tables, figures and provenance in a folder, the comparison on the screen.

    Without --out the folder is runs/NAME-SEED, or NAME-SEED-2 and so on if that is taken. A mistake in the
    scenario ends with exit status 2, another failure with 1, Ctrl-C with 130; then nothing is written, except
    that a run whose figures cannot be drawn is kept without them (status 1). With --replicates the folder
    (runs/NAME-ensemble) keeps every finished run, --resume goes on with it, and status 1 says that some runs
    failed.
    """
    with plain_failures():
        if replicates is None:
            _refuse_alone(
                {
                    "--resume": resume,
                    "--retry-failed": retry_failed,
                    "--vary-seeds": vary_seeds != "history",
                }
            )
        loaded = load(scenario, changes(settings or [], seed, world_seed))
        if not (quiet or as_json):
            _announce_compilation()
        if replicates is not None:
            how = Options(
                out=out, workers=workers, resume=resume, retry_failed=retry_failed, quiet=quiet, as_json=as_json
            )
            run_replicates(loaded, replicates, vary_seeds, how, figures=not no_figures)
            return
        folder = _folder(loaded, out, force=force)
        result = simulate_watched(loaded, show=not (quiet or as_json))
        figures = {} if no_figures else _figures(result)
        result.save(folder, figures=figures or {}, overwrite=force)
    changed = [] if quiet or as_json else list(_changed(scenario, loaded, settings or []))
    _report(result, folder, changed, quiet=quiet, as_json=as_json)
    if figures is None:
        raise typer.Exit(FAILURE)


def _refuse_alone(given: dict[str, bool]) -> None:
    """Refuse options that mean nothing to a single run."""
    problems = [
        mistake(f"{option}: only many runs have it", "add --replicates N, or leave it out")
        for option, there in given.items()
        if there
    ]
    if problems:
        raise ScenarioError(problems)


def _announce_compilation() -> None:
    """Say why the first run takes long, or why every run does."""
    from sim.compiled import cache_folder
    from sim.runner import compilation_notice

    message = compilation_notice(cache_folder())
    if message is not None:
        console(stderr=True).print(message, soft_wrap=True)


def _changed(path: Path, scenario: Scenario, settings: list[str]) -> Iterator[str]:
    """What values given with --set changed of the file, as "name before -> after unit"."""
    from sim.scenario import diff

    if not settings:
        return
    try:
        before = load(path, {})
    except ScenarioError:  # valid only with what was laid over it
        return
    given = {setting.partition("=")[0].strip() for setting in settings}
    for name, one, other in diff(before, scenario):
        if name.endswith("_seed") and name not in given:
            continue  # --seed and --world-seed are no changes of what is simulated
        row = scenario.vocabulary.parameters.get(name)
        unit = "" if row is None or row.unit == "dimensionless" else f" {row.unit}"
        yield f"{name} {_value(one)} -> {_value(other)}{unit}"


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return "none" if value is None else json.dumps(value, ensure_ascii=False).strip('"')


def _folder(scenario: Scenario, out: Path | None, *, force: bool) -> Path:
    """Where the run goes, refused before anything is computed if it cannot go there."""
    from sim.results.folder import check_free

    folder = RUNS / f"{scenario.name}-{scenario.history_seed}" if out is None else out
    number = 1
    while out is None and not force and folder.exists():
        number += 1
        folder = RUNS / f"{scenario.name}-{scenario.history_seed}-{number}"
    check_free(folder, overwrite=force)
    return folder


def simulate_watched(scenario: Scenario, *, show: bool) -> RunResult:
    """Run a scenario with a bar on a terminal, and stop between two months when asked to."""
    from sim.runner import run as simulate

    with interruptible() as stop_if_asked, _progress(show=show) as show_progress:

        def on_progress(done: int, months: int) -> None:
            stop_if_asked()
            show_progress(done, months)

        return simulate(scenario, on_progress=on_progress)


def _figures(result: RunResult) -> dict[str, bytes] | None:
    """Figures; ``None``, and why, where they cannot be drawn: what was simulated is not lost for that."""
    try:
        from sim.plotting import Plots

        return Plots(result).pngs()
    except Exception as error:  # noqa: BLE001 -- settings, fonts and folders of the drawing library, memory
        reason = f"{type(error).__name__}: {error}"
        say_error(f"the figures cannot be drawn ({reason}); the tables are written without them")
        return None


@contextmanager
def _progress(*, show: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar with the time left on a terminal, nothing in a pipe."""
    screen = console(stderr=True)
    if not show or not screen.is_terminal:
        yield lambda _done, _months: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("months, left"),
    )
    with Progress(*columns, TimeRemainingColumn(), console=screen, transient=True) as progress:
        task = progress.add_task("building the world", total=None)

        def on_progress(done: int, months: int) -> None:
            progress.update(task, description="simulating", completed=done, total=months)

        yield on_progress


def _report(result: RunResult, folder: Path, changed: list[str], *, quiet: bool, as_json: bool) -> None:
    if as_json:
        print_json(_summary(result, folder))
    elif quiet:
        typer.echo(str(folder))
    else:
        _print_table(result, changed)
        console().print(f"written to {folder}", soft_wrap=True)


def _summary(result: RunResult, folder: Path) -> dict[str, Any]:
    columns = result.columns("patterns")
    rows = zip(*(columns[name].tolist() for name in ("pattern", "year", "simulated", "observed")), strict=True)
    words = ("fingerprint", "world_seed", "history_seed", "seconds", "peak_memory_mib")
    return {
        "name": result.scenario.name,
        "folder": str(folder),
        **{word: result.provenance[word] for word in words},
        "patterns": [
            {
                "pattern": name,
                "year": year,
                "simulated": simulated,
                "observed": None if observed != observed else int(observed),  # nan where there was no list
            }
            for name, year, simulated, observed in rows
        ],
    }


def _print_table(result: RunResult, changed: list[str]) -> None:
    from rich import box
    from rich.table import Table

    from sim.results.display import comparison_rows, shown_years

    patterns = result.columns("patterns")
    scenario = result.scenario
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    rows = list(comparison_rows(patterns, result.columns("county_list")))
    observed = any(seen for _, cells in rows for _, seen in cells)
    for year in shown_years(patterns):
        table.add_column(f"{year}\nsimulated", justify="right")
        if observed:
            table.add_column(f"{year}\nobserved", justify="right", style="dim")
    for words, cells in rows:
        table.add_row(words, *(text for pair in cells for text in (pair if observed else pair[:1])))
    screen = console()
    screen.print(scenario.title or scenario.name, soft_wrap=True, style="italic")
    for line in changed:
        screen.print(f"changed: {line}", soft_wrap=True)
    if rows:
        screen.print(table)
    else:
        screen.print("the run reaches no December, so no Taobao village was counted")
