"""Posteriors that are known: a normal law inside the cube, the prior without information, a bound, a ridge."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import truncnorm

from sim.calibration.emulator import Emulator
from sim.calibration.recovery import crps
from sim.calibration.sampling import effective_size, sampled
from tests.unit.calibration.test_emulator import evidence

CHANCE = 0.15


def known(predict, n_statistics, chance=CHANCE):
    return Emulator(predict, chance**2 * np.eye(n_statistics), np.arange(10))


def facts(observed, **options):
    observed = np.atleast_1d(np.asarray(observed, float))
    return evidence(np.zeros((10, observed.size)), observed, **options)


@pytest.mark.parametrize("spread", [0.0, 0.2])
def test_a_normal_law_gives_the_truncated_normal_posterior(spread):
    sample = sampled(known(lambda u: u, 2), facts([0.5, 0.9], spread=spread), 2, effort=3.0)
    width = np.hypot(CHANCE, spread)
    for column, seen in enumerate((0.5, 0.9)):
        exact = truncnorm(-seen / width, (1.0 - seen) / width, seen, width)
        for level in (0.05, 0.5, 0.95):
            assert sample.quantile(level)[column] == pytest.approx(exact.ppf(level), abs=0.03)
    assert sample.effective_size > 500


def test_without_information_the_posterior_is_the_prior():
    sample = sampled(known(lambda u: 0.0 * u[:, :1], 1), facts(3.0), 3, effort=3.0)
    for level in (0.1, 0.5, 0.9):
        np.testing.assert_allclose(sample.quantile(level), level, atol=0.05)
    assert not sample.at_edge.any()


def test_of_a_bound_only_what_lies_short_of_it_counts():
    sample = sampled(known(lambda u: u, 1, chance=0.02), facts(0.6, bound=[True]), 1, effort=3.0)
    assert sample.quantile(0.01)[0] > 0.5
    assert sample.quantile(0.5)[0] == pytest.approx(0.8, abs=0.04)


def test_widened_errors_widen_the_sample():
    law = known(lambda u: u, 1, chance=0.05)
    narrow, wide = (sampled(law, facts(0.5), 1, widened=factor, effort=3.0).shares.std() for factor in (1.0, 2.0))
    assert wide / narrow == pytest.approx(2.0, rel=0.1)


def test_the_center_lies_where_the_draws_lie_though_the_medians_do_not():
    # Only the product is known: single medians leave the ridge, the central draw does not.
    law = known(lambda u: (u[:, :1] + 0.05) * (u[:, 1:] + 0.05), 1, chance=0.01)
    sample = sampled(law, facts(0.1), 2, effort=3.0)
    center, medians = sample.center, sample.quantile(0.5)
    product = (center + 0.05).prod()
    assert product == pytest.approx(0.1, abs=0.015)
    assert abs((medians + 0.05).prod() - 0.1) > abs(product - 0.1)


def test_the_facts_press_against_an_end():
    sample = sampled(known(lambda u: u, 2), facts([1.4, 0.5]), 2, effort=3.0)
    assert sample.at_edge.tolist() == [True, False]


def test_draws_are_a_fair_sample_and_repeat():
    law, asked = known(lambda u: u, 2), facts([0.3, 0.6])
    sample, again = sampled(law, asked, 2), sampled(law, asked, 2)
    np.testing.assert_array_equal(sample.shares, again.shares)
    assert not np.array_equal(sample.shares, sampled(law, asked, 2, seed=1).shares)
    few = sample.drawn(400, seed=2)
    chain = {tuple(point): row % 64 for row, point in enumerate(sample.shares)}
    assert len({chain[tuple(point)] for point in few}) == 64, "draws come from all chains"
    draws = sample.drawn(2000, seed=2)
    np.testing.assert_allclose(draws.mean(axis=0), sample.shares.mean(axis=0), atol=0.02)
    np.testing.assert_array_equal(draws, sample.drawn(2000, seed=2))
    assert draws[:1000].std() == pytest.approx(draws[1000:].std(), rel=0.1)


def test_the_score_of_one_value_is_its_distance_and_of_two_known():
    assert crps(np.array([2.0]), np.ones(1), 5.0) == pytest.approx(3.0)
    assert crps(np.array([0.0, 1.0]), np.ones(2), 0.0) == pytest.approx(0.5 - 0.25)


def test_a_chain_that_stands_still_is_worth_nothing():
    walks = np.random.default_rng(0).random((400, 8, 2))
    fresh = effective_size(walks)
    assert fresh == pytest.approx(400 * 8, rel=0.15)
    walks[:, 3] = walks[0, 3]
    assert effective_size(walks) == pytest.approx(fresh * 7 / 8, rel=0.1)
    assert effective_size(np.repeat(walks[:1], 400, axis=0)) == 0.0
    slow = np.repeat(np.random.default_rng(1).random((100, 8, 2)), 4, axis=0)
    assert effective_size(slow) < fresh / 2
