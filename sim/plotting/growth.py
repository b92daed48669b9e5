"""How many Taobao villages and shops there are, year by year and month by month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.plotting.language import say
from sim.plotting.picture import (
    LISTS,
    OBSERVED,
    OKABE_ITO,
    SIMULATED,
    Picture,
    annotate,
    count_axis,
    in_style,
    plain_axes,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.results import RunResult

__all__ = ["draw_shops", "draw_villages", "growth_figure", "thumbnail"]

_THUMBNAIL_INCHES = (3.6, 2.4)


@in_style
def growth_figure(result: RunResult) -> Picture:
    """Taobao villages by year on the left, shops by month on the right."""
    picture = Picture(9.0, 3.8)
    left, right = picture.panels(1, 2)
    draw_villages(result, left)
    draw_shops(result, right)
    annotate(picture, result, *([LISTS] if _has_observed(result) else []))
    return picture


def thumbnail(result: RunResult) -> bytes:
    """The left half of the growth figure, small."""
    return _thumbnail_figure(result).png()


@in_style
def _thumbnail_figure(result: RunResult) -> Picture:
    picture = Picture(*_THUMBNAIL_INCHES)
    (axes,) = picture.panels(1, 1)
    draw_villages(result, axes)
    axes.set_title(say("Taobao villages"))
    return picture


def _has_observed(result: RunResult) -> bool:
    return bool(np.isfinite(result.columns("patterns")["observed"]).any())


def draw_villages(result: RunResult, axes: Axes) -> Axes:
    """Taobao villages counted each December; published lists as points with their numbers."""
    patterns = result.columns("patterns")
    chosen = patterns["pattern"] == "villages"
    year, simulated = patterns["year"][chosen].astype(int), patterns["simulated"][chosen]
    observed = patterns["observed"][chosen]
    seen = np.isfinite(observed)
    axes.plot(year, simulated, color=SIMULATED, marker="o", markersize=4, linewidth=1.8, label=say("simulated"))
    if seen.any():
        style: dict[str, Any] = {
            "color": OBSERVED,
            "marker": "D",
            "markersize": 6.5,
            "linestyle": "none",
            "zorder": 3,
        }
        axes.plot(year[seen], observed[seen], label=say("observed"), **style)
        for x, y in zip(year[seen], observed[seen], strict=True):
            axes.annotate(
                f"{int(y):,}",
                (x, y),
                xytext=(8, 0),
                textcoords="offset points",
                va="center",
                color=OBSERVED,
                fontsize=8.5,
                path_effects=[withStroke(linewidth=2.0, foreground="white")],  # the line may run behind it
            )
        axes.legend(loc="upper left")
    axes.set_title(say("Taobao villages, counted each December"))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    if year.size:
        axes.set_xlim(year[0] - 0.6, year[-1] + 0.9)
    axes.set_ylim(bottom=0)
    count_axis(axes.yaxis)
    plain_axes(axes)
    return axes


def draw_shops(result: RunResult, axes: Axes) -> Axes:
    """Active shops at the end of each month, and openings and closings of the month, on a logarithmic scale."""
    national = result.columns("national")
    month = national["month"].astype("datetime64[M]").astype(np.int64) / 12.0 + 1970.0
    lines = (
        ("shops", say("active"), SIMULATED, 1.8),
        ("openings", say("opening"), OKABE_ITO["green"], 1.0),
        ("closings", say("closing"), OKABE_ITO["purple"], 1.0),
    )
    for name, label, colour, width in lines:
        values = national[name].astype(float)
        axes.plot(month, np.where(values > 0, values, np.nan), color=colour, linewidth=width, label=label)
    axes.set_yscale("log")
    axes.set_title(say("Shops: active, opening and closing in the month"))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    axes.legend(loc="upper left")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    plain_axes(axes)
    return axes
