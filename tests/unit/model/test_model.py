"""The model as Mesa sees it: the same run, its agents, its data collection, its graph."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import random

import mesa
import networkx as nx
import numpy as np
import pytest

from sim.agents import CountyCenter, Household, Partner, Village
from sim.errors import RunError, ScenarioError, WorldError
from sim.kernel.month import Simulation
from sim.model import DiffusionModel
from sim.scenario import Scenario
from sim.state import NEVER
from sim.world import build_world
from sim.world.explicit import graph_of_networkx
from tests.unit.model.busy import BUSY

COLUMNS = ("month", "village", "local", "size", "pioneer", "parts", "closed_village", "closed_local")


@pytest.fixture(scope="module")
def plan():
    return Scenario.from_mapping(BUSY)


@pytest.fixture(scope="module")
def finished(plan):
    model = DiffusionModel(plan)
    model.run_model()
    return model


def same_events(left, right):
    return all(np.array_equal(getattr(left, name), getattr(right, name)) for name in COLUMNS)


def histories(*models):
    """Events of each model, month by month, the models taking turns."""
    months = models[0].simulation.scenario.n_months
    found = [[] for _ in models]
    for _ in range(months):
        for model, events in zip(models, found, strict=True):
            model.step()
            events.append(model.events)
    return found


def test_events_are_those_of_the_simulation(plan):
    model, run = DiffusionModel(plan), Simulation(plan, build_world(plan))
    opened = 0
    for month in range(plan.n_months):
        model.step()
        events = run.step()
        assert same_events(model.events, events)
        assert model.steps == run.months_done == month + 1
        opened += events.village.size
    assert opened > 50


def test_mesas_and_the_global_random_numbers_change_nothing(plan):
    model, poisoned = DiffusionModel(plan), DiffusionModel(plan)
    poisoned.rng = np.random.default_rng(99)
    poisoned.random.seed(99)
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002 - the global generator is what is poisoned
    one, other = histories(model, poisoned)
    assert all(same_events(a, b) for a, b in zip(one, other, strict=True))
    model.agents.shuffle_do("step")
    assert poisoned.random.random() == random.Random(99).random(), "nothing was drawn"


def test_the_seed_is_the_history(plan):
    assert DiffusionModel(plan).simulation.scenario.history_seed == plan.history_seed == 0
    zero, also_zero, one = (DiffusionModel(plan, seed=seed) for seed in (None, 0, 1))
    first, second, third = histories(zero, also_zero, one)
    assert all(same_events(a, b) for a, b in zip(first, second, strict=True))
    assert not all(same_events(a, b) for a, b in zip(first, third, strict=True))
    assert one.simulation.scenario.world_seed == plan.world_seed
    assert DiffusionModel(plan.replace({"history_seed": 5}), seed=0).simulation.scenario == plan


def test_steps_end_with_the_scenario(finished):
    assert finished.running is False
    assert finished.month == "2014-12"
    with pytest.raises(RunError, match="ends with 2014-12; give a later end"):
        finished.step()
    fresh = DiffusionModel(finished.simulation.scenario)
    assert fresh.running
    assert fresh.month is None
    assert fresh.events is None


def test_a_path_a_mapping_and_overrides_give_the_same_scenario(plan, tmp_path):
    (tmp_path / "busy.yaml").write_text(plan.to_yaml())
    for scenario in (plan, tmp_path / "busy.yaml", str(tmp_path / "busy.yaml"), BUSY):
        assert DiffusionModel(scenario).simulation.scenario == plan
    changed = DiffusionModel(plan, **{"adoption.imitation": 0.0, "end": "2012-03"}).simulation.scenario
    assert changed == plan.replace({"adoption.imitation": 0.0, "end": "2012-03"})


def test_a_misspelt_override_is_refused(plan):
    with pytest.raises(ScenarioError, match=r"adoption\.imitaton.*did you mean"):
        DiffusionModel(plan, **{"adoption.imitaton": 0.0})


def test_the_browser_view_can_build_it_anew(plan):
    # Mesa's view builds a model from keywords, allows no *args, and on 3.5 puts its own scenario in place of
    # ours if the model shows one.
    parameters = inspect.signature(DiffusionModel.__init__).parameters
    assert all(p.kind is not inspect.Parameter.VAR_POSITIONAL for p in parameters.values())
    assert "kwargs" in parameters
    required = [name for name, p in parameters.items() if p.default is p.empty and p.kind is not p.VAR_KEYWORD]
    assert required == ["self", "scenario"]
    model = DiffusionModel(scenario=plan, seed=3, **{"adoption.imitation": 0.2})
    assert not getattr(model, "scenario", None)
    anew = type(model)(**{"scenario": plan, "seed": 3, "adoption.imitation": 0.2})
    assert anew.simulation.scenario == model.simulation.scenario


def test_small_worlds_hold_everybody(plan):
    model = DiffusionModel(plan)
    world = model.simulation.world
    assert set(model.agents_by_type) == {Village, Household}
    assert len(model.agents_by_type[Village]) == world.n_villages
    assert [agent.index for agent in model.agents_by_type[Household]] == list(range(world.n_households))


def test_partners_and_centers_come_with_the_programme(plan):
    model = DiffusionModel(plan)
    seen = []
    for _ in range(plan.n_months):
        model.step()
        state = model.simulation.state
        partners = model.agents_by_type.get(Partner, [])
        assert sorted(p.index for p in partners) == np.flatnonzero(state.villages.station_since >= 0).tolist()
        centers = model.agents_by_type.get(CountyCenter, [])
        assert sorted(c.index for c in centers) == np.flatnonzero(state.counties.center_since >= 0).tolist()
        seen.append((len(partners), len(centers)))
    assert seen[0] == (0, 0)
    assert seen[-1] == (6, 2)
    assert len(set(seen)) > 4
    assert all(agent.started_month >= "2012-04" for agent in model.agents_by_type[Partner])


def test_partners_leave_and_are_followed(plan):
    model = DiffusionModel(plan)
    while len(model.agents_by_type.get(Partner, [])) < 4:
        model.step()
    leaver, follower = list(model.agents_by_type[Partner])[:2]
    columns = model.simulation.state.villages
    columns.station_since[leaver.index] = NEVER
    columns.station_since[follower.index] += 1
    model._meet_programme()
    partners = set(model.agents_by_type[Partner])
    assert leaver not in partners
    assert follower not in partners
    assert follower.index in {partner.index for partner in partners}
    assert leaver.index not in {partner.index for partner in partners}
    assert leaver not in set(model.agents)


def test_large_worlds_create_nobody_unasked(plan, monkeypatch):
    monkeypatch.setattr("sim.model.HOUSEHOLDS_HELD_AT_MOST", 100)
    monkeypatch.setattr("sim.model.VILLAGES_HELD_AT_MOST", 7)
    model = DiffusionModel(plan)
    for _ in range(plan.n_months):
        model.step()
    assert len(model.agents) == 0
    mask = np.arange(8) < 2
    assert [v.index for v in model.villages(mask)] == [0, 1]
    assert [v.index for v in model.villages([5, 3])] == [5, 3]
    assert len(model.agents) == 4
    members = model.households(6)
    assert len(members) == model.village(6).households
    assert next(iter(members)).village is model.village(6)
    assert len(model.agents) == 5 + len(members)
    assert len(model.partners()) == 6
    assert sorted(c.index for c in model.county_centers()) == [0, 1]


def test_households_may_be_left_out_or_asked_for(plan, monkeypatch):
    assert set(DiffusionModel(plan, households=False).agents_by_type) == {Village}
    monkeypatch.setattr("sim.model.HOUSEHOLDS_HELD_AT_MOST", 100)
    assert set(DiffusionModel(plan).agents_by_type) == {Village}
    assert Household in DiffusionModel(plan, households=True).agents_by_type
    monkeypatch.setattr("sim.model._HOUSEHOLDS_ON_DEMAND_AT_MOST", 100)
    with pytest.raises(WorldError, match=r"allowed as agents are at most 100; .*model\.households\(village\)"):
        DiffusionModel(plan, households=True)


def test_asking_again_gives_the_same_agent_until_it_is_removed(plan):
    model = DiffusionModel(plan, households=False)
    village, household = model.village(2), model.household(17)
    assert model.village(2) is village
    assert model.household(17) is household
    household.remove()
    assert household not in set(model.agents)
    assert model.household(17) is not household


@pytest.mark.parametrize(
    ("kind", "number", "last"), [("village", 8, 7), ("village", -1, 7), ("household", -1, "")]
)
def test_nobody_beyond_the_world(plan, kind, number, last):
    model = DiffusionModel(plan, households=False)
    with pytest.raises(
        WorldError, match=rf"{kind} {number} is not in this world; the numbers run from 0 to {last}"
    ):
        getattr(model, kind)(number)


def test_a_mask_must_cover_all_villages(plan):
    with pytest.raises(WorldError, match=r"mask of shape \(3,\).*each of 8 villages"):
        DiffusionModel(plan).villages([True, False, True])


def test_mesa_selects_and_aggregates(finished):
    villages = finished.agents_by_type[Village]
    state = finished.simulation.state.villages
    assert villages.get("shops") == state.shops.tolist()
    assert villages.agg("shops", sum) == finished.shops == state.shops.sum() > 0
    sellers = finished.agents_by_type[Household].select(lambda household: household.is_selling)
    assert len(sellers) == finished.shops
    by_village = sellers.groupby("home").count()
    assert by_village == {v: n for v, n in enumerate(state.shops.tolist()) if n}


def test_mesa_collects_data(plan):
    model = DiffusionModel(plan)
    collector = mesa.DataCollector(
        model_reporters={"shops": "shops", "sellers": lambda m: sum(h.is_selling for h in m.households(0))},
        agenttype_reporters={
            Village: {"shops": "shops", "sales": "online_sales_yuan"},
            Household: {"e": "exposure"},
        },
        agent_reporters={"kind": lambda agent: type(agent).__name__},
    )
    for _ in range(12):
        model.step()
        collector.collect(model)
    totals = collector.get_model_vars_dataframe()
    villages = collector.get_agenttype_vars_dataframe(Village)
    assert villages["shops"].groupby(level=0).sum().tolist() == totals["shops"].tolist()
    assert len(villages) == 12 * 8
    assert totals["shops"].iloc[-1] == model.shops > 0
    own = model.datacollector.get_model_vars_dataframe()
    assert own["shops"].tolist() == totals["shops"].tolist()
    assert own["month"].tolist() == [f"2012-{month:02}" for month in range(1, 13)]
    kinds = collector.get_agent_vars_dataframe().loc[12.0, "kind"].value_counts()
    assert kinds["Household"] == model.simulation.world.n_households
    assert kinds["CountyCenter"] >= 1


def test_a_graph_brought_in_python_is_used(plan):
    world = build_world(plan)
    ring = nx.cycle_graph(world.n_households)
    own = dataclasses.replace(world, graph=graph_of_networkx(ring, world.first_household))
    model = DiffusionModel(plan, world=own)
    assert [h.index for h in model.acquaintances(5)] == [4, 6]
    model.step()


def test_the_network_of_villages_shows_shops_partners_and_centers(finished):
    graph = finished.network()
    state = finished.simulation.state
    role = nx.get_node_attributes(graph, "role")
    villages = [node for node in graph if role[node] == "village"]
    partners = [node for node in graph if role[node] == "partner"]
    centers = [node for node in graph if role[node] == "county_center"]
    assert [graph.nodes[v]["shops"] for v in villages] == state.villages.shops.tolist()
    assert [graph.nodes[v]["recognised"] for v in villages] == state.villages.recognised.tolist()
    assert len(partners) == 6
    assert len(centers) == 2
    for partner in partners:
        village, center = sorted(graph[partner], key=lambda node: role[node] == "county_center")
        assert partner == f"partner {village}"
        county = finished.simulation.world.villages.county[village]
        assert center == f"county_center {county}"
        assert graph.nodes[partner]["income_yuan"] == state.villages.partner_income_yuan[village]


def test_a_part_of_the_network_has_only_its_own_center(finished):
    graph = finished.network(counties="County 2")
    assert [node for node, role in graph.nodes(data="role") if role == "county_center"] == ["county_center 1"]
    alone = DiffusionModel(finished.simulation.scenario).network()
    assert {role for _, role in alone.nodes(data="role")} == {"village"}


def test_the_network_of_households_shows_who_sells(finished):
    graph = finished.network(level="household", villages=[1, 2])
    selling = [number for number, sells in graph.nodes(data="is_selling") if sells]
    assert selling == [h.index for v in (1, 2) for h in finished.households(v) if h.is_selling]
    assert len(selling) > 0


def test_agent_sets_can_be_copied(finished):
    assert len(copy.copy(finished.villages())) == 8
