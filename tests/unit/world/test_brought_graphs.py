"""Graphs of a user: whatever networkx can hold is an acquaintance graph, or an error that names what was found."""

from __future__ import annotations

import bz2
import gzip

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import ScenarioError, WorldError
from sim.scenario import Scenario
from sim.world import TIE_KINDS, build_world, explicit
from sim.world.explicit import graph_of_networkx
from sim.world.export import to_networkx

FIRST = np.array([0, 4, 9])
N = 9
NODES = st.one_of(
    st.integers(-2, 10),
    st.integers(0, 8).map(str),
    st.sampled_from(["", "x", "1_0", "+1", " 1", "１", "²", "1.0", "-1", "9" * 5000, "\x1b[31m", "0x1", "00"]),
    st.sampled_from([1.0, 2.5, float("nan"), float("inf"), True, False, 10**5000, -(10**5000), 1j, b"1", (1, 2)]),
    st.sampled_from([np.int64(3), np.uint8(3), np.float64(3), np.bool_(True), frozenset({1}), object, Exception]),
)
KINDS = st.sampled_from(
    [*TIE_KINDS, None, "", "cousin", 1, float("nan"), [], {}, np.array(["ring", "town"]), b"ring"]
)
WEIGHTS = st.sampled_from([1.0, 0.0, -1.0, float("nan"), float("inf"), "x", None])


def is_household(node):
    if isinstance(node, str):
        return node in {*map(str, range(N)), "00"}
    return isinstance(node, int | np.integer) and not isinstance(node, bool) and 0 <= node < N


@given(st.lists(NODES, max_size=4), st.lists(st.tuples(NODES, NODES, KINDS), max_size=4))
def test_a_graph_of_anything_is_read_or_refused_in_words(nodes, edges):
    graph = nx.Graph()
    graph.add_nodes_from(nodes)
    for a, b, kind in edges:
        graph.add_edge(a, b, **({} if kind is None else {"kind": kind}))
    numbers = [int(node) for node in graph.nodes if is_household(node)]
    fits = len(numbers) == len(graph) == len(set(numbers)) and not nx.number_of_selfloops(graph)
    kinds = [kind for _, _, kind in graph.edges(data="kind", default="village")]
    fits = fits and all(isinstance(kind, str) and kind in TIE_KINDS for kind in kinds)
    if fits:
        made = graph_of_networkx(graph, FIRST)
        assert [made.degrees(number).sum() for number in numbers] == [graph.degree[node] for node in graph.nodes]
        return
    with pytest.raises(WorldError) as caught:
        graph_of_networkx(graph, FIRST)
    text = str(caught.value)
    assert "found" in text
    assert text.isprintable()
    assert len(text) < 500


@given(WEIGHTS, WEIGHTS)
def test_weights_and_other_attributes_do_not_count(weight, other):
    plain = nx.path_graph(N)
    weighted = nx.Graph()
    weighted.add_edges_from((a, b, {"weight": weight, "cost": other}) for a, b in plain.edges)
    nx.set_node_attributes(weighted, other, "kind")
    for household in range(N):
        ours, theirs = (graph_of_networkx(graph, FIRST).acquaintances(household) for graph in (weighted, plain))
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("graph", [None, [], {}, 3, float("nan"), [(0, 1)], np.eye(N), "0 1"])
def test_what_is_no_graph_is_refused(graph):
    with pytest.raises(WorldError, match=r"found .*, allowed is a networkx\.Graph"):
        graph_of_networkx(graph, FIRST)


@pytest.mark.parametrize("graph", [nx.DiGraph([(0, 1)]), nx.MultiDiGraph([(0, 1)])])
def test_directed_graphs_are_refused_and_may_be_made_undirected(graph):
    with pytest.raises(WorldError, match=r"use graph\.to_undirected\(\)"):
        graph_of_networkx(graph, FIRST)
    assert graph_of_networkx(graph.to_undirected(), FIRST).acquaintances(0)[0].tolist() == [1]


@pytest.mark.parametrize("graph", [nx.Graph(), nx.MultiGraph(), nx.freeze(nx.path_graph(3)), nx.path_graph(3)])
def test_every_undirected_kind_of_graph_is_taken(graph):
    assert graph_of_networkx(graph, FIRST).is_explicit


# files --------------------------------------------------------------------------------------------------------


def world_of(tmp_path, name, kind="edgelist"):
    size = {"villages": 2, "households_per_village": 10, "towns": 1, "counties": 1}
    mapping = {"start": "2014-01", "end": "2014-12", "region": {"synthetic": size}}
    own = {"acquaintances": {"file": name, "format": kind}}
    return build_world(Scenario.from_mapping(mapping | own, folder=tmp_path))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("0 0\n", r"household 0 with itself"),
        ("0 9999\n", r"node '9999', allowed is a household number from 0 to"),
        ("0 nan\n", r"node 'nan'"),
        ("0 1 {'kind': 'cousin'}\n", r"tie kind 'cousin' between '0' and '1'"),
        ("0 1 {'kind': __import__('os').mkdir('executed')}\n", r"not a readable edgelist"),
        ("0 1 {'kind': " + "[" * 20_000 + "}\n", r"not a readable edgelist: .{1,400}$"),
        ("0 1 " + "x" * 10_000 + "\n", r"not a readable edgelist: .{1,400}$"),
    ],
)
def test_an_edge_list_is_data(tmp_path, monkeypatch, text, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ties.txt").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=rf"ties\.txt: .*{told}"):
        world_of(tmp_path, "ties.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["ties.txt"]


@pytest.mark.parametrize(("suffix", "pack"), [("gz", gzip.compress), ("bz2", bz2.compress), ("txt", bytes)])
def test_a_file_that_unpacks_to_more_than_a_graph_can_be_is_not_unpacked(tmp_path, monkeypatch, suffix, pack):
    name = f"ties.{suffix}"
    (tmp_path / name).write_bytes(pack(b"0 1\n" * 10))
    monkeypatch.setattr(explicit, "_LARGEST_BYTES", 39)
    with pytest.raises(ScenarioError, match=rf"{name}: .*more than 39 bytes of ties"):
        world_of(tmp_path, name)
    monkeypatch.setattr(explicit, "_LARGEST_BYTES", 40)
    assert world_of(tmp_path, name).graph.acquaintances(0)[0].tolist() == [1]


@pytest.mark.parametrize(
    "place", [float("nan"), float("inf"), 1.5, None, True, [[]], [None], ["x", 1.5], -1, "x", b"x"]
)
def test_unknown_places_of_a_graph_to_be_made_are_named(tmp_path, place):
    (tmp_path / "ties.txt").write_text("0 1\n", encoding="utf-8")
    world = world_of(tmp_path, "ties.txt")
    for name in ("counties", "towns", "villages"):
        if place is None:
            assert to_networkx(world, **{name: place}).number_of_nodes() == world.n_households
            continue
        with pytest.raises(WorldError, match="found"):
            to_networkx(world, **{name: place})
    with pytest.raises(WorldError, match=r"found level .*, allowed is one of household, village"):
        to_networkx(world, level=place)
