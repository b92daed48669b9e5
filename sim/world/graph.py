r"""The implicit acquaintance graph of all households: a ring in the village plus keyed perfect matchings.

A cycle plus a random perfect matching has logarithmic diameter and constant degree (Bollobas and Chung,
SIAM J. Discrete Math. 1988). Here every household has near neighbours on a ring within its village, and one
partner in each matching drawn among all households of its village, town, county and prefecture. A matching
is a keyed permutation whose places 2p and 2p + 1 are partners, so the acquaintances of any household are
computed when asked for, both ways, and nothing is stored: all of China has about a billion ties.

In a group with an odd number of households the last one has no partner at that level. If two kinds of tie
join the same pair, both count (the pair is closer).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.compiled import compiled, inlined
from sim.errors import WorldError
from sim.streams import bits, permuted_partner, stream_key

__all__ = [
    "TIE_KINDS",
    "AcquaintanceGraph",
    "GraphColumns",
    "acquaintances_of",
    "acquaintances_of_kind",
    "implicit_graph",
]

#: Kinds of tie, in the order of every array over kinds.
TIE_KINDS = ("ring", "village", "town", "county", "prefecture")
_N_MATCHED = len(TIE_KINDS) - 1
#: More acquaintances of one kind than this would overflow the packed counts of the event loop.
MAX_TIES_PER_KIND = 200

GraphColumns = tuple[
    int,
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.uint64],
    NDArray[np.uint8],
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int8],
]


@compiled
def _add_ring(out_neighbour, out_kind, count, start, size, household, half):  # type: ignore[no-untyped-def]
    place = household - start
    for distance in range(1, half + 1):
        if 2 * distance > size:
            break
        out_neighbour[count] = start + (place + distance) % size
        out_kind[count] = 0
        count += 1
        if 2 * distance < size:
            out_neighbour[count] = start + (place - distance + size) % size
            out_kind[count] = 0
            count += 1
    return count


@compiled
def _partner(key, start, size, household):  # type: ignore[no-untyped-def]
    even = size - size % 2
    place = household - start
    if place >= even:
        return np.int64(-1)
    return start + permuted_partner(key, even, place)


@compiled
def acquaintances_of(household, village, columns, out_neighbour, out_kind):  # type: ignore[no-untyped-def]
    """Write the acquaintances of one household and their kinds; return how many there are."""
    half, matchings, group_start, group_size, group_key, _, indptr, neighbour, kind = columns
    if indptr.size > 1:
        count = 0
        for tie in range(indptr[household], indptr[household + 1]):
            out_neighbour[count] = neighbour[tie]
            out_kind[count] = kind[tie]
            count += 1
        return count
    count = _add_ring(out_neighbour, out_kind, 0, group_start[village, 0], group_size[village, 0], household, half)
    for level in range(_N_MATCHED):
        for repeat in range(matchings[level]):
            key = group_key[village, level] + np.uint64(repeat) * np.uint64(0xD1342543DE82EF95)
            other = _partner(key, group_start[village, level], group_size[village, level], household)
            if other >= 0:
                out_neighbour[count] = other
                out_kind[count] = level + 1
                count += 1
    return count


@inlined
def acquaintances_of_kind(household, village, columns, kind):  # type: ignore[no-untyped-def]
    """Number of acquaintances of one kind, without computing who they are."""
    half, matchings, group_start, group_size, _, odd_last, indptr, _, kinds = columns
    count = 0
    if indptr.size > 1:
        for tie in range(indptr[household], indptr[household + 1]):
            count += kinds[tie] == kind
    elif kind == 0:
        count = min(2 * half, group_size[village, 0] - 1)
    else:
        count = matchings[kind - 1]
        is_last = household == group_start[village, 0] + group_size[village, 0] - 1
        if is_last and odd_last[village] >> (kind - 1) & 1:
            count = 0
    return count


@compiled
def _count_of_kind(household, village, columns, kind):  # type: ignore[no-untyped-def]
    return acquaintances_of_kind(household, village, columns, kind)


@dataclass(frozen=True)
class AcquaintanceGraph:
    """Who knows whom among the households of a world.

    Parameters
    ----------
    first_household : (V + 1,) index of each village's first household, and the number of households.
    half_ring : near neighbours on each side in the village.
    matchings : (4,) matchings among the households of the village, town, county and prefecture.
    group_start, group_size : (V, 4) first household and number of households of each village's groups.
    group_key : (V, 4) stream keys of the groups' permutations.
    odd_last : (V,) bit ``l`` is set where the village's last household is the odd one out at level ``l``.
    indptr, neighbour, kind : an explicit graph brought by the user (compressed rows), else empty.
    """

    first_household: NDArray[np.int64]
    half_ring: int
    matchings: NDArray[np.int64]
    group_start: NDArray[np.int64]
    group_size: NDArray[np.int64]
    group_key: NDArray[np.uint64]
    odd_last: NDArray[np.uint8]
    indptr: NDArray[np.int64]
    neighbour: NDArray[np.int64]
    kind: NDArray[np.int8]

    @property
    def n_households(self) -> int:
        """Number of households."""
        return int(self.first_household[-1])

    @property
    def is_explicit(self) -> bool:
        """Whether a user's own graph replaces the implicit one."""
        return self.indptr.size > 1

    @property
    def columns(self) -> GraphColumns:
        """The arrays in the order the compiled functions take them."""
        return (
            self.half_ring,
            self.matchings,
            self.group_start,
            self.group_size,
            self.group_key,
            self.odd_last,
            self.indptr,
            self.neighbour,
            self.kind,
        )

    @property
    def max_degree(self) -> int:
        """Upper bound of the number of acquaintances of one household."""
        if self.is_explicit:
            return int(np.diff(self.indptr).max(initial=0))
        return 2 * self.half_ring + int(self.matchings.sum())

    def village_of(self, household: int) -> int:
        """Index of the village a household lives in."""
        return int(np.searchsorted(self.first_household, household, side="right")) - 1

    def acquaintances(self, household: int) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
        """Acquaintances of one household and the kind of each tie (index into ``TIE_KINDS``)."""
        if not 0 <= household < self.n_households:
            msg = f"household {household} is not in this world; households run from 0 to {self.n_households - 1}"
            raise WorldError(msg)
        neighbour = np.empty(self.max_degree, np.int64)
        kind = np.empty(self.max_degree, np.int8)
        village = self.village_of(household)
        n = acquaintances_of(household, village, self.columns, neighbour, kind)
        return neighbour[:n], kind[:n]

    def degrees(self, household: int) -> NDArray[np.int64]:
        """Number of acquaintances of one household by kind of tie, shape (5,)."""
        village = self.village_of(household)
        return np.array([_count_of_kind(household, village, self.columns, k) for k in range(len(TIE_KINDS))])


