"""What every acquaintance graph keeps, whatever the world."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario import Scenario
from sim.streams import permute, permute_back
from sim.world import TIE_KINDS, build_world
from sim.world.explicit import graph_of_networkx
from sim.world.export import to_networkx


@st.composite
def worlds(draw):
    villages = draw(st.integers(1, 6))
    towns = draw(st.integers(1, villages))
    size = {
        "villages": villages,
        "households_per_village": draw(st.integers(4, 25)),
        "towns": towns,
        "counties": draw(st.integers(1, min(3, towns))),
    }
    levels = {f"graph.{kind}_matchings": draw(st.integers(0, 3)) for kind in TIE_KINDS[1:]}
    scenario = {
        "start": "2014-01",
        "end": "2014-12",
        "region": {"synthetic": size},
        "world_seed": draw(st.integers(0, 2**63 - 1)),
        "world.village_size_sd": draw(st.sampled_from([0.0, 0.5, 2.0])),
        "world.smallest_village": 4,
        "graph.ring_reach": draw(st.integers(0, 6)),
    }
    return build_world(Scenario.from_mapping(scenario | levels))


def known(graph):
    """Each household's ties as counts of (neighbour, kind)."""
    return [
        Counter(zip(*(column.tolist() for column in graph.acquaintances(household)), strict=True))
        for household in range(graph.n_households)
    ]


@given(worlds())
def test_ties_hold_both_ways_and_never_with_oneself(world):
    ties = known(world.graph)
    for household, mine in enumerate(ties):
        for (other, kind), times in mine.items():
            assert other != household
            assert ties[other][household, kind] == times


@given(worlds())
def test_counted_degrees_are_the_specified_ones(world):
    graph, villages = world.graph, world.villages
    prefecture = world.counties.prefecture[villages.county]
    for household in range(world.n_households):
        home = world.village_of_household(household)
        groups = (np.arange(world.n_villages), villages.town, villages.county, prefecture)
        expected = [min(2 * graph.half_ring, int(villages.households[home]) - 1)]
        for level, group in enumerate(groups):
            members = np.flatnonzero(group == group[home])
            first, after = world.first_household[members[0]], world.first_household[members[-1] + 1]
            alone = (after - first) % 2 == 1 and household == after - 1
            expected.append(0 if alone else int(graph.matchings[level]))
        kinds = graph.acquaintances(household)[1]
        assert np.bincount(kinds, minlength=len(TIE_KINDS)).tolist() == expected
        assert graph.degrees(household).tolist() == expected
        assert len(kinds) <= graph.max_degree


@given(worlds())
def test_the_implicit_graph_equals_its_explicit_form(world):
    explicit = graph_of_networkx(to_networkx(world, parallel=True), world.first_household)
    assert explicit.is_explicit
    assert known(explicit) == known(world.graph)
    degrees = [explicit.degrees(i).tolist() for i in range(world.n_households)]
    assert degrees == [world.graph.degrees(i).tolist() for i in range(world.n_households)]


@given(worlds())
def test_simple_and_village_graphs_count_the_same_ties(world):
    total = sum(sum(mine.values()) for mine in known(world.graph)) // 2
    simple, villages = to_networkx(world), to_networkx(world, level="village")
    assert sum(ties for _, _, ties in simple.edges(data="ties")) == total
    between = sum(ties for _, _, ties in villages.edges(data="ties"))
    inner = sum(ties for _, ties in villages.nodes(data="inner_ties"))
    assert between + inner == total
    for _, _, data in villages.edges(data=True):
        assert sum(data[kind] for kind in TIE_KINDS) == data["ties"]


@settings(max_examples=200)
@given(st.integers(0, 2**64 - 1), st.integers(1, 2**40), st.data())
def test_permutations_go_there_and_back(key, n, data):
    x = data.draw(st.integers(0, n - 1))
    y = int(permute(np.uint64(key), n, x))
    assert 0 <= y < n
    assert int(permute_back(np.uint64(key), n, y)) == x
