"""``hinterland scenario``: check, show, compare and list scenario files, and write their schema."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli_complete import scenario_files, within
from sim.cli_examples import epilog
from sim.cli_terminal import USER_MISTAKE, console, plain_failures, print_json, say_error
from sim.errors import Place, Problem, ScenarioError, counted

if TYPE_CHECKING:
    from rich.console import Console

    from sim.scenario.model import Scenario

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Check, show, compare and list scenario files.")

_WIDE = 120  # columns from which on the sources of values have one of their own


def _load_checked(path: Path) -> Scenario:
    """Load a file and check the names of its region and of its roll-out too."""
    from sim.scenario import load_scenario
    from sim.world import named_openings, resolve_region

    scenario = load_scenario(path)
    resolve_region(scenario)
    named_openings(scenario)
    return scenario


def _roll_out_words(scenario: Scenario) -> str:
    """How many counties a scenario's own table of the roll-out names, and how many of them are simulated."""
    from sim.data import counties
    from sim.world import named_openings, resolve_region

    openings = named_openings(scenario)
    if openings is None:
        return ""
    codes, named = set(counties().adcode[resolve_region(scenario)].tolist()), openings.code.tolist()
    inside = len(codes.intersection(named))
    if not inside:
        return ", roll-out table with no county of the region, so no county center opens"
    names = counted(len(named), "county", "counties")
    return f", roll-out table of {names}, {inside} of them in the region"


_WHOLE = {"file", "name", "path", "value", "set at", "span", "from", "before", "after"}

