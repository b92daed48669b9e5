"""Storage of the households that matter: those near a shop, with a shop, or with a low threshold.

Each village owns one block of entries in shared columns. A full block moves to one twice as large and its
old place is used again, so memory follows the households touched, not the households there are. A
household without an entry has no selling acquaintance and a threshold above its village's scanned bound.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import compiled, inlined
from sim.world.graph import TIE_KINDS

__all__ = ["N_CLASSES", "Blocks", "Entries", "entry_of", "insert_entry", "new_blocks", "new_entries", "reserve"]

#: Block sizes are powers of two up to 2**(N_CLASSES - 1) households.
N_CLASSES = 21
_N_KINDS = len(TIE_KINDS)


class Entries(NamedTuple):
    """Columns over touched households; one row is one entry of a village's block.

    ``local`` household's number within its village; ``due`` the clock reading at which it opens (village
    clock) or, while it sells, closes (closing clock); ``threshold`` hazard to accumulate before opening;
    ``accumulated`` hazard so far, up to the village clock reading ``settled``; ``sellers`` selling
    acquaintances by kind, eight bits each; ``parts`` hazard received through each kind of tie; ``opened``
    run month of the last opening; ``episode`` shops closed so far; ``selling`` 1 while the shop is open;
    ``size`` of the shop relative to the median.
    """

    local: NDArray[np.int32]
    due: NDArray[np.float64]
    threshold: NDArray[np.float64]
    accumulated: NDArray[np.float64]
    settled: NDArray[np.float64]
    sellers: NDArray[np.uint64]
    parts: NDArray[np.float32]
    opened: NDArray[np.int16]
    episode: NDArray[np.uint8]
    selling: NDArray[np.uint8]
    size: NDArray[np.float32]


class Blocks(NamedTuple):
    """Each village's block: ``start`` (-1 for none), ``length``, ``size_class``; free blocks by size class.

    ``used`` holds one number: rows handed out so far.
    """

    start: NDArray[np.int64]
    length: NDArray[np.int32]
    size_class: NDArray[np.int8]
    free: NDArray[np.int64]
    used: NDArray[np.int64]


def new_entries(capacity: int) -> Entries:
    """Entries with room for ``capacity`` rows; memory is committed only as rows are written."""
    return Entries(
        local=np.empty(capacity, np.int32),
        due=np.empty(capacity, np.float64),
        threshold=np.empty(capacity, np.float64),
        accumulated=np.empty(capacity, np.float64),
        settled=np.empty(capacity, np.float64),
        sellers=np.empty(capacity, np.uint64),
        parts=np.empty((capacity, _N_KINDS), np.float32),
        opened=np.empty(capacity, np.int16),
        episode=np.empty(capacity, np.uint8),
        selling=np.empty(capacity, np.uint8),
        size=np.empty(capacity, np.float32),
    )


def new_blocks(n_villages: int) -> Blocks:
    """No village has a block yet."""
    return Blocks(
        start=np.full(n_villages, -1, np.int64),
        length=np.zeros(n_villages, np.int32),
        size_class=np.zeros(n_villages, np.int8),
        free=np.full(N_CLASSES, -1, np.int64),
        used=np.zeros(1, np.int64),
    )


def reserve(entries: Entries, blocks: Blocks, rows: int) -> Entries:
    """Entries with at least ``rows`` unused rows left; the same object where there is room already."""
    used = int(blocks.used[0])
    if used + rows <= entries.local.shape[0]:
        return entries
    grown = new_entries(max(2 * entries.local.shape[0], used + rows))
    for old, new in zip(entries, grown, strict=True):
        new[:used] = old[:used]
    return grown


@compiled
def entry_of(entries, blocks, village, local):  # type: ignore[no-untyped-def]
    """Row of a household, or -1."""
    start = blocks.start[village]
    if start < 0:
        return np.int64(-1)
    for row in range(start, start + blocks.length[village]):
        if entries.local[row] == local:
            return row
    return np.int64(-1)


@compiled
def _take_block(blocks, entries, size_class):  # type: ignore[no-untyped-def]
    head = blocks.free[size_class]
    if head >= 0:
        blocks.free[size_class] = np.int64(entries.sellers[head]) - 1
        return head
    head = blocks.used[0]
    blocks.used[0] = head + (np.int64(1) << size_class)
    return head


@compiled
def _move_block(entries, blocks, village, size_class):  # type: ignore[no-untyped-def]
    new = _take_block(blocks, entries, size_class)
    old = blocks.start[village]
    if old >= 0:
        for step in range(blocks.length[village]):
            _copy_row(entries, old + step, new + step)
        old_class = blocks.size_class[village]
        entries.sellers[old] = np.uint64(blocks.free[old_class] + 1)
        blocks.free[old_class] = old
    blocks.start[village] = new
    blocks.size_class[village] = size_class


@inlined
def _copy_row(entries, source, target):  # type: ignore[no-untyped-def]
    entries.local[target] = entries.local[source]
    entries.due[target] = entries.due[source]
    entries.threshold[target] = entries.threshold[source]
    entries.accumulated[target] = entries.accumulated[source]
    entries.settled[target] = entries.settled[source]
    entries.sellers[target] = entries.sellers[source]
    for kind in range(_N_KINDS):
        entries.parts[target, kind] = entries.parts[source, kind]
    entries.opened[target] = entries.opened[source]
    entries.episode[target] = entries.episode[source]
    entries.selling[target] = entries.selling[source]
    entries.size[target] = entries.size[source]


@compiled
def insert_entry(entries, blocks, village, local, threshold, accumulated, settled):  # type: ignore[no-untyped-def]
    """Give a household a row (not selling, no selling acquaintance); return the row.

    The caller has made sure that twice the largest block is free (:func:`reserve`).
    """
    length = blocks.length[village]
    if blocks.start[village] < 0:
        _move_block(entries, blocks, village, 1)
    elif length == (np.int64(1) << blocks.size_class[village]):
        _move_block(entries, blocks, village, blocks.size_class[village] + 1)
    row = blocks.start[village] + length
    blocks.length[village] = length + 1
    entries.local[row] = local
    entries.due[row] = np.inf
    entries.threshold[row] = threshold
    entries.accumulated[row] = accumulated
    entries.settled[row] = settled
    entries.sellers[row] = np.uint64(0)
    for kind in range(_N_KINDS):
        entries.parts[row, kind] = 0.0
    entries.opened[row] = -1
    entries.episode[row] = 0
    entries.selling[row] = 0
    entries.size[row] = 0.0
    return row
