"""The acquaintance graph: symmetric, of the specified degrees, uniform, and the same whatever is simulated."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest
from scipy.stats import chi2

from sim.errors import ScenarioError, WorldError
from sim.scenario import Scenario
from sim.streams import permute, permute_back, stream_key
from sim.world import TIE_KINDS, build_world
from sim.world.explicit import graph_of_networkx
from sim.world.graph import MAX_TIES_PER_KIND, implicit_graph

FIRST = np.array([0, 4, 9])


def one_group(n, *, ring=0, matchings=(1, 0, 0, 0), seed=0, code=7):
    """Graph of one village of n households."""
    code = np.full((4, 1), code)
    return implicit_graph(
        np.array([0, n]),
        np.zeros((4, 1), np.int64),
        code,
        ring_reach=ring // 2,
        matchings=np.array(matchings),
        world_seed=seed,
    )


def synthetic(**changes):
    size = {"villages": 6, "households_per_village": 30, "towns": 3, "counties": 2}
    base = {"start": "2014-01", "end": "2014-12", "region": {"synthetic": size}}
    return Scenario.from_mapping(base | changes)


def ties(graph):
    """Neighbours and kinds of every household."""
    return [
        sorted(zip(*(column.tolist() for column in graph.acquaintances(i)), strict=True))
        for i in range(graph.n_households)
    ]


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 7, 8, 31, 64, 100])
def test_the_permutation_is_a_bijection_with_its_inverse(n):
    key = stream_key(0, "test", n)
    places = [int(permute(key, n, x)) for x in range(n)]
    assert sorted(places) == list(range(n))
    assert [int(permute_back(key, n, y)) for y in places] == list(range(n))


def test_other_keys_give_other_permutations():
    orders = {tuple(int(permute(stream_key(s, "test"), 50, x)) for x in range(50)) for s in range(20)}
    assert len(orders) == 20


@pytest.mark.parametrize("n", [1, 2, 3, 5, 6, 7, 12])
@pytest.mark.parametrize("ring", [0, 2, 4, 6, 10])
def test_the_ring_joins_near_neighbours_once(n, ring):
    graph = one_group(n, ring=ring, matchings=(0, 0, 0, 0))
    for household in range(n):
        neighbours, kinds = graph.acquaintances(household)
        gaps = [min((household - other) % n, (other - household) % n) for other in neighbours.tolist()]
        assert len(set(neighbours.tolist())) == len(neighbours) == min(ring, n - 1)
        assert all(1 <= gap <= ring // 2 for gap in gaps)
        assert set(kinds.tolist()) <= {0}


@pytest.mark.parametrize("n", [1, 2, 3, 8, 9, 100, 101])
def test_a_matching_pairs_all_but_an_odd_last_one(n):
    graph = one_group(n, matchings=(2, 0, 0, 0))
    for household in range(n):
        alone = n % 2 == 1 and household == n - 1
        assert len(graph.acquaintances(household)[0]) == (0 if alone else 2)
        assert graph.degrees(household).tolist() == [0, 0 if alone else 2, 0, 0, 0]


def test_matchings_of_one_level_differ():
    neighbours = [one_group(100, matchings=(2, 0, 0, 0)).acquaintances(i)[0] for i in range(100)]
    assert sum(int(a == b) for a, b in neighbours) < 10


def chi_square_of_partners(graph_of_seed, n, seeds):
    """Statistic of the partner counts against the uniform one, scaled to be chi-square under it.

    The n (n - 1) / 2 pair counts keep every household's sum, so they vary in n (n - 3) / 2 directions; each
    matching adds (n - 2) / (n - 1) for every pair, and by symmetry equally in all directions.
    """
    count = np.zeros((n, n))
    for seed in range(seeds):
        graph = graph_of_seed(seed)
        for household in range(n):
            count[household, graph.acquaintances(household)[0]] += 1
    assert (count == count.T).all()
    pairs = count[np.triu_indices(n, 1)]
    expected = seeds / (n - 1)
    scale = (n - 2) / (n - 1) * (n * (n - 1) / 2) / (n * (n - 3) / 2)
    return ((pairs - expected) ** 2 / expected).sum() / scale


def test_every_pair_is_equally_likely():
    statistic = chi_square_of_partners(lambda seed: one_group(10, seed=seed), 10, 2000)
    assert chi2.ppf(1e-4, 35) < statistic < chi2.ppf(1 - 1e-4, 35)


def test_the_uniformity_test_sees_a_lopsided_matching():
    # One seed in twenty gives the same matching: too often.
    statistic = chi_square_of_partners(lambda seed: one_group(10, seed=seed * (seed % 20 > 0)), 10, 2000)
    assert statistic > chi2.ppf(1 - 1e-4, 35)


@pytest.mark.parametrize("level", range(4))
def test_each_level_stays_in_its_group_and_reaches_all_of_it(level):
    changes = {f"graph.{name}_matchings": 0 for name in TIE_KINDS[1:]} | {"graph.ring_reach": 0}
    changes[f"graph.{TIE_KINDS[level + 1]}_matchings"] = 3
    world = build_world(synthetic(**changes))
    village = world.villages
    group = [
        np.arange(world.n_villages),
        village.town,
        village.county,
        world.counties.prefecture[village.county],
    ]
    crossings = 0
    for household in range(world.n_households):
        home = world.village_of_household(household)
        for other in world.graph.acquaintances(household)[0].tolist():
            away = world.village_of_household(other)
            assert group[level][home] == group[level][away]
            crossings += level > 0 and group[level - 1][home] != group[level - 1][away]
    assert crossings > 0 or level == 0


def test_the_world_seed_changes_ties_and_the_history_seed_does_not():
    world = build_world(synthetic())
    other_history = build_world(synthetic(history_seed=1))
    other_world = build_world(synthetic(world_seed=1, **{"world.village_size_sd": 0}))
    same_sizes = build_world(synthetic(**{"world.village_size_sd": 0}))
    assert ties(world.graph) == ties(other_history.graph)
    assert (other_world.first_household == same_sizes.first_household).all()
    assert ties(other_world.graph) != ties(same_sizes.graph)


def lasting(world, county_code):
    """Ties of a county's households below the prefecture, by lasting names."""
    first, uid, columns = world.first_household, world.villages.uid, world.graph.columns
    assert columns is not None
    (county,) = np.flatnonzero(world.counties.code == county_code)
    found = {}
    for village in np.flatnonzero(world.villages.county == county)[::10].tolist():
        for household in range(first[village], first[village + 1], 7):
            known = []
            for other, kind in zip(*world.graph.acquaintances(household), strict=True):
                if TIE_KINDS[kind] != "prefecture":
                    home = world.village_of_household(int(other))
                    known.append((int(uid[home]), int(other - first[home]), int(kind)))
            found[int(uid[village]), int(household - first[village])] = sorted(known)
    return found


