"""Every shipped scenario is valid and runs."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.experiments.switches import chosen_switches, without
from tests.architecture.source import ROOT
from tests.shipped import FILES, SCENARIOS


def stem(file):
    return file.stem


def test_the_scenarios_are_there():
    names = {file.stem for file in FILES}
    assert {"china-2015", "zhejiang", "cao-county", "teaching-village", "first-three-2009"} <= names


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_is_checked_and_says_what_it_asks(file):
    done = CliRunner().invoke(app, ["scenario", "check", str(file)])
    assert done.exit_code == 0, done.stderr
    text = file.read_text(encoding="utf-8")
    header = re.match(r"(#.*\n)+", text)
    assert header is not None
    scenario = SCENARIOS[file.stem]
    if scenario.policy is None:
        assert "?" in header.group(), "a header says which question the scenario asks"
        assert "Look at" in header.group(), "and what to look at"
    else:
        assert scenario.policy.question.endswith("?")
        assert scenario.policy.look_at
        assert "Expected" not in header.group(), "the policy says it, once"
    assert scenario.name == file.stem


def first_months(scenario):
    return sim.run(scenario.replace({"end": month_text(scenario.start + 2), "timeline": [], "costs": None}))


def is_policy_for_all_of_china(file):
    scenario = SCENARIOS[file.stem]
    return scenario.policy is not None and scenario.region.kind == "china"


# A policy for all of China differs from its base in values, and test_policies.py runs it to its end in some
# counties; so here the bases run in all of China, the policies in a prefecture and, marked long, likewise.
@pytest.mark.parametrize("file", [file for file in FILES if not is_policy_for_all_of_china(file)], ids=stem)
def test_its_first_three_months_run(file):
    assert len(first_months(SCENARIOS[file.stem]).national) == 3


@pytest.mark.parametrize("file", [file for file in FILES if is_policy_for_all_of_china(file)], ids=stem)
def test_the_first_three_months_of_a_policy_run_in_a_prefecture(file):
    scenario = SCENARIOS[file.stem].replace({"region": {"prefectures": ["Jinhua"]}})
    result = first_months(scenario)
    assert len(result.national) == 3
    assert len(result.counties) > 5


@pytest.mark.long
@pytest.mark.parametrize("file", [file for file in FILES if is_policy_for_all_of_china(file)], ids=stem)
def test_the_first_three_months_of_a_policy_run_in_all_of_china(file):
    assert len(first_months(SCENARIOS[file.stem]).national) == 3


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_mechanism_can_be_taken_out_of_it(file):
    scenario = SCENARIOS[file.stem]
    switches = chosen_switches(scenario, None)
    bare = without(scenario, switches)
    assert not any(
        bare.settings(month).mechanisms[name] for month in (bare.start, bare.end) for name in bare.mechanisms
    )
    assert all(without(scenario, [switch]) != scenario for switch in switches)


def month_text(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02d}"


def test_the_teaching_village_shows_a_spread():
    result = sim.run(ROOT / "scenarios" / "teaching-village.yaml")
    counts = result.patterns.query("pattern == 'villages'").set_index("year")["simulated"]
    assert counts[2010] == 0
    assert 5 <= counts[2015] <= 38
    assert counts.is_monotonic_increasing
    assert result.provenance["seconds"]["simulation"] < 5.0
