"""What is scarce in large villages, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.rules.limits import capacity_shops, relieved_capacity, scarcity, scarcity_sales_factor


def test_room_grows_with_the_village():
    assert capacity_shops(np.array([0.0, 300.0]), shops=50.0, household_share=0.1).tolist() == [50.0, 80.0]


def test_each_kind_of_means_is_relieved_by_its_own():
    capacity = np.array([50.0, 80.0])
    relieving = np.array([[2.0, 0.0], [0.0, 3.0], [2.0, 9.0]])
    by_kind = relieved_capacity(capacity, relieving, np.array([0.5, 1.0, 0.0]))
    assert by_kind == pytest.approx(np.array([[100.0, 80.0], [50.0, 320.0], [50.0, 80.0]]))


def test_scarcity_is_none_without_shops_and_grows_without_bound():
    alike = np.full((4, 3), 80.0)
    scarce = scarcity(np.array([0.0, 80.0, 8000.0]), alike, np.full(4, 0.25))
    assert scarce == pytest.approx([0.0, np.log(2), np.log(101)])
    assert scarcity(np.array([100.0]), np.array([[1e12]]), np.ones(1)) == pytest.approx([0.0], abs=1e-9)


def test_a_kind_that_is_relieved_leaves_the_others_scarce():
    shops, weights = np.array([60.0]), np.array([0.5, 2.0])
    assert scarcity(shops, np.array([[20.0], [1e12]]), weights) == pytest.approx([0.5 * np.log(4)])
    assert scarcity(shops, np.array([[1e12], [20.0]]), weights) == pytest.approx([2.0 * np.log(4)])
    assert scarcity(shops, np.full((2, 1), 20.0), np.zeros(2)).tolist() == [0.0]


def test_scarcity_lowers_sales_by_a_power():
    # Three times the room there is: ln 4, and 4 ** -0.5 is a half.
    scarce = np.array([0.0, np.log(4)])
    assert scarcity_sales_factor(scarce, sales_elasticity=0.5) == pytest.approx([1.0, 0.5])
    assert scarcity_sales_factor(scarce, sales_elasticity=0.0).tolist() == [1.0, 1.0]
