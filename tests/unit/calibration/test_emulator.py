"""In a linear Gaussian model the posterior is known; statistics without information give back the prior."""

from __future__ import annotations

import numpy as np
import pytest

from sim.calibration.recovery import crps
from sim.calibration.regression import fit_sample, learn, outside_prior, to_shares, to_unbounded
from sim.errors import RunError

NOISE = 0.5


def model(rng, n):
    """Two standard-normal logits, each seen with noise, and three statistics that say nothing."""
    hidden = rng.normal(size=(n, 2))
    seen = hidden + NOISE * rng.normal(size=(n, 2))
    return hidden, np.column_stack([seen, rng.normal(size=(n, 3))])


@pytest.mark.parametrize("n", [350, 1500], ids=["few", "many"])
def test_the_posterior_of_a_gaussian_model_is_found(n):
    rng = np.random.default_rng(3)
    hidden, statistics = model(rng, n)
    observed = np.array([0.6, -0.4, 0.0, 0.0, 0.0])
    sample = fit_sample(hidden, learn(hidden, statistics), observed)
    logits = to_unbounded(sample.shares)
    shrink = 1.0 / (1.0 + NOISE**2)
    mean = sample.weights @ logits
    spread = np.sqrt(sample.weights @ (logits - mean) ** 2)
    np.testing.assert_allclose(mean, shrink * observed[:2], atol=0.12)
    np.testing.assert_allclose(spread, np.sqrt(shrink) * NOISE, rtol=0.2)


def test_statistics_without_information_give_back_the_prior():
    rng = np.random.default_rng(5)
    shares = rng.uniform(size=(600, 1))
    hidden = to_unbounded(shares)
    sample = fit_sample(hidden, learn(hidden, rng.normal(size=(600, 3))), np.zeros(3), nearest=0.8)
    for level in (0.1, 0.5, 0.9):
        assert sample.quantile(level)[0] == pytest.approx(level, abs=0.08)


def test_intervals_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(7)
    hidden, statistics = model(rng, 900)
    learned = learn(hidden[:500], statistics[:500])
    held = {0.5: [], 0.9: []}
    for row in range(500, 900):
        sample = fit_sample(hidden[:500], learned, statistics[row])
        for level, found in held.items():
            low, high = (to_unbounded(sample.quantile((1 + side * level) / 2)) for side in (-1, 1))
            found.append((hidden[row] >= low) & (hidden[row] <= high))
    assert np.mean(held[0.5]) == pytest.approx(0.5, abs=0.07)
    assert np.mean(held[0.9]) == pytest.approx(0.9, abs=0.05)


def test_draws_have_equal_weights_and_repeat():
    rng = np.random.default_rng(1)
    hidden, statistics = model(rng, 200)
    sample = fit_sample(hidden, learn(hidden, statistics), np.zeros(5))
    draws = sample.drawn(4000, seed=2)
    np.testing.assert_allclose(draws.mean(axis=0), sample.weights @ sample.shares, atol=0.01)
    np.testing.assert_array_equal(draws, sample.drawn(4000, seed=2))
    assert 1.0 < sample.effective_size <= len(sample.weights)


def test_facts_beyond_all_rows_are_told_and_not_extrapolated():
    rng = np.random.default_rng(4)
    hidden, statistics = model(rng, 300)
    learned = learn(hidden, statistics)
    far = fit_sample(hidden, learned, np.array([50.0, 0.0, 0.0, 0.0, 0.0]))
    assert far.beyond.tolist() == [True, False]
    assert to_unbounded(far.quantile(0.5))[0] < 4.0
    assert not fit_sample(hidden, learned, np.zeros(5)).beyond.any()


def test_few_rows_of_many_parameters_do_not_make_intervals_too_narrow():
    rng = np.random.default_rng(6)
    hidden = rng.normal(size=(280, 10))
    statistics = hidden + 2.0 * rng.normal(size=(280, 10))
    learned = learn(hidden[:80], statistics[:80])
    held = []
    for row in range(80, 280):
        sample = fit_sample(hidden[:80], learned, statistics[row])
        low, high = to_unbounded(sample.quantile(0.05)), to_unbounded(sample.quantile(0.95))
        held.append((hidden[row] >= low) & (hidden[row] <= high))
    assert np.mean(held) == pytest.approx(0.9, abs=0.045)


def test_constant_statistics_and_too_few_rows():
    rng = np.random.default_rng(2)
    hidden, statistics = model(rng, 100)
    statistics[:, 4] = 3.0
    assert np.isfinite(fit_sample(hidden, learn(hidden, statistics), np.zeros(5)).shares).all()
    with pytest.raises(RunError, match="found 39 usable simulations"):
        learn(hidden[:39], statistics[:39])


def test_facts_out_of_reach_are_found():
    runs = np.column_stack([np.linspace(0, 1, 1000), np.linspace(5, 6, 1000)])
    assert outside_prior(runs, np.array([0.5, 9.0])).tolist() == [False, True]


def test_the_score_of_one_value_is_its_distance_and_of_two_known():
    assert crps(np.array([2.0]), np.ones(1), 5.0) == pytest.approx(3.0)
    assert crps(np.array([0.0, 1.0]), np.ones(2), 0.0) == pytest.approx(0.5 - 0.25)
    shares = np.array([[0.2, 0.9]])
    np.testing.assert_allclose(to_shares(to_unbounded(shares)), shares)
