"""``hinterland run``: one run of a scenario, its folder and its comparison with the published lists."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.errors import HinterlandError, Place, Problem, ScenarioError

if TYPE_CHECKING:
    from rich.console import Console

    from sim.results import RunResult
    from sim.scenario import Scenario

__all__ = ["run"]

_FAILURE, _USER_MISTAKE, _INTERRUPTED = 1, 2, 130
_PIPED_WIDTH = 120
_COMMAND_LINE = "command line"
_RUNS = Path("runs")


def run(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO", help="Scenario file.")],
    *,
    seed: Annotated[int | None, typer.Option("--seed", help="History seed, in place of the file's.")] = None,
    world_seed: Annotated[
        int | None, typer.Option("--world-seed", help="World seed, in place of the file's.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder to write; by default a new one, runs/NAME-SEED."),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Value laid over the file; may be repeated."),
    ] = None,
    no_figures: Annotated[bool, typer.Option("--no-figures", help="Draw nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the run folder that is there already.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only where the files are.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison as JSON.")] = False,
) -> None:
    """Run a scenario: tables, figures and provenance in a folder, the comparison on the screen.

    Without --out the folder is runs/NAME-SEED, or NAME-SEED-2 and so on if that is taken. A mistake in the
    scenario ends with exit status 2, another failure with 1, Ctrl-C with 130; then nothing is written.
    """
    with _plain_failures():
        changes = _changes(settings or [], seed, world_seed)
        loaded = _load(scenario, changes)
        folder = _folder(loaded, out, force=force)
        result = _simulate(loaded, show=not (quiet or as_json))
        figures = {} if no_figures else _figures(result)
        result.save(folder, figures=figures, overwrite=force)
    _report(result, folder, quiet=quiet, as_json=as_json)


@contextmanager
def _plain_failures() -> Iterator[None]:
    """Turn what goes wrong for known reasons into a message and an exit status, without a traceback."""
    try:
        yield
    except ScenarioError as error:
        for problem in error.problems:
            _say_error(str(_placed(problem)))
        raise typer.Exit(_USER_MISTAKE) from None
    except HinterlandError as error:
        _say_error(str(error))
        raise typer.Exit(_FAILURE) from None
    except KeyboardInterrupt:
        _say_error("interrupted; nothing was written")
        raise typer.Exit(_INTERRUPTED) from None


def _placed(problem: Problem) -> Problem:
    """Name the command line as the place of a value that was checked as one given in Python."""
    given_here = problem.place is not None and problem.place.file == "python"
    return replace(problem, place=Place(_COMMAND_LINE)) if given_here else problem


def _say_error(message: str) -> None:
    _console(stderr=True).print(message, markup=False, soft_wrap=True, style="red")


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal:
        console.width = _PIPED_WIDTH
    return console


def _changes(settings: list[str], seed: int | None, world_seed: int | None) -> dict[str, Any]:
    """Values given on the command line by dotted name; the same name twice is a mistake."""
    changes: dict[str, Any] = {}
    problems = []
    for text in settings:
        name, sign, value = text.partition("=")
        name = name.strip()
        if not sign or not name:
            problems.append(
                _mistake(f"--set {text}: found no name and value", "write --set logistics.parcel_cost=7")
            )
        elif name in changes:
            problems.append(_mistake(f"--set {name}: given twice", "keep one"))
        else:
            changes[name] = _value(text, value, problems)
    for name, given, option in (("history_seed", seed, "--seed"), ("world_seed", world_seed, "--world-seed")):
        if given is not None and name in changes:
            problems.append(_mistake(f"{option} and --set {name}: both given", "keep one"))
        elif given is not None:
            changes[name] = given
    if problems:
        raise ScenarioError(problems)
    return changes


def _mistake(message: str, hint: str) -> Problem:
    return Problem(message, Place(_COMMAND_LINE), hint)


def _value(text: str, value: str, problems: list[Problem]) -> Any:
    """A value as a scenario file would hold it."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return YAML(typ="safe", pure=True).load(value)
    except YAMLError:
        problems.append(_mistake(f"--set {text}: the value cannot be read", "write it as in a scenario file"))
        return None


def _load(path: Path, changes: dict[str, Any]) -> Scenario:
    from sim.scenario import load_scenario

    return load_scenario(path, changes or None)


def _folder(scenario: Scenario, out: Path | None, *, force: bool) -> Path:
    """Where the run goes, refused before anything is computed if it cannot go there."""
    from sim.results.folder import check_free

    folder = _RUNS / f"{scenario.name}-{scenario.history_seed}" if out is None else out
    number = 1
    while out is None and not force and folder.exists():
        number += 1
        folder = _RUNS / f"{scenario.name}-{scenario.history_seed}-{number}"
    check_free(folder, overwrite=force)
    return folder


def _simulate(scenario: Scenario, *, show: bool) -> RunResult:
    from sim.runner import run as simulate

    with _interruptible() as stop_if_asked, _progress(show=show) as show_progress:

        def on_progress(done: int, months: int) -> None:
            stop_if_asked()
            show_progress(done, months)

        return simulate(scenario, on_progress=on_progress)


@contextmanager
def _interruptible() -> Iterator[Callable[[], None]]:
    """Let Ctrl-C end the run between two months; pressed twice, at once.

    Compiled code cannot be left in the middle: there the interruption would come out as an error of its own.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None  # signals arrive in the main thread only
        return
    asked: list[int] = []

    def ask(number: int, _: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    def stop_if_asked() -> None:
        if asked:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield stop_if_asked
        stop_if_asked()
    finally:
        signal.signal(signal.SIGINT, before)


def _figures(result: RunResult) -> dict[str, bytes]:
    from sim.plotting import Plots

    return Plots(result).pngs()


@contextmanager
def _progress(*, show: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar with the time left on a terminal, nothing in a pipe."""
    console = _console(stderr=True)
    if not show or not console.is_terminal:
        yield lambda _done, _months: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("months, left"),
    )
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as progress:
        task = progress.add_task("building the world", total=None)

        def on_progress(done: int, months: int) -> None:
            progress.update(task, description="simulating", completed=done, total=months)

        yield on_progress


def _report(result: RunResult, folder: Path, *, quiet: bool, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(_summary(result, folder), ensure_ascii=False, indent=2))
    elif quiet:
        typer.echo(str(folder))
    else:
        _print_table(result)
        _console().print(f"written to {folder}", markup=False, soft_wrap=True)


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


def _print_table(result: RunResult) -> None:
    from rich import box
    from rich.table import Table

    from sim.results.display import comparison_rows, shown_years

    patterns = result.columns("patterns")
    scenario = result.scenario
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=scenario.title or scenario.name, title_justify="left")
    table.add_column("")
    rows = list(comparison_rows(patterns))
    observed = any(seen for _, cells in rows for _, seen in cells)
    for year in shown_years(patterns):
        table.add_column(f"{year}\nsimulated", justify="right")
        if observed:
            table.add_column(f"{year}\nobserved", justify="right", style="dim")
    for words, cells in rows:
        table.add_row(words, *(text for pair in cells for text in (pair if observed else pair[:1])))
    console = _console()
    if rows:
        console.print(table)
    else:
        console.print("the run reaches no December, so no Taobao village was counted")
