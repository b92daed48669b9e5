"""Taobao villages of the provinces, simulated beside observed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.data import provinces as province_names
from sim.plotting.language import say, spoken
from sim.plotting.picture import (
    GRID,
    LISTS,
    OBSERVED,
    SIMULATED,
    Picture,
    annotate,
    count_axis,
    empty_axes,
    in_style,
    plain_axes,
)
from sim.results.display import shown_years

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from sim.results import RunResult

__all__ = ["draw_province_bars", "draw_provinces", "provinces_figure"]

_WIDTH, _ROW, _FRAME = 4.6, 0.23, 1.3
#: Rows a figure has at least, rows that a legend takes, and the share of the width it leaves free.
_FEWEST, _LEGEND_ROWS, _BESIDE_LEGEND = 4, 2, 0.6


@in_style
def provinces_figure(result: RunResult) -> Picture:
    """One panel a year with a published list, else the last years of the run."""
    years = shown_years(result.columns("patterns")) or [result.scenario.end // 12]
    rows = max(_rows(result, year)[0].size for year in years)
    picture = Picture(_WIDTH * len(years), _FRAME + _ROW * max(rows, _FEWEST))
    for axes, year in zip(picture.panels(1, len(years)), years, strict=True):
        draw_provinces(result, axes, year)
    seen = bool(np.isfinite(result.columns("provinces")["observed"]).any())
    annotate(picture, result, *([LISTS] if seen else []))
    return picture


def _rows(result: RunResult, year: int) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Code, simulated and observed of the provinces with any village, the most observed first."""
    table = result.columns("provinces")
    any_there = (table["simulated"] > 0) | (np.nan_to_num(table["observed"].astype(float)) > 0)
    chosen = np.flatnonzero((table["year"] == year) & any_there)
    observed = table["observed"][chosen].astype(float)
    order = np.lexsort((-table["simulated"][chosen], -np.nan_to_num(observed)))
    chosen = chosen[order]
    return table["province"][chosen], table["simulated"][chosen].astype(float), observed[order]


def draw_provinces(result: RunResult, axes: Axes, year: int) -> Axes:
    """Bars of what was simulated, diamonds of what was observed, in the order of what was observed.

    Provinces with no village in either are left out.
    """
    code, simulated, observed = _rows(result, year)
    draw_province_bars(axes, _names(result, code), simulated, observed)
    axes.set_title(say("Taobao villages by province, {year}", year=year))
    return axes


def draw_province_bars(
    axes: Axes,
    names: list[str],
    simulated: NDArray[np.float64],
    observed: NDArray[np.float64],
    *,
    low: NDArray[np.float64] | None = None,
    high: NDArray[np.float64] | None = None,
) -> Axes:
    """Bars and diamonds, the first name at the top; without observed values (nan) no diamonds.

    Parameters
    ----------
    simulated, observed : (N,) counts. low, high : (N,) ends of a line at each bar, such as a 90 % band.
    """
    plain_axes(axes)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", color=GRID, linewidth=0.6)
    if not len(names):
        return empty_axes(axes, say("no Taobao village"))
    y, seen = -np.arange(len(names), dtype=float), np.isfinite(observed)
    axes.barh(y, simulated, height=0.62, color=SIMULATED, label=say("simulated"))
    if low is not None and high is not None:
        reach = np.stack([simulated - low, high - simulated])
        axes.errorbar(simulated, y, xerr=reach, fmt="none", ecolor="#222222", elinewidth=1.1, capsize=2.0)
    if seen.any():
        style: dict[str, Any] = {
            "marker": "D",
            "linestyle": "none",
            "markeredgecolor": "white",
            "clip_on": False,
            "zorder": 3,
        }
        axes.plot(observed[seen], y[seen], color=OBSERVED, markersize=6.0, label=say("observed"), **style)
        axes.legend(loc="lower right")
    axes.set_yticks(y, names)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-_rows_with_legend(np.fmax(simulated, observed)) + 0.4, 0.6)
    axes.set_xlim(left=0)
    count_axis(axes.xaxis)
    return axes


def _rows_with_legend(reach: NDArray[np.float64]) -> int:
    """Rows to draw for bars that reach so far: empty ones below where the legend would lie over the lowest."""
    lowest = reach[-_LEGEND_ROWS:].max()
    free = _LEGEND_ROWS if lowest > _BESIDE_LEGEND * reach.max() else 0
    return max(reach.size + free, _FEWEST) if free else reach.size


def _names(result: RunResult, code: NDArray[Any]) -> list[str]:
    table = result.columns("provinces")
    english = dict(zip(table["province"].tolist(), table["province_en"].tolist(), strict=True))
    if spoken() != "zh" or result.scenario.region.kind == "synthetic":
        return [str(english[each]) for each in code.tolist()]
    known = province_names()
    chinese = dict(zip(known.province_code.tolist(), known.name_zh.tolist(), strict=True))
    return [str(chinese.get(each, english[each])) for each in code.tolist()]
