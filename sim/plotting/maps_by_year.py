"""The map year by year: small maps of one scale, each with the Taobao villages of its December."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.errors import Problem, ResultError
from sim.plotting.language import say
from sim.plotting.maps import (
    MapUnits,
    colour_bar,
    draw_map,
    ground_note,
    height_by_width,
    map_units,
    observed_counts,
    simulated_counts,
)
from sim.plotting.picture import FAINT, LISTS, Picture, annotate, in_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from sim.results import RunResult

__all__ = ["draw_year", "map_by_year_figure", "mapped_years"]

_MOST_YEARS, _MOST_COLUMNS = 9, 3
_PANEL_INCHES, _LEAST_PANEL_INCHES = {"county": 3.0, "town": 2.4, "village": 2.8}, 2.0
#: Discs of a small map against those of the usual one, area.
_DISC_SIZE = 0.55


def mapped_years(result: RunResult) -> list[int]:
    """Years worth a map: from the December before the first Taobao village on, at most the last nine."""
    patterns = result.columns("patterns")
    chosen = patterns["pattern"] == "villages"
    years, counts = patterns["year"][chosen].astype(int), patterns["simulated"][chosen]
    if not years.size:
        return [result.scenario.end // 12]
    first = int(np.argmax(counts > 0)) if (counts > 0).any() else years.size - 1
    return [int(year) for year in years[max(first - 1, 0) :]][-_MOST_YEARS:]


@in_style
def map_by_year_figure(result: RunResult, years: Sequence[int] | None = None) -> Picture:
    """One small map a year, all of one scale of colour.

    Parameters
    ----------
    years : Decembers to show; by default those from the first Taobao villages on, at most nine.

    Raises
    ------
    ResultError : the run has no December in one of the years, or no year is named.
    """
    shown = mapped_years(result) if years is None else list(years)
    _check_years(result, shown)
    units = map_units(result)
    counts = [simulated_counts(result, units, year) for year in shown]
    largest = max(int(each.max(initial=0)) for each in counts)
    columns = min(len(shown), _MOST_COLUMNS)
    rows = -(-len(shown) // columns)
    width, shape = _PANEL_INCHES[units.level], height_by_width(units)
    width = max(min(width, width / shape), _LEAST_PANEL_INCHES)
    picture = Picture(width * columns + 0.9, (width * shape + 0.5) * rows + 0.4)
    grid = picture.panels(rows, columns)
    for axes, year, each in zip(grid, shown, counts, strict=False):
        draw_year(result, axes, units, year, each, largest=largest)
    for axes in grid[len(shown) :]:
        axes.set_axis_off()
    if units.level != "village":
        colour_bar(picture, grid, units, largest)
    listed = any(observed_counts(result, units, year) is not None for year in shown)
    annotate(picture, result, *([LISTS] if listed else []), ground_note(units))
    return picture


def draw_year(
    result: RunResult,
    axes: Axes,
    units: MapUnits,
    year: int,
    counts: NDArray[np.int64],
    *,
    largest: int,
) -> Axes:
    """Map of one December; the number on the published list, where there is one, stands below the title."""
    draw_map(axes, units, counts, str(year), largest=largest, size=_DISC_SIZE)
    axes.set_title(axes.get_title(loc="left"), fontsize=8.0)
    observed = observed_counts(result, units, year)
    if observed is not None:
        words = say("on the list: {n:,}", n=int(observed.sum()))
        axes.text(0.0, 0.985, words, transform=axes.transAxes, fontsize=7.5, color=FAINT, va="top")
    return axes


def _check_years(result: RunResult, years: Sequence[int]) -> None:
    patterns = result.columns("patterns")
    there = sorted({int(year) for year in patterns["year"]})
    missing = [year for year in years if year not in there]
    if there and (missing or not years):
        found = f"found year {missing[0]}" if missing else "found no year"
        raise ResultError(str(Problem(f"{found}, allowed are Decembers of the run, {there[0]} to {there[-1]}")))
