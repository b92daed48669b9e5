"""``hinterland validate``: an ensemble held against the facts."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli_options import Language, Options, ScenarioFile, Targets, VaryBothSeeds, check_language, with_options
from sim.cli_outcomes import finish
from sim.cli_terminal import (
    FAILURE,
    console,
    plain_failures,
    print_json,
    rows_of,
    say_error,
)

if TYPE_CHECKING:
    from sim.calibration.validation import Validation

__all__ = ["validate"]


@with_options(without={"no_figures"})
def validate(
    scenario: ScenarioFile,
    *,
    replicates: Annotated[int, typer.Option("--replicates", metavar="N", help="Runs of the ensemble.")] = 200,
    vary_seeds: VaryBothSeeds = "both",
    posterior: Annotated[
        Path | None, typer.Option("--posterior", metavar="FILE", help="Draw parameters from a posterior.nc.")
    ] = None,
    targets: Targets = None,
    observed: Annotated[
        Path | None,
        typer.Option(
            "--observed",
            metavar="FILE",
            help="List to judge the map by: county_adcode,count or one row a village.",
        ),
    ] = None,
    year: Annotated[
        int | None, typer.Option("--year", help="Year of the list; a later one runs the scenario on to it.")
    ] = None,
    language: Language = "en",
    strict: Annotated[bool, typer.Option("--strict", help="Exit status 1 if a goal is not reached.")] = False,
    how: Options,
) -> None:
    """Run an ensemble and hold it against the published facts and two simple predictions: tables, figures, report.

    Without --out the folder is runs/NAME-validation. Every finished run is kept: --resume goes on. Needs
    pip install --editable '.[calibration]'. Exit status: 2 a mistake, 1 another failure, 130 Ctrl-C.
    """
    from sim.calibration.validation import validate as hold_against

    with plain_failures():
        check_language(language)
        loaded = how.load(scenario)
        folder = how.folder(f"{loaded.name}-validation")
        found = hold_against(
            loaded,
            replicates,
            draws=posterior,
            vary=vary_seeds,
            targets=targets,
            observed=observed,
            year=year,
            **how.conditions(folder),
        )
        _write(found, folder, language)
    if how.as_json:
        goals = [asdict(goal) for goal in found.goals]
        print_json({"goals": goals, "scores": rows_of(found.score_table), "bands": rows_of(found.bands)})
    elif not how.quiet:
        _print(found)
    finish(folder, found.failures, quiet=how.quiet, as_json=how.as_json)
    missed = [goal for goal in found.goals if not goal.reached]
    if strict and missed:
        for goal in missed:
            say_error(f"not reached: {goal.meaning}: found {goal.found:,.4g}, asked {goal.asked:,.4g}")
        raise typer.Exit(FAILURE)


def _write(found: Validation, folder: Path, language: str) -> None:
    from sim.plotting.validation_report import write_report

    write_report(found, folder, language=language)


def _print(found: Validation) -> None:
    from rich import box
    from rich.table import Table

    screen = console()
    goals = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=repr(found), title_justify="left")
    for column in ("goal", "found", "asked", "reached"):
        goals.add_column(column, justify="left" if column == "goal" else "right")
    for goal in found.goals:
        goals.add_row(goal.meaning, f"{goal.found:,.4g}", f"{goal.asked:,.4g}", "yes" if goal.reached else "no")
    screen.print(goals)
    if found.map is None:
        return
    title = f"counties of {found.map.year}: this model beside simple predictions"
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left")
    for column in ("prediction", "R2", "AUC of any", "recall of\nthe largest", "log score"):
        table.add_column(column, justify="left" if column == "prediction" else "right")
    for row in found.score_table.to_dict("records"):
        cells = (f"{row[name]:.3f}" for name in ("r_squared", "auc", "top_recall", "log_score"))
        table.add_row(row["prediction"], *cells)
    screen.print(table)
