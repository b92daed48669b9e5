"""Who is told: all acquaintances of those who tell, in the lists of their shares, in the order of the tellers."""

from __future__ import annotations

import numpy as np
import pytest

from sim.kernel import Simulation
from sim.kernel.entries import new_blocks
from sim.kernel.telling import find_acquaintances, new_found, tellers_at_once

#: Villages enough for four shares of them, by the sixty-four.
MANY = {"synthetic": {"villages": 300, "households_per_village": 30, "towns": 30, "counties": 5}}


@pytest.mark.parametrize("shares", [1, 4])
def test_lists_hold_the_acquaintances_in_the_order_of_the_tellers(busy, shares):
    run = Simulation(*busy(region=MANY))
    world, first = run.world, run.world.first_household
    tellers = np.random.default_rng(5).choice(world.n_households, 60, replace=False)
    village = np.searchsorted(first, tellers, side="right") - 1
    local = (tellers - first[village]).astype(np.int32)
    expected = [[] for _ in range(shares)]
    for household in tellers[10:50].tolist():
        for neighbour, kind in zip(*world.graph.acquaintances(household), strict=True):
            home = world.village_of_household(int(neighbour))
            expected[home // 64 % shares].append((home, int(neighbour - first[home]), int(kind)))
    found, blocks = new_found(world.graph.max_degree, shares), new_blocks(world.n_villages, run.store, shares)
    for begin, end in ((0, 60), (10, 50)):  # the lists of before are forgotten
        find_acquaintances(blocks, world.graph.columns, run.people, village, local, begin, end, found)
    listed = found.listed[:, 0].tolist()
    assert listed == [len(told) for told in expected]
    assert min(listed) > 0
    for share, told in enumerate(expected):
        columns = (column[share, : len(told)].tolist() for column in (found.village, found.local, found.kind))
        assert list(zip(*columns, strict=True)) == told


@pytest.mark.parametrize("max_degree", [0, 1, 10, 40_000])
def test_lists_have_room_for_those_who_tell_at_once_wherever_their_acquaintances_live(max_degree):
    at_once = tellers_at_once(max_degree)
    assert at_once > 0
    assert all(column.shape == (2, at_once * max_degree) for column in new_found(max_degree, 2)[:3])
