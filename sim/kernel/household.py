"""One household under the law in force: its threshold, whom it imitates, and when it opens if nothing changes.

Times are readings of two clocks a village owns: the village clock adds up ``exp(eta_v)`` (so a household's hazard
is constant between changes of its acquaintances), the closing clock adds up the closing hazard.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import compiled, inlined
from sim.kernel.entries import entry_of, insert_entry
from sim.rules import adoption
from sim.streams import exponential_compiled, household_counter_compiled, normal_compiled
from sim.world.graph import TIE_KINDS, acquaintances_of_kind

__all__ = [
    "HINT_SHIFT",
    "Clocks",
    "Households",
    "Keys",
    "Law",
    "find_or_insert",
    "schedule",
    "settle",
    "threshold_of",
    "weight_by_most",
    "weight_of_most",
    "weight_of_ties",
]

_N_KINDS = len(TIE_KINDS)
_EIGHT, _BYTE, _NOBODY = np.uint64(8), np.uint64(255), np.uint64(0)
#: Households are found by a table with one line for so many of them.
HINT_SHIFT = 8

_weighted_share = inlined(adoption.weighted_share)
_imitation_share = inlined(adoption.imitation_share)
_monthly_hazard = inlined(adoption.monthly_hazard)


class Law(NamedTuple):
    """The household-level parameters in force: see the parameter table."""

    own_initiative: float
    imitation: float
    threshold_sellers: int
    weights: NDArray[np.float64]
    propensity_sd: float
    size_sd: float
    size_protection: float


class Keys(NamedTuple):
    """Stream keys of the household's draws."""

    threshold: np.uint64
    propensity: np.uint64
    size: np.uint64
    closing: np.uint64


class Clocks(NamedTuple):
    """Per village: clock readings, own-initiative hazard so far, bound already scanned, next events."""

    village: NDArray[np.float64]
    closing: NDArray[np.float64]
    own: NDArray[np.float64]
    scanned: NDArray[np.float64]
    next_open: NDArray[np.float64]
    next_close: NDArray[np.float64]


class Households(NamedTuple):
    """Where households live: first of each village (V + 1,), lasting village numbers (V,), and village by
    household number divided by 256 (a place to start looking); ``rooting`` factor on own initiative (V,).
    """

    first: NDArray[np.int64]
    uid: NDArray[np.uint64]
    hint: NDArray[np.int32]
    rooting: NDArray[np.float64]


@compiled
def threshold_of(keys, law, uid, local, episode):  # type: ignore[no-untyped-def]
    """Hazard that a household accumulates before it opens its next shop, drawn for good."""
    unit = exponential_compiled(keys.threshold, household_counter_compiled(uid, local, episode))
    deviate = normal_compiled(keys.propensity, household_counter_compiled(uid, local, 0))
    return unit / math.exp(law.propensity_sd * deviate - 0.5 * law.propensity_sd**2)


@inlined
def _sellers_of_kind(packed, kind):  # type: ignore[no-untyped-def]
    return np.int64((packed >> (_EIGHT * np.uint64(kind))) & _BYTE)


@compiled
def weight_of_ties(household, village, law, graph):  # type: ignore[no-untyped-def]
    """Weight of all acquaintances of a household."""
    weight = 0.0
    for kind in range(_N_KINDS):
        weight += law.weights[kind] * acquaintances_of_kind(household, village, graph, kind)
    return weight


@inlined
def weight_of_most(law, graph):  # type: ignore[no-untyped-def]
    """Weight of all acquaintances of a household that lacks none, -1 where a graph of one's own decides."""
    half, matchings, indptr = graph[0], graph[1], graph[6]
    if indptr.size > 1:
        return -1.0
    weight = law.weights[0] * (2 * half)
    for kind in range(1, _N_KINDS):
        weight += law.weights[kind] * matchings[kind - 1]
    return weight


@inlined
def weight_by_most(most, village, local, law, graph, people):  # type: ignore[no-untyped-def]
    """Weight of all acquaintances: only in small villages, and of the last of a village, may any be lacking."""
    first = people.first[village]
    last = people.first[village + 1] - first - 1
    if most >= 0.0 and local < last and last >= 2 * graph[0]:
        return most
    return weight_of_ties(first + local, village, law, graph)


@inlined
def _imitated(packed, weight_of_all, law):  # type: ignore[no-untyped-def]
    """What a household with these selling acquaintances imitates, and their weight."""
    if packed == _NOBODY:
        return 0.0, 0.0
    sellers, weighted = 0, 0.0
    for kind in range(_N_KINDS):
        count = _sellers_of_kind(packed, kind)
        if law.weights[kind] > 0.0:
            sellers += count
        weighted += law.weights[kind] * count
    share = _weighted_share(weighted, weight_of_all)
    return _imitation_share(share, sellers, law.threshold_sellers), weighted


@inlined
def settle(entry, village, weight_of_all, clocks, law, people):  # type: ignore[no-untyped-def]
    """Bring a household's accumulated hazard up to its village's clock."""
    clock = clocks.village[village]
    elapsed = clock - entry.settled
    if elapsed <= 0.0:
        return
    own = law.own_initiative * people.rooting[village]
    imitated, weighted = _imitated(entry.sellers, weight_of_all, law)
    entry.missing -= _monthly_hazard(own, law.imitation, imitated) * elapsed
    entry.settled = clock
    if weighted > 0.0:
        received = law.imitation * imitated * elapsed / weighted
        for kind in range(_N_KINDS):
            entry.parts[kind] += np.float32(received * law.weights[kind] * _sellers_of_kind(entry.sellers, kind))


@inlined
def schedule(entry, village, weight_of_all, clocks, law, people):  # type: ignore[no-untyped-def]
    """Set the clock reading at which a settled household would open if nothing changed."""
    imitated, _ = _imitated(entry.sellers, weight_of_all, law)
    own = law.own_initiative * people.rooting[village]
    hazard = _monthly_hazard(own, law.imitation, imitated)
    entry.due = clocks.village[village] + entry.missing / hazard if hazard > 0.0 else np.inf
    clocks.next_open[village] = min(clocks.next_open[village], entry.due)


@inlined
def find_or_insert(store, blocks, clocks, law, keys, people, village, local):  # type: ignore[no-untyped-def]
    """Place of a household's entry, made if it has none."""
    row = entry_of(store, blocks, village, local)
    if row < 0:
        threshold = threshold_of(keys, law, people.uid[village], local, 0)
        size = people.first[village + 1] - people.first[village]
        row = insert_entry(
            store, blocks, village, local, size, threshold - clocks.own[village], clocks.village[village]
        )
    return row
