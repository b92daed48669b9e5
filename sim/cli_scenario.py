"""``hinterland scenario``: check, show, compare and list scenario files, and write their schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.errors import Place, Problem, ScenarioError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from sim.scenario.model import Scenario

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Check, show, compare and list scenario files.")

_USER_MISTAKE = 2
_PIPED_WIDTH = 200  # columns of tables in files and pipes, where no terminal says how wide it is


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal:
        console.width = _PIPED_WIDTH
    return console


def _report(error: ScenarioError) -> None:
    """Every problem on a line of its own, as plain text that editors can jump to."""
    console = _console(stderr=True)
    for problem in error.problems:
        console.print(str(problem), markup=False, soft_wrap=True, style="red")


@contextmanager
def _user_mistakes() -> Iterator[None]:
    """Turn a scenario's mistakes into messages and exit status 2, without a traceback."""
    try:
        yield
    except ScenarioError as error:
        _report(error)
        raise typer.Exit(_USER_MISTAKE) from None


def _region_check() -> Callable[[Scenario], Any] | None:
    """What knows the names of places, or ``None`` in an installation without geography."""
    try:
        from sim.world.regions import resolve_region
    except ModuleNotFoundError as error:
        if error.name not in {"sim.world", "sim.world.regions"}:
            raise
        return None
    return resolve_region


def _load_checked(path: Path) -> Scenario:
    """Load a file and check the names of its region too."""
    from sim.scenario import load_scenario

    scenario = load_scenario(path)
    check_region = _region_check()
    if check_region is not None:
        check_region(scenario)
    return scenario


_WHOLE = {"file", "name", "path", "value", "set at", "span", "from", "before", "after"}

Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Scenario files.")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="Scenario file.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


@app.command()
def check(files: Files) -> None:
    """Check files: one ok line each, or every mistake with its line and column (exit status 2)."""
    from sim.scenario.show import describe_region, describe_span

    faulty = False
    for path in files:
        try:
            scenario = _load_checked(path)
        except ScenarioError as error:
            faulty = True
            _report(error)
        else:
            line = f"{path}: ok, {describe_span(scenario)}, {describe_region(scenario)}"
            _console().print(line, markup=False, soft_wrap=True)
    if faulty:
        raise typer.Exit(_USER_MISTAKE)


@app.command()
def show(file: File, *, as_json: AsJson = False) -> None:
    """Show a scenario with everything resolved: values, units, where each was set, sources."""
    from sim.scenario.show import header, shown_values, timeline_lines

    with _user_mistakes():
        scenario = _load_checked(file)
    if as_json:
        words = {"name": scenario.name, "title": scenario.title, "description": scenario.description}
        content = {**words, "fingerprint": scenario.fingerprint, **scenario.resolved()}
        content["set_at"] = {line.name: line.set_at for line in shown_values(scenario)}
        typer.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    console = _console()
    console.print(scenario.name, markup=False, soft_wrap=True, style="bold")
    for word, text in header(scenario):
        console.print(f"{word}: {text}", markup=False, soft_wrap=True)
    table = _table("name", "value", "unit", "set at", "source of default")
    for line in shown_values(scenario):
        cells = (line.name, line.value, line.unit, line.set_at, line.source)
        table.add_row(*map(_plain, cells), style="bold" if line.set_at != "default" else None)
    console.print(table)
    changes = timeline_lines(scenario)
    if changes:
        timeline = _table("from", "name", "before", "after")
        for change in changes:
            timeline.add_row(*map(_plain, change))
        console.print(timeline)


def _table(*columns: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in _WHOLE)
    return table


def _plain(text: str) -> str:
    """Text of a table cell, taken as it is."""
    from rich.markup import escape

    return escape(text)


@app.command()
def schema(
    out: Annotated[Path | None, typer.Option("--out", help="File to write; printed by default.")] = None,
) -> None:
    """Write the JSON Schema of scenario files, for completion and hints in an editor."""
    from sim.scenario.schema import json_schema

    text = json.dumps(json_schema(), ensure_ascii=False, indent=2)
    if out is None:
        typer.echo(text)
        return
    try:
        out.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        _report(ScenarioError(Problem(f"cannot be written ({error.strerror})", Place(str(out)))))
        raise typer.Exit(_USER_MISTAKE) from None
    typer.echo(f"{out}: written; name it in a scenario: # yaml-language-server: $schema={out}")


@app.command()
def diff(left: File, right: File, *, as_json: AsJson = False) -> None:
    """Show where two scenarios differ in what they simulate."""
    from sim.scenario import diff as differences

    with _user_mistakes():
        changes = differences(_load_checked(left), _load_checked(right))
    if as_json:
        rows = [{"path": path, "left": one, "right": other} for path, one, other in changes]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    elif not changes:
        typer.echo("the scenarios simulate the same")
    else:
        table = _table("path", str(left), str(right))
        for path, one, other in changes:
            table.add_row(*map(_plain, (path, _json(one), _json(other))))
        _console().print(table)


def _json(value: object) -> str:
    return "-" if value is None else json.dumps(value, ensure_ascii=False)


@app.command("list")
def list_files(
    folder: Annotated[Path, typer.Argument(help="Folder to look in.")] = Path("scenarios"),
) -> None:
    """List the scenario files of a folder and those below it."""
    from sim.scenario import load_scenario
    from sim.scenario.show import describe_region, describe_span

    if not folder.is_dir():
        problem = Problem("there is no such folder", Place(str(folder)), "name the folder of your scenarios")
        _report(ScenarioError(problem))
        raise typer.Exit(_USER_MISTAKE)
    table = _table("file", "name", "title", "region", "span")
    for path in sorted(item for item in folder.rglob("*.y*ml") if item.suffix in {".yaml", ".yml"}):
        try:
            scenario = load_scenario(path)
        except ScenarioError as error:
            more = len(error.problems)
            cells = ("", f"{more} mistake{'s' if more > 1 else ''}: see 'scenario check'", "", "")
        else:
            cells = (scenario.name, scenario.title, describe_region(scenario), describe_span(scenario))
        table.add_row(*map(_plain, (str(path.relative_to(folder)), *cells)))
    _console().print(table)
