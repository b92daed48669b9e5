"""Points drawn around a posterior stand for the prior once weighed; known integrals and limits."""

from __future__ import annotations

import numpy as np
import pytest

from sim.calibration.priors import scrambled
from sim.calibration.proposals import Proposal, importance, proposal_of
from sim.calibration.regression import Sample, fit_sample, learn, to_shares, to_unbounded

NARROW = Proposal(np.array([1.0, -0.5]), np.array([[0.8, 0.0], [0.4, 0.6]]))


def test_the_density_is_that_of_its_points():
    # Under the prior, uniform in shares, the density has mean 1; weighed by it, points have the proposal's mean.
    points = scrambled(2, 0, 2**15, 4)
    density = NARROW.density(points)
    assert density.mean() == pytest.approx(1.0, abs=0.01)
    mean = (density[:, None] * to_unbounded(points)).mean(axis=0)
    np.testing.assert_allclose(mean, NARROW.center, atol=0.02)
    drawn = to_unbounded(NARROW.shares(scrambled(2, 0, 2**12, 5)))
    np.testing.assert_allclose(drawn.mean(axis=0), NARROW.center, atol=0.01)
    np.testing.assert_allclose(np.cov(drawn.T), NARROW.root @ NARROW.root.T, atol=0.02)


def test_weighed_points_of_all_rounds_stand_for_the_prior():
    rows = [2_000, 6_000]
    shares = np.concatenate([scrambled(2, 0, rows[0], 1), NARROW.shares(scrambled(2, rows[0], rows[1], 1))])
    weights = importance(shares, [NARROW], rows)
    assert weights.max() <= sum(rows) / rows[0]
    for power, expected in ((1, 1 / 2), (2, 1 / 3)):
        found = np.average(shares**power, axis=0, weights=weights)
        np.testing.assert_allclose(found, expected, atol=0.02)
    assert np.abs(shares.mean(axis=0) - 0.5).max() > 0.05, "unweighed they do not"


def test_one_round_is_the_prior():
    np.testing.assert_array_equal(importance(scrambled(3, 0, 10, 0), [], [10]), 1.0)


def test_a_proposal_has_the_mean_of_the_sample_and_more_than_its_spread():
    rng = np.random.default_rng(8)
    logits = rng.normal(size=(4_000, 2)) @ NARROW.root.T + NARROW.center
    sample = Sample(to_shares(logits), np.full(4_000, 1 / 4_000), np.arange(4_000), 0.0, np.zeros(2, bool))
    found = proposal_of(sample)
    np.testing.assert_allclose(found.center, NARROW.center, atol=0.05)
    wider = found.root @ found.root.T / (NARROW.root @ NARROW.root.T)
    np.testing.assert_allclose(wider, 1.5, rtol=0.1)
    one = Sample(np.full((5, 2), 0.3), np.full(5, 0.2), np.arange(5), 0.0, np.zeros(2, bool))
    assert np.linalg.eigvalsh(proposal_of(one).root @ proposal_of(one).root.T).min() > 0.0


def test_a_posterior_does_not_depend_on_where_the_rows_were_drawn():
    # Uniform prior, y = u + noise: rows crowded on one side give the same posterior once weighed.
    rng = np.random.default_rng(2)
    aside = Proposal(np.array([1.5]), np.array([[0.7]]))
    even = scrambled(1, 0, 3_000, 3)
    crowded = np.concatenate([even[:1_000], aside.shares(scrambled(1, 1_000, 2_000, 3))])
    weights = importance(crowded, [aside], [1_000, 2_000])

    def quantiles(shares, importance_weights):
        statistics = shares + 0.3 * rng.normal(size=shares.shape)
        unbounded = to_unbounded(shares)
        sample = fit_sample(
            unbounded, learn(unbounded, statistics), np.array([0.6]), nearest=0.3, importance=importance_weights
        )
        return [sample.quantile(level)[0] for level in (0.1, 0.5, 0.9)]

    expected = quantiles(even, None)
    np.testing.assert_allclose(quantiles(crowded, weights), expected, atol=0.05)
    assert quantiles(crowded, None)[1] > expected[1] + 0.05, "unweighed it leans to where rows are many"
