"""A province left out of the fit is seen by nothing but its own covariates and its villages of 2014."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import sim
from sim.calibration import recovery
from sim.calibration.fit import Effort, Table, calibrate
from sim.calibration.history import History, list_counts, places_of
from sim.calibration.holdout import elsewhere, held_out, hold_out, province_code, recounted, table_elsewhere
from sim.calibration.priors import priors_of, scrambled, values_at
from sim.calibration.simulations import plan_of, seeds_of, target_values
from sim.calibration.targets import targets_for
from sim.errors import ScenarioError
from sim.experiments.perform import Conditions, perform

SHANDONG = 37


@pytest.fixture(autouse=True)
def few_truths(monkeypatch):
    """How wide errors must be is asked of few runs: not how well it fits is the question here."""
    monkeypatch.setattr(recovery, "_TRIED", 6)


@pytest.fixture(scope="module")
def region():
    counties = [371721, 371724, 330782, 330784]
    # A tenth of the households: what is counted where, not how well it fits, is the question here.
    mapping = {"start": "2013-01", "end": "2015-12", "world.household_scale": 0.1}
    return sim.Scenario.from_mapping(mapping | {"region": {"counties": counties}})


@pytest.fixture(scope="module")
def simulated(region):
    priors = priors_of(region, ["adoption.imitation", "pioneers.shops"])
    shares = scrambled(2, 0, 64, seed=1)
    runs = perform(
        plan_of(region, values_at(priors, shares), seeds_of(region, range(64))), Conditions(progress=False)
    )
    targets = targets_for(region)
    values = target_values(runs, targets, places_of(region))
    return runs, Table(priors, shares, values, 64, 0), targets


def test_what_is_counted_elsewhere_is_the_list_less_the_province(china):
    places = places_of(china)
    there, kept = elsewhere(places, SHANDONG)
    lists = History({}, {year: list_counts(places, year) for year in (2014, 2015)})
    counts = recounted(lists, there, kept).counts
    assert counts["villages", 2015] == 780 - 64
    assert counts["villages", 2014] == 212 - 13
    assert counts["provinces", 2015] == 16
    assert counts["largest_county", 2015] == 37, "Yiwu lies elsewhere"
    assert counts["large_cluster_counties", 2015] == 1, "Cao County is gone"
    assert counts["cluster_counties", 2015] < 25


def test_facts_and_runs_are_seen_without_the_province(region, simulated):
    runs, table, targets = simulated
    places = places_of(region)
    seen, facts = table_elsewhere(runs, table, targets, places, SHANDONG)
    by_name = {target.name: target for target in facts}
    assert by_name["villages 2015"].value == 37 + list_counts(places, 2015)[places.code == 330784].item()
    assert "province_villages[37] 2015" not in by_name
    assert "recognised_shops 2015" not in by_name
    column = list(by_name).index("villages 2015")
    outside = np.isin(places.code, [330782, 330784])
    expected = runs.by_county[:, 0, 0, -1][:, outside].sum(axis=1)
    np.testing.assert_array_equal(seen.values[:, column], expected)


def test_nothing_of_the_province_in_2015_reaches_its_prediction(region, simulated):
    runs, table, targets = simulated
    first = held_out(region, runs, table, targets, SHANDONG, replicates=4)
    assert first.mean.shape == (2,)
    assert first.observed.sum() > 0
    low, middle, high = first.band
    assert low <= middle <= high
    assert first.table["holds"].item() == first.holds
    # Facts of the province changed: the posterior and the prediction stay the same.
    altered = [
        dataclasses.replace(target, value=999.0) if target.name == "province_villages[37] 2015" else target
        for target in targets
    ]
    second = held_out(region, runs, table, altered, SHANDONG, replicates=4)
    np.testing.assert_array_equal(first.mean, second.mean)
    assert first.posterior.median == second.posterior.median


def test_all_rounds_are_used(region, simulated):
    runs, table, targets = simulated
    seen, _ = table_elsewhere(
        runs, dataclasses.replace(table, prior_rows=50), targets, places_of(region), SHANDONG
    )
    assert seen.prior_rows == 50
    assert len(seen.shares) == len(seen.values) == len(table.shares)


def test_a_province_is_found_by_name():
    assert province_code("Shandong") == province_code("山东省") == province_code("37") == SHANDONG
    with pytest.raises(ScenarioError, match="did you mean Shandong"):
        province_code("Shandnog")


def test_the_calibration_is_found_in_its_store_and_nothing_is_simulated_again(region, tmp_path):
    effort = Effort(64, 1)
    free = ["adoption.imitation", "pioneers.shops"]
    calibrate(region, free=free, effort=effort, out=tmp_path / "fit", progress=False)
    told = []
    conditions = Conditions(tmp_path / "fit", resume=True, progress=told.append)
    found = hold_out(region, SHANDONG, free=free, effort=effort, replicates=2, conditions=conditions)
    assert (told[0].found, told[0].done) == (64, 64)
    assert (tmp_path / "fit" / "without-37" / "experiment.sqlite").is_file()
    assert "province 37 from all others, 2015" in repr(found)


@pytest.mark.parametrize("province", [11, 99])
def test_a_province_that_is_not_simulated_is_told(region, simulated, province):
    with pytest.raises(ScenarioError, match=r"allowed is one of several simulated: 33, 37"):
        held_out(region, *simulated, province)
