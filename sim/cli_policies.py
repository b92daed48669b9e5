"""``hinterland policies``: every policy beside its base, in one table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli_complete import scenario_files, within
from sim.cli_options import Options, VarySeeds, with_options
from sim.cli_outcomes import finish, short
from sim.cli_terminal import FAILURE, console, plain_failures, print_json, rows_of, say_error
from sim.errors import counted

if TYPE_CHECKING:
    from sim.experiments.policies import PoliciesResult

__all__ = ["policies"]

_MILLION = 1e6
_WIDE = 150  # columns from which on the question has one of its own
_PIPED_WIDTH = 200
_QUESTION = 60


@with_options(without={"no_figures"})
def policies(
    places: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE or FOLDER]...",
            help="Scenarios with a policy; the folder scenarios.",
            autocompletion=within(scenario_files),
        ),
    ] = None,
    *,
    tried_in: Annotated[
        str | None,
        typer.Option("--tried-in", metavar="COUNTIES", help="Counties in place of all of China: 371721,330782."),
    ] = None,
    replicates: Annotated[int, typer.Option("--replicates", metavar="N", help="Pairs of runs.")] = 8,
    vary_seeds: VarySeeds = "history",
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit status 1 if the opposite of what is expected comes out.")
    ] = False,
    how: Options,
) -> None:
    """Run every policy beside what its file compares it with, on the same luck, and print one table.

    Which question a scenario asks, its base and what it should move stand in the file under policy:. Intervals are
    95 %. Policies for all of China take a minute a pair or more: --tried-in looks at a few counties first.
    Without --out the folder is runs/policies.
    """
    from sim.experiments.policies import compare_policies

    with plain_failures():
        laid_over = how.laid_over
        folder = how.folder("policies")
        result = compare_policies(
            places or ["scenarios"],
            laid_over,
            tried_in=None if tried_in is None else _counties(tried_in),
            replicates=replicates,
            vary_seeds=vary_seeds,
            **how.conditions(folder),
        )
    if how.as_json:
        print_json(rows_of(result.table))
    elif not how.quiet:
        _print(result)
    finish(folder, result.failures, quiet=how.quiet, as_json=how.as_json, dataset=result.dataset)
    missed = result.table[result.table["holds"] == "no"]
    if strict and len(missed):
        for row in missed.to_dict("records"):
            say_error(f"{row['policy']}: {row['expected']} expected, which does not hold")
        raise typer.Exit(FAILURE)


def _counties(text: str) -> list[int | str]:
    """Codes and names between commas."""
    from sim.scenario.values import plain_number

    parts = [part.strip() for part in text.split(",")]
    codes = [plain_number(part) for part in parts]
    return [part if code is None else code for part, code in zip(parts, codes, strict=True) if part]


def _print(result: PoliciesResult) -> None:
    """One table; on a narrow screen intervals stand below their means, and the questions below the table."""
    from rich import box
    from rich.table import Table

    screen = console()
    if not screen.is_terminal:
        screen.width = _PIPED_WIDTH
    wide = screen.width >= _WIDE
    rows = result.table.to_dict("records")
    pairs = counted(result.n_replicates, "pair")
    title = f"{counted(len(rows), 'policy', 'policies')}, {result.year}: {pairs} each on the same seeds"
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left")
    table.add_column("policy", no_wrap=wide, overflow="fold")
    if wide:
        table.add_column("question", max_width=_QUESTION)
    table.add_column("compared with", overflow="fold")
    for head in ("villages", "shops", "sales,\nmillion yuan"):
        table.add_column(f"{head}\n[95 %]", justify="right", no_wrap=True)
    table.add_column("expected")
    table.add_column("holds", no_wrap=True)
    for row in rows:
        table.add_row(*_cells(row, wide=wide))
    screen.print(table)
    if not wide:
        for row in rows:
            screen.print(f"{row['policy']}: {row['question']}")


def _cells(row: dict[Any, Any], *, wide: bool) -> list[str]:
    base = row["compared_with"].replace(f"{row['policy']} with ", "itself with ").replace("mechanisms.", "")
    cells = [row["policy"], *([row["question"]] if wide else []), base]
    for outcome, unit in (("villages", 1.0), ("shops", 1.0), ("sales_yuan", _MILLION)):
        middle, low, high = (_signed(row[f"{outcome}_{word}"] / unit) for word in ("difference", "low", "high"))
        cells.append(f"{middle}{' ' if wide else chr(10)}[{low}, {high}]")
    return [*cells, row["expected"], row["holds"]]


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else ''}{short(value)}"
