"""Income of sellers and costs of policies, on worked values."""

from __future__ import annotations

import numpy as np
import pytest

from sim.metrics.costs import QUANTITIES, policy_cost
from sim.metrics.income import seller_income
from sim.scenario.costs import OUTLAYS, PRICES


def test_income_is_a_share_of_sales_per_shop():
    found = seller_income([3000.0, 0.0, 500.0], [10, 5, 0], margin=0.2)
    np.testing.assert_allclose(found, [60.0, 0.0, np.nan])
    assert float(seller_income(100.0, 4, margin=1.0)) == 25.0
    np.testing.assert_allclose(seller_income(100.0, [4, 1, 0], margin=1.0), [25.0, 100.0, np.nan])
    np.testing.assert_allclose(seller_income([100.0, 60.0], 4, margin=0.5), [12.5, 7.5])


def test_each_new_thing_costs_once_and_each_month_costs_again():
    stations = np.array([[0.0, 2.0, 1.0, 4.0]])
    assert policy_cost(10.0, stations, 0, each_new=True).tolist() == [
        50.0
    ]  # 2, then 3: the one that closed is gone
    assert policy_cost(10.0, stations, 2, each_new=True).tolist() == [30.0]
    assert policy_cost(10.0, stations, 0, each_new=False).tolist() == [70.0]
    assert policy_cost(10.0, stations, 4, each_new=False).tolist() == [0.0]
    assert policy_cost(0.0, stations, 0, each_new=True).tolist() == [0.0]
    assert policy_cost(10.0, np.array([3.0, 3.0]), 0, each_new=True) == pytest.approx(30.0)


def test_every_cost_that_can_be_stated_is_counted():
    assert {*QUANTITIES, "lump_sum_yuan"} == {*PRICES, *OUTLAYS}
