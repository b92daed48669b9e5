"""On a small world with a known truth the calibration finds it, resumes, and refuses what would mislead."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

import sim
from sim.calibration import recovery as recovery_module
from sim.calibration.evidence import evidence_of
from sim.calibration.fit import LEAST_ROWS, QUICK, Effort, _table_of, calibrate, runaway
from sim.calibration.history import history_of_run, places_of
from sim.calibration.posterior import read_draws
from sim.calibration.recovery import Recovery
from sim.calibration.targets import Target, as_seen_in, read_targets
from sim.errors import ResultError, RunError, ScenarioError
from sim.experiments.outcomes import Layout, summarise
from sim.plotting.calibration import calibration_pngs
from tests.architecture.source import ROOT

TRUTH = {"adoption.imitation": 0.12, "adoption.own_initiative": 1e-4}
FREE = ["adoption.imitation=loguniform(0.03, 0.4)", "adoption.own_initiative=loguniform(1e-5, 1e-3)"]
ASKED = [
    (name, year)
    for name in ("villages", "counties", "largest_county", "recognised_shops")
    for year in (2014, 2015)
]


def target(name, year, **changes):
    cells = {"place": "", "kind": "value", "value": 0.0, "error": 0.0, "discrepancy": 0.0, "unit": "villages",
             "date": "2015-12", "source": "a known truth", "use": "fit", "how": ""}  # fmt: skip
    return Target(name, year, **{**cells, **changes})


@pytest.fixture(scope="module")
def facts(small):
    """What a run with the truth, in a world and history of its own, looks like."""
    run = sim.run(small.replace(TRUTH), seed=900, world_seed=900)
    history = history_of_run(summarise(run, by_county=True), Layout.of(small, by_county=True))
    return as_seen_in([target(*asked) for asked in ASKED], history, places_of(small))


@pytest.fixture(scope="module")
def quick(small, facts, tmp_path_factory):
    folder = tmp_path_factory.mktemp("quick") / "store"
    return calibrate(small, free=FREE, targets=facts, effort=QUICK, out=folder, progress=False), folder


def test_a_quick_calibration_finds_the_truth(quick):
    posterior, _ = quick
    summary = posterior.summary.set_index("parameter")
    for name, value in TRUTH.items():
        row = summary.loc[name]
        assert row["q05"] <= value <= row["q95"], row.to_dict()
        assert row["informed"]
    assert summary.loc["adoption.imitation", "spread"] < 0.6
    assert posterior.sample.effective_size > 30
    assert posterior.provenance()["errors_widened"] == posterior.widened >= 1.0


def test_errors_are_widened_until_known_truths_are_held(monkeypatch):
    held = iter([0.7, 0.84, 0.91, 0.99])
    asked, taught = [], []

    def recovered(*_table_and_truths, widened):
        asked.append(widened)
        return Recovery(("x",), *np.zeros((2, 1, 1)), {0.9: np.array([next(held)])}, np.zeros((1, 1)))

    monkeypatch.setattr(recovery_module, "_taught", lambda *_table_and_facts: taught.append(1))
    monkeypatch.setattr(recovery_module, "_recovered", recovered)
    assert recovery_module.caution(None, ()) == 1.6
    assert asked == [1.0, 1.3, 1.6]
    assert taught == [1], "what is learned does not depend on the factor"


@pytest.fixture(scope="module")
def recovery(quick):
    return quick[0].recovery(truths=100)


def test_intervals_hold_known_truths_as_often_as_they_say(recovery):
    assert recovery.held[0.9].mean() == pytest.approx(0.9, abs=0.08)
    assert recovery.held[0.5].mean() == pytest.approx(0.5, abs=0.12)
    table = recovery.table.set_index("parameter")
    assert (table["skill"] > 0.15).all()
    assert (table["correlation"] > 0.5).all()


def test_a_stopped_calibration_goes_on_and_ends_the_same(small, facts, quick, tmp_path, monkeypatch):
    # What a killed calibration leaves: the runs that were finished, here most of either round.
    posterior, folder = quick
    copy = tmp_path / "store"
    copy.mkdir()
    with (
        sqlite3.connect(folder / "experiment.sqlite") as whole,
        sqlite3.connect(copy / "experiment.sqlite") as part,
    ):
        whole.backup(part)
        part.execute("delete from runs where history_seed between 85 and 89 or history_seed >= 150")
    told = []

    def as_before(table, *_facts):
        np.testing.assert_array_equal(table.shares, posterior.table.shares)
        np.testing.assert_array_equal(table.values, posterior.table.values)
        return posterior.widened

    # What known truths say of equal tables is equal, and takes longest.
    monkeypatch.setattr("sim.calibration.fit.caution", as_before)
    options = {"free": FREE, "targets": facts, "effort": QUICK, "out": copy}
    again = calibrate(small, **options, resume=True, progress=told.append)
    np.testing.assert_array_equal(again.sample.shares, posterior.sample.shares)
    assert told[0].found == 85, "what was done is not done again"
    assert {now.total for now in told} == {QUICK.simulations}, "the time left is that of all rounds"


def test_files_are_arviz_data_and_give_the_draws_back(small, quick, tmp_path):
    posterior, _ = quick
    path = posterior.save(tmp_path / "out", n=50)
    with xr.open_dataset(path, group="posterior", engine="h5netcdf") as found:
        assert dict(found.sizes) == {"chain": 1, "draw": 50}
        assert set(found.data_vars) == set(TRUTH)
    for group in ("prior", "prior_predictive", "observed_data"):
        with xr.open_dataset(path, group=group, engine="h5netcdf") as found:
            assert found.data_vars
    assert read_draws(path, small) == posterior.draws(50)
    origin = json.loads((path.parent / "posterior.json").read_text(encoding="utf-8"))
    assert origin["simulations"] == QUICK.simulations
    assert set(origin["priors"]) == set(TRUTH)
    fitted = sim.load_scenario(path.parent / "calibrated.yaml")
    assert {name: fitted.values[name] for name in TRUTH} == pytest.approx(posterior.center, rel=1e-4)
    plan = sim.load_scenario(path.parent / "ensemble.yaml").sweep
    for number, (point, draw) in enumerate(zip(plan.listed, posterior.draws(len(plan.listed)), strict=True)):
        assert {name: point[name] for name in TRUTH} == pytest.approx(draw, rel=1e-4)
        assert (point["world_seed"], point["history_seed"]) == (
            small.world_seed + number,
            small.history_seed + number,
        )
    with pytest.raises(ResultError, match="is no posterior file"):
        read_draws(path.parent / "posterior.json", small)


def test_figures_are_drawn(quick, recovery):
    posterior, _ = quick
    pngs = calibration_pngs(posterior, recovery)
    assert set(pngs) == {"pairs", "recovery"}
    assert all(content.startswith(b"\x89PNG") for content in pngs.values())


def test_a_store_of_another_scenario_is_refused_and_left_as_it_was(small, facts, quick):
    posterior, folder = quick
    store = folder / "experiment.sqlite"
    before = store.read_bytes()
    other = small.replace({"pioneers.shops": 9})
    with pytest.raises(ResultError, match=r"pioneers\.shops was 6, is now 9"):
        calibrate(other, free=FREE, targets=facts, effort=QUICK, out=folder, resume=True, progress=False)
    with pytest.raises(ScenarioError, match="allowed is 0 to 10"):
        calibrate(small, free=["adoption.imitation=uniform(0, 11)"], targets=facts, out=folder, progress=False)
    assert store.read_bytes() == before
    assert posterior.table.shares.shape[1] == 2


def test_a_fact_out_of_reach_is_told_and_not_fitted(facts):
    impossible = target("prefectures", 2015, value=40.0, unit="prefectures")
    values = np.column_stack([np.linspace(1, 60, 80)] * len(facts) + [np.ones(80)])
    values[:, -1] += np.arange(80) % 2
    found = evidence_of([*facts, impossible], values)
    assert impossible in found.left_out
    assert impossible not in found.targets


def test_counts_are_logarithmic_and_what_a_run_does_not_tell_is_the_mean():
    bound = target("recognised_shops", 2015, kind="more_than", value=50.0)
    share = target("middle_share", 2015, value=0.5, unit="share of villages")
    check = target("counties", 2015, value=3.0, use="check")
    values = np.column_stack([np.linspace(0, 99, 100), np.linspace(0, 1, 100), np.ones(100)])
    values[3, 1] = np.nan
    found = evidence_of([bound, share, check], values)
    assert found.targets == (bound, share)
    assert found.is_bound.tolist() == [True, False]
    assert found.observed[0] == np.log1p(50.0)
    assert found.statistics[-1, 0] == np.log1p(99.0)
    assert found.statistics[3, 1] == pytest.approx(np.nanmean(values[:, 1]))
    assert found.observed[1] == 0.5


def test_a_fact_stands_from_the_runs_by_its_error_and_the_discrepancy():
    seen = target("county_moran", 2014, unit="dimensionless", value=0.4, error=0.3, discrepancy=0.4)
    counted = target("villages", 2015, value=9.0, error=10.0, discrepancy=0.0)
    low = target("towns_of_any", 2015, unit="towns", value=0.0, discrepancy=0.2)
    values = np.column_stack([np.linspace(0.0, 1.0, 50), np.linspace(5, 20, 50), np.full(50, 0.3)])
    found = evidence_of([seen, counted, low], values)
    np.testing.assert_allclose(found.spread, [0.5, np.log(2.0), 0.2])
    # 0.3 lies ln 1.3 = 0.26 above the fact: within twice the spread, beyond it without.
    assert not found.left_out
    assert evidence_of([seen, dataclasses.replace(low, discrepancy=0.1)], values[:, [0, 2]]).left_out


def test_a_bound_that_any_run_meets_is_within_reach():
    bound = target("villages", 2015, kind="at_least", value=9.0)
    values = np.full((60, 1), 20.0)
    assert evidence_of([bound], values).targets == (bound,)
    assert evidence_of([bound], values / 10.0 + np.arange(60)[:, None] * 0.01).left_out == (bound,)


def test_runs_that_run_away_are_given_up_and_counted(small):
    with pytest.raises(RunError, match="are more than the 5 allowed"):
        sim.run(small, most_shops=5)
    assert sim.run(small, most_shops=10**9).columns("national")["shops"][-1] > 5


@pytest.mark.parametrize("effort", [Effort(59, 1), Effort(100, 2), Effort(100, 0), Effort(100, 1, 0.0)])
def test_too_little_effort_is_refused(small, facts, effort):
    with pytest.raises(ScenarioError, match="found"):
        calibrate(small, free=FREE, targets=facts, effort=effort)


def test_too_few_runs_that_succeed_are_told_with_the_first_reason():
    status = np.array([[""], ["month 3"]] * (LEAST_ROWS - 1), object)
    runs = SimpleNamespace(status=status, messages=("month 3: 900 shops are more than allowed",))
    told = f"only {LEAST_ROWS - 1} of {status.size} runs succeeded: month 3: 900 shops"
    with pytest.raises(RunError, match=told):
        _table_of((), np.zeros((status.size, 0)), runs, (), None, 1)


def test_no_region_is_cut_off_near_what_was_seen():
    """A third of the listed villages lie in one province: its limit is no small part of its households."""
    seen = {target.name: target.value for target in read_targets()}
    shops_a_village = seen["recognised_shops 2015"] / seen["villages 2015"]
    for file, villages in (("china-2015", 780), ("zhejiang", seen["province_villages[33] 2015"])):
        places = places_of(sim.load_scenario(ROOT / "scenarios" / f"{file}.yaml"))
        assert runaway(places) >= 5 * villages * shops_a_village, file
