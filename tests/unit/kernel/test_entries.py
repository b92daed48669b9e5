"""The store of touched households against a plain dictionary, whatever the order of insertions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.kernel import entries
from sim.kernel.entries import ENTRY, entry_of, insert_entry, new_blocks, new_store, reserve

#: Households of four villages, far enough apart to belong to two shares in turns.
SIZES = np.array([5, 40, 300, 17])
NUMBER = np.array([0, 70, 130, 200])
ROOM = int(4 * SIZES.max() + 8)
#: Blocks of more households than this have a directory.
DIRECTORY_FROM = 16


class Store:
    """A store and what a dictionary says about it."""

    def __init__(self, capacity=2 * ROOM, shares=1):
        self.store, self.twin, self.has_grown = new_store(capacity), {}, False
        self.blocks = new_blocks(256, self.store, shares)

    def insert(self, village, local, missing):
        roomy, self.blocks = reserve(self.store, self.blocks, ROOM)
        self.has_grown |= roomy is not self.store
        self.store = roomy
        row = insert_entry(self.store, self.blocks, NUMBER[village], local, SIZES[village], missing, 2.0 * missing)
        self.twin[village, local] = missing
        return row

    def check(self):
        assert self.blocks.length.sum() == len(self.twin)
        rows = {}
        for village, size in enumerate(SIZES):
            for local in range(size):
                row = entry_of(self.store, self.blocks, NUMBER[village], local)
                assert (row >= 0) == ((village, local) in self.twin)
                if row >= 0:
                    entry = self.store.entries[row]
                    missing = self.twin[village, local]
                    assert (entry["local"], entry["missing"], entry["settled"]) == (local, missing, 2.0 * missing)
                    rows[row] = (village, local)
        assert len(rows) == len(self.twin)  # no two households share a place
        self.check_blocks()

    def check_blocks(self):
        """Blocks in use and blocks given back share no place and lie outside of what is to be handed out."""
        taken = np.zeros(self.store.entries.size, int)
        for village in np.flatnonzero(self.blocks.start >= 0):
            start, room = self.blocks.start[village], 1 << int(self.blocks.size_class[village])
            assert self.blocks.length[village] <= room
            taken[start : start + room] += 1
        for heads in self.blocks.free.tolist():
            for size_class, head in enumerate(heads):
                while head >= 0:
                    taken[head : head + (1 << size_class)] += 1
                    head = int(self.store.entries[head]["sellers"]) - 1
        for used, until in zip(self.blocks.used[:, 0], self.blocks.until[:, 0], strict=True):
            taken[used:until] += 1
        assert (taken <= 1).all()
        if not self.has_grown or len(self.blocks.used) == 1:
            assert taken.all()  # and nothing is lost


households = st.integers(0, SIZES.size - 1).flatmap(
    lambda village: st.tuples(st.just(village), st.integers(0, int(SIZES[village]) - 1))
)


@given(
    st.lists(households, max_size=150, unique=True),
    st.floats(0.1, 9.0),
    st.sampled_from([1, 2, 4]),
    st.sampled_from([1, ROOM, 8 * ROOM]),
)
def test_the_store_holds_what_a_dictionary_holds(inserted, missing, shares, capacity):
    held = Store(capacity, shares)
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
    assert held.blocks.length[NUMBER].tolist() == SIZES.tolist()
    assert (held.blocks.directory[NUMBER] >= 0).tolist() == (SIZES > DIRECTORY_FROM).tolist()
    # 5 -> 8, 40 -> 64, 300 -> 512, 17 -> 32 places are in use; what was given back is used by others again
    assert held.blocks.used[0, 0] < 2 * (8 + 64 + 512 + 32)


def test_a_block_given_back_is_used_again():
    held = Store()
    for local in range(3):
        held.insert(0, local, 1.0)  # two places given back
    used = int(held.blocks.used[0, 0])
    held.insert(1, 7, 1.0)
    assert held.blocks.used[0, 0] == used
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


@pytest.mark.parametrize("shares", [1, 2])
@pytest.mark.parametrize("capacity", [1, 10, 2 * ROOM])
def test_reserve_keeps_the_contents_and_makes_room(capacity, shares):
    held = Store(max(capacity, ROOM), shares)
    for local in range(40):
        held.insert(1, local, float(local))
        held.insert(2, local, float(local))
    held.store, held.blocks = reserve(held.store, held.blocks, 100_000)
    held.has_grown = True
    for table, used, until in zip(held.store, held.blocks.used.T, held.blocks.until.T, strict=True):
        assert (used + 100_000 <= until).all()
        assert (until <= table.size).all()
    held.check()


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_growth_that_is_broken_off_leaves_tables_and_blocks_that_belong_together(monkeypatch, error):
    held, lines, made = Store(2 * ROOM, 2), entries._lines, []

    def broken_off(size, kind):
        if made:
            raise error
        made.append(size)
        return lines(size, kind)

    held.insert(0, 0, 1.0)
    monkeypatch.setattr(entries, "_lines", broken_off)  # the entries grow, their directories do not
    with pytest.raises(error):
        reserve(held.store, held.blocks, 100_000)
    monkeypatch.undo()
    assert made
    for table, until in zip(held.store, held.blocks.until.T, strict=True):
        assert until.max() == table.size
    for local in range(40):
        held.insert(1, local, float(local))
    held.check()


def test_unused_stretches_are_not_copied():
    held = Store(1 << 20, 2)
    held.insert(0, 0, 1.0)
    held.store.entries[held.blocks.used[0, 0] :]["local"] = 7
    larger, _ = reserve(held.store, held.blocks, 1 << 20)
    assert not (larger.entries["local"][2 : held.store.entries.size] == 7).any()


@pytest.mark.parametrize(
    ("village", "shares", "share"), [(63, 2, 0), (64, 2, 1), (128, 2, 0), (192, 4, 3), (70, 1, 0)]
)
def test_villages_belong_to_shares_by_the_sixty_four(village, shares, share):
    store = new_store(ROOM)
    blocks = new_blocks(256, store, shares)
    before = blocks.used.copy()
    insert_entry(store, blocks, village, 0, 5, 1.0, 0.0)
    assert np.flatnonzero((blocks.used != before).any(axis=1)).tolist() == [share]


def test_reserve_leaves_a_store_with_room_alone():
    held = Store()
    same, blocks = reserve(held.store, held.blocks, ROOM)
    assert blocks is held.blocks
    assert all(a is b for a, b in zip(same, held.store, strict=True))


def test_nobody_is_found_in_an_empty_store():
    held = Store()
    assert entry_of(held.store, held.blocks, NUMBER[2], 299) == -1
