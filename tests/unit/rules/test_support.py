"""What conditions add to the hazard, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.rules.support import county_log_multiplier, local_log_multiplier


def test_terms_of_counties_and_products_add_up():
    guidance, loans = np.array([[2.0], [0.0]]), np.array([[0.5], [0.0]])
    strength = np.array([[0.0, 1.0, 3.0], [0.0, 0.0, 2.0]])
    eta = county_log_multiplier(
        guidance, loans, strength, guidance_effect=0.3, credit_effect=0.4, chain_effect=0.1
    )
    # 0.3 * 2 + 0.4 * 0.5 = 0.8 in the first county, and a tenth of each strength.
    assert eta == pytest.approx(np.array([[0.8, 0.9, 1.1], [0.0, 0.0, 0.2]]))


@pytest.mark.parametrize("effect", ["guidance_effect", "credit_effect", "chain_effect"])
def test_each_effect_belongs_to_its_own_term(effect):
    effects = {"guidance_effect": 0.0, "credit_effect": 0.0, "chain_effect": 0.0} | {effect: 10.0}
    eta = county_log_multiplier(np.array([[1.0]]), np.array([[0.2]]), np.array([[3.0]]), **effects)
    assert eta.item() == pytest.approx({"guidance_effect": 10, "credit_effect": 2, "chain_effect": 30}[effect])


def test_scarcity_slows_and_incomers_multiply():
    scarce, incomers = np.array([0.0, 2.0, 0.0, 2.0]), np.array([0.0, 0.0, 1.0, 3.0])
    eta = local_log_multiplier(scarce, incomers, limits_effect=0.5)
    assert eta == pytest.approx([0.0, -1.0, np.log(2), np.log(4) - 1.0])
    # One incomer for each household doubles the hazard.
    assert np.exp(eta[2]) == pytest.approx(2.0)
