"""Ensembles: members are plain runs, the store serves them again, failures are rows."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import sim
from sim.errors import ResultError, ScenarioError
from sim.experiments import perform, tasks
from sim.experiments.ensemble import run_ensemble
from sim.experiments.perform import InterruptedExperiment
from sim.experiments.progress import Progress, _in_a_cell, _steady_rate
from sim.experiments.store import FILE_NAME, Store
from sim.kernel import Simulation


def test_members_are_the_runs_of_their_seeds(tiny, ensemble):
    for replicate in (0, 4):
        run = sim.run(tiny, seed=replicate)
        member = ensemble.dataset.sel(replicate=replicate)
        assert int(member.history_seed) == replicate
        assert member.monthly_shops.values.tolist() == run.national["shops"].tolist()
        patterns = run.patterns
        for year in (2009, 2010, 2011):
            row = patterns[(patterns["pattern"] == "villages") & (patterns["year"] == year)]
            assert float(member.villages.sel(year=year)) == row["simulated"].item()
    assert len({ensemble.dataset.monthly_sales_yuan[r].values.tobytes() for r in range(6)}) == 6


def test_dataset_says_what_it_holds(tiny, ensemble):
    data = ensemble.dataset
    assert data.villages.dims == ("replicate", "year")
    assert data.county_villages.dims == ("replicate", "year", "county")
    assert data.sales_yuan.attrs["units"] == "yuan"
    assert all(v.attrs["long_name"] for v in data.data_vars.values())
    assert all(v.attrs["units"] for name, v in data.data_vars.items() if name not in {"status", "message"})
    assert str(data.month.values[0])[:10] == "2009-01-01"
    assert json.loads(data.attrs["scenario"])["scenario"] == tiny.resolved()
    np.testing.assert_array_equal(data.county_villages.sum("county"), data.villages)


def test_table_has_medians_and_intervals(ensemble):
    table = ensemble.table.set_index(["outcome", "year"])
    values = ensemble.dataset.shops.sel(year=2011).values
    row = table.loc[("shops", 2011)]
    assert row["median"] == np.median(values)
    assert (row["low"], row["high"]) == tuple(np.quantile(values, [0.05, 0.95]))
    assert ("new_villages", 2009) not in table.index, "no change in the first year"


def test_observed_stands_beside(tmp_path):
    cao = sim.Scenario.from_mapping({"start": "2014-01", "end": "2015-12", "region": {"counties": [371721]}})
    result = run_ensemble(cao, 2, out=tmp_path / "cao")
    table = result.table.set_index(["outcome", "year"])
    expected = sim.run(cao).patterns.set_index(["pattern", "year"])["observed"]
    assert table.loc[("villages", 2015), "observed"] == expected["villages", 2015]
    assert np.isnan(table.loc[("shops", 2015), "observed"])
    assert "(observed" in repr(result)
    assert "observed" in result._repr_html_()


def test_two_workers_give_the_same(tiny, ensemble):
    assert run_ensemble(tiny, 6, by_county=True, workers=2).dataset.identical(ensemble.dataset)


def test_resuming_runs_only_what_is_missing_and_growing_keeps_members(tiny, ensemble, tmp_path, monkeypatch):
    run_ensemble(tiny, 2, by_county=True, out=tmp_path)
    before = Store(tmp_path, resume=True)
    kept = {row["key"]: (row["seconds"], before.outcomes(row["key"])) for row in before.rows()}
    before.close()
    done = []
    monkeypatch.setattr(perform, "execute", lambda task: done.append(task.history_seed) or tasks.execute(task))
    with pytest.raises(ResultError, match="holds 2 runs already"):
        run_ensemble(tiny, 6, by_county=True, out=tmp_path)
    grown = run_ensemble(tiny, 6, by_county=True, out=tmp_path, resume=True)
    assert done == [2, 3, 4, 5]
    assert grown.dataset.identical(ensemble.dataset)
    with Store(tmp_path, resume=True) as store:
        for row in store.rows():
            if row["key"] in kept:
                assert (row["seconds"], store.outcomes(row["key"])) == kept[row["key"]]
    run_ensemble(tiny, 6, by_county=True, out=tmp_path, resume=True)
    assert len(done) == 4


def test_saved_files_hold_the_same(tiny, ensemble, tmp_path):
    import pandas as pd

    run_ensemble(tiny, 6, by_county=True, out=tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "by_county.parquet", "by_month.parquet", "by_run.parquet", "by_year.parquet", "experiment.json", FILE_NAME,
        "results.nc", "table.parquet",
    ]  # fmt: skip
    with xr.open_dataset(tmp_path / "results.nc", engine="h5netcdf") as back:
        xr.testing.assert_equal(back.load(), ensemble.dataset)
        assert back.shops.attrs == ensemble.dataset.shops.attrs
    origin = json.loads((tmp_path / "experiment.json").read_text())
    assert origin["fingerprint"] == tiny.fingerprint
    assert {"packages", "data_sha256", "written_at"} <= origin.keys()
    years = pd.read_parquet(tmp_path / "by_year.parquet")
    assert len(years) == 18
    chosen = years[(years["replicate"] == 4) & (years["year"] == 2011)]["shops"].item()
    assert chosen == float(ensemble.dataset.shops.sel(replicate=4, year=2011))


def test_another_scenario_is_refused_by_what_changed(tiny, tmp_path):
    run_ensemble(tiny, 1, out=tmp_path)
    with pytest.raises(ResultError, match=r"adoption\.imitation was 0\.3, is now 0\.2; name a new folder"):
        run_ensemble(tiny.replace({"adoption.imitation": 0.2}), 1, out=tmp_path, resume=True)
    with pytest.raises(ResultError, match="history_seed was 0, is now 7"):
        run_ensemble(tiny.replace({"history_seed": 7}), 1, out=tmp_path, resume=True)
    with pytest.raises(ResultError, match="by county was False, is now True"):
        run_ensemble(tiny, 1, by_county=True, out=tmp_path, resume=True)
    monkey = perform.RESULTS_VERSION
    try:
        perform.RESULTS_VERSION = monkey + 1
        with pytest.raises(ResultError, match=f"results version was {monkey}, is now {monkey + 1}"):
            run_ensemble(tiny, 1, out=tmp_path, resume=True)
    finally:
        perform.RESULTS_VERSION = monkey


def test_a_failing_run_is_a_row_and_is_retried_only_on_request(tiny, ensemble, tmp_path, monkeypatch):
    step = Simulation.step

    def fail_for_seed_2(self):
        if self.scenario.history_seed == 2:
            raise ArithmeticError("no such number")
        return step(self)

    with monkeypatch.context() as patch:
        patch.setattr(Simulation, "step", fail_for_seed_2)
        result = run_ensemble(tiny, 4, by_county=True, out=tmp_path)
    assert (result.n_replicates, result.n_failed) == (4, 1)
    assert result.failures == ("world seed 0, history seed 2: simulation: ArithmeticError: no such number",)
    assert result.dataset.status.values.tolist() == ["", "", "simulation", ""]
    assert np.isnan(result.dataset.shops.sel(replicate=2)).all()
    assert "1 failed" in repr(result)
    rows = pd.read_parquet(tmp_path / "by_run.parquet").set_index("replicate")
    assert rows.loc[2, ["status", "message"]].tolist() == ["simulation", "ArithmeticError: no such number"]
    assert rows.loc[[0, 1, 3], ["status", "message"]].eq("").all(axis=None)
    again = run_ensemble(tiny, 4, by_county=True, out=tmp_path, resume=True)
    assert again.n_failed == 1
    healed = run_ensemble(tiny, 6, by_county=True, out=tmp_path, resume=True, retry_failed=True)
    assert healed.dataset.identical(ensemble.dataset)


def test_places_that_do_not_exist_are_told_before_anything_runs(tiny, tmp_path):
    nowhere = tiny.replace({"region": {"counties": [1]}})
    with pytest.raises(ScenarioError, match="found 1, allowed is a county by code"):
        run_ensemble(nowhere, 2, out=tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("stage", ["world", "outcomes"])
def test_failures_name_their_stage(tiny, monkeypatch, stage):
    def fail(*_arguments, **_options):
        raise OSError("gone")

    monkeypatch.setattr(tasks, {"world": "build_world", "outcomes": "summarise"}[stage], fail)
    result = run_ensemble(tiny, 2)
    assert result.n_failed == 2
    assert f": {stage}: OSError: gone" in result.failures[0]


def test_progress_counts_runs_and_failures(tiny, tmp_path, capsys):
    told = []
    run_ensemble(tiny, 2, out=tmp_path, progress=told.append)
    assert [(now.done, now.total, now.failed) for now in told] == [(0, 2, 0), (1, 2, 0), (2, 2, 0)]
    assert told[-1].runs_per_minute > 0
    told.clear()
    run_ensemble(tiny, 3, out=tmp_path, resume=True, progress=told.append)
    assert [(now.done, now.total) for now in told] == [(2, 3), (3, 3)]
    run_ensemble(tiny, 1)
    assert capsys.readouterr() == ("", ""), "quiet where nobody watches"


def test_the_pace_that_is_shown_leaves_the_start_out():
    first, now = Progress(11, 60, 0, 10, 20.0), Progress(41, 60, 0, 10, 30.0)
    assert _steady_rate(first, now) == 180.0
    assert _steady_rate(first, first) == first.runs_per_minute == 3.0


def test_a_cell_of_a_notebook_has_one_line_that_is_gone_at_the_end():
    said = []

    class Line:
        def update(self, content, **_how):
            said.append(content["text/plain"])

    def display(content, **_how):
        said.append(content["text/plain"])
        return Line()

    with _in_a_cell(display) as tell:
        for done, failed, seconds in ((0, 0, 0.0), (1, 0, 5.0), (2, 0, 5.1), (31, 2, 15.0)):
            tell(Progress(done, 151, failed, 0, seconds))
    paces = ["0 of 151 runs, 0 a minute", "1 of 151 runs, 12 a minute, 12:30 left"]
    later = "31 of 151 runs, 180 a minute, 2 failed, 0:40 left"
    assert said == ["runs: starting", *paces, later, ""], "and 5.1 s was too soon after 5.0"


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(tiny, ensemble, tmp_path):
    def stop(now):
        if now.done == 3:
            raise KeyboardInterrupt

    with pytest.raises(InterruptedExperiment, match=r"3 runs are kept in .* --resume"):
        run_ensemble(tiny, 6, by_county=True, out=tmp_path, progress=stop)
    done = run_ensemble(tiny, 6, by_county=True, out=tmp_path, resume=True)
    assert done.dataset.identical(ensemble.dataset)
    with pytest.raises(InterruptedExperiment, match="nothing was kept"):
        run_ensemble(tiny, 6, progress=stop)


def test_mistakes(tiny):
    with pytest.raises(ScenarioError, match="replicates"):
        run_ensemble(tiny, 0)
    with pytest.raises(ScenarioError, match="workers"):
        run_ensemble(tiny, 1, workers=0)


def test_worlds_may_vary(tiny):
    data = run_ensemble(tiny, 3, vary="world").dataset
    assert data.world_seed.values.tolist() == [0, 1, 2]
    assert data.history_seed.values.tolist() == [0, 0, 0]
    assert len({data.monthly_sales_yuan[r].values.tobytes() for r in range(3)}) == 3


def test_villages_only_where_asked_for(tiny, ensemble, tmp_path):
    assert "village" not in ensemble.dataset.dims
    result = run_ensemble(tiny, 3, by_village=True, out=tmp_path)
    data = result.dataset
    assert data.village_shops.dims == ("replicate", "year", "village")
    assert data.village_shops.attrs["units"] == "shops"
    for name in ensemble.dataset.data_vars:
        if name in data:
            np.testing.assert_array_equal(data[name].values, ensemble.dataset[name].values[:3])
    rows = pd.read_parquet(tmp_path / "by_village.parquet")
    found, known = [], []
    for replicate in range(3):
        villages = sim.run(tiny, seed=replicate).villages
        listed = villages[villages["recognised"]]
        columns = ["year", "uid", "county", "shops", "online_sales_yuan"]
        known += [(replicate, *row) for row in listed[columns].itertuples(index=False)]
    for row in rows.itertuples(index=False):
        place = (row.replicate, row.year, row.village, row.village_county)
        found.append((*place, row.village_shops, row.village_sales_yuan))
    assert sorted(found) == sorted(known)
    assert len(found) > 3
    again = run_ensemble(tiny, 3, by_village=True, out=tmp_path, resume=True)
    assert again.dataset.identical(data)
    with pytest.raises(ResultError, match="by village was True, is now False"):
        run_ensemble(tiny, 3, out=tmp_path, resume=True)
