"""The public names: what they take, and that mistakes are told before anything runs."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

import sim
from sim.calibration import fit, validation
from sim.calibration.holdout import hold_out
from sim.calibration.posterior import draws_of, read_draws
from sim.calibration.targets import read_targets, targets_for
from sim.errors import ResultError, ScenarioError
from sim.experiments.perform import Conditions
from tests.architecture.source import ROOT

POSTERIOR = ROOT / "docs" / "validation" / "posterior.nc"


@pytest.fixture(scope="module")
def cao():
    mapping = {"name": "cao", "start": "2014-01", "end": "2015-12", "region": {"counties": [371721]}}
    return sim.Scenario.from_mapping(mapping)


@pytest.fixture
def nothing_runs(monkeypatch):
    """Any run would fail the test."""

    def refuse(*_plan_and_conditions):
        pytest.fail("something was run")

    for module in (fit, validation):
        monkeypatch.setattr(module, "perform", refuse)


def test_the_command_and_python_call_the_same_functions():
    assert sim.calibrate is fit.calibrate
    assert sim.validate is validation.validate
    assert fit.effort_of("quick") is fit.QUICK
    assert fit.effort_of("whole") is fit.WHOLE
    assert fit.effort_of(sim.Effort(300, 2)) == sim.Effort(300, 2)


def test_a_quick_fit_learns_from_all_of_its_runs():
    # Taught by the nearest half of 180 runs the polynomials bend back towards the facts where they have no rows.
    assert fit.QUICK.nearest == 1.0


@pytest.mark.usefixtures("nothing_runs")
@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"effort": "slow"}, "found effort 'slow', allowed is 'whole', 'quick'"),
        ({"effort": 300}, "found effort 300"),
        ({"targets": 5}, "found facts of type int"),
        ({"targets": [{"villages": 2015}]}, "found facts of type list"),
    ],
)
def test_a_wrong_argument_of_a_calibration_is_told(cao, options, told):
    with pytest.raises(ScenarioError, match=told):
        sim.calibrate(cao, **options)


@pytest.mark.usefixtures("nothing_runs")
@pytest.mark.parametrize("call", [sim.calibrate, sim.validate])
def test_facts_of_a_year_that_is_not_reached_are_told(cao, call):
    late = [dataclasses.replace(fact, year=2019) for fact in targets_for(cao)[:1]]
    with pytest.raises(ScenarioError, match="2019: the scenario counts in 2014 to 2015"):
        call(cao, targets=late)


@pytest.mark.usefixtures("nothing_runs")
@pytest.mark.parametrize("draws", [5, [1.0], {"pioneers.shops": 2}])
def test_draws_that_are_none_are_told(cao, draws):
    with pytest.raises(ScenarioError, match=f"found draws of type {type(draws).__name__}; give a posterior"):
        sim.validate(cao, 1, draws=draws)
    with pytest.raises(ResultError, match="posterior"):
        sim.validate(cao, 1, draws=ROOT / "pyproject.toml")


def predict_shandong(_scenario):
    fujian_too = {"start": "2014-01", "end": "2015-12", "region": {"counties": [371721, 350524]}}
    return hold_out(sim.Scenario.from_mapping(fujian_too), 37, conditions=Conditions(progress=False))


@pytest.mark.usefixtures("nothing_runs")
@pytest.mark.parametrize("call", [sim.calibrate, sim.validate, predict_shandong])
def test_a_missing_library_is_told_before_anything_runs(call, cao, monkeypatch):
    monkeypatch.setattr("sim.calibration.libraries.find_spec", lambda name: None if name == "emcee" else name)
    with pytest.raises(ScenarioError, match=r"needs emcee, which is not installed; .*\[calibration\]"):
        call(cao)


def test_facts_and_draws_are_taken_as_they_are_or_from_files(cao, tmp_path):
    facts, draws = targets_for(cao)[:3], read_draws(POSTERIOR, cao)[:2]
    file = tmp_path / "facts.csv"
    pd.DataFrame([dataclasses.asdict(fact) for fact in facts]).to_csv(file, index=False)
    assert read_targets(file) == facts
    by_list = sim.validate(cao, 2, draws=draws, targets=facts, progress=False)
    by_file = sim.validate(cao, 2, draws=str(POSTERIOR), targets=file, progress=False)
    assert by_list.draws == by_file.draws == tuple(draws)
    assert by_list.targets == by_file.targets == facts
    np.testing.assert_array_equal(by_list.values, by_file.values)
    assert draws_of(None, cao) == ()
