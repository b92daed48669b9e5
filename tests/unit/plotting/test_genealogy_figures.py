"""Figures of a village's story and of genealogies show what they say."""

from __future__ import annotations

import networkx as nx
import pytest
from matplotlib.figure import Figure

import sim
from sim.plotting.genealogy import draw_genealogy, places_in_tree
from sim.plotting.story import draw_conditions, draw_openings, spelt

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def axes():
    return Figure().subplots()


def legend(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_figures_render(cao_result):
    plot = cao_result.plot
    pictures = (
        plot.story("dinglou"),
        cao_result.explain("dinglou").plot(),
        plot.genealogy(),
        plot.genealogy("households", county="Cao County"),
        plot.genealogy(village="dinglou"),
    )
    assert all(picture.png().startswith(PNG) for picture in pictures)
    assert pictures[0].get_suptitle() == "Dinglou Village, Cao County"


def test_openings_are_stacked_by_source(cao_result, axes):
    story = cao_result.explain("dinglou")
    draw_openings(story, axes)
    shown = dict(label.split(": ") for label in legend(axes))
    told = {row["source"]: row["most_likely"] for row in story.content["sources"] if row["most_likely"]}
    assert {name: int(count) for name, count in shown.items() if name != "active"} == told
    assert int(shown["active"]) == story.content["shops_at_end"]
    top = max(path.vertices[:, 1].max() for each in axes.collections for path in each.get_paths())
    assert top == story.content["openings"]


def test_bars_begin_at_one_and_end_at_the_ratio(cao_result, axes):
    story = cao_result.explain("dinglou")
    draw_conditions(story, axes)
    rows = story.content["conditions"]
    ratios = {row["hazard_ratio"] for row in rows}
    edges = {round(bar.get_x() + bar.get_width(), 4) for bar in axes.patches}
    assert edges == ratios
    assert {bar.get_x() for bar in axes.patches} == {1.0}
    assert len(axes.get_yticklabels()) == len(rows)


def test_a_village_without_shops_and_a_forest_of_none(small_scenario, axes):
    nobody = sim.run(small_scenario.replace({"pioneers.placement": "none", "adoption.own_initiative": 0}))
    assert nobody.plot.story(0).png().startswith(PNG)
    assert nobody.plot.genealogy().png().startswith(PNG)
    draw_conditions(nobody.explain(0), axes)
    assert [text.get_text() for text in axes.texts] == ["no shop opened"]


def tree():
    forest = nx.DiGraph([("a", "b"), ("a", "c"), ("c", "d"), ("c", "e")])
    forest.add_node("z")
    for place, node in enumerate("abcdez"):
        source = {"a": "pioneer", "z": "own initiative"}.get(node, "town")
        forest.nodes[node].update(
            month=f"2010-0{place + 1}", source=source, generation=0, name=node, county_en="C"
        )
    nx.set_edge_attributes(forest, "town", "tie")
    return forest


def test_leaves_stand_apart_and_parents_amid_their_children():
    height = places_in_tree(tree())
    leaves = sorted(height[node] for node in "bdez")
    assert leaves == [-3, -2, -1, 0]
    assert height["c"] == (height["d"] + height["e"]) / 2
    assert height["a"] == (height["b"] + height["c"]) / 2
    assert height["b"] > height["d"] > height["e"] > height["z"]  # the earlier above


def test_a_tree_has_a_line_for_each_edge(axes):
    forest = tree()
    draw_genealogy(forest, axes)
    assert len(axes.collections[0].get_segments()) == forest.number_of_edges()
    assert legend(axes) == ["pioneers", "own initiative", "taught by somebody in the town"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("东风村 (Dongfeng Village), 沙集镇, Suining County", "Dongfeng Village, Suining County"),
        ("沙集镇 3, Suining County", "3, Suining County"),
        ("Town 900000001 3, County 1", "Town 900000001 3, County 1"),
    ],
)
def test_titles_leave_out_what_the_type_cannot_show(words, expected):
    assert spelt(words) == expected
