"""Who knows whom in one town: households in the discs of their villages, sellers in colour, ties between.

Nothing is drawn by lot: a village is a disc near its place on the map, moved only as far as discs would overlap;
in it the households are wound up from the middle in the order in which the model's ring joins near neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import BoundaryNorm
from matplotlib.lines import Line2D

from sim.errors import ResultError
from sim.plotting.language import say, spoken
from sim.plotting.picture import FAINT, INK, PLACE, SEQUENCE, Picture, annotate, empty_axes, in_style
from sim.plotting.projection import albers_km
from sim.world.export import chosen_villages, ties_inside

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from sim.results import RunResult
    from sim.world import World

__all__ = ["TownGraph", "busiest_town", "draw_town", "pushed_apart", "town_figure", "town_graph"]

_CODE_DIGITS = 9
_MOST_VILLAGES, _MOST_HOUSEHOLDS = 24, 30_000
#: Ties drawn at most, between sellers and others: more would be a black sheet.
_MOST_OF_SELLERS, _MOST_OTHERS = 1200, 1200
#: Circles keep this much room between them, in units of the sum of their radii.
_ROOM, _ROUNDS = 1.12, 400
_GOLDEN_ANGLE = np.pi * (3.0 - np.sqrt(5.0))
#: Width of the drawing on the page.
_PAGE_POINTS = 380.0
_RING = 0  # index of ring ties, which follow the winding


@dataclass(frozen=True)
class TownGraph:
    """The households of a town as they are drawn; V villages, N households, K ties.

    Parameters
    ----------
    name, code : of the town; county : its English name.
    villages : (V,) indices in the world, those with the most shops where the town has more.
    left_out : how many villages are not shown.
    centre : (V, 2), radius : (V,) of the discs. place : (N, 2) of the households.
    opened : (N,) month of the run of the first shop, -1 for none yet. is_selling, is_pioneer : (N,).
    ties : (K, 2) rows of the households; all_ties : how many there are in truth, without those of the ring.
    """

    name: str
    code: int
    county: str
    villages: NDArray[np.int64]
    left_out: int
    centre: NDArray[np.float64]
    radius: NDArray[np.float64]
    place: NDArray[np.float64]
    opened: NDArray[np.int64]
    is_selling: NDArray[np.bool_]
    is_pioneer: NDArray[np.bool_]
    ties: NDArray[np.int64]
    all_ties: int


def busiest_town(result: RunResult) -> int:
    """Index of the town in which most shops were opened; the first of the world where none was."""
    village = result.columns("events")["village"]
    town = result.world.villages.town
    return int(np.bincount(town[village], minlength=result.world.n_towns).argmax())


def town_graph(result: RunResult, town: int | str | None = None, year: int | None = None) -> TownGraph:
    """Households, ties and sellers of a town at the end of a year.

    Parameters
    ----------
    town : nine-digit code or Chinese name; by default the town in which most shops were opened.
    year : by default the last of the run.

    Raises
    ------
    WorldError : no town, or more than one, is called so.
    ResultError : the run has no such year.
    """
    world, scenario = result.world, result.scenario
    until = (scenario.end if year is None else min(year * 12 + 11, scenario.end)) - scenario.start
    if until < 0 or (year is not None and year > scenario.end // 12):
        span = f"{scenario.start // 12} to {scenario.end // 12}"
        message = f"found year {year}, allowed are years of the run, {span}"
        raise ResultError(message)
    index = busiest_town(result) if town is None else _town_of(world, town)
    inside = np.flatnonzero(world.villages.town == index)
    events = result.columns("events")
    rows = np.flatnonzero(np.isin(events["village"], inside))
    opened_shops = np.bincount(events["village"][rows] - inside[0], minlength=inside.size)
    shown = _most_shops(world, inside, opened_shops)
    return _graph_of(result, index, shown, inside.size - shown.size, until)


def _town_of(world: World, town: int | str) -> int:
    is_code = isinstance(town, str) and town.isdecimal() and len(town) <= _CODE_DIGITS
    place = int(town) if is_code else town
    return int(world.villages.town[chosen_villages(world, towns=place)[0]])


def _most_shops(world: World, inside: NDArray[np.int64], shops: NDArray[np.int64]) -> NDArray[np.int64]:
    """Villages to show, those with the most shops first chosen, as long as they and their households are few."""
    order = inside[np.argsort(-shops, kind="stable")][:_MOST_VILLAGES]
    many = np.cumsum(world.villages.households[order]) > _MOST_HOUSEHOLDS
    return np.sort(order[~many] if (~many).any() else order[:1])


def _graph_of(result: RunResult, town: int, shown: NDArray[np.int64], left_out: int, until: int) -> TownGraph:
    world = result.world
    size = world.villages.households[shown]
    first = np.r_[0, np.cumsum(size)]
    radius = np.sqrt(np.maximum(size, 1).astype(float))
    km = np.column_stack(albers_km(world.villages.lon[shown], world.villages.lat[shown]))
    centre = pushed_apart(km, radius)
    home = np.repeat(np.arange(shown.size), size)
    place = centre[home] + wound_up(np.arange(first[-1]) - first[home])
    opened, selling, pioneer = _sellers(result, shown, first, until)
    left, right, kind = ties_inside(world, shown)
    rows = np.column_stack([_row(world, shown, first, each) for each in (left, right)])
    if not world.graph.is_explicit:
        rows = rows[kind != _RING]
    ties = _thinned(rows, selling)
    county = str(world.counties.name_en[world.towns.county[town]])
    names = (str(world.towns.name_zh[town]), int(world.towns.code[town]), county)
    return TownGraph(*names, shown, left_out, centre, radius, place, opened, selling, pioneer, ties, len(rows))


def wound_up(number: NDArray[np.int64]) -> NDArray[np.float64]:
    """Places on a spiral, (N, 2), as far apart along it as across; n of them fill a disc of radius sqrt(n)."""
    n = number + 0.5
    angle, radius = 2.0 * np.sqrt(np.pi * n), np.sqrt(n)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def _row(
    world: World, shown: NDArray[np.int64], first: NDArray[np.int64], household: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Row of a household among those shown."""
    village = np.searchsorted(world.first_household, household, side="right") - 1
    place = np.searchsorted(shown, village)
    return np.asarray(first[place] + household - world.first_household[village], np.int64)


