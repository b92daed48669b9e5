"""Concentration measures on values with known answers."""

from __future__ import annotations

import numpy as np
import pytest

from sim.metrics.concentration import gini, hhi, lorenz, rank_size, theil, zipf_slope

PARETO_QUANTILES = np.arange(0.5, 200_000) / 200_000


def pareto(a):
    """Mid-quantiles of a Pareto distribution with exponent a: a sample without luck."""
    return (1.0 - PARETO_QUANTILES) ** (-1.0 / a)


def test_all_equal():
    values = np.full(7, 3.5)
    assert gini(values) == 0.0
    assert theil(values) == 0.0
    assert hhi(values) == pytest.approx(1 / 7, abs=1e-15)
    np.testing.assert_allclose(lorenz(values).share_total, np.arange(8) / 7, atol=1e-15)


@pytest.mark.parametrize("n", [1, 2, 10, 1000])
def test_one_holder_of_everything(n):
    values = np.zeros(n)
    values[n // 2] = 42.0
    assert gini(values) == pytest.approx((n - 1) / n, abs=1e-15)
    assert hhi(values) == 1.0
    assert theil(values) == pytest.approx(np.log(n), abs=1e-14)
    assert lorenz(values).share_total.tolist() == [0.0] * n + [1.0]


@pytest.mark.parametrize("a", [2.0, 3.0, 5.0])
def test_pareto(a):
    values = pareto(a)
    assert gini(values) == pytest.approx(1 / (2 * a - 1), abs=2e-3)
    assert theil(values) == pytest.approx(np.log((a - 1) / a) + 1 / (a - 1), abs=1e-2)
    assert zipf_slope(values).slope == pytest.approx(a, rel=1e-3)


def test_the_gini_coefficient_is_half_the_relative_mean_difference():
    values = np.array([3.0, 0.0, 8.0, 1.0, 1.0])
    difference = np.abs(values[:, None] - values[None, :]).mean()
    assert gini(values) == pytest.approx(difference / (2 * values.mean()), abs=1e-15)


def test_theil_and_herfindahl_by_hand():
    assert hhi([1, 3]) == pytest.approx(1 / 16 + 9 / 16)
    assert theil([1, 3]) == pytest.approx(0.5 * (0.5 * np.log(0.5) + 1.5 * np.log(1.5)))


def test_zipf_slope_of_an_exact_power_law():
    rank = np.arange(1, 51)
    fit = zipf_slope((rank - 0.5) ** (-1 / 1.7))
    assert fit.slope == pytest.approx(1.7, rel=1e-12)
    assert fit.standard_error == pytest.approx(1.7 * np.sqrt(2 / 50), rel=1e-12)
    assert fit.n == 50


def test_zipf_slope_keeps_the_largest_and_leaves_zeros_out():
    rank = np.arange(1, 51)
    sizes = np.concatenate([(rank - 0.5) ** (-1 / 1.2), np.full(30, 1e-9), np.zeros(20)])
    assert zipf_slope(sizes, top=50).slope == pytest.approx(1.2, rel=1e-12)
    assert zipf_slope(sizes).n == 80
    with pytest.raises(ValueError, match="top is 0"):
        zipf_slope(sizes, top=0)


@pytest.mark.parametrize("values", [[4, 1], [4, 1, 1], [4, 4, 1]])
def test_zipf_slope_of_two_sizes_is_that_of_the_line_through_them(values):
    found = zipf_slope(values)
    log_size, log_rank = np.log(values), np.log(np.arange(len(values)) + 0.5)
    assert found.slope == pytest.approx(-np.polyfit(log_size, log_rank, 1)[0])
    assert found.n == len(values)
    assert np.isnan(zipf_slope(values, top=1).slope)
    assert zipf_slope(values, top=1).n == 1


@pytest.mark.parametrize("values", [[], [0, 0], [4], [4, 4, 4], [4, 0]])
def test_zipf_slope_needs_two_sizes(values):
    fit = zipf_slope(values)
    assert np.isnan(fit.slope)
    assert np.isnan(fit.standard_error)
    assert fit.n == np.count_nonzero(values)


def test_no_values():
    assert rank_size([]).size == 0
    assert all(np.isnan(measure([])) for measure in (gini, hhi, theil))
    assert [axis.tolist() for axis in lorenz([])] == [[0.0, 1.0], [0.0, 1.0]]


def test_all_zero():
    assert gini([0, 0, 0]) == 0.0
    assert theil([0, 0, 0]) == 0.0
    assert np.isnan(hhi([0, 0, 0]))
    assert lorenz([0, 0]).share_total.tolist() == [0.0, 0.5, 1.0]


@pytest.mark.parametrize("measure", [rank_size, gini, hhi, theil, lorenz, zipf_slope])
@pytest.mark.parametrize("wrong", [-1.0, np.nan, np.inf])
def test_values_without_a_share_are_refused(measure, wrong):
    with pytest.raises(ValueError, match="1 of 3 values are negative or not finite"):
        measure([1.0, wrong, 2.0])


def test_huge_values_do_not_overflow():
    assert gini([1e308, 1e308, 1e308]) == 0.0
    assert hhi([1e308, 1e308]) == 0.5


def test_rank_size_falls_and_leaves_its_argument_alone():
    values = np.array([2.0, 9.0, 4.0])
    assert rank_size(values).tolist() == [9.0, 4.0, 2.0]
    assert values.tolist() == [2.0, 9.0, 4.0]
    assert rank_size([1, 3]).dtype == np.float64
