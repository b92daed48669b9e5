"""Scores have known answers, and agree with scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from sim.calibration import scores as s

COUNTS = np.array([0.0, 0, 0, 0, 1, 2, 3, 10])


def test_a_perfect_prediction_and_one_that_says_nothing():
    positive = COUNTS > 0
    perfect = s.scores(COUNTS, positive.astype(float), COUNTS, top=2)
    assert perfect.r_squared == perfect.auc == perfect.top_recall == 1.0
    assert perfect.log_score == pytest.approx(0.0, abs=2e-6)
    flat = s.scores(np.full(8, COUNTS.mean()), np.full(8, 0.5), COUNTS, top=2)
    assert flat.r_squared == pytest.approx(0.0)
    assert flat.auc == 0.5
    assert flat.top_recall == pytest.approx(2 / 8)
    assert flat.log_score == pytest.approx(-np.log(2))


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=2, max_size=30))
def test_area_under_curve_is_scikit_learns(pairs):
    predicted, positive = np.array([p for p, _ in pairs], float), np.array([q for _, q in pairs])
    if positive.all() or not positive.any():
        assert np.isnan(s.area_under_curve(predicted, positive))
    else:
        assert s.area_under_curve(predicted, positive) == pytest.approx(metrics.roc_auc_score(positive, predicted))


def test_r_squared_is_scikit_learns_and_can_be_negative():
    predicted = np.array([5.0, 1, 0, 2, 0, 0, 8, 1])
    assert s.r_squared(predicted, COUNTS) == pytest.approx(metrics.r2_score(COUNTS, predicted))
    assert s.r_squared(-COUNTS, COUNTS) < 0
    assert np.isnan(s.r_squared(predicted, np.ones(8)))


@given(st.permutations(range(8)))
def test_recall_does_not_depend_on_the_order_of_places(order):
    predicted = np.array([0.0, 0, 0, 2, 2, 1, 9, 0])
    turned = list(order)
    assert s.top_recall(predicted[turned], COUNTS[turned], 3) == pytest.approx(s.top_recall(predicted, COUNTS, 3))


def test_ties_share_the_room_that_is_left():
    # Of the two top places one is found for sure (the 9), the other is one of two that tie.
    assert s.top_recall(np.array([2.0, 2, 9]), np.array([5.0, 1, 7]), 2) == pytest.approx((1 + 0.5) / 2)
    assert np.isnan(s.top_recall(np.ones(3), np.ones(3), 4))


def test_a_certain_error_costs_much_but_not_everything():
    assert s.log_score(np.array([0.0]), np.array([True])) == pytest.approx(np.log(1e-6))


def test_an_ensemble_never_claims_certainty():
    runs = np.array([[0, 1, 1], [0, 0, 2], [0, 0, 3]])
    np.testing.assert_allclose(s.ensemble_chance(runs), [0.125, 0.375, 0.875])


def test_a_calibrated_forecast_lies_on_the_diagonal():
    chance = np.repeat([0.05, 0.55, 1.0], [20, 20, 4])
    positive = np.concatenate([np.arange(20) < 1, np.arange(20) < 11, np.ones(4, bool)])
    curve = s.calibration_curve(chance, positive)
    np.testing.assert_allclose(curve.share, curve.chance)
    assert curve.places.tolist() == [20, 20, 4]
    np.testing.assert_allclose(s.poisson_chance(np.array([0.0, np.log(2)])), [0.0, 0.5])
