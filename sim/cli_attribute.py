"""``hinterland attribute``: what share of the growth goes with each mechanism."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli_complete import mechanism_names, outcome_names
from sim.cli_options import Options, ScenarioFile, VarySeeds, with_options
from sim.cli_outcomes import finish, short, write_figures
from sim.cli_terminal import console, plain_failures, print_json, rows_of

if TYPE_CHECKING:
    from sim.experiments.attribute import AttributionResult

__all__ = ["attribute"]


@with_options()
def attribute(
    scenario: ScenarioFile,
    *,
    mechanism: Annotated[
        list[str] | None,
        typer.Option(
            "--mechanism",
            metavar="NAME",
            help="May be repeated; by default all that are on.",
            autocompletion=mechanism_names,
        ),
    ] = None,
    shapley: Annotated[
        bool, typer.Option("--shapley", help="All combinations of up to six; shares sum to one.")
    ] = False,
    outcome: Annotated[
        str,
        typer.Option("--outcome", help="Yearly outcome whose growth is shared out.", autocompletion=outcome_names),
    ] = "villages",
    start_year: Annotated[
        int | None, typer.Option("--from", metavar="YEAR", help="December before the growth; the last but one.")
    ] = None,
    replicates: Annotated[int, typer.Option("--replicates", metavar="N", help="Histories.")] = 16,
    vary_seeds: VarySeeds = "history",
    how: Options,
) -> None:
    """Take each mechanism out on the same luck, and print what share of the growth goes with it.

    Growth is counted to the last December. Besides the mechanisms of a scenario there are imitation,
    own_initiative, pioneers, internet, ties_beyond_village and ties_ring, _village, _town, _county, _prefecture.
    Single shares need not sum to one; with --shapley they do. Without --out the folder is runs/NAME-attribute;
    --resume adds histories or mechanisms.
    """
    from sim.experiments.attribute import attribute as analyse
    from sim.plotting import AttributionPlots

    with plain_failures():
        loaded = how.load(scenario)
        folder = how.folder(f"{loaded.name}-attribute")
        result = analyse(
            loaded,
            mechanism or None,
            method="shapley" if shapley else "single",
            replicates=replicates,
            outcome=outcome,
            start_year=start_year,
            vary_seeds=vary_seeds,
            **how.conditions(folder),
        )
        if not how.no_figures:
            write_figures(AttributionPlots(result).pngs(), folder)
    if how.as_json:
        print_json(rows_of(result.table))
    elif not how.quiet:
        _print(result)
    finish(folder, result.failures, quiet=how.quiet, as_json=how.as_json, dataset=result.dataset)


def _print(result: AttributionResult) -> None:
    from rich import box
    from rich.table import Table

    combined = result.method == "shapley"
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=repr(result).splitlines()[0], title_justify="left")
    heads = ("without it\n" + str(result.start_year), str(result.year), "growth", "its part", "share [95 %]")
    table.add_column("")
    for head in (*heads, *(("first", "last") if combined else ()), "takes along"):
        table.add_column(head, justify="left" if head == "takes along" else "right")
    for row in result.table.to_dict("records"):
        table.add_row(row["mechanism"], *_cells(row, combined=combined))
    if combined:
        table.add_row("the rest", "", "", "", "", _share(result.rest))
    console().print(table)


def _cells(row: dict[Any, Any], *, combined: bool) -> list[str]:
    numbers = [short(row[name]) for name in ("start_without", "end_without", "growth_without", "contribution")]
    share = _share((row["share"], row["low"], row["high"]))
    orders = [f"{100 * row[name]:.0f} %" for name in ("as_first", "as_last")] if combined else []
    return [*numbers, share, *orders, row["takes_along"]]


def _share(values: tuple[float, float, float]) -> str:
    middle, low, high = ("" if value != value else f"{100 * value:.0f}" for value in values)
    return f"{middle} % [{low}, {high}]" if middle else ""
