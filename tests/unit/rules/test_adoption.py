"""The hazard of opening a shop, on hand-worked values."""

from __future__ import annotations

import numpy as np
import pytest

from sim.rules.adoption import imitation_share, monthly_hazard, village_log_multiplier, weighted_share

CONDITIONS = {
    "parcel_cost_yuan": np.array([10.0, 7.0]),
    "reference_cost_yuan": 10.0,
    "cost_effect_per_yuan": 0.1,
    "training_stock": np.array([0.0, 4.0]),
    "training_effect": 0.05,
    "internet_share": np.array([0.4, 0.5]),
    "internet_effect": 3.0,
    "reference_internet_share": 0.4,
    "crowding": np.array([0.0, 2.0]),
    "crowding_effect": 0.25,
}
BASE = np.array([0.5, -1.0])


def test_weighted_share_is_sellers_over_acquaintances():
    # two of six on the ring at weight 1, one of one in the town at weight 2
    assert weighted_share(2 * 1.0 + 1 * 2.0, 6 * 1.0 + 1 * 2.0) == 0.5


@pytest.mark.parametrize(("sellers", "everybody", "share"), [(0.0, 8.0, 0.0), (8.0, 8.0, 1.0), (0.0, 0.0, 0.0)])
def test_weighted_share_of_nobody_everybody_and_a_hermit(sellers, everybody, share):
    assert weighted_share(sellers, everybody) == share


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_the_linear_rule_imitates_the_share(share):
    assert imitation_share(share, 3, 0) == share


@pytest.mark.parametrize(("n_sellers", "response"), [(0, 0.0), (2, 0.0), (3, 1.0), (9, 1.0)])
def test_the_threshold_rule_responds_in_full_from_m_sellers_on(n_sellers, response):
    assert imitation_share(0.1, n_sellers, 3) == response


def test_the_hazard_adds_own_initiative_and_imitation():
    assert monthly_hazard(0.001, 0.08, 0.25) == pytest.approx(0.021)
    assert monthly_hazard(0.001, 0.0, 1.0) == 0.001
    assert monthly_hazard(0.0, 0.08, 0.0) == 0.0


def test_the_log_multiplier_adds_each_term():
    # second village: -1 + 0.1 * 3 + 0.05 * 4 + 3 * 0.1 - 0.25 * 2
    assert village_log_multiplier(BASE, **CONDITIONS) == pytest.approx([0.5, -0.7])


def test_without_effects_the_log_multiplier_is_the_base():
    off = {name: 0.0 for name in CONDITIONS if "effect" in name}
    assert village_log_multiplier(BASE, **CONDITIONS | off).tolist() == BASE.tolist()


@pytest.mark.parametrize(
    ("effect", "value", "change"),
    [
        ("cost_effect_per_yuan", 0.2, 0.1 * 3),
        ("training_effect", 0.15, 0.1 * 4),
        ("internet_effect", 4.0, 1.0 * 0.1),
        ("crowding_effect", 0.5, -0.25 * 2),
    ],
)
def test_each_effect_moves_its_own_term_only(effect, value, change):
    before = village_log_multiplier(BASE, **CONDITIONS)
    after = village_log_multiplier(BASE, **CONDITIONS | {effect: value})
    assert after - before == pytest.approx([0.0, change])


def test_light_ties_count_as_heavy_ones_do():
    assert weighted_share(0.1, 0.4) == pytest.approx(0.25)


@pytest.mark.parametrize(("sellers", "imitated"), [(0, 0.0), (1, 1.0), (2, 1.0)])
def test_a_threshold_of_one_is_a_threshold(sellers, imitated):
    assert imitation_share(0.3, sellers, 1) == imitated
