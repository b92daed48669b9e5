"""The event-driven kernel equals the plain twin: household by household, month by month."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from sim.kernel.entries import entry_of
from sim.kernel.initial import NamedCenters
from sim.kernel.month import Simulation
from sim.state import NEVER
from sim.world import TIE_KINDS, build_world
from tests.in_steps import in_steps
from tests.verification.twin import TwinModel

# Much happens in every mechanism: shops open, close and open again, stations open, prices fall.
BUSY = {
    "start": "2012-01",
    "end": "2015-12",
    "region": {"synthetic": {"villages": 8, "households_per_village": 60, "towns": 4, "counties": 2}},
    "world.synthetic_pioneers": 2,
    "adoption.own_initiative": 1e-3,
    "adoption.imitation": 0.15,
    "adoption.weight_ring": 2.0,
    "adoption.weight_town": 0.25,
    "pioneers.shops": 5,
    "pioneers.first_year": 2012,
    "pioneers.last_year": 2013,
    "exit.monthly_rate": 0.1,
    "logistics.half_volume": 300,
    "market.crowding_reference": 20,
    "programme.first_month": "2012-07",
    "programme.second_model_month": "2013-07",
    "programme.counties_per_month": 0.1,
    "programme.stations_per_county": 3,
    "recognition.sales_min_yuan": 8e5,
}
TIMELINE = [
    {"from": "2013-03", "set": {"adoption.imitation": 0.4, "adoption.own_initiative": 0.0}},
    {"from": "2013-09", "set": {"adoption.own_initiative": 4e-3, "adoption.weight_village": 5.0}},
    {"from": "2014-05", "set": {"adoption.rule": "threshold", "logistics.parcel_cost": 5.0}},
    {"from": "2014-11", "switch": {"exit": False, "training": False}},
    {"from": "2015-06", "set": {"exit.monthly_rate": 0.3}, "switch": {"exit": True}},
]
INFORMED = {
    "adoption.rule": "information",
    "adoption.imitation": 0.04,
    "information.telling_rate": 0.6,
    "information.passing_share": 0.2,
}
RULES = [
    {"from": "2013-02", "set": {"adoption.rule": "threshold", "adoption.imitation": 0.4}},
    {"from": "2013-12", "set": {"adoption.rule": "information", "adoption.imitation": 0.05}},
    {"from": "2014-10", "set": {"adoption.rule": "linear", "information.passing_share": 0.9}},
    {"from": "2015-03", "set": {"adoption.rule": "information", "adoption.own_initiative": 5e-3}},
]
CASES = {
    "everything": {},
    "another world and history": {"world_seed": 5, "history_seed": 11},
    "one large village": {
        "region": {"synthetic": {"villages": 1, "households_per_village": 301, "towns": 1, "counties": 1}},
    },
    "villages of every size": {"world.village_size_sd": 1.5, "world.smallest_village": 4, "world_seed": 2},
    "no ring, many matchings": {
        "graph.ring_reach": 0,
        "graph.village_matchings": 3,
        "graph.prefecture_matchings": 4,
    },
    "ring wider than the village": {"graph.ring_reach": 20, "world.household_scale": 0.3},
    "nobody knows anybody": {
        "adoption.own_initiative": 3e-3,
        "graph.ring_reach": 0,
        **{f"graph.{level}_matchings": 0 for level in TIE_KINDS[1:]},
    },
    "threshold rule": {"adoption.rule": "threshold", "adoption.threshold_sellers": 3},
    "threshold rule, weightless ties": {
        "adoption.rule": "threshold",
        **{f"adoption.weight_{kind}": 0 for kind in TIE_KINDS},
    },
    "information rule": INFORMED,
    "information rule, the news from outside": INFORMED | {"information.first_exposure": 0.02},
    "information rule, weightless ties": INFORMED
    | {**{f"adoption.weight_{kind}": 0 for kind in TIE_KINDS}, "information.first_exposure": 0.02},
    "information rule, then threshold, then information": INFORMED | {"timeline": RULES},
    "linear rule, then information": {"timeline": RULES},
    "imitation only": {"adoption.own_initiative": 0.0, "adoption.imitation": 0.5},
    "own initiative only": {
        "adoption.own_initiative": 3e-3,
        "adoption.imitation": 0.0,
        "pioneers.placement": "none",
    },
    "industry only where shops take root": {"base.industry_in_imitation": 0.0, "base.manufacturing": 1.0},
    "industry in imitation too": {"base.industry_in_imitation": 1.0, "base.manufacturing": 1.0},
    "equal households": {"adoption.propensity_sd": 0.0, "market.size_sd": 0.0},
    "unequal households": {"adoption.propensity_sd": 2.0, "market.size_sd": 2.0},
    "shops live a month or two": {"exit.monthly_rate": 1.0, "adoption.imitation": 2.0},
    "more than fifteen shops each": {
        "exit.monthly_rate": 1.0,
        "exit.size_protection": 0.0,
        "adoption.own_initiative": 1.0,
        "end": "2016-12",
    },
    "timeline": {"timeline": TIMELINE},
    **{f"without {name}": {f"mechanisms.{name}": False} for name in ("programme", "logistics", "training")},
    **{f"without {name}": {f"mechanisms.{name}": False} for name in ("crowding", "exit")},
}


def built(changes, folder=None):
    scenario = in_steps(BUSY | changes, folder=folder)
    world = build_world(scenario)
    return scenario, world


def entry(run, village, local):
    """What the kernel holds of a household, or None."""
    row = entry_of(run.store, run.blocks, village, local)
    if row < 0:
        return None
    return run.store.entries[row]


def same_events(events, twin):
    opened = sorted((h.village.index, h.local) for h in twin.opened)
    closed = sorted((h.village.index, h.local) for h in twin.closed)
    assert sorted(zip(events.village.tolist(), events.local.tolist(), strict=True)) == opened
    assert sorted(zip(events.closed_village.tolist(), events.closed_local.tolist(), strict=True)) == closed
    for i in range(events.village.size):
        household = twin.villages[events.village[i]].households[events.local[i]]
        assert events.size[i] == pytest.approx(household.size)
        early = household.accumulated < household.threshold * (1 - 1e-9)
        assert bool(events.pioneer[i]) == early
        received = events.parts[i] * household.propensity
        own = household.accumulated - sum(household.parts) - household.by_awareness
        assert received == pytest.approx([own, *household.parts], rel=2e-4, abs=2e-6)
        by_awareness = events.by_awareness[i] * household.propensity
        assert by_awareness == pytest.approx(household.by_awareness, rel=1e-6)


def same_villages(state, twin):
    villages = state.villages
    for village in twin.villages:
        v = village.index
        assert villages.shops[v] == village.shops
        assert villages.sales_yuan[v] == pytest.approx(village.sales[-1], rel=1e-5, abs=0.5)
        assert villages.online_sales_yuan()[v] == pytest.approx(sum(village.sales[-12:]), rel=1e-5, abs=1)
        assert villages.parcel_cost_yuan[v] == pytest.approx(village.cost, rel=1e-6)
        assert villages.training_stock[v] == pytest.approx(village.training)
        assert villages.crowding[v] == pytest.approx(village.crowding)
        assert villages.partner_income_yuan[v] == pytest.approx(village.income)
        assert villages.partner_model[v] == (village.partner_model or 0)
        assert villages.recognised[v] == village.recognised
        assert villages.awareness[v] == pytest.approx(village.awareness, rel=1e-9)
    sent = state.counties.parcels
    assert sent == pytest.approx(twin.parcels, rel=1e-5, abs=0.01)


def same_households(run, twin):
    """Selling acquaintances by kind, shops and attempts of every household."""
    for household in twin.everyone:
        held = entry(run, household.village.index, household.local)
        sellers = [0] * len(TIE_KINDS)
        for other, kind in household.acquaintances:
            sellers[kind] += other.selling
        if held is None:
            assert not household.selling
            assert sellers == [0] * len(TIE_KINDS)
            continue
        assert bool(held["selling"]) == household.selling
        assert held["episode"] == household.episode
        packed = int(held["sellers"])
        assert [(packed >> 8 * kind) & 255 for kind in range(len(TIE_KINDS))] == sellers


def run_both(scenario, world):
    """Run kernel and twin side by side, comparing every month; return openings, closings, most attempts."""
    run, twin = Simulation(scenario, world), TwinModel(scenario, world)
    opened = closed = 0
    for _ in range(scenario.n_months):
        events = run.step()
        twin.step()
        same_events(events, twin)
        same_villages(run.state, twin)
        opened, closed = opened + events.village.size, closed + events.closed_village.size
    same_households(run, twin)
    return opened, closed, max(household.episode for household in twin.everyone)


@pytest.mark.parametrize("changes", CASES.values(), ids=CASES.keys())
def test_kernel_equals_twin(changes):
    scenario, world = built(changes)
    opened, closed, _ = run_both(scenario, world)
    assert opened > 35
    assert closed > 20 or changes.get("mechanisms.exit") is False


def test_the_busy_case_reaches_every_branch():
    # Otherwise the comparison would be empty where it matters.
    scenario, world = built({})
    opened, closed, attempts = run_both(scenario, world)
    assert opened > 300
    assert closed > 150
    assert attempts >= 3
    run = Simulation(scenario, world)
    for _ in range(scenario.n_months):
        run.step()
    villages = run.state.villages
    assert set(villages.partner_model.tolist()) == {0, 1, 2}
    assert villages.recognised.sum() > 0
    assert (run.state.counties.center_since >= 0).all()


@pytest.mark.parametrize("history_seed", range(4))
def test_kernel_equals_twin_on_a_brought_graph(tmp_path, history_seed):
    # Half of the histories under the information rule, whose regions stay those of the tree.
    rule = INFORMED if history_seed % 2 else {}
    graph = nx.connected_caveman_graph(20, 20)
    graph = nx.compose(graph, nx.gnp_random_graph(400, 0.004, seed=history_seed))
    for number, (_, _, data) in enumerate(graph.edges(data=True)):
        data["kind"] = TIE_KINDS[number % len(TIE_KINDS)]
    nx.write_graphml(graph, tmp_path / "ties.graphml")
    scenario, world = built(
        rule | {"acquaintances": {"file": "ties.graphml", "format": "graphml"}, "history_seed": history_seed},
        folder=tmp_path,
    )
    assert world.graph.is_explicit
    opened, closed, _ = run_both(scenario, world)
    assert opened > 50
    assert closed > 20


def test_the_comparison_sees_another_history():
    scenario, world = built({})
    run, twin = Simulation(scenario, world), TwinModel(scenario.replace({"history_seed": 1}), world)
    for _ in range(scenario.n_months):
        events = run.step()
        twin.step()
    with pytest.raises(AssertionError):
        same_events(events, twin)


@pytest.mark.parametrize("column", ["sellers", "selling", "episode"])
def test_the_comparison_sees_a_wrong_household(column):
    scenario, world = built({"end": "2012-06"})
    run, twin = Simulation(scenario, world), TwinModel(scenario, world)
    for _ in range(6):
        run.step()
        twin.step()
    same_households(run, twin)
    village = int(np.flatnonzero(run.blocks.start >= 0)[0])
    values = run.store.entries[column]
    values[run.blocks.start[village]] = 1 - min(values[run.blocks.start[village]], 1)
    with pytest.raises(AssertionError):
        same_households(run, twin)


def test_kernel_equals_twin_where_a_table_names_the_centers():
    scenario, world = built({})
    # The second county first, in the third month; the first one, slowly, from the tenth.
    named = {1: (scenario.start + 2, 2.0, 1.0), 0: (scenario.start + 9, 4.0, 20.0)}
    run, twin = Simulation(scenario, world), TwinModel(scenario, world, named)
    months, stations, fill = (np.array(values) for values in zip(named[0], named[1], strict=True))
    run.named_centers = NamedCenters(months, stations, fill)
    opened = 0
    for _ in range(scenario.n_months):
        events = run.step()
        twin.step()
        same_events(events, twin)
        same_villages(run.state, twin)
        opened += events.village.size
    assert opened > 35
    assert (run.state.villages.station_since != NEVER).sum() == 6
