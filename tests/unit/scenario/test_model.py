"""A scenario that is right: its values, months, copies, fingerprint, places, and its way to YAML and back."""

from __future__ import annotations

import copy
import hashlib
import json
import pickle
from pathlib import Path

import numpy as np
import pytest

from sim.errors import Place, ScenarioError
from sim.scenario import Scenario, Settings, diff, format_month, load_scenario, parse_month
from sim.scenario.frozen import FrozenMapping
from tests.unit.scenario.tables import GOOD, VOCABULARY

JANUARY_2013 = parse_month("2013-01")


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "good.yaml"
    path.write_text(GOOD, encoding="utf-8")
    return path


@pytest.fixture
def scenario(file) -> Scenario:
    return load_scenario(file, vocabulary=VOCABULARY)


def python(**more) -> Scenario:
    return Scenario.from_mapping({"start": "2009-01", "end": "2015-12", **more}, vocabulary=VOCABULARY)


def test_what_the_file_says_and_what_it_leaves_out(scenario):
    assert (scenario.name, scenario.title, scenario.description) == ("base", "A base", "")
    assert (format_month(scenario.start), format_month(scenario.end), scenario.n_months) == (
        "2009-01",
        "2015-12",
        84,
    )
    assert (scenario.world_seed, scenario.history_seed) == (0, 0)
    assert (scenario.region.kind, scenario.region.names) == ("provinces", ("浙江省", "Shandong"))
    assert scenario.acquaintances is None
    assert scenario.mechanisms == {"logistics": True, "training": True, "programme": True, "guidance": True}
    assert scenario.values["adoption.own_initiative"] == 2e-6
    assert scenario.values["adoption.sellers"] == 2
    assert set(scenario.values) == set(VOCABULARY.parameters)
    assert [format_month(change.month) for change in scenario.timeline] == ["2013-01", "2014-06"]


def test_region_of_every_kind():
    assert python().region.kind == "china"
    assert python(region="china") == python()
    codes = python(region={"counties": [371721, "371721", " 曹县 "]}).region
    assert (codes.kind, codes.names) == ("counties", (371721, 371721, "曹县"))
    size = python(region={"synthetic": {"villages": 40, "households_per_village": 9, "towns": 4, "counties": 2}})
    assert size.region.kind == "synthetic"
    assert (size.region.synthetic.villages, size.region.synthetic.counties) == (40, 2)


def test_settings_of_a_month(scenario):
    before, after = scenario.settings(JANUARY_2013 - 1), scenario.settings(JANUARY_2013)
    assert (before.logistics.parcel_cost, after.logistics.parcel_cost) == (9.0, 7.0)
    assert after["logistics.parcel_cost"] == 7.0
    assert after.adoption.rule == "threshold"
    assert scenario.settings(scenario.end).enabled("guidance") is False
    assert after.enabled("guidance") is True
    assert [format_month(month) for month in scenario.change_months()] == ["2013-01", "2014-06"]


def test_equal_months_share_one_object():
    changes = [("2010-01", 5), ("2011-01", 10), ("2012-01", 5)]
    timeline = [{"from": month, "set": {"logistics.parcel_cost": cost}} for month, cost in changes]
    scenario = python(timeline=timeline)
    at = {month: scenario.settings(parse_month(month)) for month in ("2009-05", "2010-07", "2011-07", "2012-07")}
    assert at["2010-07"] is at["2012-07"]
    assert at["2009-05"] is at["2011-07"]
    assert scenario.settings(scenario.start - 1000) is at["2009-05"]
    assert scenario.settings(scenario.end + 1000) is at["2012-07"]


def test_changes_apply_in_the_order_of_months_and_then_of_the_list():
    timeline = [
        {"from": "2012-01", "set": {"logistics.parcel_cost": 3}},
        {"from": "2010-01", "set": {"logistics.parcel_cost": 5}},
        {"from": "2010-01", "set": {"logistics.parcel_cost": 6}},
    ]
    scenario = python(timeline=timeline)
    assert scenario.settings(parse_month("2010-01")).logistics.parcel_cost == 6
    assert scenario.settings(scenario.end).logistics.parcel_cost == 3


def test_a_change_in_the_first_month_counts_and_one_that_changes_nothing_does_not():
    first = python(timeline=[{"from": "2009-01", "set": {"logistics.parcel_cost": 5}}])
    assert first.change_months() == [first.start]
    same = python(timeline=[{"from": "2012-01", "set": {"logistics.parcel_cost": 10}}])
    assert same.change_months() == []
    both = [{"from": "2012-01", "switch": {"training": on, "programme": on}} for on in (False, True)]
    assert python(timeline=both).change_months() == []


