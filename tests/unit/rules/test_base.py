"""The lasting attraction of a village, on hand-worked values."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.rules.base import industry, industry_in_imitation, log_base, revealed_base, rooting_factor

LEVELS = ("county", "town", "village")


def base_of(imitated, revealed, *, sd=(0.0, 0.0, 0.0), deviate=(0.0, 0.0, 0.0)):
    """Log base of one village."""
    return log_base(
        np.array([imitated]),
        np.array([revealed]),
        **{f"{level}_deviate": np.array([d]) for level, d in zip(LEVELS, deviate, strict=True)},
        **{f"{level}_sd": s for level, s in zip(LEVELS, sd, strict=True)},
    )[0]


def test_industry_weighs_each_covariate():
    covariates = np.array([[1.0, 2.0, -1.0], [0.0, 0.0, 0.0]])
    assert industry(covariates, np.array([0.5, 0.25, 2.0])).tolist() == [-1.0, 0.0]


def test_the_list_reveals_nearness_town_and_village():
    revealed = revealed_base(
        np.array([0.0, math.e - 1.0, 0.0, 0.0]),
        np.array([False, False, False, True]),
        np.array([0, 0, 1, 7]),
        nearness_effect=0.2,
        town_effect=0.3,
        listed_effect=0.8,
    )
    assert revealed == pytest.approx([0.0, 0.2, 0.3 * math.log(2.0), 0.3 * math.log(8.0) + 0.8])


@pytest.mark.parametrize(
    ("nearness", "share", "part"),
    [(0.0, 0.3, 0.3), (0.5, 0.3, 0.15), (1.5, 0.4, 0.1), (1e12, 1.0, 0.0), (0.0, 1.0, 1.0), (0.0, 0.0, 0.0)],
)
def test_industry_acts_on_imitation_less_where_listed_villages_are_near(nearness, share, part):
    industry_ = np.array([2.0, -1.0, 0.0])
    imitated = industry_in_imitation(industry_, np.full(3, nearness), share=share, half_nearness=0.5)
    assert imitated == pytest.approx(part * industry_, abs=1e-11)


def test_log_base_adds_what_is_imitated_and_what_is_revealed():
    assert base_of(0.6, 0.5) == pytest.approx(1.1)
    assert base_of(0.0, 0.0) == 0.0


@pytest.mark.parametrize("level", range(3))
def test_a_random_effect_moves_the_log_by_its_deviate_less_half_its_variance(level):
    sd, deviate = [0.0] * 3, [9.0] * 3
    sd[level], deviate[level] = 0.4, 1.5
    assert base_of(0.0, 0.0, sd=sd, deviate=deviate) == pytest.approx(0.4 * 1.5 - 0.08)


def test_random_effects_leave_the_mean_hazard_alone():
    # Gauss-Hermite over one standard normal: the mean of exp(log base) is exactly one.
    node, weight = np.polynomial.hermite_e.hermegauss(40)
    hazard = [math.exp(base_of(0.0, 0.0, sd=(0.0, 0.0, 0.9), deviate=(0.0, 0.0, x))) for x in node]
    assert weight @ hazard / weight.sum() == pytest.approx(1.0, rel=1e-9)


def test_rooting_gives_own_initiative_the_rest_of_industry():
    factor = rooting_factor(np.array([0.0, 2.0, -1.0, 0.7]), np.array([0.0, 0.5, -0.25, 0.7]))
    assert factor == pytest.approx(np.exp([0.0, 1.5, -0.75, 0.0]))


@pytest.mark.parametrize("imitated", [0.0, 0.5, 1.7])
def test_industry_acts_in_full_on_own_initiative_whatever_is_imitated(imitated):
    own = math.exp(base_of(imitated, 0.0)) * rooting_factor(np.array([1.7]), np.array([imitated]))
    assert own == pytest.approx([math.exp(1.7)])
