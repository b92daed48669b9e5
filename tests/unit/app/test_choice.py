"""From what is chosen to the scenario that is run."""

from __future__ import annotations

import pytest

from sim.app.choice import Choice, acting, baseline_of, changed, command, policy_of, words
from sim.errors import ScenarioError


def test_nothing_chosen_changes_nothing(small):
    choice = Choice(dict(small.values), dict(small.mechanisms), small.history_seed)
    assert changed(small, choice) == {}
    assert policy_of(small, choice) is small
    assert command(small, choice, "a b.yaml") == "hinterland run 'a b.yaml'"


def test_values_and_switches_are_laid_over_the_scenario(small):
    choice = Choice({"logistics.parcel_cost": 7.0, "adoption.imitation": 0.1}, {"exit": False})
    policy = policy_of(small, choice)
    assert policy.values["logistics.parcel_cost"] == 7.0
    assert policy.mechanisms["exit"] is False
    assert policy.values["adoption.imitation"] == small.values["adoption.imitation"]
    assert words(small, choice) == [
        ("mechanisms.exit", "on", "off", ""),
        ("logistics.parcel_cost", "10", "7", "yuan per parcel"),
    ]
    assert command(small, choice, "s.yaml") == (
        "hinterland compare s.yaml 'mechanisms.exit=false;logistics.parcel_cost=7' --replicates 8"
    )


def test_both_have_the_same_world_and_luck(small):
    choice = Choice({"logistics.parcel_cost": 7.0}, history_seed=11)
    one, other = baseline_of(small, choice), policy_of(small, choice)
    assert (one.history_seed, other.history_seed) == (11, 11)
    assert (one.world_seed, other.world_seed) == (small.world_seed, small.world_seed)
    assert one.values["logistics.parcel_cost"] == 10


def test_the_command_has_the_luck_that_is_shown(small):
    cheap = {"logistics.parcel_cost": 7.0}
    assert command(small, Choice(history_seed=11), "s.yaml") == "hinterland run s.yaml --seed 11"
    assert command(small, Choice(cheap, history_seed=11), "s.yaml") == (
        "hinterland compare s.yaml logistics.parcel_cost=7 --replicates 8 --seed 11"
    )
    assert "--seed" not in command(small, Choice(cheap, history_seed=small.history_seed), "s.yaml")


def test_a_month_is_chosen_by_its_number(small):
    choice = Choice({"programme.first_month": 12 * 2010})
    assert policy_of(small, choice).values["programme.first_month"] == 12 * 2010
    assert "programme.first_month=2010-01" in command(small, choice, "s.yaml")


def test_a_value_whose_mechanism_is_off_rests(small):
    moved = {"exit.monthly_rate": 0.1}
    off = Choice(moved, {"exit": False})
    assert acting(small, off)["exit"] is False
    assert changed(small, off) == {"mechanisms.exit": False}
    assert policy_of(small, off).values["exit.monthly_rate"] == small.values["exit.monthly_rate"]
    assert "exit.monthly_rate" in changed(small, Choice(moved))
    # ... but not where a timeline switches it on again
    later = small.replace({"timeline": [{"from": "2010-01", "switch": {"exit": True}}]})
    assert "exit.monthly_rate" in changed(later, off)


def test_what_contradicts_itself_is_refused(small):
    with pytest.raises(ScenarioError, match="needs"):
        policy_of(small, Choice(switches={"programme": True, "consumption": True, "skynet": True}))
