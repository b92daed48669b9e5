"""Taobao villages in poor counties, and households brought above the line."""

from __future__ import annotations

import numpy as np
import pytest

from sim.metrics.poverty import households_lifted, observed_poverty_villages, poverty_villages

SURE = {"poor_share": 0.5, "margin": 0.2, "gap_yuan": 2_000.0, "size_sd": 0.0}


def test_villages_of_poor_counties_are_counted_by_year():
    masks = {2014: [True, True, False], 2015: [True, True, True]}
    assert poverty_villages(masks, [False, True, True]) == {2014: 1, 2015: 2}
    assert poverty_villages(masks, [False] * 3) == {2014: 0, 2015: 0}


def test_the_lists_give_the_four_and_ten_of_the_report():
    assert observed_poverty_villages() == {2014: 4, 2015: 10}


def test_shops_of_equal_size_lift_all_or_none():
    shops, sales = np.array([0, 10, 10]), np.array([0.0, 10 * 10_000.0, 10 * 9_999.0])
    assert households_lifted(shops, sales, **SURE).tolist() == [0.0, 5.0, 0.0]


def test_with_unequal_shops_half_are_above_when_the_median_is_at_the_gap():
    mean = 10_000.0 * np.exp(0.5)
    lifted = households_lifted(np.array([100]), np.array([100 * mean]), **SURE | {"size_sd": 1.0})
    assert lifted == pytest.approx([25.0])
    richer = households_lifted(np.array([100]), np.array([1e12]), **SURE | {"size_sd": 1.0})
    assert richer == pytest.approx([50.0])
