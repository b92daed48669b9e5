"""Genealogy of adoption as a tree in time: each dot a village or a shop, each line from teacher to taught."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from sim.data import village_names
from sim.metrics.teachers import SOURCES
from sim.plotting.language import say, spoken
from sim.plotting.picture import FAINT, GRID, Picture, annotate, in_style, plain_axes
from sim.plotting.story import SOURCE_COLOURS
from sim.results.forest import depth, most_taught

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.results import RunResult
    from sim.results.genealogy import Of

__all__ = ["draw_genealogy", "genealogy_figure", "places_in_tree"]

_NAMED, _CROWDED = 8, 400
_ROOTS = {"pioneer": "pioneers", "own initiative": "own initiative", "not known": "teacher not known"}
_TIES = {
    "ring": "a near neighbour",
    "village": "somebody in the village",
    "town": "somebody in the town",
    "county": "somebody in the county",
    "prefecture": "somebody in the prefecture",
}
_EDGE = "#333333"
_NOTE = (
    "Lines lead from the most likely teacher to the taught; height only sets families apart. A village is taught "
    "by the village of the teacher of its first shop; beside names, how many they taught."
)


@in_style
def genealogy_figure(
    result: RunResult, *, of: Of = "villages", county: int | str | None = None, village: int | str | None = None
) -> Picture:
    """The forest of a county, or of one village with all it taught; of the whole run where no place is named."""
    forest = result.genealogy(of, county=county, village=village, descendants=village is not None)
    picture = Picture(9.0, 5.2)
    (axes,) = picture.panels(1, 1)
    draw_genealogy(forest, axes, of)
    annotate(picture, result, _NOTE)
    return picture


def places_in_tree(forest: Any) -> dict[Any, float]:
    """Height of each node: leaves one below the other in the order of families, parents amid their children."""
    height: dict[Any, float] = {}
    nodes = forest.nodes
    children = {
        node: sorted(forest.successors(node), key=lambda n: (nodes[n]["month"], n), reverse=True)
        for node in forest
    }
    roots = sorted((n for n in forest if forest.in_degree(n) == 0), key=lambda n: (nodes[n]["month"], n))
    stack, leaves = [(root, False) for root in reversed(roots)], 0
    while stack:
        node, is_back = stack.pop()
        if is_back:
            height[node] = float(np.mean([height[child] for child in children[node]]))
        elif children[node]:
            stack.append((node, True))
            stack += [(child, False) for child in children[node]]
        else:
            height[node] = float(-leaves)
            leaves += 1
    return height


def draw_genealogy(forest: Any, axes: Axes, of: Of = "villages") -> Axes:
    """Roots and those they taught, at the months in which they began."""
    height, nodes = places_in_tree(forest), forest.nodes
    year = {node: _year(month) for node, month in nodes(data="month")}
    _draw_ties(forest, axes, year, height)
    _draw_nodes(forest, axes, year, height)
    if of == "villages":
        _name_teachers(forest, axes, year, height)
    _legend(forest, axes)
    what = "villages" if of == "villages" else "shops"
    words = f"Who taught whom: {{n:,}} {what}, {{depth:,}} generations after the roots"
    axes.set_title(say(words, n=len(forest), depth=depth(forest)))
    axes.set_yticks([])
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=10))
    plain_axes(axes)
    axes.grid(axis="x", color=GRID, linewidth=0.6)
    axes.spines["left"].set_visible(False)
    axes.margins(x=0.03, y=0.04)
    if of == "villages" and year:
        first, last = min(year.values()), max(year.values())
        axes.set_xlim(left=first - max(0.2 * (last - first), 0.5))  # room for names
    if not len(forest):
        axes.text(0.5, 0.5, say("nobody opened a shop"), transform=axes.transAxes, ha="center", color=FAINT)
    return axes


def _draw_ties(forest: Any, axes: Axes, year: dict[Any, float], height: dict[Any, float]) -> None:
    """Lines from teacher to taught in the colour of their tie: up or down at the teacher's month, then along."""
    width = 0.9 if len(forest) < _CROWDED else 0.45
    for kind in _TIES:
        lines = [
            [(year[one], height[one]), (year[one], height[other]), (year[other], height[other])]
            for one, other, tie in forest.edges(data="tie")
            if tie == kind
        ]
        if lines:
            axes.add_collection(LineCollection(lines, colors=SOURCE_COLOURS[kind], linewidths=width, alpha=0.8))


def _draw_nodes(forest: Any, axes: Axes, year: dict[Any, float], height: dict[Any, float]) -> None:
    """Dots in the colour of how they came to sell; roots are diamonds."""
    size = float(np.clip(20.0 * np.sqrt(60.0 / max(len(forest), 1)), 1.5, 20.0))
    for source in SOURCES:
        chosen = [node for node, each in forest.nodes(data="source") if each == source]
        if chosen:
            is_root = source in _ROOTS
            axes.scatter(
                [year[node] for node in chosen],
                [height[node] for node in chosen],
                s=2.2 * size if is_root else size,
                marker="D" if is_root else "o",
                color=SOURCE_COLOURS[source],
                edgecolors=_EDGE if is_root else "none",
                linewidths=0.5,
                zorder=3 if is_root else 2,
            )


def _year(month: str) -> float:
    return int(month[:4]) + (int(month[5:]) - 0.5) / 12.0


def _name_teachers(forest: Any, axes: Axes, year: dict[Any, float], height: dict[Any, float]) -> None:
    """Write the names of the villages that taught most to the left of them; of two that would collide, one."""
    written: list[float] = []
    apart = 0.035 * (max(height.values(), default=0.0) - min(height.values(), default=0.0))
    for row in most_taught(forest, _NAMED).to_dict("records"):
        name = row["name"] if spoken() == "zh" else village_names().get(row["name"])
        place = height[row["node"]]
        if name is None or any(abs(place - other) < apart for other in written):
            continue
        written.append(place)
        axes.annotate(
            f"{name}: {row['taught']}",
            (year[row["node"]], place),
            xytext=(-6, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=7.5,
            zorder=4,
        )


def _legend(forest: Any, axes: Axes) -> None:
    seen = {source for _, source in forest.nodes(data="source")}
    handles = [
        Line2D(
            [],
            [],
            color=SOURCE_COLOURS[source],
            marker="D",
            linestyle="none",
            markeredgecolor=_EDGE,
            label=say(words),
        )
        for source, words in _ROOTS.items()
        if source in seen
    ]
    handles += [
        Line2D(
            [], [], color=SOURCE_COLOURS[source], marker="o", markersize=4, label=say(f"taught by {_TIES[source]}")
        )
        for source in _TIES
        if source in seen
    ]
    if handles:
        axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.0, 1.0))
