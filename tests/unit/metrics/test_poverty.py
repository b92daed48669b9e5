"""Taobao villages in poor counties, and households brought above the line."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

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
    assert households_lifted(np.array([1]), np.array([10_000.0]), **SURE).tolist() == [0.5]
    richer = households_lifted(np.array([100]), np.array([1e12]), **SURE | {"size_sd": 1.0})
    assert richer == pytest.approx([50.0])


@pytest.mark.parametrize("size_sd", [0.3, 0.7, 1.6])
def test_unequal_shops_follow_a_lognormal_law_of_the_mean_given(size_sd):
    sales = np.array([1_000.0, 6_000.0, 10_000.0, 40_000.0])  # of a shop, below the gap and above
    law = stats.lognorm(size_sd, scale=0.2 * sales * np.exp(-(size_sd**2) / 2))
    np.testing.assert_allclose(law.mean(), 0.2 * sales)
    found = households_lifted(np.full(4, 3), 3 * sales, **SURE | {"size_sd": size_sd})
    np.testing.assert_allclose(found, 0.5 * 3 * law.sf(2_000.0))
