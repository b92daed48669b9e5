"""Values that can have no effect are refused where somebody writes them, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.errors import ScenarioError
from sim.scenario import Scenario, load_scenario
from sim.scenario.vocabulary import default_vocabulary

RUN = {"start": "2009-01", "end": "2015-12"}
HEAD = "start: 2009-01\nend: 2015-12\n"
RULES = ("threshold", "information")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The working folder, called ``scenarios`` so that files may extend each other."""
    path = tmp_path / "scenarios"
    path.mkdir()
    monkeypatch.chdir(path)
    return path


def write(name, text):
    Path(name).write_text(text, encoding="utf-8")
    return name


def messages(make):
    with pytest.raises(ScenarioError) as caught:
        make()
    return [str(problem) for problem in caught.value.problems]


def test_switched_off_and_set_in_one_file():
    write("a.yaml", HEAD + "mechanisms: {training: false}\ntraining:\n  decay: 0.1\n  course_rate: 0.2\n")
    told = "has no effect, because training is switched off here in line 3 and never on again"
    assert messages(lambda: load_scenario("a.yaml")) == [
        f"a.yaml:5:3: training.decay: {told}; leave out the one or the other",
        f"a.yaml:6:3: training.course_rate: {told}; leave out the one or the other",
    ]


def test_switched_off_and_on_again_on_the_timeline():
    again = "timeline:\n  - {from: 2012-01, switch: {training: true}}\n"
    write("a.yaml", HEAD + "mechanisms: {training: false}\ntraining: {decay: 0.1}\n" + again)
    assert load_scenario("a.yaml").values["training.decay"] == 0.1


def test_off_by_default_and_set_in_a_section_or_on_the_timeline():
    timeline = "timeline:\n  - {from: 2012-01, set: {guidance.build_months: 3}}\n"
    write("a.yaml", HEAD + "guidance: {effect: 0.3}\n" + timeline)
    told = "has no effect, because guidance is off in every month"
    hint = "switch it on with mechanisms.guidance: true, or leave the value out"
    assert messages(lambda: load_scenario("a.yaml")) == [
        f"a.yaml:3:12: guidance.effect: {told}; {hint}",
        f"a.yaml:5:27: guidance.build_months: {told}; {hint}",
    ]
    write("b.yaml", HEAD + "guidance: {effect: 0.3}\nmechanisms: {guidance: true}\n" + timeline)
    load_scenario("b.yaml")


def test_switched_off_from_the_first_month_on_the_timeline():
    off = {"timeline": [{"from": "2009-01", "switch": {"training": False}}], "training.decay": 0.1}
    assert len(messages(lambda: Scenario.from_mapping(RUN | off))) == 1
    later = {"timeline": [{"from": "2009-02", "switch": {"training": False}}], "training.decay": 0.1}
    Scenario.from_mapping(RUN | later)


def test_what_a_base_sets_may_be_switched_off():
    write("base.yaml", HEAD + "mechanisms: {guidance: true}\nguidance: {effect: 0.3}\n")
    write("a.yaml", "extends: base.yaml\nmechanisms: {guidance: false}\n")
    assert load_scenario("a.yaml").values["guidance.effect"] == 0.3
    write("b.yaml", "extends: base.yaml\nmechanisms: {guidance: false}\nguidance: {build_months: 3}\n")
    assert messages(lambda: load_scenario("b.yaml"))[0].startswith(
        "b.yaml:3:12: guidance.build_months: has no effect"
    )


def test_values_laid_over_a_file():
    write("a.yaml", HEAD + "mechanisms: {guidance: true}\nguidance: {effect: 0.3}\n")
    load_scenario("a.yaml", {"mechanisms.guidance": False})
    assert messages(lambda: load_scenario("a.yaml", {"mechanisms.guidance": False, "guidance.effect": 1})) == [
        (
            "python: guidance.effect: has no effect, because guidance is switched off together with it and never "
            "on again; leave out the one or the other"
        )
    ]
    # Laid over it, a switch may make a file's value act.
    write("b.yaml", HEAD + "guidance: {effect: 0.3}\n")
    load_scenario("b.yaml", {"mechanisms.guidance": True})


def test_replace_switches_off_and_refuses_what_would_not_act():
    scenario = Scenario.from_mapping(RUN | {"mechanisms.guidance": True, "guidance.effect": 0.3})
    off = scenario.replace({"mechanisms.guidance": False})
    assert messages(lambda: off.replace({"guidance.effect": 0.2}))[0].startswith("python: guidance.effect: has no")
    assert off.replace({"guidance.effect": 0.2, "mechanisms.guidance": True}).values["guidance.effect"] == 0.2


