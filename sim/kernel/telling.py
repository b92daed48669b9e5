"""Whom an opening or a closing influences: the compiled part, in two passes that threads can share.

First it is found who the acquaintances are, in which village and by which tie, in lists by share of the villages.
Then each share's are told, in the order in which they were found: so whoever works on the lists, and on however
many at once, every village's entries change in one order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import compiled, inlined
from sim.kernel.entries import entry_of, is_short, share_of
from sim.kernel.household import HINT_SHIFT, find_or_insert, schedule, settle, weight_by_most, weight_of_most
from sim.world.graph import acquaintances_of

__all__ = ["Found", "find_acquaintances", "new_found", "tell_found", "tellers_at_once"]

_EIGHT, _ONE = np.uint64(8), np.uint64(1)
#: Acquaintances in one list, about: few enough for a processor's cache.
_LISTED = 1 << 15
#: So many are looked up together before they are told.
_LOOK_AHEAD = 256
#: Numbers so far apart lie in different cache lines, whatever the processor fetches with one: threads that count
#: in one line wait for each other.
_APART = 16


class Found(NamedTuple):
    """Acquaintances found by one thread, by share of their villages, (S, N) each.

    ``village``, ``local`` place in it, ``kind`` of the tie, as many of each as ``listed`` (S, 0) says.
    ``neighbour`` and ``kind_of`` (D,) are room for the acquaintances of one household, ``row`` and ``read`` (S, B)
    for what is looked up ahead of telling.
    """

    village: NDArray[np.int32]
    local: NDArray[np.int32]
    kind: NDArray[np.int8]
    listed: NDArray[np.int64]
    neighbour: NDArray[np.int64]
    kind_of: NDArray[np.int8]
    row: NDArray[np.int64]
    read: NDArray[np.float64]


def tellers_at_once(max_degree: int) -> int:
    """Households whose acquaintances fit in the lists of one thread."""
    return max(_LISTED // max(max_degree, 1), 1)


def new_found(max_degree: int, shares: int) -> Found:
    """Room for the acquaintances of :func:`tellers_at_once` households of at most so many each."""
    shape = (shares, tellers_at_once(max_degree) * max_degree)
    return Found(
        village=np.empty(shape, np.int32),
        local=np.empty(shape, np.int32),
        kind=np.empty(shape, np.int8),
        listed=np.zeros((shares, _APART), np.int64),
        neighbour=np.empty(max_degree, np.int64),
        kind_of=np.empty(max_degree, np.int8),
        row=np.empty((shares, _LOOK_AHEAD), np.int64),
        read=np.empty((shares, _LOOK_AHEAD)),
    )


@inlined
def _village_of(household, people):  # type: ignore[no-untyped-def]
    village = people.hint[household >> HINT_SHIFT]
    while people.first[village + 1] <= household:
        village += 1
    return village


@compiled
def find_acquaintances(blocks, graph, people, villages, locals_, begin, end, found):  # type: ignore[no-untyped-def]
    """List the acquaintances of the households from ``begin`` to ``end``; those listed before are forgotten."""
    found.listed[:] = 0
    for teller in range(begin, end):
        home = villages[teller]
        first, last = people.first[home], people.first[home + 1]
        degree = acquaintances_of(first + locals_[teller], home, graph, found.neighbour, found.kind_of)
        for i in range(degree):
            neighbour = found.neighbour[i]
            village = home if first <= neighbour < last else _village_of(neighbour, people)
            share = share_of(blocks, village)
            place = found.listed[share, 0]
            found.village[share, place] = village
            found.local[share, place] = neighbour - people.first[village]
            found.kind[share, place] = found.kind_of[i]
            found.listed[share, 0] = place + 1


@inlined
def _look_ahead(store, blocks, found, share, begin, end):  # type: ignore[no-untyped-def]
    """Read what will be needed of the next acquaintances.

    Nothing is changed. Their entries lie far apart in memory: asked for together, they arrive together, where the
    loop that follows would wait for one after another.
    """
    for i in range(begin, end):
        row = entry_of(store, blocks, np.int64(found.village[share, i]), found.local[share, i])
        found.row[share, i - begin] = row
    for i in range(end - begin):
        row = found.row[share, i]
        if row >= 0:
            found.read[share, i] = store.entries[row].settled


@compiled
def tell_found(  # type: ignore[no-untyped-def]
    store, blocks, clocks, law, keys, graph, people, found, share, change, begin, largest
):
    """Tell the listed acquaintances of one share that a household began (+1) or ceased (-1) to sell.

    Begins with number ``begin`` of the list and returns how many are done; fewer than all when room runs short.
    ``largest`` is the number of households of the largest village.
    """
    most = weight_of_most(law, graph)
    count = found.listed[share, 0]
    for place in range(begin, count):
        if (place - begin) % _LOOK_AHEAD == 0:
            _look_ahead(store, blocks, found, share, place, min(place + _LOOK_AHEAD, count))
        village, local = np.int64(found.village[share, place]), np.int64(found.local[share, place])
        if is_short(blocks, village, 4 * largest + 8):
            return place
        row = find_or_insert(store, blocks, clocks, law, keys, people, village, local)
        entry = store.entries[row]
        weight = weight_by_most(most, village, local, law, graph, people)
        settle(entry, village, weight, clocks, law, people)
        unit = _ONE << (_EIGHT * np.uint64(found.kind[share, place]))
        entry.sellers = entry.sellers + unit if change > 0 else entry.sellers - unit
        if entry.selling == 0:
            schedule(entry, village, weight, clocks, law, people)
    return count
