"""A quadratic law is found exactly; what it leaves has the covariance that was put in."""

from __future__ import annotations

import numpy as np
import pytest

from sim.calibration.emulator import emulate, quadratic
from sim.calibration.evidence import Evidence
from sim.calibration.priors import scrambled
from sim.errors import RunError


def law(shares):
    """Two statistics of two parameters, with squares and a product."""
    x, y = (2.0 * shares - 1.0).T
    return np.column_stack([1.0 + x - 2.0 * y + x * y, 3.0 * x**2 - y])


def evidence(statistics, observed=None, spread=0.0, bound=None):
    n = statistics.shape[1]
    return Evidence(
        (),
        statistics,
        np.zeros(n) if observed is None else np.asarray(observed, float),
        np.full(n, spread),
        np.zeros(n, bool) if bound is None else np.asarray(bound),
        (),
    )


def test_a_quadratic_law_is_found():
    shares = scrambled(2, 0, 200, 1)
    asked = scrambled(2, 200, 50, 1)
    np.testing.assert_allclose(quadratic(shares, law(shares))(asked), law(asked), atol=0.02)
    single = quadratic(shares[:, :1], 5.0 * shares[:, :1] ** 2)
    np.testing.assert_allclose(single(asked[:, :1]), 5.0 * asked[:, :1] ** 2, atol=0.02)


def test_what_is_left_has_the_covariance_of_chance():
    rng = np.random.default_rng(4)
    shares = scrambled(2, 0, 1500, 2)
    chance = np.array([[0.04, 0.03], [0.03, 0.09]])
    statistics = law(shares) + rng.multivariate_normal(np.zeros(2), chance, size=len(shares))
    found = emulate(shares, evidence(statistics), nearest=1.0)
    np.testing.assert_allclose(found.covariance, chance, atol=0.01)
    np.testing.assert_allclose(found.predict(shares[:100]), law(shares[:100]), atol=0.1)


def test_rows_near_the_facts_are_kept_by_what_is_expected_of_them_not_by_chance():
    # One statistic is all chance: rows must not be chosen by it, or its spread would look smaller.
    rng = np.random.default_rng(5)
    shares = scrambled(1, 0, 1000, 3)
    statistics = np.column_stack([4.0 * shares[:, 0], rng.normal(size=1000)])
    found = emulate(shares, evidence(statistics, observed=[1.0, 0.0]), nearest=0.3)
    assert len(found.rows) == 300
    assert np.abs(4.0 * shares[found.rows, 0] - 1.0).max() < 0.9
    assert found.covariance[1, 1] == pytest.approx(1.0, rel=0.15)


def test_constant_statistics_and_too_few_rows():
    shares = scrambled(2, 0, 80, 6)
    statistics = np.column_stack([law(shares), np.full(80, 3.0)])
    found = emulate(shares, evidence(statistics, observed=[0.0, 0.0, 3.0]))
    np.testing.assert_allclose(found.predict(shares)[:, 2], 3.0)
    assert np.isfinite(np.linalg.cholesky(found.covariance)).all()
    with pytest.raises(RunError, match="found 39 usable simulations"):
        emulate(shares[:39], evidence(statistics[:39]))
