"""Known truths are runs like those the facts point to, and a right method holds them as often as it says."""

from __future__ import annotations

import numpy as np
import pytest

from sim.calibration.fit import Table
from sim.calibration.priors import Prior
from sim.calibration.recovery import Recovery, crps, recover
from sim.calibration.targets import Target

FIRST, LATER = 80, 80


def law(shares, seed):
    """Two statistics that are linear in two parameters, with chance, far from zero on their own scale."""
    luck = np.random.default_rng(seed).normal(scale=0.1, size=shares.shape)
    return shares @ np.array([[1.0, 0.5], [-0.5, 1.0]]) + luck


@pytest.fixture(scope="module")
def targets():
    told = {"place": "", "kind": "value", "value": 0.5, "error": 0.0, "discrepancy": 0.02, "unit": "dimensionless",
            "date": "2015-12", "source": "made up", "use": "fit", "how": ""}  # fmt: skip
    return [Target(name, 2015, **told) for name in ("villages", "counties")]


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(3)
    around = np.clip(rng.normal([0.3, 0.6], 0.1, (LATER, 2)), 0.01, 0.99)
    shares = np.concatenate([rng.random((FIRST, 2)), around])
    priors = (
        Prior("adoption.imitation", "uniform", 0.0, 1.0, 0.0, 1.0),
        Prior("base.town_effect", "uniform", 0.0, 1.0, 0.0, 1.0),
    )
    return Table(priors, shares, law(shares, 4), FIRST, 0)


def test_truths_come_from_the_rounds_after_the_first(table, targets):
    found = recover(table, targets, truths=8)
    assert found.n == 8
    later = {tuple(row) for row in table.shares[FIRST:]}
    assert {tuple(row) for row in found.truth} <= later
    spread_over = [next(n for n, row in enumerate(table.shares) if (row == truth).all()) for truth in found.truth]
    assert max(spread_over) - min(spread_over) > 0.8 * LATER, "from the whole of the later rounds"
    again = recover(table, targets, truths=2)
    np.testing.assert_array_equal(again.truth, found.truth[::4])
    np.testing.assert_array_equal(again.middle, found.middle[::4], "whatever others are asked")
    np.testing.assert_array_equal(again.crps, found.crps[::4])


def test_with_one_round_truths_come_from_the_prior(table, targets):
    alone = Table(table.priors, table.shares[:FIRST], table.values[:FIRST], FIRST, 0)
    assert recover(alone, targets, truths=16).truth.std(axis=0) == pytest.approx(12**-0.5, abs=0.1)


def test_skill_is_measured_against_the_prior():
    truth, score = np.array([[0.0, 0.5], [1.0, 0.5]]), np.array([[1 / 6, 1 / 24], [1 / 6, 1 / 24]])
    found = Recovery(("at the ends", "in the middle"), truth, truth, {0.5: truth > 2, 0.9: truth > 2}, score)
    # The prior's own score: 1/2 - 1/6 at either end, 1/4 - 1/6 in the middle.
    np.testing.assert_allclose(found.table["skill"], [0.5, 0.5])
    even = (np.arange(2000) + 0.5) / 2000
    for place, asked in ((0.0, 1 / 3), (0.5, 1 / 12)):
        assert crps(even, np.full(2000, 1 / 2000), place) == pytest.approx(asked, abs=1e-4)


def test_a_right_method_holds_truths_as_often_as_it_says(table, targets):
    found = recover(table, targets, truths=40)
    for level in (0.5, 0.9):
        assert found.held[level].mean() == pytest.approx(level, abs=3.0 * found.error_of_coverage(level) / 2**0.5)
    assert (found.table["skill"] > 0.2).all()