def test_ties_do_not_depend_on_the_region_simulated():
    months = {"start": "2014-01", "end": "2014-12"}
    county = build_world(Scenario.from_mapping(months | {"region": {"counties": [371721]}}))
    prefecture = build_world(Scenario.from_mapping(months | {"region": {"prefectures": ["Heze"]}}))
    assert prefecture.n_counties > 3
    alone, among = lasting(county, 371721), lasting(prefecture, 371721)
    assert len(alone) > 100
    assert alone == among


def test_a_household_beyond_the_world_is_refused():
    graph = one_group(5)
    for household in (-1, 5):
        with pytest.raises(WorldError, match=rf"household {household} is not in this world.*0 to 4"):
            graph.acquaintances(household)


def test_a_level_whose_villages_lie_apart_is_refused():
    group = np.array([[0, 1, 2], [0, 1, 0], [0, 0, 0], [0, 0, 0]])
    with pytest.raises(WorldError, match="town"):
        implicit_graph(np.array([0, 2, 4, 6]), group, group, ring_reach=1, matchings=np.ones(4, int), world_seed=0)


def brought(*edges, nodes=()):
    graph = nx.Graph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from(edges)
    return graph_of_networkx(graph, FIRST)


def test_a_brought_graph_keeps_its_ties_kinds_and_isolated_households():
    graph = brought((0, 8, {"kind": "county"}), (1, 2), nodes=[5])
    assert graph.is_explicit
    assert ties(graph) == [[(8, 3)], [(2, 1)], [(1, 1)], [], [], [], [], [], [(0, 3)]]
    assert [graph.degrees(i).sum() for i in range(9)] == [1, 1, 1, 0, 0, 0, 0, 0, 1]


