"""Designs give the scenarios and seeds they say, and tell mistakes."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import ScenarioError
from sim.experiments.design import Range, Seeds, filled, grid, listed, ranges_of, replicate_seeds


def test_replicates_count_seeds_up_and_keep_their_beginning(tiny):
    scenario = tiny.replace({"history_seed": 5, "world_seed": 2})
    assert replicate_seeds(scenario, 3) == [Seeds(2, 5), Seeds(2, 6), Seeds(2, 7)]
    assert replicate_seeds(scenario, 2, "world") == [Seeds(2, 5), Seeds(3, 5)]
    assert replicate_seeds(scenario, 2, "both") == [Seeds(2, 5), Seeds(3, 6)]
    assert replicate_seeds(scenario, 9)[:3] == replicate_seeds(scenario, 3)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [((0,), "1 or more"), ((2, "luck"), "history, world, both")],
)
def test_mistakes_of_replicates(tiny, arguments, words):
    with pytest.raises(ScenarioError, match=words):
        replicate_seeds(tiny, *arguments)


def test_seeds_end_somewhere(tiny):
    last = tiny.replace({"history_seed": 2**63 - 1})
    assert replicate_seeds(last, 1) == [Seeds(0, 2**63 - 1)]
    with pytest.raises(ScenarioError, match="smaller seed"):
        replicate_seeds(last, 2)


def test_a_grid_has_all_combinations_in_order(tiny):
    points = grid(tiny, {"logistics.parcel_cost": [6, 8], "mechanisms.training": np.array([True, False])})
    assert [point.label for point in points] == [
        "logistics.parcel_cost=6, mechanisms.training=True",
        "logistics.parcel_cost=6, mechanisms.training=False",
        "logistics.parcel_cost=8, mechanisms.training=True",
        "logistics.parcel_cost=8, mechanisms.training=False",
    ]
    assert points[1].scenario.values["logistics.parcel_cost"] == 6
    assert points[1].scenario.mechanisms["training"] is False


@pytest.mark.parametrize(
    ("axes", "words"),
    [
        ({}, "nothing to vary"),
        ({"logistics.parcel_cost": []}, "a list of values"),
        ({"logistics.parcel_cost": "678"}, "a list of values"),
        ({"logistics.parcel_cost": 7}, "a list of values"),
        ({"logistics.parcel_cost": [6, 6]}, "twice"),
        ({"logistics.parcel_cots": [6]}, "parcel_cost"),
        ({"logistics.parcel_cost": [6, -1]}, "-1"),
    ],
)
def test_mistakes_of_a_grid(tiny, axes, words):
    with pytest.raises(ScenarioError, match=words):
        grid(tiny, axes)


def test_every_mistake_of_a_list_is_told_once(tiny):
    with pytest.raises(ScenarioError) as caught:
        listed(tiny, [{"logistics.parcel_cost": -1}, {"logistics.parcel_cost": -1}, {"market.size_sd": 99}])
    assert len(caught.value.problems) == 2


def test_ranges_come_from_priors_or_hands(tiny):
    own, imitation, shops = ranges_of(
        tiny, {"adoption.own_initiative": None, "adoption.imitation": (0.1, 0.2), "pioneers.shops": (2, 5)}
    )
    assert own == Range("adoption.own_initiative", 2e-8, 2e-6, logarithmic=True)
    assert (imitation.low, imitation.high, imitation.logarithmic) == (0.1, 0.2, True)
    assert [shops.value(share) for share in (0, 0.5, 1)] == [2, 3, 5]  # geometric: the prior is loguniform
    every = [part.name for part in ranges_of(tiny, None)]
    assert "adoption.imitation" in every
    assert "adoption.cost_effect" in every
    without = ranges_of(tiny.replace({"mechanisms.logistics": False}), None)
    assert "adoption.cost_effect" not in [part.name for part in without]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"adoption.imitatoin": None}, "imitation"),
        ({"adoption.rule": None}, "list of values"),
        ({"graph.ring_reach": None}, "has no prior"),
        ({"adoption.imitation": (2, 1)}, "smaller"),
        ({"adoption.imitation": 3}, "pair"),
        ({"adoption.imitation": (0.1, 99)}, "99"),
        ({"adoption.imitation": (0.1, float("inf"))}, "finite numbers"),
        ({"pioneers.shops": (2, float("inf"))}, "finite numbers"),
        ({"adoption.imitation": (float("nan"), 1)}, "finite numbers"),
        ({"pioneers.shops": (2, 10**400)}, "pair"),
        ([], "no parameter"),
        ({"end": (1, 2)}, "end"),
    ],
)
def test_mistakes_of_ranges(tiny, given, words):
    with pytest.raises(ScenarioError, match=words):
        ranges_of(tiny, given)


@pytest.mark.parametrize("how", ["lhs", "sobol"])
def test_filled_points_are_even_and_repeatable(how):
    ranges = [Range("a", 0.0, 1.0), Range("b", 1.0, 100.0, logarithmic=True)]
    points = filled(ranges, 16, how, 3)
    assert points == filled(ranges, 16, how, 3)
    assert points != filled(ranges, 16, how, 4)
    # one point in every sixteenth of each range
    assert sorted(int(point["a"] * 16) for point in points) == list(range(16))
    assert sorted(int(np.log10(point["b"]) * 8) for point in points) == list(range(16))


def test_mistakes_of_filling():
    with pytest.raises(ScenarioError, match="1 or more"):
        filled([Range("a", 0, 1)], 0, "lhs", 0)
    with pytest.raises(ScenarioError, match="grid, lhs, sobol"):
        filled([Range("a", 0, 1)], 3, "random", 0)


def test_a_value_may_lie_idle_where_its_mechanism_is_off_if_it_acts_elsewhere(tiny):
    axes = {"mechanisms.training": [True, False], "training.decay": [0.01, 0.02]}
    points = grid(tiny, axes)
    assert [dict(point.values) for point in points[2:]] == [
        {"mechanisms.training": False, "training.decay": decay} for decay in (0.01, 0.02)
    ]
    assert points[0].scenario != points[1].scenario
    assert points[2].scenario == points[3].scenario == tiny.replace({"mechanisms.training": False})
    rules = grid(tiny, {"adoption.rule": ["linear", "threshold"], "adoption.threshold_sellers": [1, 3]})
    assert [point.scenario.values["adoption.threshold_sellers"] for point in rules] == [2, 2, 1, 3]
    with pytest.raises(ScenarioError, match=r"training.decay: has no effect") as caught:
        grid(tiny, {**axes, "mechanisms.training": [False]})
    assert len(caught.value.problems) == 1
    with pytest.raises(ScenarioError, match=r"training.decay: found 7"):
        grid(tiny, {**axes, "training.decay": [0.01, 7]})
