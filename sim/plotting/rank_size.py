"""Counties, or towns of few counties, in the order of their Taobao villages: how concentrated they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.data import observed_villages
from sim.plotting.language import say
from sim.plotting.picture import (
    FAINT,
    GRID,
    LISTS,
    OBSERVED,
    SIMULATED,
    Picture,
    annotate,
    in_style,
    logarithmic,
    plain_axes,
)
from sim.results.comparison import OBSERVED_YEARS, observed_mask
from sim.results.display import shown_years

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from sim.results import RunResult

__all__ = ["draw_rank_size", "rank_size_figure", "ranked_unit", "unit_sizes"]

_FEW_COUNTIES = 5
_WORDS = {"county": "counties", "town": "towns"}


@in_style
def rank_size_figure(result: RunResult) -> Picture:
    """One panel a year with a published list, else the last years of the run."""
    years = shown_years(result.columns("patterns")) or [result.scenario.end // 12]
    picture = Picture(4.5 * len(years), 4.0)
    panels = picture.panels(1, len(years))
    for year, axes in zip(years, panels, strict=True):
        draw_rank_size(result, axes, year)
    _same_limits(panels)
    panels[0].set_ylabel(say(f"Taobao villages of the {ranked_unit(result)}"))
    annotate(picture, result, *([LISTS] if result.scenario.region.kind != "synthetic" else []))
    return picture


def _same_limits(panels: list[Axes]) -> None:
    for axes in panels:
        axes.set_xlim(right=max(each.get_xlim()[1] for each in panels))
        axes.set_ylim(top=max(each.get_ylim()[1] for each in panels))


def ranked_unit(result: RunResult) -> str:
    """What is put in order: "county", or "town" where fewer than five counties would be a handful of dots."""
    return "county" if result.columns("county_list")["county"].size >= _FEW_COUNTIES else "town"


def unit_sizes(result: RunResult, year: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Taobao villages of each unit that has any, greatest first: simulated, observed (empty if no list)."""
    unit = ranked_unit(result)
    villages = result.columns("villages")
    chosen = villages["recognised"] & (villages["year"] == year)
    simulated = _descending(villages[unit][chosen])
    table = observed_villages()
    if year not in OBSERVED_YEARS or result.scenario.region.kind == "synthetic":
        return simulated, np.zeros(0, np.int64)
    listed = table.listed_2014 if year == OBSERVED_YEARS[0] else table.listed_2015
    code = table.county_adcode if unit == "county" else table.town_code
    return simulated, _descending(code[listed & observed_mask(result.columns("county_list"))])


def _descending(county: NDArray[Any]) -> NDArray[np.int64]:
    return np.sort(np.unique(county, return_counts=True)[1])[::-1]


def draw_rank_size(result: RunResult, axes: Axes, year: int) -> Axes:
    """Rank and size of the counties or towns, both on logarithmic scales."""
    unit = ranked_unit(result)
    simulated, observed = unit_sizes(result, year)
    drawn = ((observed, "observed", OBSERVED, "D", 3.2), (simulated, "simulated", SIMULATED, "o", 3.4))
    for sizes, label, colour, marker, size in drawn:
        if sizes.size:
            axes.plot(
                np.arange(1, sizes.size + 1),
                sizes,
                marker=marker,
                markersize=size,
                color=colour,
                linewidth=0.9,
                label=say(
                    "{label}: {n:,} in {units:,} " + (unit if sizes.size == 1 else _WORDS[unit]),
                    label=say(label),
                    n=sizes.sum(),
                    units=sizes.size,
                ),
            )
    logarithmic(axes)
    axes.set_xlim(0.85, max(simulated.size, observed.size, 8) * 1.3)
    axes.set_ylim(0.85, max(simulated.max(initial=0), observed.max(initial=0), 8) * 1.6)
    axes.set_title(say(f"{{year}}: {_WORDS[unit]} in order of their Taobao villages", year=year))
    axes.set_xlabel(say(f"rank of the {unit}"))
    plain_axes(axes)
    axes.grid(axis="x", color=GRID, linewidth=0.6)
    if simulated.size or observed.size:
        axes.legend(loc="upper right" if max(simulated.size, observed.size) > 1 else "best")
    if not simulated.size:
        words = say("none recognised in the run")
        axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", color=FAINT)
    return axes
