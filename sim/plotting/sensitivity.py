"""Which parameters matter: Morris' mu* and sigma or Sobol's indices with intervals, and if they settled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.outcomes import YEARLY
from sim.plotting.language import say
from sim.plotting.picture import (
    GRID,
    OBSERVED,
    OKABE_ITO,
    SIMULATED,
    Picture,
    caption,
    in_style,
    plain_axes,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.experiments.sensitivity import SensitivityResult

__all__ = ["draw_bars", "draw_convergence", "draw_screening", "sensitivity_figure"]

_MOST_BARS, _MOST_LINES = 15, 6
_COLOURS = tuple(OKABE_ITO[name] for name in ("blue", "vermilion", "green", "purple", "orange", "sky"))


@in_style
def sensitivity_figure(result: SensitivityResult, outcome: str = "villages", year: int | None = None) -> Picture:
    """Indices with 95 % intervals on the left, how they settle with the size of the design on the right.

    Parameters
    ----------
    outcome : one of the yearly outcomes. year : of the December; the last by default.
    """
    indices = result.indices(outcome, year)
    height = 4.2 if result.method == "morris" else max(3.6, 1.6 + 0.3 * min(len(indices), _MOST_BARS))
    picture = Picture(10.0, height)
    left, right = picture.panels(1, 2, width_ratios=(1.5, 1.0))
    meaning = {each.name: f"{say(each.meaning)} ({say(each.unit)})" for each in YEARLY}[outcome]
    if result.method == "morris":
        draw_screening(indices, left, meaning)
    else:
        draw_bars(indices, left)
    draw_convergence(result.convergence(outcome, year), right, result.method)
    text = say(
        "{name}: {method} sensitivity, {n} parameters, {runs:,} runs; {meaning}, December {year}. Ranges as in "
        "the table of the result; 95 % intervals of the indices. All points share their seeds.",
        name=result.scenario.title or result.scenario.name,
        method=say(result.method.capitalize()),
        n=len(result.ranges),
        runs=result.n_runs,
        meaning=meaning,
        year=result.years[-1] if year is None else year,
    )
    caption(picture, text)
    return picture


def draw_screening(indices: pd.DataFrame, axes: Axes, meaning: str) -> Axes:
    """Morris' plane: mu* across, sigma upwards; the most important in the colours of the other panel."""
    middle, reach, spread = (indices[name].to_numpy() for name in ("mu_star", "mu_star_conf", "sigma"))
    right, top = (1.08 * float(np.nanmax(values, initial=1e-9)) for values in (middle + reach, spread * 1.15))
    for slope in (0.1, 0.5, 1.0):
        end = min(right, top / slope)
        axes.plot([0, end], [0, slope * end], color="#bbbbbb", linewidth=0.8, linestyle="--", zorder=0)
        axes.annotate(f"{slope:g} mu*", (0.94 * end, slope * 0.94 * end), fontsize=7, color="#888888", va="top")
    colours = [*_COLOURS[:_MOST_LINES], *["#999999"] * len(indices)][: len(indices)]
    for x, width, y, colour in zip(middle[::-1], reach[::-1], spread[::-1], colours[::-1], strict=True):
        axes.errorbar(x, y, xerr=width, fmt="o", markersize=5, elinewidth=1.2, capsize=0, color=colour)
    axes.set_xlabel(say("mu*: mean absolute change over the range, {meaning}", meaning=meaning))
    axes.set_ylabel(say("sigma: how much it depends on the others"))
    axes.set_title(say("Morris' screening"))
    axes.set_xlim(0, right)
    axes.set_ylim(0, top)
    plain_axes(axes)
    return axes


def draw_bars(indices: pd.DataFrame, axes: Axes) -> Axes:
    """Sobol's first-order and total indices, the most important at the top."""
    shown = indices.head(_MOST_BARS)
    y = -np.arange(len(shown), dtype=float)
    for column, shift, colour, words in (
        ("ST", 0.18, SIMULATED, "with the others (ST)"),
        ("S1", -0.18, OBSERVED, "alone (S1)"),
    ):
        reach = shown[f"{column}_conf"].to_numpy()
        bars: dict[str, Any] = {"height": 0.34, "error_kw": {"elinewidth": 1.2, "ecolor": "#333333"}}
        axes.barh(y + shift, shown[column], xerr=reach, color=colour, label=say(words), **bars)
    axes.set_yticks(y, list(shown["parameter"]))
    axes.axvline(0.0, color="#777777", linewidth=0.9)
    axes.set_xlabel(say("share of the variance between points"))
    axes.set_title(say("Sobol's indices"))
    axes.legend(loc="lower right")
    plain_axes(axes)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", color=GRID, linewidth=0.6)
    return axes


def draw_convergence(convergence: pd.DataFrame, axes: Axes, method: str) -> Axes:
    """The leading index from half, three quarters and all of the design, for the most important parameters."""
    shares = [column for column in convergence.columns if column != "parameter"]
    x = [float(share.rstrip("%")) for share in shares]
    for row, colour in zip(convergence.head(_MOST_LINES).to_dict("records"), _COLOURS, strict=False):
        axes.plot(
            x, [row[share] for share in shares], marker="o", markersize=4, color=colour, label=row["parameter"]
        )
    axes.set_xticks(x, shares)
    axes.set_xlabel(say("of the design"))
    axes.set_title(say("Has {index} settled?", index="mu*" if method == "morris" else "ST"))
    axes.set_ylim(bottom=min(0.0, float(convergence[shares].to_numpy().min(initial=0.0))))
    axes.legend(loc="best", fontsize=7)
    plain_axes(axes)
    return axes
