"""Who knows whom in one town, laid out: where on the page each household lies, who sells, which ties are drawn.

Nothing is drawn by lot: a village is a disc near its place on the map, moved only as far as discs would overlap;
in it the households are wound up from the middle in the order in which the model's ring joins near neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.errors import ResultError
from sim.plotting.projection import albers_km
from sim.world.export import chosen_villages, ties_inside

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.results import RunResult
    from sim.world import World

__all__ = ["TownGraph", "busiest_town", "pushed_apart", "town_graph", "wound_up"]

_CODE_DIGITS = 9
_MOST_VILLAGES, _MOST_HOUSEHOLDS = 24, 30_000
#: Ties drawn at most, between sellers and others: more would be a black sheet.
_MOST_OF_SELLERS, _MOST_OTHERS = 1200, 1200
#: Circles keep this much room between them, in units of the sum of their radii.
_ROOM, _ROUNDS = 1.12, 400
_GOLDEN_ANGLE = np.pi * (3.0 - np.sqrt(5.0))
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
