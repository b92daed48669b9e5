"""Who knows whom in one town: households in the discs of their villages, sellers in colour, ties between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import BoundaryNorm
from matplotlib.lines import Line2D

from sim.plotting.language import say, spoken
from sim.plotting.picture import FAINT, INK, PLACE, SEQUENCE, Picture, annotate, empty_axes, in_style
from sim.plotting.town_graph import TownGraph, town_graph

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from sim.results import RunResult

__all__ = ["draw_town", "town_figure"]

#: Width of the drawing on the page.
_PAGE_POINTS = 380.0
#: Greys of the ties between sellers and of the others.
_OF_SELLERS, _OF_OTHERS = "#333333", "#9a9a9a"


@in_style
def town_figure(result: RunResult, town: int | str | None = None, year: int | None = None) -> Picture:
    """The acquaintance graph of a town, sellers coloured by their first year; see :func:`town_graph`."""
    graph = town_graph(result, town, year)
    picture = Picture(7.8, 5.9)
    (axes,) = picture.panels(1, 1)
    draw_town(result, axes, graph)
    texts = ["Each disc is a village, each dot a household; near neighbours follow each other on its spiral."]
    if len(graph.ties) < graph.all_ties:
        words = "{shown:,} of {n:,} ties beyond near neighbours are drawn."
        texts.append(say(words, shown=len(graph.ties), n=graph.all_ties))
    if graph.left_out:
        words = "{n:,} villages with fewer shops are left out."
        texts.append(say(words, n=graph.left_out))
    annotate(picture, result, *texts)
    return picture


def draw_town(result: RunResult, axes: Axes, graph: TownGraph) -> Axes:
    """Villages as discs, households as dots, sellers in the colour of their first year, ties as lines."""
    axes.set_title(_title(graph))
    axes.set_axis_off()
    axes.set_aspect("equal", anchor="W")  # the title is longer than the drawing is wide
    if not graph.place.size:
        return empty_axes(axes, say("no household"))
    _draw_ties(axes, graph)
    start, end = result.scenario.start, result.scenario.end
    years = np.arange(start // 12, end // 12 + 1)
    norm = BoundaryNorm(np.append(years, years[-1] + 1) - 0.5, 256)
    closed = (graph.opened >= 0) & ~graph.is_selling
    _draw_households(axes, graph, (graph.opened + start) // 12, closed, norm)
    _legend(axes, graph, closed)
    if (graph.opened >= 0).any():
        _name_years(axes, years, norm)
    return axes


def _draw_households(
    axes: Axes, graph: TownGraph, year: NDArray[np.int64], closed: NDArray[np.bool_], norm: BoundaryNorm
) -> None:
    """Small dots do not sell, coloured ones do, diamonds are pioneers, hollow ones have closed."""
    x, y = graph.place.T
    size = _dot_area(graph)
    silent = graph.opened < 0
    axes.scatter(x[silent], y[silent], s=0.3 * size, color=PLACE, linewidths=0, zorder=2)
    coloured: dict[str, Any] = {"cmap": SEQUENCE, "norm": norm, "zorder": 3}
    plain = graph.is_selling & ~graph.is_pioneer
    axes.scatter(x[plain], y[plain], s=size, c=year[plain], linewidths=0, **coloured)
    begun = graph.is_selling & graph.is_pioneer
    edge: dict[str, Any] = {"marker": "D", "edgecolors": INK, "linewidths": 0.7}
    axes.scatter(x[begun], y[begun], s=max(2.0 * size, 14.0), c=year[begun], **edge, **coloured)
    hollow: dict[str, Any] = {"facecolors": "white", "edgecolors": FAINT, "linewidths": 0.4}
    axes.scatter(x[closed], y[closed], s=0.7 * size, zorder=3, **hollow)


def _name_years(axes: Axes, years: NDArray[np.int64], norm: BoundaryNorm) -> None:
    """A bar beside the drawing that says which colour is which year."""
    place = axes.inset_axes((1.04, 0.08, 0.035, 0.5))
    bar = axes.figure.colorbar(ScalarMappable(norm, SEQUENCE), cax=place)
    bar.set_ticks([float(year) for year in years])
    bar.ax.set_yticklabels([str(year) for year in years])
    bar.ax.tick_params(length=0)
    bar.set_label(say("year of the first shop"), fontsize=8.5)
    bar.outline.set_visible(False)


def _dot_area(graph: TownGraph) -> float:
    """Area of a seller's dot, points squared: most of the room a household has on the page."""
    low, high = (
        (graph.centre - graph.radius[:, None]).min(axis=0),
        (graph.centre + graph.radius[:, None]).max(axis=0),
    )
    room = np.sqrt(np.pi) * _PAGE_POINTS / float((high - low).max())
    return float(np.clip((0.85 * room) ** 2, 0.8, 60.0))


def _title(graph: TownGraph) -> str:
    words = "{name}: {sellers:,} sellers among {n:,} households in {villages:,} villages"
    numbers = {
        "sellers": int(graph.is_selling.sum()),
        "n": graph.opened.size,
        "villages": graph.villages.size,
    }
    name = graph.name if spoken() == "zh" or graph.name.isascii() else f"Town {graph.code}, {graph.county}"
    return say(words, name=name, **numbers)


def _draw_ties(axes: Axes, graph: TownGraph) -> None:
    circle = np.linspace(0.0, 2.0 * np.pi, 121)
    outline = np.column_stack([np.cos(circle), np.sin(circle)])
    rings = [middle + radius * outline for middle, radius in zip(graph.centre, graph.radius, strict=True)]
    axes.add_collection(LineCollection(rings, colors="#dcdcdc", linewidths=0.7, zorder=0))
    both = graph.is_selling[graph.ties].all(axis=1)
    lines = graph.place[graph.ties]
    axes.add_collection(LineCollection(list(lines[~both]), colors=_OF_OTHERS, linewidths=0.3, alpha=0.3, zorder=1))
    axes.add_collection(
        LineCollection(list(lines[both]), colors=_OF_SELLERS, linewidths=0.5, alpha=0.55, zorder=1)
    )
    axes.autoscale_view()


def _legend(axes: Axes, graph: TownGraph, closed: NDArray[np.bool_]) -> None:
    dot: dict[str, Any] = {"linestyle": "none", "markersize": 5}
    sells = colormaps[SEQUENCE](0.6)
    handles = [
        Line2D([], [], marker="o", color=PLACE, label=say("does not sell"), **(dot | {"markersize": 2.5})),
        Line2D([], [], marker="o", color=sells, label=say("sells"), **dot),
    ]
    if (graph.is_pioneer & graph.is_selling).any():
        handles.append(Line2D([], [], marker="D", color=sells, markeredgecolor=INK, label=say("pioneer"), **dot))
    if closed.any():
        handles.append(
            Line2D([], [], marker="o", color="white", markeredgecolor=FAINT, label=say("has closed"), **dot)
        )
    handles.append(Line2D([], [], color=_OF_SELLERS, linewidth=0.8, label=say("tie between sellers")))
    handles.append(Line2D([], [], color=_OF_OTHERS, linewidth=0.5, label=say("other tie")))
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.0, 1.0))
