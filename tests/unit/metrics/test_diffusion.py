"""Adopter classes, rates with intervals, ratios within strata, and the permutation test of ties."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.metrics.diffusion import adopter_classes, permutation_test, rate_interval, rate_ratio


def test_classes_are_cut_at_mean_and_standard_deviations():
    times = np.array([0.0, 10.0, 10.0, 10.0, 20.0])  # mean 10, standard deviation 6.3
    classes, bounds = adopter_classes(times)
    np.testing.assert_allclose(bounds, 10 + np.sqrt(40) * np.array([-2, -1, 0, 1]))
    assert classes.tolist() == [1, 2, 2, 2, 4]
    normal = stats.norm.ppf((np.arange(100_000) + 0.5) / 100_000)
    shares = np.bincount(adopter_classes(normal)[0]) / 100_000
    np.testing.assert_allclose(shares, [0.0228, 0.1359, 0.3413, 0.3413, 0.1587], atol=2e-4)
    for equal in ([4, 4, 4], []):
        classes, bounds = adopter_classes(equal)
        assert classes.tolist() == [2] * len(equal)
        assert classes.dtype == np.int8
        np.testing.assert_array_equal(bounds, [4.0 if equal else np.nan] * 4)


def test_rates_have_exact_poisson_bounds():
    rate, low, high = rate_interval([0, 10, 3], [100.0, 50.0, 0.0])
    assert (rate[0], low[0], high[0]) == pytest.approx((0.0, 0.0, -np.log(0.025) / 100))
    assert rate[1] == 0.2
    assert stats.poisson.sf(9, low[1] * 50) == pytest.approx(0.025)
    assert stats.poisson.cdf(10, high[1] * 50) == pytest.approx(0.025)
    assert np.isnan([rate[2], low[2], high[2]]).all()
    rate, low, high = rate_interval([1], [0.5])  # one event, in less than a unit of time
    assert (rate[0], low[0]) == pytest.approx((2.0, -np.log(0.975) / 0.5))
    assert stats.poisson.cdf(1, high[0] * 0.5) == pytest.approx(0.025)


def test_ratio_of_rates_within_strata():
    assert rate_ratio([30], [100], [10], [100])[0] == pytest.approx(3.0)
    _, low, high = rate_ratio([30], [100], [10], [100])
    assert np.log(high / low) / 2 / 1.959964 == pytest.approx(np.sqrt(1 / 30 + 1 / 10))
    # twice the rate in each stratum, but the exposed are where rates are high: together it would be 5.5 times
    assert rate_ratio([2, 180], [10, 90], [9, 10], [90, 10])[0] == pytest.approx(2.0)
    assert rate_ratio([2, 180, 50], [10, 90, 5], [9, 10, 0], [90, 10, 0])[0] == pytest.approx(2.0), "no other"
    assert np.isnan(rate_ratio([2], [10], [0], [10])).all()
    assert np.isnan(rate_ratio([0], [10], [2], [10])).all()
    assert rate_ratio([2], [1], [2], [1])[0] == pytest.approx(1.0)
    assert rate_ratio([4], [0.5], [1], [0.5])[0] == pytest.approx(4.0), "less than a unit of time"
    assert rate_ratio([30, 0], [100, 0], [10, 0], [100, 0])[0] == pytest.approx(3.0), "nobody at risk"


def test_permutation_by_hand():
    # Two villages of two; the only exchange within each leaves the difference within a pair as it is.
    times, village = [1, 5, 2, 9], [0, 0, 1, 1]
    inside = permutation_test(times, village, np.zeros(4), np.array([[0, 1], [2, 3]]), 50, 0)
    assert (inside.observed, inside.p_value) == (5.5, 1.0)
    assert (inside.permuted == 5.5).all()
    # A tie across: 1 and 2 are one month apart, exchanges give 1 - 2, 1 - 9, 5 - 2 or 5 - 9.
    across = permutation_test(times, village, np.zeros(4), np.array([[0, 2]]), 400, 0)
    assert across.observed == 1.0
    assert set(across.permuted.tolist()) == {1.0, 8.0, 3.0, 4.0}
    assert np.mean(across.permuted == 1.0) == pytest.approx(0.25, abs=0.08)
    # Who is fixed stays: of the second village nobody moves.
    fixed = permutation_test(times, village, [False, False, True, True], np.array([[0, 2], [2, 3]]), 100, 0)
    assert fixed.pairs == 1, "a tie of two who are fixed tells nothing"
    assert set(fixed.permuted.tolist()) == {1.0, 3.0}
    none_moves = permutation_test(times, village, np.ones(4), np.array([[0, 2]]), 10, 0)
    for nothing in (none_moves, permutation_test(times, village, np.zeros(4), np.zeros(0, int), 10, 0)):
        assert nothing.pairs == 0
        assert np.isnan([nothing.observed, nothing.p_value, nothing.expected]).all()
        assert (nothing.permuted.size, nothing.permuted.dtype) == (0, np.float64)


def test_a_permutation_test_is_repeatable():
    rng = np.random.default_rng(0)
    times, pairs = rng.integers(0, 60, 40), rng.integers(0, 40, (60, 2))
    one, same, other = (permutation_test(times, times % 3, np.zeros(40), pairs, 20, seed) for seed in (1, 1, 2))
    assert one.permuted.tolist() == same.permuted.tolist()
    assert one.permuted.tolist() != other.permuted.tolist()
    # Sums of whole months as they were written down: seeded results stay, in strata of any size.
    assert one.permuted[:4] * 60 == pytest.approx([1475, 1314, 1310, 1064])
    larger = permutation_test(times, times % 2, np.zeros(40), pairs, 4, 1)
    assert larger.permuted * 60 == pytest.approx([1306, 1128, 1418, 1354])
