"""The story of one village: numbers that follow from the tables, words for people."""

from __future__ import annotations

import json

import numpy as np
import pytest

import sim
from sim.errors import WorldError
from sim.results.milestones import _shops_needed
from sim.results.teachers import run_months


@pytest.fixture(scope="module")
def busiest(small_result):
    """Index of the village with most openings."""
    return int(small_result.events["village"].mode().iloc[0])


@pytest.fixture(scope="module")
def story(small_result, busiest):
    return small_result.explain(busiest).to_dict()


def test_counts_follow_the_tables(small_result, busiest, story):
    events = small_result.events[small_result.events["village"] == busiest]
    closings = small_result.closings[small_result.closings["village"] == busiest]
    assert (story["openings"], story["closings"]) == (len(events), len(closings))
    assert story["shops_at_end"] == story["decembers"][-1]["shops"] == len(events) - len(closings)
    assert story["pioneers"]["shops"] == events["pioneer"].sum()
    assert sum(row["most_likely"] for row in story["sources"]) == len(events)
    assert sum(row["expected"] for row in story["sources"]) == pytest.approx(len(events), abs=0.05)


def test_followers_and_teaching_follow_the_teachers(small_result, busiest, story):
    teachers = small_result.teachers
    mine = teachers[(teachers["village"] == busiest) & (teachers["source"] != "pioneer")]
    first = mine.sort_values(["month", "local"], kind="stable").iloc[: len(story["followers"])]
    assert [each["household"] for each in story["followers"]] == first["local"].tolist()
    told = [each.get("teacher", {}).get("household", -1) for each in story["followers"]]
    assert told == first["teacher_local"].tolist()
    outside = mine[(mine["teacher_village"] >= 0) & (mine["teacher_village"] != busiest)]
    assert story["taught_by"]["openings"] == len(outside)
    assert story["taught_by"]["villages"] == outside["teacher_village"].nunique()
    pupils = teachers[(teachers["teacher_village"] == busiest) & (teachers["village"] != busiest)]
    assert story["taught"]["openings"] == len(pupils) > 0
    most = pupils["village"].value_counts()
    assert story["taught"]["most"][0]["openings"] == most.iloc[0]


def test_a_second_shop_of_a_household_is_said_to_be_one(cao_result):
    events = cao_result.events
    place = events[~events["pioneer"]].groupby("village").cumcount().reindex(events.index)
    second = events[events.duplicated(["village", "local"]) & (place < 4)].iloc[0]
    story = cao_result.explain(int(second["village"]))
    told = {(each["month"], each["household"]): each["shop"] for each in story.content["followers"]}
    assert told[f"{second['month']:%Y-%m}", second["local"]] == 2
    assert f"household {second['local']} again: " in repr(story)


def test_villages_founded_and_descendants_follow_the_forest(small_result, busiest, story):
    below = small_result.genealogy(village=busiest, descendants=True)
    assert story["founded"]["villages"] == below.out_degree(busiest)
    line = [each["village"] for each in story["lineage"]]
    assert line[0] == busiest
    assert story["founded"]["descendants"] == len(below) - len(line)
    assert line == [busiest, *reversed([n for n in below if not below.nodes[n]["inside"] and n in line[1:]])]


def test_conditions_are_means_over_openings(small_result, busiest, story):
    terms = small_result.conditions[small_result.conditions["village"] == busiest].set_index("month")
    months = small_result.events[small_result.events["village"] == busiest]["month"]
    names = list(terms.columns[terms.columns.get_loc("base") :])
    each = terms.loc[months, names].to_numpy(np.float64)
    share = (np.abs(each) / np.abs(each).sum(axis=1, keepdims=True)).mean(axis=0)
    for row in story["conditions"]:
        place = names.index(row["term"])
        assert row["log_hazard_ratio"] == pytest.approx(each[:, place].mean(), abs=1e-4)
        assert row["hazard_ratio"] == pytest.approx(np.exp(each[:, place].mean()), abs=1e-4)
        assert row["share"] == pytest.approx(share[place], abs=1e-4)
        assert row["at_first_shop"] == pytest.approx(np.exp(terms[row["term"]].iloc[0]), abs=1e-4)
    assert sum(row["share"] for row in story["conditions"]) == pytest.approx(1, abs=1e-3)
    assert {"guidance", "limits"}.isdisjoint(row["term"] for row in story["conditions"])  # they are off


def test_criteria_are_dated(small_result, busiest, story):
    plan, told = small_result.scenario, story["criteria"]
    shops = np.zeros(plan.n_months, int)
    for table, sign in ((small_result.events, 1), (small_result.closings, -1)):
        for month in run_months(plan, table[table["village"] == busiest]["month"].to_numpy()):
            shops[month:] += sign
    needed = 0.1 * story["village"]["households"]
    assert needed <= told["shops_needed"] < needed + 1
    first = plan.start + int(np.flatnonzero(shops >= needed)[0])
    assert told["enough_shops_since"] == f"{first // 12}-{first % 12 + 1:02d}"
    rows = small_result.villages[small_result.villages["village"] == busiest]
    assert told["recognised_in"] == rows[rows["recognised"]]["year"].tolist() != []
    assert told["enough_sales_in"] == rows[rows["online_sales_yuan"] >= 1e6]["year"].iloc[0]


