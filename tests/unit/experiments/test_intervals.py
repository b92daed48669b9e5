"""Intervals on worked values, and on limits with known answers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from sim.experiments.intervals import (
    band,
    fieller_interval,
    mean_interval,
    paired_difference,
    paired_differences,
    ratio_interval,
)

BASE = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
POLICY = [2.0, 2.5, 4.0, 6.0, 5.5, 8.0]


def test_band_leaves_out_nan():
    assert band([1.0, math.nan, 3.0]) == pytest.approx((2.0, 1.1, 2.9))
    assert all(map(math.isnan, band([math.nan])))


def test_mean_interval_is_students():
    low, high = stats.t.interval(0.95, 5, np.mean(BASE), stats.sem(BASE))
    assert mean_interval(BASE) == pytest.approx((3.5, low, high))
    assert mean_interval([4.0, 4.0]) == (4.0, 4.0, 4.0)
    mean, low, high = mean_interval([4.0])
    assert (mean, math.isnan(low), math.isnan(high)) == (4.0, True, True)


def test_paired_difference_on_worked_values():
    found = paired_difference(BASE, POLICY)
    difference = np.subtract(POLICY, BASE)
    assert (found.pairs, found.base_mean, found.policy_mean) == (6, 3.5, np.mean(POLICY))
    expected = stats.ttest_rel(POLICY, BASE).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.better == 1.0
    assert found.safe
    apart = np.var(BASE, ddof=1) + np.var(POLICY, ddof=1)
    assert found.variance_reduction == pytest.approx(apart / np.var(difference, ddof=1))
    reach = stats.norm.ppf(0.975) + stats.norm.ppf(0.8)
    assert found.pairs_needed == math.ceil((reach * np.std(difference, ddof=1) / difference.mean()) ** 2)
    again = stats.bootstrap((difference,), np.mean, method="percentile", n_resamples=4000, random_state=1)
    assert found.bootstrap_low == pytest.approx(again.confidence_interval.low, abs=0.1)
    assert found.bootstrap_high == pytest.approx(again.confidence_interval.high, abs=0.1)
    assert found == paired_difference(BASE, POLICY), "nothing is left to chance"


def test_no_difference_is_never_safe():
    found = paired_difference(BASE, BASE)
    assert (found.difference, found.low, found.high, found.better) == (0.0, 0.0, 0.0, 0.5)
    assert not found.safe
    assert found.variance_reduction == math.inf
    assert math.isnan(found.pairs_needed)


def test_a_constant_difference_is_certain():
    found = paired_difference(BASE, np.add(BASE, 2.0))
    assert (found.low, found.high, found.pairs_needed) == (2.0, 2.0, 2.0)
    assert found.safe
    assert paired_difference(np.add(BASE, 2.0), BASE).better == 0.0


def test_failed_pairs_are_left_out():
    whole = paired_difference(BASE[1:], POLICY[1:])
    assert paired_difference([math.nan, *BASE[1:]], POLICY) == whole
    assert paired_difference(BASE, [math.nan, *POLICY[1:]]) == whole
    nothing = paired_difference([math.nan], [1.0])
    assert nothing.pairs == 0
    assert not nothing.safe


def test_many_outcomes_at_once_equal_one_by_one():
    base = np.stack([BASE, POLICY], axis=1)
    policy = np.stack([POLICY, BASE], axis=1)
    base[0, 0] = math.nan
    mean, low, high = paired_differences(base, policy)
    one = paired_difference(BASE[1:], POLICY[1:])
    assert (mean[0], low[0], high[0]) == pytest.approx((one.difference, one.low, one.high))
    assert (mean[1], low[1], high[1]) == pytest.approx((-one.difference, -one.high, -one.low))
    assert math.isnan(paired_differences(base[1:2], policy[1:2])[1][0])
    assert math.isnan(paired_differences(base[:1], policy[:1])[0][0])


def test_rows_of_other_length_are_refused():
    with pytest.raises(ValueError, match="one length"):
        paired_difference(BASE, POLICY[1:])


def test_the_interval_covers_as_often_as_it_says():
    noise = stats.norm.rvs(size=(400, 12), random_state=np.random.default_rng(3))
    found = [paired_difference(np.zeros(12), row + 0.3) for row in noise]
    student = np.mean([each.low <= 0.3 <= each.high for each in found])
    assert 0.92 <= student <= 0.98
    resampled = np.mean([each.bootstrap_low <= 0.3 <= each.bootstrap_high for each in found])
    assert 0.86 <= resampled <= 0.97


def test_ratio_interval_where_it_is_known():
    known = np.array(mean_interval(BASE)) / 4.0
    assert ratio_interval(BASE, [4.0] * 6) == pytest.approx(tuple(known))
    assert ratio_interval(BASE, np.multiply(BASE, 2.0)) == pytest.approx((0.5, 0.5, 0.5))
    assert ratio_interval([*BASE, math.nan], [*POLICY, 1.0]) == ratio_interval(BASE, POLICY)
    assert all(map(math.isnan, ratio_interval(BASE, [0.0] * 6)))
    ratio, low, high = ratio_interval([1.0], [2.0])
    assert (ratio, math.isnan(low), math.isnan(high)) == (0.5, True, True)


def test_ratio_interval_covers_the_truth():
    # 95 % of intervals hold the ratio of the true means, 0.3; of 400 the share is known to about one point.
    rng = np.random.default_rng(5)
    wholes = 100.0 + 10.0 * rng.standard_normal((400, 12))
    parts = 0.3 * wholes + 4.0 * rng.standard_normal((400, 12))
    found = [ratio_interval(x, y) for x, y in zip(parts, wholes, strict=True)]
    assert 0.90 <= np.mean([low <= 0.3 <= high for _, low, high in found]) <= 0.99


def test_fieller_interval_where_it_is_known():
    known = np.array(mean_interval(BASE)) / 4.0
    assert fieller_interval(BASE, [4.0] * 6) == pytest.approx(tuple(known))
    assert fieller_interval(np.multiply(BASE, -3.0), BASE) == pytest.approx((-3.0, -3.0, -3.0))
    assert fieller_interval([*BASE, math.nan], [*POLICY, 1.0]) == fieller_interval(BASE, POLICY)
    assert all(map(math.isnan, fieller_interval(BASE, [-1.0, 1.0, -2.0, 2.0, 1.0, -1.0]))), "b may be zero"
    assert all(map(math.isnan, fieller_interval([1.0], [2.0])))


def test_fieller_interval_covers_the_truth_where_the_spread_below_is_large():
    # b's spread is half its mean; 95 % of intervals hold the ratio 3, of 400 known to about one point.
    rng = np.random.default_rng(6)
    below = 1.0 + 0.5 * rng.standard_normal((400, 8))
    above = 3.0 * below + rng.standard_normal((400, 8))
    found = [fieller_interval(x, y) for x, y in zip(above, below, strict=True)]
    bounded = [(low, high) for _, low, high in found if not math.isnan(low)]
    assert len(bounded) > 390
    assert 0.92 <= np.mean([low <= 3.0 <= high for low, high in bounded]) <= 0.98
