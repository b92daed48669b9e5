"""A province left out of the fit is seen by nothing but its own covariates and its villages of 2014."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import sim
from sim.calibration import fit, recovery
from sim.calibration.history import History, list_counts, places_of
from sim.calibration.holdout import elsewhere, held_out, hold_out, province_code, recounted, table_elsewhere
from sim.errors import ScenarioError
from sim.experiments.perform import Conditions

SHANDONG = 37
FREE, EFFORT = ["adoption.imitation", "pioneers.shops"], fit.Effort(64, 1)


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
def stored(region, tmp_path_factory):
    """The store of a calibration, and what it was simulated for; no posterior is asked for."""
    folder, kept, simulated = tmp_path_factory.mktemp("fit") / "store", [], fit.simulated

    def keep(*given):
        kept.append(simulated(*given))
        return kept[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fit, "simulated", keep)
        patch.setattr(fit, "posterior_of", lambda *_table_and_facts: None)
        fit.calibrate(region, free=FREE, effort=EFFORT, out=folder, progress=False)
    return folder, *kept[0]


@pytest.fixture(scope="module")
def simulated(stored):
    _, table, targets, runs = stored
    return runs, table, targets


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


def test_the_calibration_is_found_in_its_store_and_nothing_is_simulated_again(region, stored):
    folder, told = stored[0], []
    conditions = Conditions(folder, resume=True, progress=told.append)
    found = hold_out(region, SHANDONG, free=FREE, effort=EFFORT, replicates=2, conditions=conditions)
    assert (told[0].found, told[0].done) == (64, 64)
    assert (folder / "without-37" / "experiment.sqlite").is_file()
    assert "province 37 from all others, 2015" in repr(found)


@pytest.mark.parametrize("province", [11, 99])
def test_a_province_that_is_not_simulated_is_told(region, simulated, province):
    with pytest.raises(ScenarioError, match=r"allowed is one of several simulated: 33, 37"):
        held_out(region, *simulated, province)
