"""Shapley values: the axioms that define them, and the definition by orders of coming."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.experiments.shapley import coalitions, shapley_values

WORTHS = st.integers(1, 4).flatmap(
    lambda n: arrays(np.float64, 2**n, elements=st.floats(-1e3, 1e3, allow_nan=False))
)


def by_orders(worth):
    """Mean of what each adds when it comes, over all orders, written out."""
    n = len(worth).bit_length() - 1
    added = np.zeros(n)
    orders = list(permutations(range(n)))
    for order in orders:
        present = 0
        for each in order:
            added[each] += worth[present | 1 << each] - worth[present]
            present |= 1 << each
    return added / len(orders)


@given(WORTHS)
def test_is_the_mean_over_orders_and_sums_to_the_whole(worth):
    values = shapley_values(worth)
    np.testing.assert_allclose(values, by_orders(worth), rtol=1e-9, atol=1e-9)
    assert values.sum() == pytest.approx(worth[-1] - worth[0], abs=1e-8)


@given(arrays(np.float64, 3, elements=st.floats(-10, 10, allow_nan=False)))
def test_what_is_additive_gets_what_it_adds_alone(parts):
    worth = coalitions(3) @ parts
    np.testing.assert_allclose(shapley_values(worth), parts, atol=1e-12)


def test_who_adds_nothing_gets_nothing_and_equals_get_the_same():
    present = coalitions(3)
    together = np.where(present[:, 0] & present[:, 1], 6.0, 0.0)  # the third plays no part
    np.testing.assert_allclose(shapley_values(together), [3.0, 3.0, 0.0], atol=1e-12)


def test_columns_are_separate_games():
    worth = np.arange(8.0).reshape(4, 2) ** 2
    both = shapley_values(worth)
    for column in range(2):
        np.testing.assert_allclose(both[:, column], shapley_values(worth[:, column]))


def test_needs_all_coalitions():
    with pytest.raises(ValueError, match="found 3 coalitions, allowed is a power of two"):
        shapley_values(np.zeros(3))