def test_shops_of_incoming_merchants_count_too(small_scenario):
    coming = {"mechanisms.migration": True, "migration.merchant_rate": 0.3, "migration.goods_midpoint": -3}
    few = {"recognition.household_share_min": 0.8, "recognition.sales_min_yuan": 0}
    result = sim.run(small_scenario.replace({**coming, **few, "migration.shop_share": 0.9}))
    table = result.villages
    alone = table[table["recognised"] & (table["shops"] < 0.8 * table["households"])]
    assert len(alone) > 0
    year, village = (int(alone.iloc[0][name]) for name in ("year", "village"))
    story = result.explain(village)
    assert story.content["criteria"]["enough_shops_since"] <= f"{year}-12"
    incoming = int(table[table["village"] == village]["incoming_shops"].iloc[-1])
    assert story.content["decembers"][-1]["incoming_shops"] == incoming > 0
    assert f"and {incoming:,} of incoming merchants" in repr(story)


@pytest.mark.parametrize(("households", "expected"), [(30, 3), (31, 4), (70, 7), (999, 100), (5000, 100), (1, 1)])
def test_enough_shops_are_counted_as_the_definition_does(small_scenario, households, expected):
    plan = small_scenario.replace({"recognition.household_share_min": 0.1, "recognition.shops_min": 100})
    assert _shops_needed(plan, 0, households) == expected


def test_a_page_of_text_and_html(small_result, busiest):
    first = int(small_result.events.query("pioneer")["village"].iloc[0])
    assert "first followers, who open at a set date" in repr(small_result.explain(first))
    story = small_result.explain(busiest)
    assert story.content["awareness_share"] is None
    page = repr(story)
    for words in (
        "How it began",
        "most likely taught by household",
        "expected sources: ",
        "lasting base",
        "counted as a Taobao",
    ):
        assert words in page
    assert "nan" not in page
    html = story._repr_html_()
    assert "<h4>Town" in html
    assert "A small &lt;world&gt;" in html
    assert json.loads(json.dumps(story.to_dict(), allow_nan=False)) == story.to_dict()


def test_changing_the_copy_changes_nothing(small_result, busiest):
    story = small_result.explain(busiest)
    story.to_dict()["village"]["name"] = "X"
    assert story.content["village"]["name"] != "X"


def test_a_village_without_shops(small_scenario):
    nobody = sim.run(small_scenario.replace({"pioneers.placement": "none", "adoption.own_initiative": 0}))
    story = nobody.explain(3)
    assert "nobody opened a shop" in repr(story)
    assert story.content["lineage"] == story.content["followers"] == story.content["conditions"] == []
    assert story.content["criteria"]["enough_shops_since"] is None
    assert "nobody opened" in story._repr_html_()


def test_a_folder_tells_the_same_and_an_old_one_what_it_has(small_result, busiest, tmp_path):
    path = small_result.save(tmp_path / "one")
    assert sim.load_result(path).explain(busiest).to_dict() == small_result.explain(busiest).to_dict()
    (path / "conditions.parquet").unlink()
    origin = json.loads((path / "provenance.json").read_text(encoding="utf-8"))
    del origin["files_sha256"]  # an old folder has neither
    (path / "provenance.json").write_text(json.dumps(origin), encoding="utf-8")
    old = sim.load_result(path).explain(busiest)
    assert old.content["conditions"] is None
    assert "not recorded in this run folder; run it again" in repr(old)


def test_a_rule_without_persons_says_that_no_teacher_is_known(small_scenario):
    result = sim.run(small_scenario.replace({"adoption.rule": "information"}))
    taught = result.teachers[~result.events["pioneer"]]
    assert len(taught) > 0
    assert (taught["source"] == "not known").all()
    story = result.explain(int(taught["village"].iloc[0]))
    assert "not known whom it learned from" in repr(story)
    assert story.content["followers"][0]["probability"] is None
    unknown = taught[taught["village"] == taught["village"].iloc[0]].index
    share = result.events.loc[unknown, "by_awareness"].mean()
    assert story.content["awareness_share"] == pytest.approx(share, abs=1e-4)
    assert "came from what the village knew" in repr(story)


def test_names_and_mistakes(cao_result):
    assert cao_result.explain("dinglou").to_dict() == cao_result.explain("丁楼村, 曹县").to_dict()
    assert "丁楼村 (Dinglou Village)" in repr(cao_result.explain("丁楼"))
    with pytest.raises(WorldError, match="did you mean Dinglou Village"):
        cao_result.explain("Dinglu")


def test_the_published_lists_stand_beside_the_simulated_years(cao_result):
    villages = cao_result.world.villages
    listed = cao_result.explain(int(np.flatnonzero(villages.listed)[0]))
    assert listed.content["village"]["listed_in"] == [2014, 2015]
    assert "observed: on the published list of 2014 and 2015" in repr(listed)
    selling = set(cao_result.events["village"].tolist()) - set(np.flatnonzero(villages.observed >= 0).tolist())
    assert "observed: on neither list, 2014 or 2015" in repr(cao_result.explain(min(selling)))
