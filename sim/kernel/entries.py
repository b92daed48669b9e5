"""Storage of the households that matter: those near a shop, with a shop, or with a low threshold.

Each village owns one block of entries in one shared table. A full block moves to one twice as large and its old
place is used again, so memory follows the households touched, not the households there are. A household
without an entry has no selling acquaintance and a threshold above its village's scanned bound.

Villages can be divided into shares, each with a stretch of the tables of its own: threads that insert into
different shares then meet nowhere. In which place an entry lies never changes what is in it, nor the order within
its village.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import compiled, inlined
from sim.world.graph import TIE_KINDS

__all__ = [
    "ENTRY",
    "Blocks",
    "Store",
    "entry_of",
    "insert_entry",
    "is_short",
    "new_blocks",
    "new_store",
    "reserve",
    "share_of",
]

#: Block sizes are powers of two up to 2**(_N_CLASSES - 1) households.
_N_CLASSES = 21
#: Blocks larger than this have a directory from household to entry; in smaller ones a look at each is faster.
_DIRECTORY_FROM = 16
_FIRST_CLASS = 1
_LINE_BYTES = 64
#: Places in directories to begin with, for each entry; copying them as they grew took longer than filling them.
_PLACES_PER_ENTRY = 4
#: Neighbouring villages belong to one share by the sixty-four: what two threads write of villages then seldom lies
#: in one cache line, and a region with many shops is divided evenly.
_SHARE_SHIFT = 6

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

    By share of the villages (S a power of two): ``free`` (S, sizes) heads the lists of blocks given back, by size
    class; ``used`` (S, 2) is the next place of the share's stretch of entries and of directories, ``until`` (S, 2)
    where its stretches end.
    """

    start: NDArray[np.int64]
    length: NDArray[np.int32]
    size_class: NDArray[np.int8]
    directory: NDArray[np.int64]
    free: NDArray[np.int64]
    used: NDArray[np.int64]
    until: NDArray[np.int64]


def new_store(capacity: int) -> Store:
    """Tables with room for ``capacity`` entries; memory is committed only as entries are written."""
    return Store(_lines(capacity, ENTRY), np.empty(_PLACES_PER_ENTRY * capacity, np.int32))


def _lines(size: int, kind: np.dtype[Any]) -> NDArray[Any]:
    """An array that begins at a processor's cache line, so an entry of 64 bytes lies in one and not in two."""
    raw = np.empty(size * kind.itemsize + _LINE_BYTES, np.uint8)
    skip = -raw.ctypes.data % _LINE_BYTES
    return raw[skip : skip + size * kind.itemsize].view(kind)


def new_blocks(n_villages: int, store: Store, shares: int = 1) -> Blocks:
    """No village has a block yet; the tables are divided evenly among ``shares`` of the villages, 1, 2, 4, ..."""
    ends = [np.arange(shares + 1) * table.size // shares for table in store]
    return Blocks(
        start=np.full(n_villages, -1, np.int64),
        length=np.zeros(n_villages, np.int32),
        size_class=np.zeros(n_villages, np.int8),
        directory=np.full(n_villages, -1, np.int64),
        free=np.full((shares, _N_CLASSES), -1, np.int64),
        used=np.stack([end[:-1] for end in ends], axis=1),
        until=np.stack([end[1:] for end in ends], axis=1),
    )


def reserve(store: Store, blocks: Blocks, room: int) -> tuple[Store, Blocks]:
    """Tables with at least ``room`` unused places for each share, and blocks that lie in them.

    The same objects where there is room already. What was given stays as it was and belongs together: whoever is
    interrupted, by Ctrl-C or for want of memory, can go on with it.
    """
    used, until = blocks.used.copy(), blocks.until.copy()
    grown = Store(*(_grown(table, used[:, i], until[:, i], room) for i, table in enumerate(store)))
    if all(new is old for new, old in zip(grown, store, strict=True)):
        return store, blocks
    return grown, blocks._replace(used=used, until=until)


def _grown(table: NDArray[Any], used: NDArray[np.int64], until: NDArray[np.int64], room: int) -> NDArray[Any]:
    """The table, or a larger one in which the shares that are short have new stretches, as large as half of it.

    ``used`` and ``until`` are brought up to date.
    """
    short = np.flatnonzero(used + room > until)
    if not short.size:
        return table
    stretch = max(table.size // (2 * used.size), room)
    larger = _lines(table.size + short.size * stretch, table.dtype)
    _copy_but(table, larger, sorted(zip(used.tolist(), until.tolist(), strict=True)))
    for number, share in enumerate(short):
        end = table.size + (number + 1) * stretch
        if until[share] != end - stretch:  # else its own stretch only becomes longer
            used[share] = end - stretch
        until[share] = end
    return larger


def _copy_but(table: NDArray[Any], larger: NDArray[Any], unused: list[tuple[int, int]]) -> None:
    """Copy all but the unused stretches, of which the last ends the table: memory never written to stays so."""
    begin = 0
    for start, end in unused:
        larger[begin:start] = table[begin:start]
        begin = end


@inlined
def share_of(blocks, village):  # type: ignore[no-untyped-def]
    """To which share a village belongs."""
    return (village >> _SHARE_SHIFT) & (blocks.used.shape[0] - 1)


@inlined
def is_short(blocks, village, room):  # type: ignore[no-untyped-def]
    """Whether the village's share lacks room for so many entries, or as many places in directories."""
    share = share_of(blocks, village)
    return (
        blocks.used[share, 0] + room > blocks.until[share, 0]
        or blocks.used[share, 1] + room > blocks.until[share, 1]
    )


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
def _take_block(store, blocks, share, size_class):  # type: ignore[no-untyped-def]
    head = blocks.free[share, size_class]
    if head >= 0:
        # A block given back holds the next one of its list in its first entry.
        blocks.free[share, size_class] = np.int64(store.entries[head].sellers) - 1
        return head
    head = blocks.used[share, 0]
    blocks.used[share, 0] = head + (np.int64(1) << size_class)
    return head


@compiled
def _move_block(store, blocks, village, size_class):  # type: ignore[no-untyped-def]
    share = share_of(blocks, village)
    new = _take_block(store, blocks, share, size_class)
    old = blocks.start[village]
    if old >= 0:
        for step in range(blocks.length[village]):
            store.entries[new + step] = store.entries[old + step]
        old_class = blocks.size_class[village]
        store.entries[old].sellers = np.uint64(blocks.free[share, old_class] + 1)
        blocks.free[share, old_class] = old
    blocks.start[village] = new
    blocks.size_class[village] = size_class


@compiled
def _open_directory(store, blocks, village, households):  # type: ignore[no-untyped-def]
    share = share_of(blocks, village)
    head = blocks.used[share, 1]
    blocks.used[share, 1] = head + households
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
