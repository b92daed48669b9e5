"""What each mechanism contributed to growth, as bars with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FuncFormatter

from sim.experiments.attribute import METHODS
from sim.plotting.language import say
from sim.plotting.picture import GRID, SIMULATED, Picture, caption, in_style, plain_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiments.attribute import AttributionResult

__all__ = ["draw_shares", "shares_figure"]

_WIDTH, _ROW, _FRAME = 7.2, 0.34, 1.5
_REST = "#9a9a9a"


@in_style
def shares_figure(result: AttributionResult) -> Picture:
    """Share of the growth that goes with each mechanism, the largest at the top."""
    rows = len(result.mechanisms) + (result.method == "shapley")
    picture = Picture(_WIDTH, _FRAME + _ROW * rows)
    (axes,) = picture.panels(1, 1)
    draw_shares(result, axes)
    name = result.scenario.title or result.scenario.name
    combined = (
        say("Shapley values over all combinations; with the rest they sum to 100 %.")
        if result.method == "shapley"
        else say("Each switched off alone; such shares need not sum to 100 %.")
    )
    text = "Simulated: {name}; {n} histories on the same seeds. {combined} Lines: 95 % intervals."
    caption(picture, say(text, name=name, n=result.n_replicates, combined=combined))
    return picture


def draw_shares(result: AttributionResult, axes: Axes) -> Axes:
    """One bar a mechanism; with Shapley one in grey for what none of them accounts for."""
    bars = [(row["mechanism"], row["share"], row["low"], row["high"]) for row in result.table.to_dict("records")]
    colours = [SIMULATED] * len(bars)
    if result.method == "shapley":
        bars.append((say("the rest"), *result.rest))
        colours.append(_REST)
    share, low, high = 100.0 * np.array([bar[1:] for bar in bars]).T
    y = -np.arange(len(bars))
    reach = np.nan_to_num(np.stack([share - low, high - share]))
    axes.barh(y, np.nan_to_num(share), height=0.62, color=colours, alpha=0.75)
    axes.errorbar(share, y, xerr=reach, fmt="none", ecolor="#222222", elinewidth=1.2, capsize=2.5)
    axes.set_yticks(y, [say(bar[0].replace("_", " ")) for bar in bars])
    axes.axvline(0.0, color="#777777", linewidth=0.9)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g} %"))
    first, last = result.counted
    meaning = say(result.meaning)
    title = say(
        "{meaning}, {first:,.0f} in {start} to {last:,.0f} in {end}: share of the growth",
        meaning=meaning[:1].upper() + meaning[1:],
        first=first,
        start=result.start_year,
        last=last,
        end=result.year,
    )
    axes.set_title(f"{title}\n{say(METHODS[result.method])}")
    plain_axes(axes)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", color=GRID, linewidth=0.6)
    return axes
