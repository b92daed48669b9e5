"""The sensitivity pipeline on Sobol's G function, whose indices have a closed form (Saltelli and Sobol 1995)."""

from __future__ import annotations

import numpy as np

from sim.experiments.indices import unit_design, unit_indices

A = np.array([0.0, 1.0, 4.5, 99.0])
PARTIAL = 1 / (3 * (1 + A) ** 2)
VARIANCE = np.prod(1 + PARTIAL) - 1
FIRST = PARTIAL / VARIANCE
TOTAL = np.array([PARTIAL[i] * np.prod(1 + np.delete(PARTIAL, i)) for i in range(A.size)]) / VARIANCE
#: 2,048 base points; the intervals SALib gives for them are 0.03 at most, and this is more than three half-widths.
TOLERANCE = 0.05


def g(unit):
    return np.prod((abs(4 * unit - 2) + A) / (1 + A), axis=1)


def test_sobol_indices_of_sobols_g():
    unit = unit_design("sobol", A.size, 2048, 0)
    found = unit_indices("sobol", unit, g(unit))
    np.testing.assert_allclose(found["S1"], FIRST, atol=TOLERANCE)
    np.testing.assert_allclose(found["ST"], TOTAL, atol=TOLERANCE)
    assert (found["S1_conf"][:2] < 0.1).all()
    # Two parameters exchanged, or first and total taken for each other, would be seen.
    assert abs(found["S1"] - FIRST[[1, 0, 2, 3]]).max() > 3 * TOLERANCE
    assert abs(found["S1"] - TOTAL).max() > TOLERANCE


def test_morris_ranks_sobols_g():
    unit = unit_design("morris", A.size, 40, 0)
    found = unit_indices("morris", unit, g(unit))
    assert np.argsort(-found["mu_star"]).tolist() == [0, 1, 2, 3]
    assert found["mu_star"][3] < 0.02 * found["mu_star"][0]
    exchanged = unit_indices("morris", unit, g(unit[:, ::-1]))
    assert np.argsort(-exchanged["mu_star"]).tolist() == [3, 2, 1, 0]
