"""``policy:`` of a scenario file: what it says, every mistake at its place, and what it leaves alone."""

# ruff: noqa: E501 -- messages stand as a user sees them

from __future__ import annotations

import pytest

from sim.errors import ScenarioError
from sim.scenario import Scenario, load_scenario
from sim.scenario.policy import OUTCOME_WORDS, Expects
from sim.scenario.schema import json_schema
from sim.scenario.show import header
from tests.unit.scenario.tables import VOCABULARY

RUN = "start: 2009-01\nend: 2015-12\n"
POLICY = """\
policy:
  question: What if parcels
    were cheap?
  base: base.yaml
  base_values: {logistics.parcel_cost: 9, mechanisms.training: false, programme.first_month: 2014-11}
  expects: {outcome: shops, direction: more}
  look_at: shops
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "base.yaml").write_text(RUN, encoding="utf-8")
    return tmp_path


def load(folder, text, name="scenario.yaml"):
    (folder / name).write_text(text, encoding="utf-8")
    return load_scenario(name, vocabulary=VOCABULARY)


def messages(folder, text):
    with pytest.raises(ScenarioError) as caught:
        load(folder, text)
    return [str(problem) for problem in caught.value.problems]


def test_what_it_says(folder):
    policy = load(folder, RUN + POLICY).policy
    assert policy.question == "What if parcels were cheap?"
    assert policy.base == folder / "base.yaml"
    assert dict(policy.base_values) == {
        "logistics.parcel_cost": 9,
        "mechanisms.training": False,
        "programme.first_month": "2014-11",
    }
    assert (policy.outcome, policy.direction, policy.expected) == ("shops", "more", "more shops")
    assert policy.compared_with == (
        "base with logistics.parcel_cost=9, mechanisms.training=false, programme.first_month=2014-11"
    )
    assert policy.to_mapping()["base"] == "base.yaml"


def test_it_is_no_part_of_what_is_simulated(folder):
    scenario, plain = load(folder, RUN + POLICY), load(folder, RUN, "plain.yaml")
    assert scenario.fingerprint == plain.fingerprint
    assert "policy" not in scenario.to_mapping()
    assert Scenario.from_mapping(scenario.to_mapping(), vocabulary=VOCABULARY) == scenario
    assert scenario.replace({"history_seed": 1}).policy == scenario.policy


def test_a_file_that_extends_another_has_its_own_policy_or_none(folder):
    load(folder, RUN + POLICY, "policy.yaml")
    assert load(folder, "extends: policy.yaml\n").policy is None
    own = load(folder, "extends: policy.yaml\n" + POLICY.replace("more", "fewer"))
    assert own.policy.direction == "fewer"


def test_compared_with_itself(folder):
    policy = load(folder, RUN + POLICY.replace("  base: base.yaml\n", "")).policy
    assert policy.base is None
    assert policy.compared_with.startswith("itself with logistics.parcel_cost=9")


def test_show_says_it(folder):
    pairs = dict(header(load(folder, RUN + POLICY)))
    assert (pairs["question"], pairs["expected"], pairs["look at"]) == (
        "What if parcels were cheap?",
        "more shops",
        "shops",
    )
    assert "question" not in dict(header(load(folder, RUN)))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("question:", "qestion:", "scenario.yaml:4:3: policy.qestion is not known, known here: question, base, base_values, expects, look_at; did you mean question?"),
        ("  question: What if parcels\n    were cheap?\n", "", "scenario.yaml:3:1: policy: question is missing; add question: ..."),
        ("base: base.yaml", "base: bsae.yaml", "scenario.yaml:6:3: policy.base: there is no file 'bsae.yaml'; did you mean base.yaml?"),
        ("base: base.yaml", "base: ../base.yaml", "scenario.yaml:6:3: policy.base: found '../base.yaml', allowed are files inside the folder {}; copy the base file into that folder"),
        ("base: base.yaml", "base: /base.yaml", "scenario.yaml:6:3: policy.base: found '/base.yaml', allowed is a path relative to this file; write it as base: base.yaml"),
        ("parcel_cost: 9", "parcel_cots: 9", "scenario.yaml:7:17: policy.base_values.logistics.parcel_cots is not known; did you mean logistics.parcel_cost?"),
        ("parcel_cost: 9", "parcel_cost: 999", "scenario.yaml:7:17: policy.base_values.logistics.parcel_cost: found 999, allowed is a number from 0 to 100 (yuan per parcel)"),
        ("training: false", "training: 1", "scenario.yaml:7:43: policy.base_values.mechanisms.training: found 1, allowed is true or false"),
        ("outcome: shops", "outcome: shosp", "scenario.yaml:8:13: policy.expects.outcome: found the text 'shosp', allowed is villages, taobao_towns, cluster_counties, poverty_villages, shops, villages_with_shops, sales_yuan or sales_per_shop_yuan"),
        ("direction: more", "direction: up", "scenario.yaml:8:29: policy.expects.direction: found the text 'up', allowed is more or fewer"),
        ("look_at: shops", "look_at: [a]", "scenario.yaml:9:3: policy.look_at: found a list, allowed is a text"),
    ],
)  # fmt: skip
def test_mistakes(folder, old, new, expected):
    assert old in POLICY
    assert messages(folder, RUN + POLICY.replace(old, new)) == [expected.format(folder.name)]


def test_it_needs_something_to_be_compared_with(folder):
    text = "policy: {question: Why?, expects: {outcome: shops, direction: more}}\n"
    assert messages(folder, RUN + text) == [
        "scenario.yaml:3:1: policy: found neither base nor base_values; write base: china-2015.yaml, or base_values: {mechanisms.chain: false}"
    ]


def test_outcomes_have_words_and_are_counted():
    from sim.experiments.outcomes import YEARLY

    allowed = Expects.model_fields["outcome"].annotation.__args__
    assert allowed == tuple(OUTCOME_WORDS)
    assert set(allowed) <= {outcome.name for outcome in YEARLY}


def test_the_schema_knows_it():
    schema = json_schema(VOCABULARY)
    definition = schema["$defs"]["Policy"]
    assert set(definition["properties"]) == {"question", "base", "base_values", "expects", "look_at"}
    assert definition["required"] == ["question", "expects"]
    assert schema["$defs"]["Expects"]["properties"]["direction"]["enum"] == ["more", "fewer"]
