"""Sweeps: every point is an ensemble of its scenario; labels, files and mistakes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import sim
from sim.errors import ResultError, ScenarioError
from sim.experiments.ensemble import run_ensemble
from sim.experiments.sweep import sweep

AXES = {"adoption.imitation": [0.1, 0.3], "mechanisms.exit": [True, False]}


@pytest.fixture(scope="module")
def swept(tiny):
    return sweep(tiny, AXES, replicates=3)


def test_a_grid_is_labelled_by_its_names(tiny, swept):
    assert swept.shops.dims == ("adoption.imitation", "mechanisms.exit", "replicate", "year")
    assert swept.shops.shape == (2, 2, 3, 3)
    assert swept["adoption.imitation"].attrs["units"] == "1/month"
    one = swept.sel({"adoption.imitation": 0.1, "mechanisms.exit": False})
    alone = run_ensemble(tiny.replace({"adoption.imitation": 0.1, "mechanisms.exit": False}), 3).dataset
    for name in alone.data_vars:
        np.testing.assert_array_equal(one[name].values, alone[name].values)


def test_points_share_their_luck(swept):
    # Raising a hazard only brings openings forward: with the same luck no replicate has fewer.
    openings = swept.sel({"mechanisms.exit": False}).monthly_openings.cumsum("month")
    assert (openings.sel({"adoption.imitation": 0.3}) >= openings.sel({"adoption.imitation": 0.1})).all()


def test_files_and_resuming(tiny, swept, tmp_path):
    sweep(tiny, {**AXES, "adoption.imitation": [0.1]}, replicates=3, out=tmp_path)
    told = []
    again = sweep(tiny, AXES, replicates=3, out=tmp_path, resume=True, workers=2, progress=told.append)
    assert (told[0].done, told[0].total) == (6, 12)
    assert again.identical(swept)
    with xr.open_dataset(tmp_path / "results.nc", engine="h5netcdf") as back:
        xr.testing.assert_equal(back.load(), swept)
    rows = pd.read_parquet(tmp_path / "by_year.parquet")
    assert len(rows) == 2 * 2 * 3 * 3
    assert {"adoption.imitation", "mechanisms.exit", "replicate", "history_seed", "villages"} <= set(rows.columns)
    with pytest.raises(ResultError, match=r"pioneers\.shops was 5, is now 6"):
        sweep(tiny.replace({"pioneers.shops": 6}), AXES, replicates=3, out=tmp_path, resume=True)


def test_a_list_of_points(tiny):
    data = sweep(tiny, [{"adoption.rule": "linear"}, {"adoption.rule": "threshold"}], replicates=2)
    assert data.shops.dims == ("point", "replicate", "year")
    assert data["adoption.rule"].values.tolist() == ["linear", "threshold"]


@pytest.mark.parametrize("design", ["lhs", "sobol"])
def test_filled_designs(tiny, design):
    ranges = {"adoption.imitation": (0.1, 0.4), "pioneers.shops": (2, 6)}
    data = sweep(tiny, ranges, replicates=1, design=design, points=4, design_seed=1)
    assert data.sizes["point"] == 4
    assert data["adoption.imitation"].dims == ("point",)
    assert ((data["adoption.imitation"] >= 0.1) & (data["adoption.imitation"] <= 0.4)).all()
    row = data.isel(point=2)
    values = {"adoption.imitation": float(row["adoption.imitation"]), "pioneers.shops": int(row["pioneers.shops"])}
    run = sim.run(tiny.replace(values))
    assert row.monthly_shops.values[0].tolist() == run.national["shops"].tolist()


def test_equal_points_are_run_once(tiny):
    told = []
    data = sweep(tiny, [{"pioneers.shops": 5}, {"pioneers.shops": 5}], replicates=2, progress=told.append)
    assert told[-1].total == 2
    np.testing.assert_array_equal(data.shops.values[0], data.shops.values[1])


@pytest.mark.parametrize(
    ("vary", "options", "words"),
    [
        ({"end": ["2010-12", "2011-12"]}, {}, "start and end cannot be swept"),
        ({"region": ["china", {"counties": [371721]}]}, {}, "region cannot be swept"),
        ({"adoption.imitation": (0.1, 0.2)}, {"design": "lhs"}, "needs points"),
        ({"adoption.imitation": [0.1]}, {"points": 3}, "points are for"),
        ({"adoption.imitation": [0.1]}, {"design": "random"}, "allowed is one of grid, lhs, sobol"),
        ([], {}, "at least one"),
        ([{"adoption.imitation": 1}, {"pioneers.shops": 1}], {}, "same names"),
        ({"adoption.imitatoin": [0.1]}, {}, "imitation"),
    ],
)
def test_mistakes(tiny, vary, options, words):
    with pytest.raises(ScenarioError, match=words):
        sweep(tiny, vary, replicates=1, **options)


WRITTEN = {"vary": {"adoption.imitation": [0.1, 0.3], "mechanisms.exit": [True, False]}, "replicates": 3}


def test_the_sweep_of_the_scenario_is_used(tiny, swept):
    scenario = tiny.replace({"sweep": WRITTEN})
    assert sweep(scenario).identical(swept)
    assert sweep(scenario, replicates=1).sizes["replicate"] == 1
    other = sweep(scenario, {"mechanisms.exit": [True]}, replicates=2, vary_seeds="both")
    assert dict(other.shops.sizes) == {"mechanisms.exit": 1, "replicate": 2, "year": 3}
    assert other.world_seed.values.tolist() == [0, 1]


def test_the_scenarios_own_ranges_points_and_list(tiny):
    filled = {"vary": {"adoption.imitation": [0.1, 0.3]}, "design": "lhs", "points": 3, "design_seed": 5}
    data = sweep(tiny.replace({"sweep": filled}), replicates=1)
    same = sweep(tiny, {"adoption.imitation": (0.1, 0.3)}, design="lhs", points=3, design_seed=5, replicates=1)
    assert data.identical(same)
    listed = {"list": [{"adoption.rule": "linear"}, {"adoption.rule": "threshold"}], "by_county": True}
    data = sweep(tiny.replace({"sweep": listed}), replicates=1)
    assert data["adoption.rule"].values.tolist() == ["linear", "threshold"]
    assert "county_shops" in data


def test_nothing_to_vary_is_said(tiny):
    with pytest.raises(
        ScenarioError, match="nothing to vary: neither values were given nor has the scenario a sweep"
    ):
        sweep(tiny)


def test_costs_and_sweeps_leave_a_store_as_it_is(tiny, tmp_path):
    sweep(tiny, {"mechanisms.exit": [True]}, replicates=1, out=tmp_path)
    words = {"sweep": WRITTEN, "costs": {"source": "assumption", "lump_sum_yuan": 3}}
    told = []
    sweep(
        tiny.replace(words),
        {"mechanisms.exit": [True]},
        replicates=1,
        out=tmp_path,
        resume=True,
        progress=told.append,
    )
    assert (told[0].done, told[0].total) == (1, 1)


def test_seeds_can_be_swept_and_replicates_count_on_from_them(tiny):
    data = sweep(tiny, {"world_seed": [0, 5], "adoption.imitation": [0.3]}, replicates=2)
    assert data.shops.dims == ("world_seed", "adoption.imitation", "replicate", "year")
    assert data.history_seed.values.tolist() == [0, 1]
    assert data.run_world_seed.values.tolist() == [[[0, 0]], [[5, 5]]]
    one = data.sel({"world_seed": 5, "adoption.imitation": 0.3}).isel(replicate=1)
    run = sim.run(tiny, seed=1, world_seed=5)
    assert one.monthly_shops.values.tolist() == run.national["shops"].tolist()
    both = sweep(tiny, [{"history_seed": 3}, {"history_seed": 8}], replicates=2, vary_seeds="both")
    assert both.run_history_seed.values.tolist() == [[3, 4], [8, 9]]
    assert both.world_seed.values.tolist() == [0, 1]
    run = sim.run(tiny, seed=9, world_seed=1)
    assert both.isel(point=1, replicate=1).monthly_shops.values.tolist() == run.national["shops"].tolist()


def test_a_policys_own_seed_does_not_break_a_pair(tiny):
    from sim.experiments.compare import compare

    table = compare(tiny, same=tiny.replace({"history_seed": 7}), replicates=2).table
    assert (table["difference"].dropna() == 0).all()


@pytest.mark.parametrize("design", ["grid", "list"])
def test_everything_has_a_long_name_and_numbers_have_units(tiny, design):
    values = {"adoption.imitation": 0.3, "mechanisms.exit": False, "world_seed": 2}
    vary = [values] if design == "list" else {name: [value] for name, value in values.items()}
    data = sweep(tiny, vary, replicates=2, by_county=True, by_village=True)
    assert all(variable.attrs.get("long_name") for name, variable in data.variables.items() if name != "point")
    assert all(
        variable.attrs.get("units")
        for name, variable in data.data_vars.items()
        if name not in {"status", "message"}
    )
    assert data["adoption.imitation"].attrs["units"] == "1/month"
    assert data["mechanisms.exit"].attrs["long_name"] == tiny.vocabulary.mechanisms["exit"].description
