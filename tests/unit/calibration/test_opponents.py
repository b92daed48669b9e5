"""The opponents' numbers, known answers of both, and what they may not know."""

from __future__ import annotations

import numpy as np
import pytest

from sim.calibration.history import list_counts, places_of
from sim.calibration.opponents import features, opponents, poisson_regression, scaled


@pytest.fixture(scope="module")
def lists(china):
    places = places_of(china)
    return places, list_counts(places, 2014), list_counts(places, 2015)


def test_the_numbers_a_model_must_beat(lists):
    found = {name: each.scores for name, each in opponents(*lists).items()}
    assert found["scaled"].r_squared == pytest.approx(0.54, abs=0.01)
    assert found["scaled"].auc == pytest.approx(0.72, abs=0.01)
    assert found["poisson"].r_squared == pytest.approx(0.56, abs=0.01)
    assert found["poisson"].auc == pytest.approx(0.946, abs=0.005)
    assert found["poisson_10_fold"].r_squared == pytest.approx(0.48, abs=0.01)


def test_scaling_meets_the_total_and_keeps_the_order():
    np.testing.assert_allclose(scaled(np.array([1.0, 3.0, 0.0]), 8.0), [2, 6, 0])
    assert scaled(np.zeros(3), 8.0).tolist() == [0, 0, 0]


def test_the_regression_finds_a_strong_law_and_keeps_the_total():
    x = np.linspace(-1.5, 1.5, 400)
    counts = np.round(np.exp(1.0 + 1.2 * x))
    fitted = poisson_regression(((x - x.mean()) / x.std())[:, None], counts)
    assert fitted.sum() == pytest.approx(counts.sum(), rel=1e-3)
    assert np.corrcoef(fitted, counts)[0, 1] > 0.97


def test_each_fold_is_predicted_without_its_own_counts():
    table = np.zeros((40, 1))
    counts = np.zeros(40)
    counts[7] = 40.0
    left_out = poisson_regression(table, counts, folds=10)
    assert left_out[7] == 0.0, "its own fold knows nothing of it"
    assert np.count_nonzero(left_out == 0.0) == 4
    np.testing.assert_allclose(poisson_regression(table, counts), 1.0)


def test_features_do_not_contain_the_later_list_and_are_standardised(lists):
    places, earlier, _ = lists
    table = features(places, earlier)
    assert table.shape == (places.n, 10)
    np.testing.assert_allclose(table.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(table.std(axis=0), 1)
    alone = features(places, np.zeros(places.n))
    assert not alone[:, 7:].any(), "nothing listed tells nothing"


def test_neighbours_do_not_count_themselves(lists):
    places, _, _ = lists
    one = np.zeros(places.n)
    one[0] = 9.0
    near = features(places, one)[:, 9]
    assert np.argmax(near) != 0
