"""Rival models are told apart by a proper score of the same facts."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.calibration.alternatives import compared, predictive_score
from sim.calibration.validation import validate


class Ensemble:
    """As much of a validation as a score needs."""

    def __init__(self, targets, values):
        self.targets, self.values = targets, np.asarray(values, float)


@pytest.fixture(scope="module")
def rivals():
    mapping = {"name": "cao", "start": "2013-01", "end": "2015-12", "region": {"counties": [371721, 330782]}}
    scenario = sim.Scenario.from_mapping(mapping)
    other = scenario.replace({"pioneers.shops": 1, "adoption.imitation": 0.001})
    return {name: validate(each, 3, progress=False) for name, each in {"none": other, "some": scenario}.items()}


def test_the_one_that_imitates_foretells_the_lists_better(rivals):
    table = compared(rivals)
    assert table["alternative"].tolist() == ["some", "none"]
    assert table["score"].is_monotonic_increasing
    assert {"r_squared", "auc", "log_score", "held", "facts"} <= set(table.columns)


def test_the_score_is_a_distance_for_equal_runs_and_zero_for_the_facts(rivals):
    targets = rivals["some"].targets[:1]
    fact = targets[0].value
    assert predictive_score(Ensemble(targets, [[fact], [fact]])) == 0.0
    far = predictive_score(Ensemble(targets, [[0.0], [0.0]]))
    assert far == pytest.approx(np.log1p(fact))
    assert predictive_score(Ensemble(targets, [[0.0], [fact]])) < far


def test_different_facts_are_refused(rivals):
    some = rivals["some"]
    fewer = Ensemble(some.targets[:2], some.values[:, :2])
    with pytest.raises(ValueError, match="different facts"):
        compared({"some": some, "fewer": fewer})
