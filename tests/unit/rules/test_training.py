"""The stock of skill, on hand-worked values."""

from __future__ import annotations

import numpy as np
import pytest

from sim.rules.training import next_training_stock, training_inflow

RATES = {"partner_training_per_month": 0.4, "center_training_per_month": 0.05, "course_training_per_month": 0.01}


def inflow(**rates):
    """Inflow without anything, with a teaching partner, with a center, with both."""
    skill = np.array([0.5, 0.5, 0.5, 1.0])
    teaching, center = np.array([False, True, False, True]), np.array([False, False, True, True])
    return training_inflow(skill, teaching, center, **RATES | rates)


def test_partners_centers_and_courses_add_up():
    assert inflow() == pytest.approx([0.01, 0.21, 0.06, 0.46])


def test_without_rates_nothing_flows_in():
    assert inflow(**dict.fromkeys(RATES, 0.0)).tolist() == [0.0] * 4


@pytest.mark.parametrize(("decay", "stock"), [(0.0, 5.0), (0.25, 4.0), (1.0, 1.0)])
def test_the_stock_decays_and_grows(decay, stock):
    assert next_training_stock(np.array([4.0]), np.array([1.0]), monthly_decay=decay) == pytest.approx([stock])


def test_a_constant_inflow_settles_at_inflow_over_decay():
    stock = np.zeros(1)
    for _ in range(2000):
        stock = next_training_stock(stock, np.array([0.3]), monthly_decay=0.03)
    assert stock == pytest.approx([10.0])