def test_settings_say_what_is_unknown_and_cannot_be_written(scenario):
    settings = scenario.settings(scenario.start)
    with pytest.raises(AttributeError, match=r"did you mean logistics\.parcel_cost\?"):
        settings.logistics.parcel_cots  # noqa: B018
    with pytest.raises(AttributeError, match="did you mean logistics"):
        settings.logistcs  # noqa: B018
    with pytest.raises(KeyError, match=r"did you mean logistics\.parcel_cost\?"):
        settings["logistics.parcel_cots"]
    with pytest.raises(KeyError):
        settings.enabled("trainign")
    for write in (
        lambda: setattr(settings.logistics, "parcel_cost", 3),
        lambda: setattr(settings, "logistics", None),
        lambda: settings.__setitem__("logistics.parcel_cost", 3),
        lambda: scenario.values.__setitem__("logistics.parcel_cost", 3),
        lambda: setattr(scenario, "start", 3),
    ):
        with pytest.raises((AttributeError, TypeError)):
            write()


def test_replace_leaves_the_scenario_as_it_was(scenario):
    before = scenario.fingerprint
    changed = scenario.replace(
        {"logistics.parcel_cost": 6, "end": "2014-12", "mechanisms.guidance": False, "history_seed": 7}
    )
    assert (changed.values["logistics.parcel_cost"], changed.n_months, changed.history_seed) == (6.0, 72, 7)
    assert changed.mechanisms["guidance"] is False
    assert changed.name == "base"
    assert (scenario.values["logistics.parcel_cost"], scenario.fingerprint) == (9.0, before)
    nested = scenario.replace({"logistics": {"parcel_cost": 6}})
    assert nested == scenario.replace({"logistics.parcel_cost": 6})
    assert nested.values["logistics.floor"] == 1.5


def test_numbers_of_numpy_are_numbers(scenario):
    changed = scenario.replace({"logistics.parcel_cost": np.float32(6), "adoption.sellers": np.int64(3)})
    assert changed == scenario.replace({"logistics.parcel_cost": 6, "adoption.sellers": 3})
    assert scenario.replace({"world_seed": np.uint64(3)}).world_seed == 3
    assert scenario.replace({"mechanisms.guidance": np.bool_(False)}).mechanisms["guidance"] is False
    with pytest.raises(ScenarioError):
        scenario.replace({"adoption.sellers": np.bool_(True)})


def test_source_and_place_of_values(scenario, file):
    assert scenario.source_of("adoption.own_initiative") == f"{file}:8:3"
    assert scenario.source_of("logistics.parcel_cost") == f"{file}:10:13"
    assert scenario.source_of("adoption.sellers") == "default"
    assert scenario.source_of("mechanisms.guidance") == f"{file}:6:14"
    assert scenario.source_of("start") == f"{file}:3:1"
    assert scenario.place_of(("region", "provinces", 1)) == Place(str(file), 5, 27)
    assert scenario.place_of(("region", "counties", 1)) == Place(str(file), 5, 1)
    assert scenario.place_of(("timeline", 1, "switch", "guidance")) == Place(str(file), 15, 14)
    assert scenario.place_of(("world", "household_scale")) is None
    changed = scenario.replace({"adoption.sellers": 3})
    assert changed.source_of("adoption.sellers") == "python"
    assert changed.source_of("adoption.own_initiative") == f"{file}:8:3"


def test_extends_lays_sections_over_each_other_and_takes_the_rest_whole(file):
    top = file.with_name("top.yaml")
    top.write_text(
        "extends: good.yaml\nadoption: {sellers: 4}\nregion: {counties: [曹县]}\n"
        "timeline: [{from: 2015-05, switch: {guidance: false}}]\n",
        encoding="utf-8",
    )
    scenario = load_scenario(top, {"world_seed": 5}, vocabulary=VOCABULARY)
    assert (scenario.name, scenario.title) == ("top", "")
    assert (scenario.values["adoption.sellers"], scenario.values["adoption.rule"]) == (4, "threshold")
    assert (scenario.region.kind, scenario.mechanisms["guidance"], scenario.world_seed) == (
        "counties",
        True,
        5,
    )
    assert [format_month(month) for month in scenario.change_months()] == ["2015-05"]
    assert scenario.source_of("adoption.rule") == f"{file}:9:3"


def test_a_copy_under_other_seeds_is_the_scenario_made_with_them(scenario):
    seeds = {"world_seed": 3, "history_seed": 2**63 - 1}
    made = Scenario.from_mapping({**scenario.to_mapping(), **seeds}, vocabulary=VOCABULARY)
    for copied in (scenario.replace(seeds), scenario.replace({"history_seed": seeds["history_seed"], **seeds})):
        assert copied.resolved() == made.resolved()
        assert copied.fingerprint == made.fingerprint != scenario.fingerprint
        assert copied.stages is scenario.stages
        assert pickle.loads(pickle.dumps(copied)).fingerprint == made.fingerprint
    later = scenario.replace(seeds).replace({"logistics.parcel_cost": 8})
    assert (later.world_seed, later.history_seed) == tuple(seeds.values())
    assert later.fingerprint == made.replace({"logistics.parcel_cost": 8}).fingerprint
    assert (scenario.world_seed, str(later.place_of(("world_seed",)))) == (0, "python")
    with pytest.raises(ScenarioError, match="history_seed: found -1"):
        scenario.replace({"history_seed": -1})


