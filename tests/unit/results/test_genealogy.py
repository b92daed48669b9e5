"""Forests of who taught whom: known answers, parts of a forest, questions to it."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import sim
from sim.errors import ResultError, WorldError
from sim.metrics.teachers import SOURCES
from sim.results import genealogy
from sim.results.forest import depth, generation_sizes, most_taught, source_shares


def test_households_follow_the_table_of_teachers(small_result):
    forest, table = small_result.genealogy("households"), small_result.teachers
    assert sorted(forest) == list(range(len(table)))
    taught = table[table["teacher"] >= 0]
    assert set(forest.edges) == set(zip(taught["teacher"], taught.index, strict=True))
    row = int(taught.index[-1])
    assert forest.nodes[row]["source"] == taught.loc[row, "source"]
    assert forest.edges[taught.loc[row, "teacher"], row]["tie"] == taught.loc[row, "source"]
    assert forest.nodes[row]["month"] == f"{taught.loc[row, 'month']:%Y-%m}"


def test_villages_are_taught_by_the_teacher_of_their_first_shop(small_result):
    forest, events, teachers = small_result.genealogy(), small_result.events, small_result.teachers
    assert set(forest) == set(events["village"])
    for village, data in forest.nodes(data=True):
        mine = events[events["village"] == village].assign(later=lambda frame: ~frame["pioneer"])
        first = mine.sort_values(["month", "later", "local"]).index[0]
        assert data["source"] == teachers.loc[first, "source"]
        assert data["openings"] == len(mine)
        parents = list(forest.predecessors(village))
        assert parents == [teachers.loc[first, "teacher_village"]] * len(parents)
        assert bool(parents) == (teachers.loc[first, "teacher"] >= 0)
        assert village not in parents


def test_a_county_comes_with_its_ancestors(small_result):
    world, whole = small_result.world, small_result.genealogy("households")
    code = int(world.counties.code[1])
    part = small_result.genealogy("households", county=code)
    inside = {node for node, data in whole.nodes(data=True) if data["county"] == code}
    assert {node for node, is_inside in part.nodes(data="inside") if is_inside} == inside
    expected = inside.union(*(nx.ancestors(whole, node) for node in inside))
    assert set(part) == expected
    assert set(part.edges) == set(whole.subgraph(expected).edges)
    assert small_result.genealogy("households", county=str(world.counties.name_en[1])).edges == part.edges


def test_a_village_with_everybody_it_taught(small_result):
    whole = small_result.genealogy()
    root = int(most_taught(whole)["node"].iloc[0])
    part = small_result.genealogy(village=root, descendants=True)
    assert set(part) == {root} | nx.ancestors(whole, root) | nx.descendants(whole, root)
    assert set(small_result.genealogy(village=root)) == {root} | nx.ancestors(whole, root)


def test_what_is_refused(small_result, monkeypatch):
    with pytest.raises(
        ResultError, match=r"genealogy\(of=...\): found the text 'towns', allowed is 'villages' or 'households'"
    ):
        small_result.genealogy("towns")
    with pytest.raises(ResultError, match="both given"):
        small_result.genealogy(county=0, village=0)
    with pytest.raises(WorldError, match="no village of this world"):
        small_result.genealogy(village="Atlantis")
    monkeypatch.setattr(genealogy, "NODES_AT_MOST", 10)
    with pytest.raises(ResultError, match=r"a forest of \d+ villages, allowed are at most 10; name a county"):
        small_result.genealogy()


def chain():
    """0 taught 1 and 2; 1 taught 3; 4 stands alone."""
    forest = nx.DiGraph([(0, 1), (0, 2), (1, 3)])
    forest.add_node(4)
    sources = ["pioneer", "ring", "town", "ring", "own initiative"]
    for node, (generation, source) in enumerate(zip((0, 1, 1, 2, 0), sources, strict=True)):
        forest.nodes[node].update(
            generation=generation, source=source, month=f"2012-0{node + 1}", name=f"v{node}", county_en="C"
        )
    return forest


def test_questions_to_a_forest_worked_by_hand():
    forest = chain()
    assert depth(forest) == 2
    assert generation_sizes(forest).to_numpy().tolist() == [[0, 2, 1], [1, 2, 1], [2, 1, 0]]
    assert most_taught(forest)[["node", "taught", "descendants"]].to_numpy().tolist() == [[0, 2, 3], [1, 1, 1]]
    assert source_shares(forest).iloc[0].to_dict() == {
        "own initiative": 0.2,
        "ring": 0.4,
        "town": 0.2,
        "pioneer": 0.2,
    }
    assert source_shares(forest, by_generation=True)["ring"].tolist() == [0, 0.5, 1]


def test_questions_to_nothing():
    nothing = nx.DiGraph()
    assert depth(nothing) == 0
    assert [len(table) for table in (generation_sizes(nothing), most_taught(nothing))] == [0, 0]
    assert source_shares(nothing).empty


def test_a_run_without_any_shop(small_scenario):
    result = sim.run(small_scenario.replace({"pioneers.placement": "none", "adoption.own_initiative": 0}))
    assert len(result.teachers) == len(result.foundings) == 0
    for of in ("villages", "households"):
        assert len(result.genealogy(of)) == 0


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"adoption.own_initiative": 0, "adoption.imitation": 0}, {"pioneer"}),
        ({"adoption.own_initiative": 1e-3, "adoption.imitation": 0}, {"pioneer", "own initiative"}),
    ],
)
def test_without_imitation_there_are_only_roots(small_scenario, changes, expected):
    result = sim.run(small_scenario.replace(changes))
    for of in ("villages", "households"):
        forest = result.genealogy(of)
        assert len(forest) > 0
        assert forest.number_of_edges() == depth(forest) == 0
        assert {source for _, source in forest.nodes(data="source")} == expected


def test_a_result_read_back_has_the_same_teachers(small_result, tmp_path):
    loaded = sim.load_result(small_result.save(tmp_path / "one"))
    for table in ("teachers", "foundings"):
        pd.testing.assert_frame_equal(getattr(loaded, table), getattr(small_result, table))
    assert nx.utils.graphs_equal(loaded.genealogy("households"), small_result.genealogy("households"))


def test_columns_of_teachers_belong_together(small_result):
    teachers, events = small_result.teachers, small_result.events
    assert teachers["source"].isin(SOURCES).all()
    assert ((teachers["source"] == "pioneer") == events["pioneer"]).all()
    taught = teachers["teacher"].to_numpy() >= 0
    row = teachers["teacher"].to_numpy()[taught]
    assert (teachers["teacher_village"][taught].to_numpy() == events["village"].to_numpy()[row]).all()
    assert (teachers["teacher_local"][taught].to_numpy() == events["local"].to_numpy()[row]).all()
    shares = teachers[[name for name in teachers if name.startswith("from_")]].sum(axis=1)
    np.testing.assert_allclose(shares, (~events["pioneer"]).astype(float), atol=1e-6)
