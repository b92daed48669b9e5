"""Parts of the acquaintance graph as networkx graphs."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from sim.errors import WorldError
from sim.scenario import Scenario
from sim.world import TIE_KINDS, build_world
from sim.world import export as module
from sim.world.export import chosen_villages, to_networkx

MONTHS = {"start": "2014-01", "end": "2014-12"}


@pytest.fixture(scope="module")
def world():
    size = {"villages": 12, "households_per_village": 30, "towns": 6, "counties": 3}
    return build_world(Scenario.from_mapping(MONTHS | {"region": {"synthetic": size}}))


@pytest.fixture(scope="module")
def cao_county():
    return build_world(Scenario.from_mapping(MONTHS | {"region": {"counties": [371721]}}))


def test_households_carry_their_village_and_place(world):
    graph = to_networkx(world, villages=[2])
    first, after = world.first_household[2:4].tolist()
    assert sorted(graph.nodes) == list(range(first, after))
    assert graph.nodes[first + 3] == {
        "village": 2,
        "local": 3,
        "place": f"{world.name_of_village(2)}, County 1",
    }


def test_ties_are_those_of_the_acquaintances(world):
    graph = to_networkx(world)
    for household in range(0, world.n_households, 11):
        neighbours, kinds = world.graph.acquaintances(household)
        assert set(graph[household]) == set(neighbours.tolist())
        for other in neighbours.tolist():
            names = sorted(TIE_KINDS[kind] for kind in kinds[neighbours == other])
            edge = graph.edges[household, other]
            assert sorted(edge["kinds"].split()) == names
            assert edge["ties"] == len(names)
            assert edge["kind"] == min(names, key=TIE_KINDS.index)


def test_a_part_holds_only_ties_inside_it(world):
    whole, part = to_networkx(world), to_networkx(world, towns=world.towns.code[[0, 3]].tolist())
    assert 0 < part.number_of_edges() < whole.number_of_edges()
    assert nx.utils.graphs_equal(part, whole.subgraph(part.nodes))


def test_villages_carry_what_a_map_needs(world):
    graph = to_networkx(world, level="village", counties=["County 2"])
    assert set(graph.nodes) == set(np.flatnonzero(world.villages.county == 1).tolist())
    for village, node in graph.nodes(data=True):
        assert node["role"] == "village"
        assert node["uid"] == world.villages.uid[village]
        assert node["name"] == world.name_of_village(village)
        assert node["households"] == world.villages.households[village]
        assert (node["lon"], node["lat"]) == (world.villages.lon[village], world.villages.lat[village])


def test_ties_between_villages_are_counted_by_kind(world):
    households, villages = to_networkx(world, parallel=True), to_networkx(world, level="village")
    expected = {}
    for a, b, kind in households.edges(data="kind"):
        home, away = sorted((households.nodes[a]["village"], households.nodes[b]["village"]))
        if home != away:
            expected.setdefault((home, away), dict.fromkeys(TIE_KINDS, 0))[kind] += 1
    found = {tuple(sorted((a, b))): {k: data[k] for k in TIE_KINDS} for a, b, data in villages.edges(data=True)}
    assert found == expected
    assert all(counts["ring"] == counts["village"] == 0 for counts in found.values())


@pytest.mark.parametrize("level", ["household", "village"])
def test_the_graph_can_be_written_as_graphml(world, level, tmp_path):
    graph = to_networkx(world, level=level)
    nx.write_graphml(graph, tmp_path / "graph.graphml")
    assert nx.read_graphml(tmp_path / "graph.graphml").number_of_edges() == graph.number_of_edges()


def test_a_real_county_by_villages(cao_county):
    graph = to_networkx(cao_county, level="village")
    assert graph.number_of_nodes() == cao_county.n_villages
    assert nx.is_connected(graph)


def test_a_real_town_by_households(cao_county):
    graph = to_networkx(cao_county, towns=["曹县大集镇"])
    town = int(np.flatnonzero(cao_county.towns.name_zh == "曹县大集镇")[0])
    inside = cao_county.villages.town == town
    assert graph.number_of_nodes() == cao_county.villages.households[inside].sum()


def test_places_are_named_by_number_or_name_one_or_many(world):
    everything = np.arange(world.n_villages)
    county = np.flatnonzero(world.villages.county == 2).tolist()
    code = int(world.counties.code[2])
    assert chosen_villages(world).tolist() == everything.tolist()
    assert chosen_villages(world, counties=code).tolist() == county
    assert chosen_villages(world, counties="County 3").tolist() == county
    assert chosen_villages(world, counties=np.array([code])).tolist() == county
    assert chosen_villages(world, villages=[world.name_of_village(4), 1]).tolist() == [1, 4]
    assert chosen_villages(world, villages=[]).tolist() == []


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ({"counties": "Conty 2"}, "'Conty 2', which is not in this world; did you mean 'County 2'"),
        ({"counties": [5]}, "county 5, which is not in this world; allowed are numbers from"),
        ({"towns": "Nowhere at all"}, "town 'Nowhere at all'"),
        ({"villages": [99]}, "village 99.* from 0 to 11"),
        ({"villages": [-1]}, "village -1"),
        ({"villages": [1.5]}, "found 1.5 as a place, allowed are codes, numbers and names"),
        ({"towns": True}, "found true as a place"),
    ],
)
def test_an_unknown_place_is_named_with_what_is_allowed(world, place, said):
    with pytest.raises(WorldError, match=said):
        to_networkx(world, **place)


def test_an_ambiguous_name_lists_the_numbers(cao_county):
    names = [cao_county.name_of_village(v) for v in range(cao_county.n_villages)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is None:
        names[5] = names[9]
        twice = names[9]
    with pytest.raises(WorldError, match=r"the name of 2 places; use one of the numbers"):
        module._find("village", twice, np.arange(len(names)), (names,))


def test_too_large_a_part_is_refused_with_advice(cao_county, monkeypatch):
    assert cao_county.n_households > module.HOUSEHOLDS_AT_MOST["household"]
    with pytest.raises(WorldError, match=r"allowed are at most 50000 .*towns=.*or level='village'"):
        to_networkx(cao_county)
    monkeypatch.setitem(module.HOUSEHOLDS_AT_MOST, "village", 1000)
    with pytest.raises(WorldError, match=r"allowed are at most 1000 at level village"):
        to_networkx(cao_county, level="village")


def test_an_unknown_level_is_refused(world):
    with pytest.raises(WorldError, match="'town', allowed is one of household, village"):
        to_networkx(world, level="town")
