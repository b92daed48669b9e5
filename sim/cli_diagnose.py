"""``hinterland diagnose``: how a finished run diffused."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli_complete import one_of
from sim.cli_options import NoFigures, RunFolder
from sim.cli_outcomes import write_figures
from sim.cli_terminal import console, mistake, plain_failures, print_json, rows_of
from sim.errors import ResultError, ScenarioError

if TYPE_CHECKING:
    import pandas as pd

    from sim.metrics.bass import BassFit
    from sim.metrics.diffusion import Permutation
    from sim.results.diagnostics import Diagnostics

__all__ = ["diagnose"]


def diagnose(
    run: RunFolder,
    *,
    strata: Annotated[
        str,
        typer.Option(
            "--strata",
            help="Times are permuted within village, town, county, county-year or none.",
            autocompletion=one_of("village", "town", "county", "county-year", "none"),
        ),
    ] = "village",
    permutations: Annotated[int, typer.Option("--permutations", metavar="N", help="Of adoption times.")] = 199,
    no_figures: NoFigures = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only where the figure is.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the tables as JSON.")] = False,
) -> None:
    """Tell how a run diffused: adopter classes, thresholds, hazard by selling acquaintances, ties, Bass' curve.

    The figure goes into the run folder (figures/diffusion.png). The world is built again from the scenario there.
    """
    from sim.plotting.diffusion import diffusion_figure
    from sim.results import load_result
    from sim.results.diagnostics import STRATA

    with plain_failures():
        if strata not in STRATA:
            raise ScenarioError(mistake(f"--strata: found {strata!r}", f"allowed is one of {', '.join(STRATA)}"))
        if permutations < 1:
            raise ScenarioError(mistake(f"--permutations: found {permutations}", "allowed is 1 or more"))
        try:
            result = load_result(run)
        except ResultError as error:
            raise ScenarioError(mistake(str(error))) from error
        found = result.diagnostics
        test = found.permutation(strata, permutations)
        tables = {"classes": found.classes, "thresholds": found.thresholds, "hazard": found.hazard}
        if not no_figures:
            write_figures({"diffusion": diffusion_figure(result, strata).png()}, run)
    if as_json:
        print_json(_json(tables, test, found.bass))
        return
    if not quiet:
        _print(tables, test, strata, found)
    if not no_figures:
        console().print(f"drawn in {run / 'figures' / 'diffusion.png'}", soft_wrap=True)


def _json(tables: dict[str, pd.DataFrame], test: Permutation, bass: BassFit | None) -> dict[str, Any]:
    rows = {name: rows_of(frame) for name, frame in tables.items()}
    ties = {"pairs": test.pairs, "months_apart": test.observed, "by_chance": test.expected, "p": test.p_value}
    fit: dict[str, Any] | None = None if bass is None else {"p": bass.p, "q": bass.q, "m": bass.m}
    if bass is not None and fit is not None:
        fit |= {f"{name}_interval": list(getattr(bass, f"{name}_interval")) for name in ("p", "q", "m")}
    return {**rows, "ties": ties, "bass": fit}


def _print(tables: dict[str, pd.DataFrame], test: Permutation, strata: str, found: Diagnostics) -> None:
    from rich import box
    from rich.table import Table

    screen = console()
    words = {
        "classes": "Adopters by class (mean and standard deviation of first openings)",
        "thresholds": "Selling acquaintances at the first opening (pioneers left out)",
        "hazard": "Openings a household-month at risk, by selling acquaintances",
    }
    for name, frame in tables.items():
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=words[name], title_justify="left")
        for column in frame.columns:
            is_name = column == "adopter_class"
            table.add_column(column.replace("_", " "), justify="left" if is_name else "right", no_wrap=is_name)
        for row in frame.to_dict("records"):
            table.add_row(*(_cell(value) for value in row.values()))
        screen.print(table)
    screen.print(_ties(test, strata), soft_wrap=True)
    screen.print(_bass(found.bass), soft_wrap=True)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.3g}"
    if hasattr(value, "strftime"):
        return "" if value != value else f"{value:%Y-%m}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _ties(test: Permutation, strata: str) -> str:
    if not test.pairs:
        return "no ties between adopters: whether times depend on ties cannot be tested"
    within = "all adopters" if strata == "none" else f"each {strata}"
    apart = f"{test.observed:.2f} months apart"
    return (
        f"{test.pairs:,} ties between adopters: {apart}, {test.expected:.2f} if times are permuted within "
        f"{within} (p = {test.p_value:.3f}, {test.permuted.size} permutations)"
    )


def _bass(fit: BassFit | None) -> str:
    if fit is None:
        return "Bass' curve: too few openings"
    parts = []
    for name, digits in (("p", ".2g"), ("q", ".2g"), ("m", ",.0f")):
        low, high = getattr(fit, f"{name}_interval")
        bounds = "not bounded by these counts" if math.isinf(high) else f"{low:{digits}} to {high:{digits}}"
        parts.append(f"{name} {getattr(fit, name):{digits}} ({bounds})")
    return f"Bass' curve, a month: {', '.join(parts)}; dispersion {fit.dispersion:.1f}"