def test_a_brought_graph_without_ties_is_a_graph_all_the_same():
    graph = brought(nodes=[3])
    assert graph.is_explicit
    assert ties(graph) == [[]] * 9


def test_nodes_may_be_text_of_numbers():
    assert ties(brought(("0", "8"), ("1", "2"))) == ties(brought((0, 8), (1, 2)))


def test_a_multigraph_keeps_every_tie():
    graph = nx.MultiGraph([(0, 1, {"kind": "ring"}), (0, 1, {"kind": "town"})])
    assert ties(graph_of_networkx(graph, FIRST))[:2] == [[(1, 0), (1, 2)], [(0, 0), (0, 2)]]


@pytest.mark.parametrize(
    ("edges", "said"),
    [
        ([(3, 3)], "household 3 with itself"),
        ([(0, 9)], "node 9, allowed is a household number from 0 to 8"),
        ([(0, -1)], "node -1"),
        ([("0", "Anna")], "node 'Anna'"),
        ([(0, 1.5)], "node 1.5"),
        ([(0, 1, {"kind": "cousin"})], "kind 'cousin' between 0 and 1, allowed is one of ring, village"),
    ],
)
def test_a_graph_that_does_not_fit_is_refused(edges, said):
    with pytest.raises(WorldError, match=said):
        brought(*edges)


def test_a_directed_graph_is_refused():
    with pytest.raises(WorldError, match="directed"):
        graph_of_networkx(nx.DiGraph([(0, 1)]), FIRST)


def test_as_many_ties_of_a_kind_as_can_be_counted_are_allowed_and_no_more():
    n = MAX_TIES_PER_KIND + 2
    star = nx.star_graph(MAX_TIES_PER_KIND)
    graph_of_networkx(star, np.array([0, n]))
    star.add_edge(0, MAX_TIES_PER_KIND + 1)
    with pytest.raises(WorldError, match=rf"{MAX_TIES_PER_KIND + 1} ties of kind village at household 0"):
        graph_of_networkx(star, np.array([0, n]))


@pytest.mark.parametrize(("name", "text"), [("graphml", "<not xml"), ("edgelist", "0 1 {broken")])
def test_a_broken_file_is_named(tmp_path, name, text):
    (tmp_path / "ties.txt").write_text(text)
    scenario = Scenario.from_mapping(
        synthetic().to_mapping() | {"acquaintances": {"file": "ties.txt", "format": name}}, folder=tmp_path
    )
    with pytest.raises(ScenarioError, match=rf"ties\.txt: .*readable {name}"):
        build_world(scenario)


@pytest.mark.parametrize("suffix", ["graphml", "edgelist"])
def test_a_file_gives_the_ties_it_holds(tmp_path, suffix):
    graph = nx.Graph((a, b, {"kind": "town"}) for a, b in itertools.combinations(range(0, 100, 9), 2))
    write = nx.write_graphml if suffix == "graphml" else nx.write_edgelist
    write(graph, tmp_path / f"ties.{suffix}")
    own = {"acquaintances": {"file": f"ties.{suffix}", "format": suffix}}
    world = build_world(Scenario.from_mapping(synthetic().to_mapping() | own, folder=tmp_path))
    assert ties(world.graph)[0] == [(other, 2) for other in range(9, 100, 9)]
    assert ties(world.graph)[1] == []