def implicit_graph(
    first_household: NDArray[np.int64],
    group_of_village: NDArray[np.int64],
    group_code: NDArray[np.int64],
    *,
    ring_reach: int,
    matchings: NDArray[np.int64],
    world_seed: int,
) -> AcquaintanceGraph:
    """Graph of a ring that reaches ``ring_reach`` neighbours on each side, plus keyed matchings.

    Parameters
    ----------
    first_household : (V + 1,) offsets of the villages' households.
    group_of_village : (4, V) index of each village's group by level; villages of a group are adjacent.
    group_code : (4, V) lasting code of that group, which keys its matching.
    ring_reach : near neighbours on each side in the village.
    matchings : (4,) number of matchings by level.
    world_seed : fixes the ties.
    """
    n_villages = first_household.size - 1
    start = np.empty((n_villages, _N_MATCHED), np.int64)
    size = np.empty((n_villages, _N_MATCHED), np.int64)
    key = np.empty((n_villages, _N_MATCHED), np.uint64)
    odd_last = np.zeros(n_villages, np.uint8)
    for level in range(_N_MATCHED):
        group = group_of_village[level]
        head = np.flatnonzero(np.r_[True, group[1:] != group[:-1]]) if n_villages else np.empty(0, np.int64)
        ordered = np.sort(group[head])
        if (ordered[1:] == ordered[:-1]).any():
            msg = f"villages of one {TIE_KINDS[level + 1]} do not stand together in the village table"
            raise WorldError(msg)
        ends = np.r_[head[1:], n_villages]
        repeat = ends - head
        start[:, level] = np.repeat(first_household[head], repeat)
        size[:, level] = np.repeat(first_household[ends] - first_household[head], repeat)
        level_key = stream_key(world_seed, f"ties:{TIE_KINDS[level + 1]}")
        key[:, level] = bits(level_key, group_code[level].astype(np.uint64))
        odd = size[ends - 1, level] % 2 == 1
        odd_last[ends[odd] - 1] |= np.uint8(1 << level)
    empty = np.zeros(0, np.int64)
    return AcquaintanceGraph(
        first_household,
        ring_reach,
        matchings.astype(np.int64),
        start,
        size,
        key,
        odd_last,
        np.zeros(1, np.int64),
        empty,
        np.zeros(0, np.int8),
    )
