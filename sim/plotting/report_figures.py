"""The figures of a report, each with what to see in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.plotting.ensemble_places import has_places
from sim.plotting.language import say

if TYPE_CHECKING:
    from sim.experiments.ensemble import EnsembleResult
    from sim.plotting.accessor import EnsemblePlots, Plots
    from sim.plotting.picture import Picture
    from sim.results import RunResult

__all__ = ["ReportFigure", "ensemble_figures", "run_figures"]

_TREE_SHOPS = 150_000


class ReportFigure(NamedTuple):
    """A figure by its title, what to see in it, and how to draw it."""

    title: str
    words: str
    draw: Callable[[], Picture]


def run_figures(result: RunResult, plots: Plots) -> Iterator[ReportFigure]:
    """Figures of one run that have something to show."""
    yield from _of_places(result, plots)
    yield from _of_trade(result, plots)
    yield from _of_people(result, plots)


def _of_places(result: RunResult, plots: Plots) -> Iterator[ReportFigure]:
    yield ReportFigure(
        say("Growth"),
        say("Left: does the curve bend up where the lists say so? Right: on this scale a straight line is "
            "growth by the same factor every month."),
        plots.growth,
    )  # fmt: skip
    yield ReportFigure(
        say("Where Taobao villages are"),
        say("Compare left with right: places and sizes of discs, not their number alone."),
        plots.map,
    )
    yield ReportFigure(
        say("The map year by year"),
        say("The first villages, and whether later ones gather around them or leap."),
        plots.map_by_year,
    )
    is_invented, places = result.scenario.region.kind == "synthetic", result.columns("county_list")
    if not is_invented and np.unique(places["province"]).size > 1:
        yield ReportFigure(
            say("Provinces"),
            say("Diamonds beyond the bar: too few simulated; inside it: too many."),
            plots.provinces,
        )
    yield ReportFigure(
        say("How concentrated they are"),
        say("A steep line is a few great clusters, a flat one many small; the two should run together."),
        plots.rank_size,
    )


def _of_trade(result: RunResult, plots: Plots) -> Iterator[ReportFigure]:
    yield ReportFigure(
        say("How much they sell"),
        say("Sales of a year on a logarithmic scale; the classes are those of the report."),
        plots.sales,
    )
    if (result.columns("villages")["partner_model"] > 0).any():
        yield ReportFigure(
            say("What partners earn"),
            say("Whether the mean stays in the report's band, and how unequal incomes are."),
            plots.partners,
        )


def _of_people(result: RunResult, plots: Plots) -> Iterator[ReportFigure]:
    if result.columns("events")["village"].size:
        yield ReportFigure(
            say("Who knows whom in the busiest town"),
            say("Colour runs along the spiral where neighbours follow neighbours; dark lines join sellers across "
                "villages."),
            plots.town,
        )  # fmt: skip
    county = _busiest_county(result)
    if county is not None:
        yield ReportFigure(
            say("Who taught whom in the county with the most Taobao villages"),
            say("Lines lead from the likeliest teacher to the taught; long bundles: villages that taught many."),
            lambda: plots.genealogy(county=county),
        )


def _busiest_county(result: RunResult) -> int | None:
    """Code of the county with the most Taobao villages; none where the tree would take long or be empty."""
    villages = result.columns("villages")
    chosen = villages["county"][villages["recognised"]]
    if not chosen.size or result.columns("events")["village"].size > _TREE_SHOPS:
        return None
    code, count = np.unique(chosen, return_counts=True)
    return int(code[count.argmax()])


def ensemble_figures(result: EnsembleResult, plots: EnsemblePlots) -> Iterator[ReportFigure]:
    """Figures of an ensemble; those of places only where outcomes of counties were kept."""
    yield ReportFigure(
        say("Growth"),
        say(
            "Whether the diamonds lie within the bands: half of the runs in the dark one, nine of ten in the pale."
        ),
        plots.growth,
    )
    if not has_places(result):
        return
    yield ReportFigure(
        say("Where Taobao villages are"),
        say("Left the list, right the mean of the runs: a place where only some runs have villages is pale."),
        plots.map,
    )
    yield ReportFigure(
        say("Provinces"),
        say("Bars are medians, lines hold nine of ten runs; a diamond off its line is a miss beyond luck."),
        plots.provinces,
    )
    yield ReportFigure(
        say("How concentrated they are"),
        say("A steep line is a few great clusters, a flat one many small; the band is that of each rank."),
        plots.rank_size,
    )
