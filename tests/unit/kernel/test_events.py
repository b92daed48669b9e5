"""The compiled stages against plain enumerations: crossings, thresholds looked for, acquaintances told."""

from __future__ import annotations

import numpy as np
import pytest

from sim.kernel import Simulation
from sim.kernel.entries import insert_entry, new_blocks, new_store
from sim.kernel.events import collect_crossings, scan
from sim.streams import exponential, household_counter, normal, stream_key

#: Three villages of eight: (village, local, due, selling).
DUE = [
    (0, 3, 1.0, 0),
    (0, 1, 2.0, 0),
    (0, 5, 2.5, 0),
    (0, 2, 0.5, 1),
    (2, 0, 9.0, 0),
    (2, 7, 4.0, 1),
]


@pytest.fixture
def scheduled():
    store = new_store(500)
    blocks = new_blocks(3, store)
    for village, local, due, selling in DUE:
        row = insert_entry(store, blocks, village, local, 8, 1.0, 0.0)
        store.entries["due"][row], store.entries["selling"][row] = due, selling
    return store, blocks


def collected(store, blocks, soonest, clock, selling):
    """Entries and villages that cross, as the kernel asks for them: of the villages with an event that is due."""
    visited = np.flatnonzero(soonest <= clock)
    room = int(blocks.length[visited].sum())
    rows, villages = np.empty(room, np.int64), np.empty(room, np.int64)
    n = collect_crossings(store, blocks, soonest, clock, selling, visited, rows, villages)
    return rows[:n], villages[:n]


def crossing(store, blocks, clock, selling):
    """Who crosses, and the next event of each village afterwards."""
    soonest = np.full(3, np.inf)
    for village, _, due, kind in DUE:
        if kind == selling:
            soonest[village] = min(soonest[village], due)
    rows, villages = collected(store, blocks, soonest, np.array(clock, float), selling)
    return list(zip(villages.tolist(), store.entries["local"][rows].tolist(), strict=True)), soonest.tolist()


@pytest.mark.parametrize(
    ("clock", "opening", "left"),
    [
        ([0.9, 9.0, 8.9], [], [1.0, np.inf, 9.0]),
        ([1.0, 9.0, 8.9], [(0, 3)], [2.0, np.inf, 9.0]),
        ([2.4, 9.0, 9.0], [(0, 3), (0, 1), (2, 0)], [2.5, np.inf, np.inf]),
    ],
)
def test_those_whose_moment_has_come_open_village_by_village(scheduled, clock, opening, left):
    assert crossing(*scheduled, clock, 0) == (opening, left)


def test_those_whose_moment_has_come_close(scheduled):
    assert crossing(*scheduled, [0.5, 0.5, 3.9], 1) == ([(0, 2)], [np.inf, np.inf, 4.0])


def test_many_crossings_of_one_village_are_all_collected():
    n = 5000
    store = new_store(8 * n)
    blocks = new_blocks(1, store)
    for local in range(n):
        row = insert_entry(store, blocks, 0, local, n, 1.0, 0.0)
        store.entries["due"][row] = local
    rows, villages = collected(store, blocks, np.zeros(1), np.array([3999.0]), 0)
    assert sorted(store.entries["local"][rows].tolist()) == list(range(4000))
    assert villages.tolist() == [0] * 4000


def thresholds(run, village):
    """Threshold of every household of a village: a unit exponential over its propensity."""
    world, law, seed = run.world, run.law, run.scenario.history_seed
    local = np.arange(world.villages.households[village])
    counter = household_counter(world.villages.uid[village], local)
    deviate = normal(stream_key(seed, "propensity"), counter)
    propensity = np.exp(law.propensity_sd * deviate - law.propensity_sd**2 / 2.0)
    return exponential(stream_key(seed, "threshold"), counter) / propensity


def look(run, bound):
    """Look for thresholds up to a bound in every village."""
    upper = np.broadcast_to(np.asarray(bound, float), (run.world.n_villages,)).copy()
    graph = run.world.graph.columns
    return scan(run.store, run.blocks, run.clocks, run.law, run.keys, graph, run.people, upper, 0, 0)


