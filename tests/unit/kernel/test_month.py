"""Month by month of a small busy run: invariants, conservation, and everybody's selling acquaintances."""

from __future__ import annotations

import pickle

import numba
import numpy as np
import pytest

from sim.kernel import STEP_ORDER, Simulation, events, telling
from sim.state import check_invariants
from sim.world import TIE_KINDS

#: Sums over shops are kept as they open and close; only the order of adding differs.
ROUNDING = 1e-9


def selling_acquaintances(world, selling):
    """Selling acquaintances by kind of every household, counted afresh from the graph, (N, 5)."""
    count = np.zeros((world.n_households, len(TIE_KINDS)), np.int64)
    for seller in np.flatnonzero(selling):
        np.add.at(count, world.graph.acquaintances(int(seller)), 1)
    return count


def unpacked(sellers):
    """The packed counts of the event loop, (n, 5)."""
    return np.stack([(sellers >> np.uint64(8 * kind)) & np.uint64(255) for kind in range(len(TIE_KINDS))], axis=1)


def test_the_busy_world_is_busy(busy_run):
    opened = closed = 0
    for _ in range(busy_run.scenario.n_months):
        events = busy_run.step()
        opened, closed = opened + events.village.size, closed + events.closed_village.size
    assert opened > 800
    assert closed > 400
    assert busy_run.state.villages.recognised.any()
    assert (busy_run.blocks.directory >= 0).sum() > 20


@pytest.mark.parametrize("history_seed", [0, 1])
def test_everybody_knows_how_many_acquaintances_sell(busy, entries_of, history_seed):
    run = Simulation(*busy(history_seed=history_seed))
    for month in range(run.scenario.n_months):
        run.step()
        _, household, rows = entries_of(run)
        assert np.unique(household).size == household.size
        selling = np.zeros(run.world.n_households, bool)
        selling[household] = rows["selling"] == 1
        expected = selling_acquaintances(run.world, selling)
        held = np.zeros_like(expected)
        held[household] = unpacked(rows["sellers"])
        assert np.array_equal(held, expected), f"month {month}"


def test_shops_are_openings_less_closings(busy_run):
    n = busy_run.world.n_villages
    shops, open_now = np.zeros(n, np.int64), set()
    for _ in range(busy_run.scenario.n_months):
        events = busy_run.step()
        opened = set(zip(events.village.tolist(), events.local.tolist(), strict=True))
        closed = set(zip(events.closed_village.tolist(), events.closed_local.tolist(), strict=True))
        assert len(opened) == events.village.size
        assert not opened & open_now
        assert closed <= open_now
        open_now = (open_now | opened) - closed
        shops += np.bincount(events.village, minlength=n) - np.bincount(events.closed_village, minlength=n)
        assert busy_run.state.villages.shops.tolist() == shops.tolist()
        check_invariants(busy_run.state, busy_run.world)
    assert len(open_now) == shops.sum()


def test_shops_of_a_product_are_those_of_its_villages(busy_run):
    villages = busy_run.world.villages
    for _ in range(busy_run.scenario.n_months):
        busy_run.step()
    expected = np.zeros_like(busy_run.shops_of_product)
    np.add.at(expected, (villages.county, villages.product), busy_run.state.villages.shops)
    assert expected.sum() > 100
    assert busy_run.shops_of_product.tolist() == expected.tolist()


@pytest.mark.parametrize("column", ["shop_size", "novice_size"])
def test_sizes_add_up_over_open_shops(busy_run, entries_of, column):
    tau = busy_run.settings.market.experience_months
    for _ in range(busy_run.scenario.n_months):
        busy_run.step()
        village, _, rows = entries_of(busy_run)
        size = np.where(rows["selling"] == 1, rows["size"], 0.0).astype(np.float64)
        if column == "novice_size":
            size *= np.exp(-(busy_run.months_done - rows["opened"]) / tau)
        expected = np.bincount(village, size, minlength=busy_run.world.n_villages)
        assert getattr(busy_run.state.villages, column) == pytest.approx(expected, rel=ROUNDING, abs=ROUNDING)


def test_sales_of_the_month_follow_the_rule_and_enter_the_last_twelve(busy_run):
    past = []
    for _ in range(20):
        busy_run.step()
        past.append(busy_run.state.villages.sales_yuan.copy())
    last_twelve = np.sum(past[-12:], axis=0)
    assert last_twelve.sum() > 1e6
    assert busy_run.state.villages.online_sales_yuan() == pytest.approx(last_twelve, rel=1e-6)


def test_the_stages_have_names_and_a_line_each():
    names = [name for name, _ in STEP_ORDER]
    assert len(set(names)) == len(names)
    assert all(text for _, text in STEP_ORDER)


def test_recognition_waits_for_december(busy_run):
    counted = []
    for _ in range(24):
        before = busy_run.state.villages.recognised.copy()
        month = busy_run.month
        busy_run.step()
        if (before != busy_run.state.villages.recognised).any():
            counted.append(month % 12)
    assert counted
    assert set(counted) == {11}


@pytest.mark.parametrize("change", [{"history_seed": 1}, {"world_seed": 1}])
def test_another_seed_is_another_history_and_the_same_seed_the_same(busy, change):
    def history(**changes):
        run = Simulation(*busy(**changes))
        return [step for _ in range(12) for step in events_of(run.step())]

    def events_of(events):
        return zip(events.village.tolist(), events.local.tolist(), events.size.tolist(), strict=True)

    assert history() == history()
    assert history() != history(**change)


def test_openings_of_a_month_influence_the_next_month_only(busy):
    scenario, world = busy(adoption__own_initiative=0.0, pioneers__last_year=2012, exit__monthly_rate=0.0)
    run, first = Simulation(scenario, world), None
    for _ in range(24):
        clock = run.clocks.village.copy()
        events = run.step()
        if first is None and events.pioneer.any():
            first = events
            assert events.pioneer.all()
            # nobody had a selling acquaintance before, so nobody had gathered any hazard
            assert not events.parts.any()
        assert (run.clocks.village > clock).all()
    assert first is not None


def test_own_initiative_runs_along_with_the_village_clock(busy_run):
    for _ in range(6):
        busy_run.step()
    expected = busy_run.law.own_initiative * busy_run.people.rooting * busy_run.clocks.village
    assert np.ptp(busy_run.people.rooting) > 0.1
    assert busy_run.clocks.own == pytest.approx(expected)


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")
def test_a_world_sent_to_another_process_has_the_compiled_code_of_the_others(busy):
    # What is sent can be written again, which for the compiler is another kind of array.
    scenario, world = busy()
    Simulation(scenario, world).step()
    compiled = (telling.find_acquaintances, telling.tell_found, events.scan, events.open_shops, events.make_due)
    before = [len(function.signatures) for function in compiled]
    sent = pickle.loads(pickle.dumps(world))
    assert sent.first_household.flags.writeable != world.first_household.flags.writeable
    Simulation(scenario, sent).step()
    assert [len(function.signatures) for function in compiled] == before
