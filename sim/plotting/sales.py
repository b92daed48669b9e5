"""How the online sales of Taobao villages are distributed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import FuncFormatter, NullFormatter

from sim.data import facts
from sim.plotting.language import say
from sim.plotting.picture import (
    INK,
    OBSERVED,
    SIMULATED,
    Picture,
    annotate,
    count_axis,
    empty_axes,
    in_style,
    plain_axes,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from sim.results import RunResult

__all__ = ["draw_sales", "sales_figure"]

_MILLION = 1e6
#: Bars are about a tenth of a decade wide, and none lies in two classes.
_STEP = 10.0**0.1
#: Classes of the report of 2015, millions of yuan a year.
_CLASSES = ((0.0, 10.0), (10.0, 30.0), (30.0, 100.0), (100.0, np.inf))
_TICKS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0)
_REPORT_YEAR = 2015
#: Words above the bars stand on white, so that no line runs through them.
_LABEL: dict[str, Any] = {
    "ha": "center",
    "va": "top",
    "fontsize": 8.0,
    "bbox": {"facecolor": "white", "edgecolor": "none", "pad": 1.5},
}
_REPORT = "Report: AliResearch, report on Taobao villages, 2015 (facts F039, F040)."


@in_style
def sales_figure(result: RunResult) -> Picture:
    """Histogram of yearly sales in the last December of the run."""
    picture = Picture(6.4, 4.0)
    (axes,) = picture.panels(1, 1)
    draw_sales(result, axes)
    annotate(picture, result, *([_REPORT] if _national_2015(result) else []))
    return picture


def _last_year(result: RunResult) -> int:
    year = result.columns("villages")["year"]
    return int(year.max(initial=result.scenario.end // 12 if not year.size else 0))


def _national_2015(result: RunResult) -> bool:
    """Whether the run is of what the report speaks of: all of China in 2015."""
    return result.scenario.region.kind == "china" and _last_year(result) == _REPORT_YEAR


def draw_sales(result: RunResult, axes: Axes, year: int | None = None) -> Axes:
    """Online sales over twelve months of each Taobao village, and the share of each class of the report."""
    year = _last_year(result) if year is None else year
    villages = result.columns("villages")
    chosen = villages["recognised"] & (villages["year"] == year)
    sales = villages["online_sales_yuan"][chosen] / _MILLION
    axes.set_title(say("Online sales of the {n:,} Taobao villages of {year}", n=sales.size, year=year))
    axes.set_xlabel(say("online sales over twelve months, million yuan"))
    axes.set_ylabel(say("Taobao villages"))
    plain_axes(axes)
    if not sales.size:
        return empty_axes(axes, say("no Taobao village"))
    edges = _edges(float(sales.min()), float(sales.max()))
    axes.hist(sales, edges.tolist(), color=SIMULATED, edgecolor="white", linewidth=0.6)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xticks([tick for tick in _TICKS if edges[0] <= tick <= edges[-1]])
    axes.margins(y=0.0)
    axes.set_ylim(top=axes.get_ylim()[1] * 1.32)
    count_axis(axes.yaxis)
    _classes(result, axes, sales, edges)
    return axes


def _edges(smallest: float, greatest: float) -> NDArray[np.float64]:
    """Edges of the bars, million yuan: those of the classes among them."""
    below = int(np.ceil(max(np.log10(10.0 / max(smallest, 1e-3)), 0.0) / np.log10(_STEP)))
    above = int(np.ceil(np.log10(max(greatest, 200.0) / 100.0) / np.log10(_STEP))) + 1
    parts = (
        10.0 / _STEP ** np.arange(below, 0, -1),
        np.geomspace(10.0, 30.0, 6)[:-1],
        np.geomspace(30.0, 100.0, 6)[:-1],
        100.0 * _STEP ** np.arange(above),
    )
    return np.concatenate(parts)


def _classes(result: RunResult, axes: Axes, sales: NDArray[np.float64], edges: NDArray[np.float64]) -> None:
    said = _said(result)
    for number, (low, high) in enumerate(_CLASSES):
        inside = np.count_nonzero((sales >= low) & (sales < high))
        begin, end = max(low, edges[0]), min(high, edges[-1])
        if begin >= end:
            continue
        if low > edges[0]:
            axes.axvline(low, color="#bbbbbb", linewidth=0.8, linestyle=(0, (4, 3)))
        name = "{low:g} to {high:g}" if low else "below {high:g}"
        name = say(name if np.isfinite(high) else "{low:g} and more", low=low, high=high)
        counted = say("{n:,} villages, {share:.0f} %", n=inside, share=100.0 * inside / sales.size)
        lines = f"{name}\n{counted}"
        middle, top = np.sqrt(begin * end), axes.get_ylim()[1]
        axes.text(middle, top * 0.985, lines, color=INK, **_LABEL)
        if number in said:
            axes.text(middle, top * 0.865, said[number], color=OBSERVED, **_LABEL)


def _said(result: RunResult) -> dict[int, str]:
    """What the report says of a class, by its place in the order of classes."""
    if not _national_2015(result):
        return {}
    share, number = facts()["F040"], facts()["F039"]
    return {
        1: say("report: over {n:.0f} %", n=share.number),
        3: say("report: over {n:.0f} villages", n=number.number),
    }