def _sellers(
    result: RunResult, shown: NDArray[np.int64], first: NDArray[np.int64], until: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Month of the first shop, who sells at the end of a month, and who is a pioneer."""
    n, start = int(first[-1]), result.scenario.start
    opened, balance = np.full(n, -1, np.int64), np.zeros(n, np.int64)
    pioneer = np.zeros(n, bool)
    for name, sign in (("events", 1), ("closings", -1)):
        table = result.columns(name)
        month = table["month"].astype("datetime64[M]").astype(np.int64) + 12 * 1970 - start
        rows = np.flatnonzero(np.isin(table["village"], shown) & (month <= until))
        household = first[np.searchsorted(shown, table["village"][rows])] + table["local"][rows]
        np.add.at(balance, household, sign)
        if name == "events":
            order = np.argsort(-month[rows], kind="stable")  # the earliest is written last
            opened[household[order]] = month[rows][order]
            pioneer[household[table["pioneer"][rows]]] = True
    return opened, balance > 0, pioneer


def _thinned(ties: NDArray[np.int64], selling: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Of the ties between sellers and of the others every so-many-th, so that lines can still be told apart."""
    both = selling[ties].all(axis=1)
    groups = ((ties[both], _MOST_OF_SELLERS), (ties[~both], _MOST_OTHERS))
    return np.concatenate([group[:: max(-(-len(group) // most), 1)] for group, most in groups])


def pushed_apart(km: NDArray[np.float64], radius: NDArray[np.float64]) -> NDArray[np.float64]:
    """Centres of circles near their places on the map, with room between them.

    Parameters
    ----------
    km : (V, 2) places. radius : (V,) in units of the drawing.

    Returns
    -------
    (V, 2) in units of the drawing; the same for the same places, whatever the moment or the machine.
    """
    n = radius.size
    if n == 1:
        return np.zeros((1, 2))
    spread = np.sqrt((radius**2).sum() * 3.0)
    centre = (km - km.mean(axis=0)) / max(float(np.abs(km - km.mean(axis=0)).max()), 1e-9) * spread
    angle = _GOLDEN_ANGLE * np.arange(n)
    centre += 1e-3 * spread * np.column_stack([np.cos(angle), np.sin(angle)])  # no two at one place
    least = _ROOM * (radius[:, None] + radius[None, :])
    np.fill_diagonal(least, 0.0)
    for _ in range(_ROUNDS):
        apart = centre[:, None, :] - centre[None, :, :]
        distance = np.hypot(apart[..., 0], apart[..., 1]) + np.eye(n)
        overlap = np.maximum(least - distance, 0.0)
        if overlap.max() < 1e-6 * spread:
            break
        centre = (
            centre
            + 0.5
            * (apart / distance[..., None] * overlap[..., None]).sum(axis=1)
            / np.maximum((overlap > 0).sum(axis=1), 1)[:, None]
        )
    return np.asarray(centre, np.float64)


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
    start = result.scenario.start
    axes.set_title(_title(graph))
    axes.set_axis_off()
    axes.set_aspect("equal")
    if not graph.place.size:
        return empty_axes(axes, say("no household"))
    _draw_ties(axes, graph)
    x, y = graph.place.T
    silent, closed = graph.opened < 0, (graph.opened >= 0) & ~graph.is_selling
    size = _dot_area(graph)
    axes.scatter(x[silent], y[silent], s=0.3 * size, color=PLACE, linewidths=0, zorder=2)
    years = (graph.opened + start) // 12
    first, last = start // 12, result.scenario.end // 12
    norm = BoundaryNorm(np.arange(first, last + 2) - 0.5, 256)
    style: dict[str, Any] = {"cmap": SEQUENCE, "norm": norm, "zorder": 3}
    plain = graph.is_selling & ~graph.is_pioneer
    axes.scatter(x[plain], y[plain], s=size, c=years[plain], linewidths=0, **style)
    begun = graph.is_selling & graph.is_pioneer
    axes.scatter(
        x[begun],
        y[begun],
        s=max(2.0 * size, 14.0),
        c=years[begun],
        marker="D",
        edgecolors=INK,
        linewidths=0.7,
        **style,
    )
    axes.scatter(
        x[closed], y[closed], s=0.7 * size, facecolors="white", edgecolors=FAINT, linewidths=0.4, zorder=3
    )
    _legend(axes, graph, closed)
    if (~silent).any():
        place = axes.inset_axes((1.04, 0.08, 0.035, 0.5))
        bar = axes.figure.colorbar(ScalarMappable(norm, SEQUENCE), cax=place)
        bar.set_ticks([float(year) for year in range(first, last + 1)])
        bar.ax.set_yticklabels([str(year) for year in range(first, last + 1)])
        bar.ax.tick_params(length=0)
        bar.set_label(say("year of the first shop"), fontsize=8.5)
        bar.outline.set_visible(False)
    return axes


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
    axes.add_collection(LineCollection(list(lines[~both]), colors="#9a9a9a", linewidths=0.3, alpha=0.3, zorder=1))
    axes.add_collection(LineCollection(list(lines[both]), colors="#333333", linewidths=0.5, alpha=0.55, zorder=1))
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
    handles.append(Line2D([], [], color="#333333", linewidth=0.8, label=say("tie between sellers")))
    handles.append(Line2D([], [], color="#9a9a9a", linewidth=0.5, label=say("other tie")))
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.0, 1.0))