Files = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="Scenario files.", autocompletion=within(scenario_files))
]
File = Annotated[
    Path, typer.Argument(metavar="FILE", help="Scenario file.", autocompletion=within(scenario_files))
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


@app.command(epilog=epilog("scenario check"))
def check(
    files: Files,
    *,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say only what is wrong.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check files: one ok line each, or every mistake with its line and column (exit status 2)."""
    from sim.scenario.show import describe_region, describe_span

    rows: list[dict[str, Any]] = []
    for path in files:
        words = ""
        problems: tuple[Problem, ...] = ()
        try:
            scenario = _load_checked(path)
        except ScenarioError as error:
            problems = error.problems
            for problem in () if as_json else problems:
                say_error(str(problem))
        else:
            words = f"{describe_span(scenario)}, {describe_region(scenario)}{_roll_out_words(scenario)}"
            if not (quiet or as_json):
                console().print(f"{path}: ok, {words}", soft_wrap=True)
        rows.append({"file": str(path), "ok": not problems, "says": words, "problems": list(map(_row, problems))})
    if as_json:
        print_json(rows)
    if not all(row["ok"] for row in rows):
        raise typer.Exit(USER_MISTAKE)


def _row(problem: Problem) -> dict[str, Any]:
    """A mistake as JSON takes it; line 0 is the file as a whole."""
    place = problem.place or Place("")
    where = {"file": place.file, "line": place.line, "column": place.column}
    return {**where, "message": problem.message, "hint": problem.hint}


@app.command(epilog=epilog("scenario show"))
def show(file: File, *, as_json: AsJson = False) -> None:
    """Show a scenario with everything resolved: values, units, where each was set, sources."""
    from sim.scenario.show import header, shown_values, timeline_lines

    with plain_failures():
        scenario = _load_checked(file)
    if as_json:
        words = {"name": scenario.name, "title": scenario.title, "description": scenario.description}
        content = {**words, "fingerprint": scenario.fingerprint, **scenario.resolved()}
        content["policy"] = None if scenario.policy is None else scenario.policy.to_mapping()
        content["set_at"] = {line.name: line.set_at for line in shown_values(scenario)}
        print_json(content)
        return
    screen = console()
    screen.print(scenario.name, soft_wrap=True, style="bold")
    for word, text in header(scenario):
        screen.print(f"{word}: {text}", soft_wrap=True)
    rows = [(line.name, line.value, line.unit, line.set_at, line.source) for line in shown_values(scenario)]
    bold = {place for place, row in enumerate(rows) if row[3] != "default"}
    columns = ("name", "value", "unit", "set at", "source of default")
    if screen.is_terminal and screen.width < _WIDE:
        _print_narrow(screen, columns, rows, bold)
    else:
        _print_rows(screen, columns, rows, bold)
    changes = timeline_lines(scenario)
    if changes:
        _print_rows(screen, ("from", "name", "before", "after"), changes)


Row = Sequence[str]


def _print_rows(screen: Console, columns: Row, rows: Sequence[Row], bold: Collection[int] = ()) -> None:
    """A table on a terminal; in a file or pipe one line a row, its cells at least two spaces apart."""
    from rich import box
    from rich.table import Table

    if not screen.is_terminal:
        for line in _aligned([columns, *rows]):
            screen.print(line, soft_wrap=True)
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in _WHOLE)
    for place, row in enumerate(rows):
        table.add_row(*row, style="bold" if place in bold else None)
    screen.print(table)


def _print_narrow(screen: Console, columns: Row, rows: Sequence[Row], bold: Collection[int]) -> None:
    """Name, value and unit on one line; where a value was set and the source of its default below them."""
    from rich.padding import Padding
    from rich.text import Text

    heading, *lines = _aligned([row[:3] for row in (columns, *rows)])
    screen.print(heading, style="underline")
    for place, (line, row) in enumerate(zip(lines, rows, strict=True)):
        screen.print(line, style="bold" if place in bold else None)
        below = "; ".join(text for text in row[3:] if text)
        screen.print(Padding(Text(below, style="dim"), (0, 0, 0, 4)))


def _aligned(rows: Sequence[Row]) -> list[str]:
    """Rows as lines whose cells begin below one another; an empty cell is a dash."""
    from rich.cells import cell_len, set_cell_size

    cells = [[" ".join(text.split()) or "-" for text in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(map(set_cell_size, row, widths)).rstrip() for row in cells]


@app.command(epilog=epilog("scenario schema"))
def schema(
    out: Annotated[Path | None, typer.Option("--out", help="File to write; printed by default.")] = None,
) -> None:
    """Write the JSON Schema of scenario files, for completion and hints in an editor."""
    from sim.scenario.schema import json_schema

    text = json.dumps(json_schema(), ensure_ascii=False, indent=2)
    if out is None:
        typer.echo(text)
        return
    with plain_failures():
        try:
            out.write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise ScenarioError(Problem(f"cannot be written ({error.strerror})", Place(str(out)))) from error
    typer.echo(f"{out}: written; name it in a scenario: # yaml-language-server: $schema={out}")


@app.command(epilog=epilog("scenario diff"))
def diff(left: File, right: File, *, as_json: AsJson = False) -> None:
    """Show where two scenarios differ in what they simulate."""
    from sim.scenario import diff as differences

    with plain_failures():
        changes = differences(_load_checked(left), _load_checked(right))
    if as_json:
        print_json([{"path": path, "left": one, "right": other} for path, one, other in changes])
    elif not changes:
        typer.echo("the scenarios simulate the same")
    else:
        lines = [(path, _json(one), _json(other)) for path, one, other in changes]
        _print_rows(console(), ("path", str(left), str(right)), lines)


def _json(value: object) -> str:
    return "-" if value is None else json.dumps(value, ensure_ascii=False)


@app.command("list", epilog=epilog("scenario list"))
def list_files(
    folder: Annotated[Path, typer.Argument(metavar="[FOLDER]", help="Folder to look in.")] = Path("scenarios"),
    *,
    as_json: AsJson = False,
) -> None:
    """List the scenario files of a folder and those below it, those of finished runs left out."""
    from sim.scenario import load_scenario
    from sim.scenario.show import describe_region, describe_span

    with plain_failures():
        if not folder.is_dir():
            problem = Problem("there is no such folder", Place(str(folder)), "name the folder of your scenarios")
            raise ScenarioError(problem)
    rows = []
    for path in sorted(item for item in folder.rglob("*.y*ml") if _may_be_scenario(item)):
        try:
            scenario = load_scenario(path)
        except ScenarioError as error:
            mistakes = counted(len(error.problems), "mistake")
            cells = ("", f"{mistakes}: see 'scenario check'", "", "", "")
        else:
            question = "" if scenario.policy is None else scenario.policy.question
            cells = (
                scenario.name,
                scenario.title,
                describe_region(scenario),
                describe_span(scenario),
                question,
            )
        rows.append((str(path.relative_to(folder)), *cells))
    columns = ("file", "name", "title", "region", "span", "question")
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        _print_rows(console(), columns, rows)


def _may_be_scenario(path: Path) -> bool:
    """Whether a file is of the kind and no copy that a run or experiment keeps beside its results."""
    kept = any((path.parent / name).is_file() for name in ("provenance.json", "experiment.json"))
    return path.suffix in {".yaml", ".yml"} and not kept
