"""Parts of the acquaintance graph as ``networkx`` graphs: households, or villages with tie counts."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.compiled import compiled
from sim.errors import WorldError
from sim.scenario.values import found, several
from sim.world.graph import TIE_KINDS, GraphColumns, acquaintances_of
from sim.world.world import World

__all__ = ["HOUSEHOLDS_AT_MOST", "chosen_villages", "ties_inside", "to_networkx"]

Integers = NDArray[np.int64]
Level = Literal["household", "village"]

#: Households whose ties are looked up for one graph, by level: beyond these, Python objects are no help.
HOUSEHOLDS_AT_MOST = {"household": 50_000, "village": 500_000}


def to_networkx(
    world: World,
    *,
    level: Level = "household",
    counties: Iterable[int | str] | int | str | None = None,
    towns: Iterable[int | str] | int | str | None = None,
    villages: Iterable[int | str] | int | str | None = None,
    parallel: bool = False,
) -> Any:
    """Acquaintances of a part of the world as a ``networkx`` graph.

    Only ties with both ends in the chosen part are in it.

    Parameters
    ----------
    level : ``"household"``: a node for each household, its number in the world, with ``village`` (index),
        ``local`` and ``place``; edges with ``kind``, ``kinds`` (all of them, where a pair is tied more than
        once) and ``ties`` (how many). ``"village"``: a node for each village, its index, with ``role``
        ("village"), ``uid``, ``name``, ``lon``, ``lat``, ``households`` and ``inner_ties``; edges with the
        number of ties of each kind, and ``ties``, their sum.
    counties, towns : codes or names. villages : indices or names. Several of them are joined; without any of
        them the whole world is taken.
    parallel : whether every tie of two households is an edge of its own, in a ``MultiGraph``.

    Raises
    ------
    WorldError : a place is unknown or its name ambiguous, or the part has too many households
        (``HOUSEHOLDS_AT_MOST``).
    """
    if str(level) not in HOUSEHOLDS_AT_MOST:
        shown = found(level).removeprefix("the text ")
        message = f"found level {shown}, allowed is one of {', '.join(HOUSEHOLDS_AT_MOST)}"
        raise WorldError(message)
    chosen = chosen_villages(world, counties=counties, towns=towns, villages=villages)
    _check_size(world, chosen, level)
    ties = ties_inside(world, chosen)
    if level == "household":
        return _household_graph(world, chosen, ties, parallel=parallel)
    return _village_graph(world, chosen, ties)


def chosen_villages(
    world: World,
    *,
    counties: Iterable[int | str] | int | str | None = None,
    towns: Iterable[int | str] | int | str | None = None,
    villages: Iterable[int | str] | int | str | None = None,
) -> Integers:
    """Indices of the villages of these places, ascending; of all villages where no place is named.

    Raises
    ------
    WorldError : a place is unknown or its name ambiguous.
    """
    if counties is None and towns is None and villages is None:
        return np.arange(world.n_villages)
    chosen = np.zeros(world.n_villages, bool)
    for place in _each(counties):
        county = _find("county", place, world.counties.code, (world.counties.name_en, world.counties.name_zh))
        chosen[world.villages.county == county] = True
    for place in _each(towns):
        town = _find("town", place, world.towns.code, (world.towns.name_zh,))
        chosen[world.villages.town == town] = True
    for place in _each(villages):
        names = _village_names(world) if isinstance(place, str) else ()
        chosen[_find("village", place, np.arange(world.n_villages), names)] = True
    return np.flatnonzero(chosen)


def _each(places: Any) -> list[Any]:
    if places is None:
        return []
    given = several(places)
    strange = [
        place for place in given if not isinstance(place, int | np.integer | str) or isinstance(place, bool)
    ]
    if strange:
        message = f"found {found(strange[0])} as a place, allowed are codes, numbers and names"
        raise WorldError(message)
    return given


def _village_names(world: World) -> tuple[Sequence[str]]:
    return ([world.name_of_village(village) for village in range(world.n_villages)],)


def _find(what: str, place: int | str, code: NDArray[Any], names: Iterable[Iterable[Any]]) -> int:
    """Index of a place by code or name."""
    if isinstance(place, str):
        found = sorted({i for column in names for i, name in enumerate(column) if str(name) == place})
    else:
        found = np.flatnonzero(code == place).tolist()
    if len(found) == 1:
        return found[0]
    if found:
        choice = ", ".join(str(code[i]) for i in found[:5])
        message = f"found {what} {place!r}, the name of {len(found)} places; use one of the numbers {choice}"
        raise WorldError(message)
    known = sorted({str(name) for column in names for name in column})
    close = difflib.get_close_matches(str(place), known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else _example(what, code, known)
    message = f"found {what} {place!r}, which is not in this world; {hint}"
    raise WorldError(message)


def _example(what: str, code: NDArray[Any], known: Sequence[str]) -> str:
    if code.size == 0:
        return f"it has no {what} at all"
    name = f" and names like {known[0]!r}" if known else ""
    return f"allowed are numbers from {code.min()} to {code.max()}{name}"


def _check_size(world: World, chosen: Integers, level: Level) -> None:
    households = int(world.villages.households[chosen].sum())
    limit = HOUSEHOLDS_AT_MOST[level]
    if households > limit:
        advice = "choose fewer places with counties=, towns= or villages="
        if level == "household" and households <= HOUSEHOLDS_AT_MOST["village"]:
            advice += ", or level='village'"
        message = f"found {households} households, allowed are at most {limit} at level {level}; {advice}"
        raise WorldError(message)


@compiled
def _ties_of(
    chosen: Integers,
    inside: NDArray[np.bool_],
    first: Integers,
    graph: GraphColumns,
    neighbour: Integers,
    kinds: NDArray[np.int8],
    left: Integers,
    right: Integers,
    kind: NDArray[np.int8],
) -> int:
    count = 0
    for village in chosen:
        for household in range(first[village], first[village + 1]):
            n = acquaintances_of(household, village, graph, neighbour, kinds)
            for i in range(n):
                # Both ends know the tie; the lower one tells it.
                if neighbour[i] <= household:
                    continue
                if inside[np.searchsorted(first, neighbour[i], side="right") - 1]:
                    left[count], right[count], kind[count] = household, neighbour[i], kinds[i]
                    count += 1
    return count


def ties_inside(world: World, chosen: Integers) -> tuple[Integers, Integers, NDArray[np.int8]]:
    """Every tie with both ends in these villages once: lower household, higher household, kind."""
    inside = np.zeros(world.n_villages, bool)
    inside[chosen] = True
    degree = world.graph.max_degree
    room = int(world.villages.households[chosen].sum()) * degree
    left, right, kind = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int8)
    # Compiled code makes no arrays of its own: one household's acquaintances find room here.
    neighbour, kinds = np.empty(degree, np.int64), np.empty(degree, np.int8)
    count = _ties_of(
        chosen, inside, world.first_household, world.graph.columns, neighbour, kinds, left, right, kind
    )
    return left[:count], right[:count], kind[:count]


def _household_graph(
    world: World, chosen: Integers, ties: tuple[Integers, Integers, NDArray[np.int8]], *, parallel: bool
) -> Any:
    import networkx as nx

    graph = nx.MultiGraph() if parallel else nx.Graph()
    for village in chosen.tolist():
        first, after = world.first_household[village : village + 2].tolist()
        place = f"{world.name_of_village(village)}, {world.counties.name_en[world.villages.county[village]]}"
        graph.add_nodes_from(
            (household, {"village": village, "local": household - first, "place": place})
            for household in range(first, after)
        )
    for a, b, kind in zip(*(column.tolist() for column in ties), strict=True):
        name = TIE_KINDS[kind]
        if not parallel and graph.has_edge(a, b):
            edge = graph.edges[a, b]
            edge["ties"] += 1
            edge["kinds"] += f" {name}"
        else:
            graph.add_edge(a, b, kind=name, kinds=name, ties=1)
    return graph


def _village_graph(world: World, chosen: Integers, ties: tuple[Integers, Integers, NDArray[np.int8]]) -> Any:
    import networkx as nx

    left, right, kind = ties
    home = np.searchsorted(world.first_household, left, side="right") - 1
    away = np.searchsorted(world.first_household, right, side="right") - 1
    inner = np.bincount(home[home == away], minlength=world.n_villages)
    graph, columns = nx.Graph(), world.villages
    for village in chosen.tolist():
        graph.add_node(
            village,
            role="village",
            uid=int(columns.uid[village]),
            name=world.name_of_village(village),
            lon=float(columns.lon[village]),
            lat=float(columns.lat[village]),
            households=int(columns.households[village]),
            inner_ties=int(inner[village]),
        )
    apart = home != away
    rows = np.stack([home[apart], away[apart], kind[apart]])
    pairs, count = np.unique(rows, axis=1, return_counts=True)
    for a, b, which, n in zip(*pairs.tolist(), count.tolist(), strict=True):
        if not graph.has_edge(a, b):
            graph.add_edge(a, b, ties=0, **dict.fromkeys(TIE_KINDS, 0))
        graph.edges[a, b][TIE_KINDS[which]] += n
        graph.edges[a, b]["ties"] += n
    return graph
