"""What concentration measures do for any values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.metrics.concentration import gini, hhi, lorenz, rank_size, theil, zipf_slope

VALUES = st.lists(
    st.one_of(st.just(0.0), st.floats(1e-6, 1e9), st.integers(0, 50).map(float)), min_size=1, max_size=40
)
HELD = VALUES.filter(lambda values: sum(values) > 0)


@given(VALUES, st.randoms(use_true_random=False))
def test_order_changes_nothing(values, random):
    other = list(values)
    random.shuffle(other)
    for measure in (gini, hhi, theil):
        np.testing.assert_equal(measure(other), measure(values))
    np.testing.assert_equal(tuple(zipf_slope(other)), tuple(zipf_slope(values)))
    assert rank_size(other).tolist() == rank_size(values).tolist()
    assert lorenz(other).share_total.tolist() == lorenz(values).share_total.tolist()


@given(HELD)
def test_bounds(values):
    n = len(values)
    assert 0.0 <= gini(values) <= (n - 1) / n
    assert 1 / n - 1e-12 <= hhi(values) <= 1.0 + 1e-12
    assert 0.0 <= theil(values) <= np.log(n)


@given(HELD, st.floats(1e-3, 1e3))
def test_the_unit_of_the_values_does_not_matter(values, factor):
    scaled = [factor * value for value in values]
    for measure in (gini, hhi, theil):
        assert measure(scaled) == pytest.approx(measure(values), abs=1e-9)


@given(HELD, st.integers(2, 4))
def test_copies_of_everyone_leave_inequality_as_it_is(values, copies):
    assert gini(values * copies) == pytest.approx(gini(values), abs=1e-9)
    assert theil(values * copies) == pytest.approx(theil(values), abs=1e-9)
    assert hhi(values * copies) == pytest.approx(hhi(values) / copies, abs=1e-9)


@given(HELD.filter(lambda values: len(values) > 1), st.floats(0.0, 0.5))
def test_a_gift_from_the_richest_to_the_poorest_never_raises_inequality(values, share):
    low, high = int(np.argmin(values)), int(np.argmax(values))
    gift = share * (values[high] - values[low])
    after = list(values)
    after[high] -= gift
    after[low] += gift
    for measure in (gini, hhi, theil):
        assert measure(after) <= measure(values) + 1e-9


@given(VALUES)
def test_the_lorenz_curve_rises_bends_upwards_and_encloses_the_gini_coefficient(values):
    units, total = lorenz(values)
    assert (units[0], total[0], units[-1]) == (0.0, 0.0, 1.0)
    assert total[-1] == pytest.approx(1.0)
    steps = np.diff(total)
    assert (steps >= -1e-12).all()
    assert (np.diff(steps) >= -1e-9).all()
    area = float(((total[1:] + total[:-1]) / 2 * np.diff(units)).sum())
    assert 1 - 2 * area == pytest.approx(gini(values), abs=1e-9)
