"""What is taken out by a word: switches, terms and ties, in every stage of a timeline."""

from __future__ import annotations

from itertools import permutations

import pytest

import sim
from sim.errors import ScenarioError
from sim.experiments.switches import NAMED, _kept, chosen_switches, taken_along, without


def off(scenario, *names):
    return without(scenario, chosen_switches(scenario, names))


@pytest.fixture(scope="module")
def buying(tiny):
    return tiny.replace({"mechanisms.consumption": True, "mechanisms.guidance": True, "mechanisms.skynet": True})


def test_without_anything_is_the_scenario_itself(tiny):
    assert without(tiny, []) is tiny


def test_a_mechanism_goes_off_and_what_needs_it_too(buying):
    assert taken_along(buying, ["programme"]) == ("consumption",)
    assert taken_along(buying, ["guidance"]) == ("skynet",)
    assert taken_along(buying, ["consumption"]) == ()
    less = off(buying, "programme")
    assert sim.scenario.diff(buying, less) == [
        ("mechanisms.programme", True, False),
        ("mechanisms.consumption", True, False),
    ]
    assert off(buying, "programme", "consumption") == less
    assert off(buying, "consumption") != less


def test_taken_along_are_only_those_that_are_on(tiny):
    assert taken_along(tiny, ["programme"]) == ()


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("imitation", [("adoption.imitation", 0.3, 0.0)]),
        ("own_initiative", [("adoption.own_initiative", 1e-4, 0.0)]),
        ("pioneers", [("pioneers.placement", "listed_2014", "none")]),
        ("training", [("mechanisms.training", True, False)]),
    ],
)
def test_a_word_changes_just_what_it_says(tiny, name, changes):
    assert sim.scenario.diff(tiny, off(tiny, name)) == changes


def pulls(settings):
    """Hazard that one seller of each kind adds, for a household with every tie of the generated graph."""
    degree = {"ring": 2 * settings["graph.ring_reach"]}
    kinds = ("village", "town", "county", "prefecture")
    degree |= {kind: settings[f"graph.{kind}_matchings"] for kind in kinds}
    weight = {kind: settings[f"adoption.weight_{kind}"] for kind in degree}
    whole = sum(weight[kind] * degree[kind] for kind in degree)
    return {kind: settings["adoption.imitation"] * weight[kind] / whole if whole else 0.0 for kind in degree}


def test_without_some_ties_the_others_pull_as_before(tiny):
    before, after = pulls(tiny.settings(tiny.start)), pulls(off(tiny, "ties_beyond_village").settings(tiny.start))
    assert {kind for kind, pull in after.items() if pull == 0.0} == {"town", "county", "prefecture"}
    for kind in ("ring", "village"):
        assert after[kind] == pytest.approx(before[kind], rel=1e-12)


def test_without_any_ties_nobody_imitates(tiny):
    none = off(tiny, "ties_ring", "ties_village", "ties_beyond_village")
    assert none.values["adoption.imitation"] == 0.0
    assert off(tiny, "imitation", "ties_town").values["adoption.imitation"] == 0.0


def test_the_same_scenario_whatever_order_words_come_in(tiny):
    words = ["ties_ring", "ties_town", "ties_county", "ties_prefecture", "training", "exit"]
    assert len({off(tiny, *order).fingerprint for order in (words, words[::-1], sorted(words))}) == 1
    settings = tiny.settings(tiny.start)
    kept = {_kept(settings, order) for order in permutations(("ring", "town", "county", "prefecture"))}
    assert len(kept) == 1, "the order of a set differs between processes, and a resumed run must be the same run"


def test_under_the_threshold_rule_imitation_is_not_scaled(tiny):
    scenario = tiny.replace({"adoption.rule": "threshold"})
    assert off(scenario, "ties_town").values["adoption.imitation"] == 0.3