def test_a_place_that_looks_like_a_seed_is_not_taken_for_one():
    tricky = python(region={"counties": ['"world_seed":null', "曹县"]})
    text = json.dumps(tricky.resolved(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert tricky.fingerprint == hashlib.sha256(text.encode()).hexdigest()


def test_the_fingerprint_is_of_what_is_simulated(scenario, tmp_path):
    assert len(scenario.fingerprint) == 64
    assert scenario.replace({"name": "x", "title": "y", "description": "z"}).fingerprint == scenario.fingerprint
    for changes in (
        {"world_seed": 1},
        {"history_seed": 1},
        {"start": "2008-12"},
        {"end": "2016-01"},
        {"adoption.sellers": 3},
        {"mechanisms.guidance": False},
        {"region": {"provinces": ["浙江省"]}},
        {"region": {"counties": ["浙江省", "Shandong"]}},
        {"timeline": []},
        {"timeline": [{"from": "2013-02", "set": {"logistics.parcel_cost": 7}}]},
    ):
        assert scenario.replace(changes) != scenario, changes
    turned = scenario.replace({"region": {"provinces": ["Shandong", "浙江省", "Shandong"]}})
    assert turned == scenario
    elsewhere = tmp_path / "elsewhere.yaml"
    elsewhere.write_text("# moved\n" + GOOD, encoding="utf-8")
    assert load_scenario(elsewhere, vocabulary=VOCABULARY) == scenario
    assert hash(turned) == hash(scenario)
    assert python(**{"logistics.parcel_cost": 10}) == python(**{"logistics.parcel_cost": 10.0})
    assert python(**{"logistics.offset": 0.0}) == python(**{"logistics.offset": -0.0})


def test_an_own_graph_enters_by_its_bytes_not_by_its_path(tmp_path):
    for name, content in (("a.graphml", "one"), ("b.graphml", "one"), ("c.graphml", "two")):
        (tmp_path / name).write_text(content, encoding="utf-8")

    def load(name):
        file = tmp_path / f"{name}.yaml"
        graph = f"acquaintances: {{file: {name}.graphml, format: graphml}}\n"
        file.write_text(f"start: 2009-01\nend: 2015-12\n{graph}", encoding="utf-8")
        return load_scenario(file, vocabulary=VOCABULARY)

    assert load("a") == load("b")
    assert load("a") != load("c")
    assert load("a").acquaintances.path == tmp_path.resolve() / "a.graphml"
    assert load("a").replace({"acquaintances": None}) == python()
    again = Scenario.from_mapping(load("a").to_mapping(), folder=tmp_path, vocabulary=VOCABULARY)
    assert again == load("a")


def test_yaml_and_pickle_lead_back(scenario, tmp_path):
    file = tmp_path / "again.yaml"
    file.write_text(scenario.to_yaml(), encoding="utf-8")
    again = load_scenario(file, vocabulary=VOCABULARY)
    assert again == scenario
    assert (again.name, again.title) == (scenario.name, scenario.title)
    assert "parcel_cost: 9.0  # yuan per parcel" in scenario.to_yaml()
    scenario.settings(scenario.start)
    twin = pickle.loads(pickle.dumps(scenario))
    assert twin == scenario
    assert twin.settings(twin.end) == scenario.settings(scenario.end)
    assert twin.place_of(("region",)) == scenario.place_of(("region",))
    assert isinstance(copy.deepcopy(scenario.settings(scenario.start)), Settings)


def test_diff_names_what_differs(scenario):
    assert diff(scenario, scenario.replace({"title": "other"})) == []
    other = scenario.replace({"adoption.sellers": 3, "mechanisms.guidance": False, "end": "2014-12"})
    assert diff(scenario, other) == [
        ("end", "2015-12", "2014-12"),
        ("mechanisms.guidance", True, False),
        ("adoption.sellers", 2, 3),
        ("timeline.2014-06.mechanisms.guidance", False, None),
    ]
    earlier = scenario.replace({"timeline": [{"from": "2012-01", "set": {"logistics.parcel_cost": 7}}]})
    assert ("timeline.2012-01.logistics.parcel_cost", None, 7.0) in diff(scenario, earlier)


def test_a_mapping_given_is_not_written_into():
    given = {"start": "2009-01", "end": "2015-12", "logistics": {"parcel_cost": 3}, "logistics.floor": 1}
    before = copy.deepcopy(given)
    made = Scenario.from_mapping(given, vocabulary=VOCABULARY)
    assert given == before
    assert (made.values["logistics.parcel_cost"], made.values["logistics.floor"]) == (3.0, 1.0)
    made.resolved()["parameters"]["logistics.parcel_cost"] = 99
    assert made.resolved()["parameters"]["logistics.parcel_cost"] == 3.0


def test_a_run_may_last_one_month():
    scenario = python(end="2009-01", timeline=[{"from": "2009-01", "switch": {"guidance": True}}])
    assert scenario.n_months == 1
    assert scenario.settings(scenario.start).enabled("guidance")


def test_a_frozen_mapping_keeps_what_it_was_given():
    items = {"a": 1}
    frozen = FrozenMapping(items)
    items["a"] = 2
    assert frozen == {"a": 1}
    assert repr(frozen) == "{'a': 1}"
    assert pickle.loads(pickle.dumps(frozen)) == frozen