@pytest.mark.parametrize("propensity_sd", [0.0, 0.5, 2.0])
@pytest.mark.parametrize("bound", [1e-12, 1e-3, 0.05, 3.0])
def test_exactly_the_thresholds_below_the_bound_are_found(busy, entries_of, propensity_sd, bound):
    run = Simulation(*busy(adoption__propensity_sd=propensity_sd))
    assert look(run, bound) == run.world.n_villages
    village, household, rows = entries_of(run)
    found = set(household.tolist())
    every = np.concatenate([thresholds(run, v) for v in range(run.world.n_villages)])
    assert found == set(np.flatnonzero(every < bound).tolist())
    if bound >= 0.05:
        assert len(found) > 30
    assert rows["missing"] == pytest.approx(every[household])
    own = run.law.own_initiative * run.people.rooting[village]
    assert rows["due"] == pytest.approx(every[household] / own)
    soonest = np.full(run.world.n_villages, np.inf)
    np.minimum.at(soonest, village, rows["due"])
    assert run.clocks.next_open.tolist() == soonest.tolist()


def test_a_second_look_adds_only_what_lies_beyond_the_first(busy, entries_of):
    run = Simulation(*busy())
    look(run, 0.02)
    first = set(entries_of(run)[1].tolist())
    bound = np.where(np.arange(run.world.n_villages) % 2 == 0, 0.1, 0.0)
    look(run, bound)
    both = set(entries_of(run)[1].tolist())
    every = [thresholds(run, v) < (0.1 if v % 2 == 0 else 0.02) for v in range(run.world.n_villages)]
    assert first < both == set(np.flatnonzero(np.concatenate(every)).tolist())
    assert run.clocks.scanned.tolist() == np.where(bound > 0, 0.1, 0.02).tolist()


def test_a_look_stops_where_room_runs_short_and_goes_on_where_it_stopped(busy, entries_of):
    run = Simulation(*busy())
    run.ledger.store = new_store(4 * int(run.largest_village) + 8)
    run.ledger.blocks = new_blocks(run.world.n_villages, run.store)
    upper = np.full(run.world.n_villages, 50.0)
    done, stops = 0, 0
    while done < upper.size:
        graph = run.world.graph.columns
        done = scan(run.store, run.blocks, run.clocks, run.law, run.keys, graph, run.people, upper, 0, done)
        run.ledger.make_room(4 * run.largest_village + 8)
        stops += 1
    assert stops > 3
    assert np.array_equal(np.sort(entries_of(run)[1]), np.arange(run.world.n_households))


def test_every_household_below_its_villages_bound_has_an_entry_each_month(busy, entries_of):
    run = Simulation(*busy(adoption__imitation=0.0))
    every = np.concatenate([thresholds(run, v) for v in range(run.world.n_villages)])
    home = np.repeat(np.arange(run.world.n_villages), run.world.villages.households)
    for _ in range(run.scenario.n_months):
        run.step()
        held = np.zeros(every.size, bool)
        held[entries_of(run)[1]] = True
        assert (run.clocks.scanned > run.clocks.own).all()
        assert held[every < run.clocks.own[home]].all()


def test_everybody_above_their_threshold_has_opened(busy):
    # Without imitation a household opens in the first month in which own initiative reaches its threshold.
    run = Simulation(*busy(adoption__imitation=0.0, pioneers__placement="none", exit__monthly_rate=0.0))
    every = np.concatenate([thresholds(run, v) for v in range(run.world.n_villages)])
    home = np.repeat(np.arange(run.world.n_villages), run.world.villages.households)
    before = np.zeros(every.size)
    for _ in range(24):
        events = run.step()
        now = run.clocks.own[home]
        opened = run.world.first_household[events.village] + events.local
        assert set(opened.tolist()) == set(np.flatnonzero((every > before) & (every <= now)).tolist())
        before = now
    assert before.max() > 0.02