@pytest.mark.parametrize(("key", "who"), [("partner_rate", "partners"), ("center_rate", "centers")])
def test_training_by_partners_needs_stations(key, who):
    write("a.yaml", HEAD + f"mechanisms: {{programme: false}}\ntraining:\n  {key}: 0.3\n")
    assert messages(lambda: load_scenario("a.yaml")) == [
        (
            f"a.yaml:5:3: training.{key}: training by {who} needs stations, but programme is off in every month; "
            "switch programme on, or set it to 0"
        )
    ]
    write("b.yaml", HEAD + f"mechanisms: {{programme: false}}\ntraining: {{{key}: 0, course_rate: 0.1}}\n")
    load_scenario("b.yaml")


def test_sweeps_and_ranges_over_what_does_not_act():
    scenario = Scenario.from_mapping(RUN)
    told = messages(lambda: sim.sweep(scenario, {"guidance.effect": [0.1, 0.15, 0.2]}, replicates=1))
    assert told == [
        (
            "python: guidance.effect: has no effect, because guidance is off in every month; switch it on with "
            "mechanisms.guidance: true, or leave the value out"
        )
    ]
    assert messages(lambda: sim.sensitivity(scenario, ["guidance.effect"]))[0] == told[0]


def test_a_record_of_a_run_is_read_back_whatever_is_off():
    set_and_off = Scenario.from_mapping(RUN | {"mechanisms.guidance": True, "guidance.effect": 0.3}).replace(
        {"mechanisms.guidance": False, "mechanisms.programme": False}
    )
    write("a.yaml", set_and_off.to_yaml())
    assert load_scenario("a.yaml") == set_and_off
    assert Scenario.from_mapping(set_and_off.to_mapping()) == set_and_off


def test_a_timeline_carried_on_is_no_mistake():
    # As when a mechanism is taken out for attribution: its values stay on the timeline that is laid over.
    timeline = [{"from": "2012-01", "set": {"logistics.parcel_cost": 7}}]
    scenario = Scenario.from_mapping(RUN | {"timeline": timeline})
    scenario.replace({"mechanisms.logistics": False, "timeline": timeline})
    other = [{"from": "2012-01", "set": {"logistics.parcel_cost": 8}}]
    assert messages(lambda: scenario.replace({"mechanisms.logistics": False, "timeline": other}))


def test_a_switch_that_cannot_be_read_brings_no_second_mistake():
    told = messages(lambda: Scenario.from_mapping(RUN | {"mechanisms.guidance": "yes", "guidance.effect": 0.3}))
    assert len(told) == 1
    assert "mechanisms.guidance" in told[0]


def test_every_mechanism_with_parameters_is_judged():
    vocabulary = default_vocabulary()
    of = {row.mechanism: row for row in vocabulary.parameters.values() if row.mechanism and row.type == "float"}
    for mechanism, row in of.items():
        off = {f"mechanisms.{name}": False for name in vocabulary.mechanisms}
        told = messages(lambda off=off, row=row: Scenario.from_mapping(RUN | off | {row.name: row.default}))
        assert any(mechanism in message for message in told)


def test_values_that_only_another_rule_of_imitation_reads():
    write("a.yaml", HEAD + "adoption: {threshold_sellers: 3}\ninformation:\n  telling_rate: 0.2\n")
    told = "has no effect, because adoption.rule is linear in every month"
    assert messages(lambda: load_scenario("a.yaml")) == [
        f"a.yaml:3:12: adoption.threshold_sellers: {told}; set adoption.rule to threshold, or leave the value out",
        f"a.yaml:5:3: information.telling_rate: {told}; set adoption.rule to information, or leave the value out",
    ]
    load_scenario(
        "a.yaml",
        {"timeline": [{"from": f"201{n}-01", "set": {"adoption.rule": rule}} for n, rule in enumerate(RULES)]},
    )
    linear = {
        "adoption.rule": "information",
        "timeline": [{"from": "2009-01", "set": {"adoption.rule": "linear"}}],
    }
    assert len(messages(lambda: Scenario.from_mapping(RUN | linear | {"information.telling_rate": 0.2}))) == 1
    informed = Scenario.from_mapping(RUN | {"adoption.rule": "information", "information.telling_rate": 0.2})
    assert informed.replace({"adoption.rule": "linear"}).values["information.telling_rate"] == 0.2


@pytest.mark.parametrize(
    ("key", "mechanism"),
    [("park", "guidance"), ("loan", "credit"), ("training", "training"), ("chain", "chain")],
)
def test_reliefs_of_limits_need_what_relieves(key, mechanism):
    limits = {"mechanisms.limits": True, f"mechanisms.{mechanism}": False}
    told = messages(lambda: Scenario.from_mapping(RUN | limits | {f"limits.{key}_relief": 1.0}))
    assert len(told) == 1
    assert told[0].startswith(f"python: limits.{key}_relief: ")
    assert told[0].endswith(f"but {mechanism} is off in every month; switch {mechanism} on, or set it to 0")
    Scenario.from_mapping(RUN | limits | {f"limits.{key}_relief": 0.0})
