"""Sales bands count the recognised only, with ends as the report words them."""

from __future__ import annotations

import numpy as np

from sim.metrics.sales import sales_bands


def test_the_middle_band_holds_its_ends_and_the_great_one_does_not():
    sales = np.array([9_999_999.0, 1e7, 3e7, 3.1e7, 1e8, 1.01e8])
    shops = np.array([1, 2, 4, 8, 16, 32])
    assert sales_bands(np.ones(6, bool), shops, sales) == (63, 2, 1)


def test_only_recognised_villages_count():
    assert sales_bands(np.array([True, False]), np.array([3, 5]), np.array([2e7, 2e8])) == (3, 1, 0)
    assert sales_bands(np.zeros(2, bool), np.array([3, 5]), np.array([2e7, 2e8])) == (0, 0, 0)
