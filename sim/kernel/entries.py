"""Storage of the households that matter: those near a shop, with a shop, or with a low threshold.

Each village owns one block of entries in one shared table. A full block moves to one twice as large and its old
place is used again, so memory follows the households touched, not the households there are. A household
without an entry has no selling acquaintance and a threshold above its village's scanned bound.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import compiled, inlined
from sim.world.graph import TIE_KINDS

__all__ = ["ENTRY", "Blocks", "Store", "entry_of", "insert_entry", "new_blocks", "new_store", "reserve"]

#: Block sizes are powers of two up to 2**(_N_CLASSES - 1) households.
_N_CLASSES = 21
#: Blocks larger than this have a directory from household to entry; in smaller ones a look at each is faster.
_DIRECTORY_FROM = 16
_FIRST_CLASS = 1
_LINE_BYTES = 64
#: Places in directories to begin with, for each entry; copying them as they grew took longer than filling them.
_PLACES_PER_ENTRY = 4

#: One touched household. ``local`` number within its village; ``due`` reading of the village clock at which it
#: opens or, while it sells, of the closing clock at which it closes; ``missing`` hazard still to accumulate
#: before it opens, at the village clock reading ``settled``; ``sellers`` selling acquaintances by kind, eight
#: bits each; ``parts`` hazard received through each kind of tie; ``opened`` run month of the last opening;
#: ``episode`` shops closed so far; ``selling`` 1 while the shop is open; ``size`` relative to the median shop.
ENTRY = np.dtype(
    [
        ("due", np.float64),
        ("missing", np.float64),
        ("settled", np.float64),
        ("sellers", np.uint64),
        ("parts", np.float32, (len(TIE_KINDS),)),
        ("size", np.float32),
        ("local", np.int32),
        ("opened", np.int16),
        ("episode", np.uint8),
        ("selling", np.uint8),
    ],
    align=True,
)


class Store(NamedTuple):
    """The shared tables: entries (of dtype ``ENTRY``), and directories from household to place in a block."""

    entries: NDArray[Any]
    directory: NDArray[np.int32]


class Blocks(NamedTuple):
    """Each village's block: ``start`` (-1 for none), ``length``, ``size_class``, ``directory`` (its start or -1).

    ``free`` heads the lists of blocks given back, by size class; ``used`` counts entries and directory places
    handed out so far.
    """

    start: NDArray[np.int64]
    length: NDArray[np.int32]
    size_class: NDArray[np.int8]
    directory: NDArray[np.int64]
    free: NDArray[np.int64]
    used: NDArray[np.int64]


def new_store(capacity: int) -> Store:
    """Tables with room for ``capacity`` entries; memory is committed only as entries are written."""
    return Store(_lines(capacity, ENTRY), np.empty(_PLACES_PER_ENTRY * capacity, np.int32))


def _lines(size: int, kind: np.dtype[Any]) -> NDArray[Any]:
    """An array that begins at a processor's cache line, so an entry of 64 bytes lies in one and not in two."""
    raw = np.empty(size * kind.itemsize + _LINE_BYTES, np.uint8)
    skip = -raw.ctypes.data % _LINE_BYTES
    return raw[skip : skip + size * kind.itemsize].view(kind)


def new_blocks(n_villages: int) -> Blocks:
    """No village has a block yet."""
    return Blocks(
        start=np.full(n_villages, -1, np.int64),
        length=np.zeros(n_villages, np.int32),
        size_class=np.zeros(n_villages, np.int8),
        directory=np.full(n_villages, -1, np.int64),
        free=np.full(_N_CLASSES, -1, np.int64),
        used=np.zeros(2, np.int64),
    )


def reserve(store: Store, blocks: Blocks, room: int) -> Store:
    """Tables with at least ``room`` unused places each; the same object where there is room already."""
    grown = (_grown(table, int(used), room) for table, used in zip(store, blocks.used, strict=True))
    return Store(*grown)


def _grown(table: NDArray[Any], used: int, room: int) -> NDArray[Any]:
    if used + room <= table.size:
        return table
    larger = _lines(max(table.size + table.size // 2, used + room), table.dtype)
    larger[:used] = table[:used]
    return larger


@inlined
def entry_of(store, blocks, village, local):  # type: ignore[no-untyped-def]
    """Place of a household's entry, or -1."""
    start = blocks.start[village]
    if start < 0:
        return np.int64(-1)
    directory = blocks.directory[village]
    if directory >= 0:
        place = store.directory[directory + local]
        return start + place if place >= 0 else np.int64(-1)
    for row in range(start, start + blocks.length[village]):
        if store.entries[row].local == local:
            return row
    return np.int64(-1)


@compiled
def _take_block(store, blocks, size_class):  # type: ignore[no-untyped-def]
    head = blocks.free[size_class]
    if head >= 0:
        # A block given back holds the next one of its list in its first entry.
        blocks.free[size_class] = np.int64(store.entries[head].sellers) - 1
        return head
    head = blocks.used[0]
    blocks.used[0] = head + (np.int64(1) << size_class)
    return head


@compiled
def _move_block(store, blocks, village, size_class):  # type: ignore[no-untyped-def]
    new = _take_block(store, blocks, size_class)
    old = blocks.start[village]
    if old >= 0:
        for step in range(blocks.length[village]):
            store.entries[new + step] = store.entries[old + step]
        old_class = blocks.size_class[village]
        store.entries[old].sellers = np.uint64(blocks.free[old_class] + 1)
        blocks.free[old_class] = old
    blocks.start[village] = new
    blocks.size_class[village] = size_class


@compiled
def _open_directory(store, blocks, village, households):  # type: ignore[no-untyped-def]
    head = blocks.used[1]
    blocks.used[1] = head + households
    store.directory[head : head + households] = -1
    start = blocks.start[village]
    for place in range(blocks.length[village]):
        store.directory[head + store.entries[start + place].local] = place
    blocks.directory[village] = head


@compiled
def insert_entry(store, blocks, village, local, households, missing, settled):  # type: ignore[no-untyped-def]
    """Give a household an entry (not selling, no selling acquaintance); return its place.

    The caller has made sure of room for a block and a directory of the village's size (:func:`reserve`).
    """
    length = blocks.length[village]
    if blocks.start[village] < 0:
        _move_block(store, blocks, village, _FIRST_CLASS)
    elif length == (np.int64(1) << blocks.size_class[village]):
        _move_block(store, blocks, village, blocks.size_class[village] + 1)
    if length == _DIRECTORY_FROM:
        _open_directory(store, blocks, village, households)
    if blocks.directory[village] >= 0:
        store.directory[blocks.directory[village] + local] = length
    row = blocks.start[village] + length
    blocks.length[village] = length + 1
    entry = store.entries[row]
    entry.due = np.inf
    entry.missing = missing
    entry.settled = settled
    entry.sellers = np.uint64(0)
    for kind in range(len(TIE_KINDS)):
        entry.parts[kind] = 0.0
    entry.size = 0.0
    entry.local = local
    entry.opened = -1
    entry.episode = 0
    entry.selling = 0
    return row
