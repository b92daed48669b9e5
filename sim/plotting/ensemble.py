"""An ensemble's growth: where its histories lie, and the published lists among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from sim.plotting.language import say
from sim.plotting.picture import LISTS, OBSERVED, SIMULATED, Picture, caption, count_axis, in_style, plain_axes
from sim.scenario.show import describe_region

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiments.ensemble import EnsembleResult

__all__ = ["bands_words", "draw_band", "draw_monthly_shops", "draw_villages", "ensemble_figure"]

Array = NDArray[np.float64]
_BANDS = ((0.9, 0.18), (0.5, 0.32))


@in_style
def ensemble_figure(result: EnsembleResult) -> Picture:
    """Taobao villages by year on the left, shops by month on the right."""
    picture = Picture(9.0, 3.8)
    left, right = picture.panels(1, 2)
    has_lists = draw_villages(result, left)
    draw_monthly_shops(result, right)
    caption(picture, bands_words(result), *([say(LISTS)] if has_lists else []))
    return picture


def bands_words(result: EnsembleResult) -> str:
    """What was simulated, and what the bands hold."""
    scenario = result.scenario
    return say(
        "Simulated: {name}; {n} runs: median, and the bands that hold half and 90 % of them.",
        name=scenario.title or f"{scenario.name}, {describe_region(scenario)}",
        n=result.n_replicates - result.n_failed,
    )


def draw_band(axes: Axes, x: Array, values: Array, *, color: str = SIMULATED, label: str = "") -> None:
    """Median line over the bands that hold half and 90 % of the replicates.

    Parameters
    ----------
    x : (T,). values : (R, T), one row a replicate; nan is left out, moments without any value are not drawn.
    """
    there = np.isfinite(values)
    x, kept = x[there.any(axis=0)], values[np.ix_(there.any(axis=1), there.any(axis=0))]
    if kept.size == 0:
        return
    for share, alpha in _BANDS:
        low, high = np.nanquantile(kept, [(1 - share) / 2, (1 + share) / 2], axis=0)
        axes.fill_between(x, low, high, color=color, alpha=alpha, linewidth=0, zorder=1)
    axes.plot(x, np.nanmedian(kept, axis=0), color=color, linewidth=1.8, label=label or say("simulated"), zorder=2)


def draw_villages(result: EnsembleResult, axes: Axes) -> bool:
    """Taobao villages each December; tells whether there were published lists to draw."""
    years = result.dataset["year"].values.astype(float)
    draw_band(axes, years, result.dataset["villages"].values)
    table = result.table
    listed = table[(table["outcome"] == "villages") & table["observed"].notna()]
    if len(listed):
        x, y = listed["year"].to_numpy(float), listed["observed"].to_numpy(float)
        style: dict[str, Any] = {"color": OBSERVED, "marker": "D", "markersize": 6.5, "linestyle": "none"}
        axes.plot(x, y, label=say("observed"), zorder=3, **style)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="upper left")
    axes.set_title(say("Taobao villages, counted each December"))
    if years.size:
        axes.set_xlim(years[0] - 0.6, years[-1] + 0.9)
    axes.set_ylim(bottom=0)
    _finish(axes)
    count_axis(axes.yaxis)
    return bool(len(listed))


def draw_monthly_shops(result: EnsembleResult, axes: Axes) -> Axes:
    """Active shops at the end of each month, on a logarithmic scale."""
    month = result.dataset["month"].values.astype("datetime64[M]").astype(np.int64) / 12.0 + 1970.0
    values = result.dataset["monthly_shops"].values
    draw_band(axes, month, np.where(values > 0, values, np.nan))
    if np.nanmax(values, initial=0) > 0:
        axes.set_yscale("log")
    axes.set_title(say("Active shops"))
    _finish(axes)
    return axes


def _finish(axes: Axes) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    plain_axes(axes)