def test_under_the_information_rule_those_left_tell_as_before(tiny):
    scenario = tiny.replace({"adoption.rule": "information"})
    before, after = (each.settings(tiny.start) for each in (scenario, off(scenario, "ties_beyond_village")))
    assert after["adoption.imitation"] == before["adoption.imitation"]
    rate = "information.telling_rate"
    ties = {"ring": 2 * before["graph.ring_reach"], "village": before["graph.village_matchings"]}
    left = sum(before[f"adoption.weight_{kind}"] * number for kind, number in ties.items())
    kinds = ("town", "county", "prefecture")
    gone = sum(before[f"adoption.weight_{kind}"] * before[f"graph.{kind}_matchings"] for kind in kinds)
    assert gone > 0
    assert after[rate] == pytest.approx(before[rate] * left / (left + gone), rel=1e-12)


def test_a_timeline_does_not_bring_it_back(tiny):
    timeline = [
        {"from": "2010-01", "set": {"adoption.imitation": 0.5, "market.parcel_value": 90}},
        {"from": "2010-06", "switch": {"training": False}, "set": {"adoption.weight_town": 0.5}},
        {"from": "2011-01", "switch": {"training": True}},
    ]
    scenario = tiny.replace({"timeline": timeline})
    less = off(scenario, "imitation", "training")
    months = range(less.start, less.end + 1)
    assert {less.settings(month)["adoption.imitation"] for month in months} == {0.0}
    assert not any(less.settings(month).enabled("training") for month in months)
    assert less.settings(less.end)["market.parcel_value"] == 90
    assert less.settings(less.end)["adoption.weight_town"] == 0.5
    alone = off(scenario, "ties_town")
    for month in (tiny.start, 12 * 2010, 12 * 2010 + 6, tiny.end):
        here, there = pulls(alone.settings(month)), pulls(scenario.settings(month))
        assert here["town"] == 0.0
        assert here["ring"] == pytest.approx(there["ring"], rel=1e-12)


def test_a_mechanism_that_only_the_timeline_switches_on_can_be_taken_out(tiny):
    later = {"mechanisms.training": False, "timeline": [{"from": "2010-01", "switch": {"training": True}}]}
    less = off(tiny.replace(later), "training")
    assert less.timeline == ()
    set_too = {"timeline": [{"from": "2010-01", "set": {"training.decay": 0.1, "market.parcel_value": 90}}]}
    (change,) = off(tiny.replace(set_too), "training").timeline
    assert dict(change.set) == {"market.parcel_value": 90}, "values of what is off go with it"
    assert less == tiny.replace({"mechanisms.training": False})


def test_by_default_all_that_act(tiny):
    names = [switch.name for switch in chosen_switches(tiny, None)]
    assert names == [
        *("logistics", "training", "programme", "crowding", "exit"),
        *("imitation", "own_initiative", "pioneers", "internet", "ties_beyond_village"),
    ]
    still = tiny.replace({"adoption.imitation": 0, "mechanisms.exit": False})
    assert {"imitation", "exit"}.isdisjoint(switch.name for switch in chosen_switches(still, None))


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["credit"], "python: credit: it is off in this scenario already; leave it out, or switch it on"),
        (["trainig"], "trainig is no mechanism that can be switched off; did you mean training"),
        (["zzz"], "zzz is no mechanism that can be switched off; allowed is one of logistics, "),
        (["training", "training"], "training: given twice; keep one"),
        ([], "nothing to switch off; name one or more of logistics"),
    ],
)
def test_mistakes(tiny, names, words):
    with pytest.raises(ScenarioError, match=words):
        chosen_switches(tiny, names)


def test_what_is_at_nothing_already_is_refused(tiny):
    scenario = tiny.replace({"adoption.imitation": 0, "adoption.weight_town": 0})
    with pytest.raises(ScenarioError) as caught:
        chosen_switches(scenario, ["imitation", "ties_town", "ties_ring"])
    assert [problem.message for problem in caught.value.problems] == [
        "imitation: adoption.imitation is 0.0 in this scenario already",
        "ties_town: these ties have no weight in this scenario already",
    ]


def test_every_word_takes_something_out(tiny):
    for name in NAMED:
        assert off(tiny, name) != tiny
