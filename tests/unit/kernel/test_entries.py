"""The store of touched households against a plain dictionary, whatever the order of insertions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.kernel.entries import ENTRY, entry_of, insert_entry, new_blocks, new_store, reserve

SIZES = np.array([5, 40, 300, 17])
ROOM = int(4 * SIZES.max() + 8)
#: Blocks of more households than this have a directory.
DIRECTORY_FROM = 16


class Store:
    """A store and what a dictionary says about it."""

    def __init__(self, capacity=2 * ROOM):
        self.store, self.blocks = new_store(capacity), new_blocks(SIZES.size)
        self.twin = {}

    def insert(self, village, local, missing):
        self.store = reserve(self.store, self.blocks, ROOM)
        row = insert_entry(self.store, self.blocks, village, local, SIZES[village], missing, 2.0 * missing)
        self.twin[village, local] = missing
        return row

    def check(self):
        assert self.blocks.length.sum() == len(self.twin)
        rows = {}
        for village, size in enumerate(SIZES):
            for local in range(size):
                row = entry_of(self.store, self.blocks, village, local)
                assert (row >= 0) == ((village, local) in self.twin)
                if row >= 0:
                    entry = self.store.entries[row]
                    missing = self.twin[village, local]
                    assert (entry["local"], entry["missing"], entry["settled"]) == (local, missing, 2.0 * missing)
                    rows[row] = (village, local)
        assert len(rows) == len(self.twin)  # no two households share a place
        self.check_blocks()

    def check_blocks(self):
        """Blocks in use and blocks given back share no place and lie below what was handed out."""
        taken = np.zeros(int(self.blocks.used[0]), int)
        for village in np.flatnonzero(self.blocks.start >= 0):
            start, room = self.blocks.start[village], 1 << int(self.blocks.size_class[village])
            assert self.blocks.length[village] <= room
            taken[start : start + room] += 1
        for size_class, head in enumerate(self.blocks.free.tolist()):
            while head >= 0:
                taken[head : head + (1 << size_class)] += 1
                head = int(self.store.entries[head]["sellers"]) - 1
        assert (taken == 1).all()


households = st.integers(0, SIZES.size - 1).flatmap(
    lambda village: st.tuples(st.just(village), st.integers(0, int(SIZES[village]) - 1))
)


@given(st.lists(households, max_size=150, unique=True), st.floats(0.1, 9.0))
def test_the_store_holds_what_a_dictionary_holds(inserted, missing):
    held = Store()
    for number, (village, local) in enumerate(inserted):
        held.insert(village, local, missing + number)
    held.check()


def test_full_villages_in_turn_move_and_use_old_places_again():
    held = Store()
    order = [(village, local) for local in range(int(SIZES.max())) for village in range(SIZES.size)]
    order = [(village, local) for village, local in order if local < SIZES[village]]
    for number, (village, local) in enumerate(order):
        held.insert(village, local, float(number))
    held.check()
    assert held.blocks.length.tolist() == SIZES.tolist()
    assert (held.blocks.directory >= 0).tolist() == (SIZES > DIRECTORY_FROM).tolist()
    # 5 -> 8, 40 -> 64, 300 -> 512, 17 -> 32 places are in use; what was given back is used by others again
    assert held.blocks.used[0] < 2 * (8 + 64 + 512 + 32)


def test_a_block_given_back_is_used_again():
    held = Store()
    for local in range(3):
        held.insert(0, local, 1.0)  # two places given back
    used = int(held.blocks.used[0])
    held.insert(1, 7, 1.0)
    assert held.blocks.used[0] == used
    held.check()


def test_a_new_entry_starts_empty_in_a_used_place():
    held = Store()
    row = held.insert(0, 0, 1.0)
    held.store.entries[row : row + 8] = np.frombuffer(b"\x7f" * ENTRY.itemsize, ENTRY)
    held.store.entries[row]["local"] = 0
    entry = held.store.entries[held.insert(0, 1, 3.0)]
    assert (entry["due"], entry["sellers"], entry["episode"], entry["selling"]) == (np.inf, 0, 0, 0)
    assert (entry["opened"], entry["size"]) == (-1, 0.0)
    assert not entry["parts"].any()


@pytest.mark.parametrize("capacity", [1, 10, 2 * ROOM])
def test_reserve_keeps_the_contents_and_makes_room(capacity):
    held = Store(max(capacity, ROOM))
    for local in range(40):
        held.insert(1, local, float(local))
    larger = reserve(held.store, held.blocks, 100_000)
    for table, used in zip(larger, held.blocks.used, strict=True):
        assert table.size >= used + 100_000
    held.store = larger
    held.check()


def test_reserve_leaves_a_store_with_room_alone():
    held = Store()
    same = reserve(held.store, held.blocks, ROOM)
    assert all(a is b for a, b in zip(same, held.store, strict=True))


def test_nobody_is_found_in_an_empty_store():
    held = Store()
    assert entry_of(held.store, held.blocks, 2, 299) == -1
