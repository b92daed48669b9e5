"""Suppliers by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.rules.chain import chain_sales_factor, chain_strength, express_saving, next_suppliers


def test_suppliers_follow_the_shops_with_a_lag():
    suppliers = np.zeros((1, 2))
    shops = np.array([[15_000.0, 0.0]])
    after = next_suppliers(suppliers, shops, suppliers_per_shop=0.04, months_to_settle=1.0)
    assert after[0] == pytest.approx([600 * (1 - np.exp(-1)), 0.0])
    for _ in range(60):
        suppliers = next_suppliers(suppliers, shops, suppliers_per_shop=0.04, months_to_settle=5.0)
    assert suppliers[0] == pytest.approx([600.0, 0.0], rel=1e-4)  # Baigou
    assert next_suppliers(suppliers, shops * 0, suppliers_per_shop=0.04, months_to_settle=5.0)[0, 0] < 600


def test_strength_is_the_logarithm_of_the_suppliers():
    assert chain_strength(np.array([0.0, 20.0, 60.0]), reference_suppliers=20) == pytest.approx(
        [0.0, np.log(2), np.log(4)]
    )


def test_the_saving_rises_to_its_greatest():
    saving = express_saving(np.array([0.0, 20.0, 1e12]), reference_suppliers=20, greatest=0.4)
    assert saving == pytest.approx([0.0, 0.2, 0.4])


def test_the_chain_raises_sales_by_a_power():
    # Three times the reference: ln 4, and 4 ** 0.5 is 2.
    assert chain_sales_factor(np.array([0.0, np.log(4)]), sales_elasticity=0.5) == pytest.approx([1.0, 2.0])
    assert chain_sales_factor(np.array([5.0]), sales_elasticity=0.0).tolist() == [1.0]


def test_suppliers_settle_over_the_months_said():
    after = next_suppliers(np.zeros(1), np.array([100.0]), suppliers_per_shop=1.0, months_to_settle=5.0)
    assert after == pytest.approx([100 * (1 - np.exp(-1 / 5))])
