"""Whatever is simulated, who taught whom is a forest that grows with time."""

from __future__ import annotations

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.scenario import Scenario

BASE = {
    "start": "2012-01",
    "end": "2014-06",
    "pioneers.first_year": 2012,
    "pioneers.last_year": 2013,
    "pioneers.shops": 3,
}


@st.composite
def scenarios(draw):
    size = {"villages": draw(st.integers(1, 12)), "households_per_village": draw(st.integers(5, 40))}
    counties = draw(st.integers(1, min(2, size["villages"])))
    size |= {"towns": draw(st.integers(counties, size["villages"])), "counties": counties}
    return Scenario.from_mapping(
        BASE
        | {
            "region": {"synthetic": size},
            "world.synthetic_pioneers": draw(st.integers(0, size["villages"])),
            "history_seed": draw(st.integers(0, 99)),
            "adoption.imitation": draw(st.sampled_from([0.0, 0.1, 1.0, 5.0])),
            "adoption.own_initiative": draw(st.sampled_from([0.0, 1e-3, 1e-2])),
            "adoption.rule": draw(st.sampled_from(["linear", "threshold"])),
            "exit.monthly_rate": draw(st.sampled_from([0.0, 0.1, 1.0])),
        }
    )


@settings(max_examples=40)
@given(scenarios())
def test_a_forest_that_grows_with_time(scenario):
    result = sim.run(scenario)
    for of in ("villages", "households"):
        forest = result.genealogy(of)
        assert len(forest) == 0 or nx.is_forest(forest)
        for node, data in forest.nodes(data=True):
            parents = list(forest.predecessors(node))
            assert len(parents) <= 1
            assert (data["source"] in {"pioneer", "own initiative"}) == (not parents)
            assert data["generation"] == (forest.nodes[parents[0]]["generation"] + 1 if parents else 0)
            assert 0 < data["probability"] <= 1
        for teacher, taught, edge in forest.edges(data=True):
            assert forest.nodes[teacher]["month"] < forest.nodes[taught]["month"]
            assert edge["months"] > 0
