"""``hinterland run --replicates`` and ``sweep``: what they print, write, and how they end."""

# ruff: noqa: E501 -- messages stand as a user sees them

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import xarray as xr
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.cli_compare import _policy, _ranked
from sim.kernel import Simulation

SCENARIO = (
    "name: tiny\ntitle: A tiny world\nstart: 2009-01\nend: 2010-12\nhistory_seed: 3\n"
    "region: {synthetic: {villages: 8, households_per_village: 50, towns: 2, counties: 1}}\n"
    "adoption: {own_initiative: 0.001}\n"
)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.yaml").write_text(SCENARIO, encoding="utf-8")
    return tmp_path


def call(*arguments: str):
    return CliRunner().invoke(app, [*arguments, "--workers", "1"])


def names(path):
    return sorted(item.name for item in path.iterdir())


def test_replicates_print_medians_and_write_a_folder(here):
    done = call("run", "tiny.yaml", "--replicates", "3")
    assert (done.exit_code, done.stderr, done.exception) == (0, "", None)
    assert "A tiny world: 3 runs" in done.stdout
    assert "median [5 %, 95 %]" in done.stdout
    assert done.stdout.splitlines()[-1] == "written to runs/tiny-ensemble"
    folder = here / "runs" / "tiny-ensemble"
    assert names(folder) == [
        "by_county.parquet",
        "by_month.parquet",
        "by_run.parquet",
        "by_year.parquet",
        "experiment.json",
        "experiment.sqlite",
        "figures",
        "results.nc",
        "table.parquet",
    ]
    assert names(folder / "figures") == ["growth.png"]
    with xr.open_dataset(folder / "results.nc", engine="h5netcdf") as data:
        assert data.history_seed.values.tolist() == [3, 4, 5]


def test_resume_grows_the_last_folder_and_a_new_run_takes_a_new_one(here):
    assert call("run", "tiny.yaml", "--replicates", "2", "-q", "--no-figures").stdout == "runs/tiny-ensemble\n"
    assert call("run", "tiny.yaml", "--replicates", "2", "-q", "--no-figures").stdout == "runs/tiny-ensemble-2\n"
    grown = call("run", "tiny.yaml", "--replicates", "3", "--resume", "--json", "--no-figures")
    content = json.loads(grown.stdout)
    assert (content["folder"], content["replicates"], content["failed"]) == ("runs/tiny-ensemble-2", 3, 0)
    row = next(row for row in content["outcomes"] if row["outcome"] == "shops" and row["year"] == 2010)
    assert row["low"] <= row["median"] <= row["high"]
    assert row["observed"] is None
    assert len(pd.read_parquet("runs/tiny-ensemble-2/by_year.parquet")) == 6
    assert names(here / "runs") == ["tiny-ensemble", "tiny-ensemble-2"]


@pytest.mark.usefixtures("here")
def test_sweep_over_a_grid():
    done = call(
        "sweep",
        "tiny.yaml",
        "--vary",
        "logistics.parcel_cost=6,10",
        "--vary",
        "mechanisms.exit=true,false",
        "--replicates",
        "2",
    )
    assert (done.exit_code, done.stderr) == (0, "")
    assert "A tiny world: median [5 %, 95 %] of 2 runs" in done.stdout
    assert done.stdout.splitlines()[-1] == "written to runs/tiny-sweep"
    with xr.open_dataset("runs/tiny-sweep/results.nc", engine="h5netcdf") as data:
        assert dict(data.sizes) == {
            "logistics.parcel_cost": 2,
            "mechanisms.exit": 2,
            "replicate": 2,
            "year": 2,
            "month": 24,
        }
        one = data.sel({"logistics.parcel_cost": 10, "mechanisms.exit": False}).isel(replicate=1)
        run = sim.run(
            sim.load_scenario("tiny.yaml", {"logistics.parcel_cost": 10, "mechanisms.exit": False}), seed=4
        )
        assert one.monthly_shops.values.tolist() == run.national["shops"].tolist()


@pytest.mark.usefixtures("here")
def test_sweep_over_filled_ranges():
    done = call(
        "sweep",
        "tiny.yaml",
        "--vary",
        "logistics.parcel_cost=6:10",
        "--vary",
        "adoption.imitation",
        "--lhs",
        "3",
        "--replicates",
        "1",
        "--json",
    )
    rows = json.loads(done.stdout)
    assert len(rows) == 3
    assert all(6 <= row["logistics.parcel_cost"] <= 10 for row in rows)
    assert all(0.01 <= row["adoption.imitation"] <= 1 for row in rows)


@pytest.mark.usefixtures("here")
def test_sweep_over_points_of_ones_own():
    points = ("logistics.parcel_cost=6;mechanisms.exit=true", "logistics.parcel_cost=9; mechanisms.exit=false")
    options = [word for point in points for word in ("--point", point)]
    done = call("sweep", "tiny.yaml", *options, "--replicates", "1", "--json")
    rows = json.loads(done.stdout)
    assert [row["logistics.parcel_cost"] for row in rows] == [6, 9]
    assert [row["mechanisms.exit"] for row in rows] == [True, False]


@pytest.mark.usefixtures("here")
def test_sweep_as_the_file_says_and_as_the_command_line_overrides():
    words = "sweep:\n  vary: {logistics.parcel_cost: [6, 10], mechanisms.exit: [true, false]}\n  replicates: 2\n"
    Path("swept.yaml").write_text(Path("tiny.yaml").read_text(encoding="utf-8") + words, encoding="utf-8")
    assert len(json.loads(call("sweep", "swept.yaml", "--json").stdout)) == 4
    with xr.open_dataset("runs/tiny-sweep/results.nc", engine="h5netcdf") as data:
        assert data.sizes["replicate"] == 2
    other = call("sweep", "swept.yaml", "--vary", "mechanisms.exit=true", "--replicates", "1", "--json")
    assert len(json.loads(other.stdout)) == 1
    Path("wrong.yaml").write_text(f"{words}extends: tiny.yaml\nname: x\n".replace("6,", "600,"), encoding="utf-8")
    done = call("sweep", "wrong.yaml")
    assert done.exit_code == 2
    assert done.stderr.startswith("wrong.yaml:2:34: sweep.vary.logistics.parcel_cost[0]: found 600, allowed is")


MISTAKES = {
    (): "command line: nothing to vary: the scenario has no sweep; write --vary logistics.parcel_cost=6,8,10, or sweep: into the file",
    ("--point", "logistics.parcel_cost=6", "--vary", "mechanisms.exit=true"): "command line: --point: goes with none of --vary, --lhs and --sobol; keep one of them",
    ("--point", "logistics.parcel_cost"): "command line: --point logistics.parcel_cost: found no name and value; write --point logistics.parcel_cost=7",
    ("--point", "logistics.parcel_cost=6", "--point", "mechanisms.exit=true"): "command line: a list of points needs at least one, and the same names in every one",
    ("--vary", "logistics.parcel_cost"): "command line: --vary logistics.parcel_cost: found no values; write --vary logistics.parcel_cost=6,8,10",
    ("--vary", "logistics.parcel_cost=6", "--vary", "logistics.parcel_cost=7"): "command line: --vary logistics.parcel_cost: given twice; keep one",
    ("--vary", "logistics.parcel_cost=6,7", "--lhs", "3"): "command line: --vary logistics.parcel_cost=6,7: found no range; write logistics.parcel_cost=6:12",
    ("--vary", "logistics.parcel_cost=6:7", "--lhs", "3", "--sobol", "3"): "command line: --lhs and --sobol: both given; keep one",
    ("--vary", "end=2010-12,2009-12"): "command line: start and end cannot be swept: the runs would have different months; run one sweep for each",
    ("--vary", "logistics.parcel_cost=6", "--vary-seeds", "luck"): "command line: --vary-seeds: found 'luck', allowed is one of history, world, both",
    ("--vary", "logistics.parcel_cost=6", "--replicates", "0"): "command line: found 0 replicates, allowed is 1 or more",
}  # fmt: skip


@pytest.mark.parametrize("arguments", MISTAKES)
def test_mistakes_end_with_2_and_leave_nothing(here, arguments):
    done = call("sweep", "tiny.yaml", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.strip() == MISTAKES[arguments]
    assert names(here) == ["tiny.yaml"]


@pytest.mark.usefixtures("here")
def test_a_store_of_other_runs_is_refused():
    assert call("run", "tiny.yaml", "--replicates", "1", "--out", "x", "-q", "--no-figures").exit_code == 0
    again = call("run", "tiny.yaml", "--replicates", "1", "--out", "x", "-q")
    assert (again.exit_code, again.stderr.strip()) == (
        1, "x/experiment.sqlite: holds 1 run already; resume it (--resume), or name a new folder",
    )  # fmt: skip
    other = call(
        "run", "tiny.yaml", "--replicates", "1", "--out", "x", "-q", "--resume", "--set", "market.size_sd=0.5"
    )
    assert other.exit_code == 1
    assert "market.size_sd was 1.0, is now 0.5" in other.stderr
    single = call("run", "tiny.yaml", "--no-figures", "-q", "--out", "y")
    assert single.exit_code == 0
    mixed = call("run", "tiny.yaml", "--replicates", "1", "--out", "y")
    assert mixed.stderr.strip() == "y: is a folder with other files in it; name a new one"


@pytest.mark.usefixtures("here")
def test_failed_runs_are_named(monkeypatch):
    def fail(_self):
        raise ArithmeticError("no such number")

    monkeypatch.setattr(Simulation, "step", fail)
    done = call("run", "tiny.yaml", "--replicates", "7", "--no-figures")
    assert done.exit_code == 1
    assert done.stderr.rstrip().endswith("no run succeeded")
    assert "failed: world seed 0, history seed 3: simulation: ArithmeticError: no such number" in done.stderr
    assert "and 2 more failed runs" in done.stderr


@pytest.mark.usefixtures("here")
def test_one_failed_run_shows_in_the_exit_status_and_nothing_else_is_lost(monkeypatch):
    step = Simulation.step

    def fail_once(self):
        if self.scenario.history_seed == 4:
            raise ArithmeticError("no such number")
        return step(self)

    monkeypatch.setattr(Simulation, "step", fail_once)
    done = call("run", "tiny.yaml", "--replicates", "2", "--no-figures", "--workers", "1")
    assert done.exit_code == 1
    assert "failed: world seed 0, history seed 4" in done.stderr
    assert "no run succeeded" not in done.stderr
    assert "written to runs/tiny-ensemble" in done.stdout
    again = call("run", "tiny.yaml", "--replicates", "2", "--no-figures", "--resume", "--json")
    assert again.exit_code == 1
    assert json.loads(again.stdout)["failed"] == 1
    assert "failed: world seed 0, history seed 4" in again.stderr


@pytest.mark.usefixtures("here")
def test_ctrl_c_says_how_to_go_on(monkeypatch):
    step = Simulation.step

    def interrupt(self):
        if self.scenario.history_seed == 5:
            raise KeyboardInterrupt
        return step(self)

    monkeypatch.setattr(Simulation, "step", interrupt)
    done = call("run", "tiny.yaml", "--replicates", "4")
    assert done.exit_code == 130
    assert (
        done.stderr.strip()
        == "interrupted; 2 runs are kept in runs/tiny-ensemble: the same command with --resume goes on from there"
    )


def test_compare_prints_one_table(here):
    (here / "policy.yaml").write_text(
        SCENARIO.replace("name: tiny", "name: eager") + "market: {size_sd: 0.5}\n", encoding="utf-8"
    )
    done = call(
        "compare",
        "tiny.yaml",
        "policy.yaml",
        "adoption.own_initiative=0.002;mechanisms.exit=false",
        "--replicates",
        "3",
        "--cost",
        "adoption.own_initiative=0.002, mechanisms.exit=False=5e6",
    )
    assert (done.exit_code, done.stderr, done.exception) == (0, "", None)
    assert "A tiny world, 2010: 3 pairs on the same seeds" in done.stdout
    assert "mechanisms.exit=False: costs +5,000,000 [+5,000,000, +5,000,000] yuan (given with the" in done.stdout
    assert "  an additional shop: " in done.stdout
    assert "by shops: adoption.own_initiative=0.002, mechanisms.exit=False " in done.stdout
    for words in ("difference [95 %]", "better in", "more pairs", "variance", "eager", "months gained in shops"):
        assert words in done.stdout
    assert "adoption.own_initiative=0.002" in done.stdout
    folder = here / "runs" / "tiny-compare"
    assert names(folder / "figures") == ["differences.png"]
    table = pd.read_parquet(folder / "table.parquet")
    assert set(table["policy"]) == {"eager", "adoption.own_initiative=0.002, mechanisms.exit=False"}
    more = call("compare", "tiny.yaml", "policy.yaml", "--replicates", "4", "--resume", "--json", "--no-figures")
    assert next(row["pairs"] for row in json.loads(more.stdout) if row["outcome"] == "shops") == 4


def test_a_ranking_tells_equal_from_unsure():
    row = {
        "scenario": "a",
        "mean": 7.0,
        "next": "b",
        "low": 0.0,
        "high": 0.0,
        "safe": False,
        "more_pairs": float("nan"),
    }
    assert _ranked(row) == "a 7 = "
    assert _ranked({**row, "low": -1.0, "high": 2.0, "more_pairs": 12.0}) == "a 7 (not safe, 12 more pairs) > "
    assert _ranked({**row, "low": 1.0, "high": 2.0, "safe": True, "more_pairs": 0.0}) == "a 7 > "
    assert _ranked({**row, "next": float("nan")}) == "a 7"


@pytest.mark.usefixtures("here")
def test_mistakes_of_compare():
    assert (
        call("compare", "tiny.yaml", "end=2009-12")
        .stderr.strip()
        .startswith("command line: end=2009-12: months differ from tiny")
    )
    assert call("compare", "tiny.yaml", "none.yaml").exit_code == 2
    nothing = call("compare", "tiny.yaml", "mechanisms.exit=false", "--cost", "much")
    said = "command line: --cost much: found no yuan; write --cost no-training=5e6"
    assert (nothing.exit_code, nothing.stderr.strip()) == (2, said)
    nan = call("compare", "tiny.yaml", "mechanisms.exit=false", "--cost", "mechanisms.exit=False=nan")
    assert (nan.exit_code, nan.stderr[:20]) == (2, "command line: costs:"), nan.stderr
    unknown = call("compare", "tiny.yaml", "mechanisms.exit=false", "--cost", "other=5")
    assert unknown.exit_code == 2
    assert "costs: found other, policies are mechanisms.exit=False" in unknown.stderr
    assert call("compare", "tiny.yaml", "adoption.own_inititive=1").exit_code == 2


@pytest.mark.usefixtures("here")
def test_sensitivity_prints_indices_and_another_outcome_without_new_runs(monkeypatch):
    options = (
        "--parameter",
        "adoption.own_initiative=1e-4:1e-2",
        "--parameter",
        "market.size_sd",
        "--replicates",
        "2",
    )
    done = call("sensitivity", "tiny.yaml", *options, "--size", "3", "--outcome", "shops")
    assert (done.exit_code, done.stderr, done.exception) == (0, "", None)
    assert "A tiny world: morris sensitivity, 2 parameters, 18 runs; shops, 2010" in done.stdout
    assert "luck left in the differences between points" in done.stdout
    rows = [line for line in done.stdout.splitlines() if line.strip().startswith(("adoption", "market"))]
    assert rows[0].strip().startswith("adoption.own_initiative")
    monkeypatch.setattr(Simulation, "step", None)
    again = call(
        "sensitivity", "tiny.yaml", *options, "--size", "3", "--outcome", "sales_yuan", "--resume", "--json"
    )
    assert {row["parameter"] for row in json.loads(again.stdout)} == {"adoption.own_initiative", "market.size_sd"}


@pytest.mark.usefixtures("here")
def test_mistakes_of_sensitivity():
    unknown = call(
        "sensitivity", "tiny.yaml", "--parameter", "market.size_sd", "--size", "2", "--outcome", "shosp"
    )
    assert unknown.exit_code == 2
    assert unknown.stderr.startswith("command line: --outcome: found 'shosp'; allowed is one of villages, ")
    assert call("sensitivity", "tiny.yaml", "--parameter", "market.size_sd=1").exit_code == 2
    assert call("sensitivity", "tiny.yaml", "--method", "fast").exit_code == 2


@pytest.mark.usefixtures("here")
def test_workers_are_a_number_or_an_address():
    done = CliRunner().invoke(app, ["run", "tiny.yaml", "--replicates", "1", "--workers", "many"])
    assert done.exit_code == 2
    assert done.stderr.startswith(
        "command line: --workers: found many; write a number, or the address of a cluster"
    )
    none = CliRunner().invoke(app, ["run", "tiny.yaml", "--replicates", "1", "--workers", "0"])
    assert (none.exit_code, none.stderr.strip()) == (2, "found 0 workers, allowed is 1 or more")


def test_a_policy_of_many_changes_may_be_longer_than_the_name_of_a_file():
    changes = {f"adoption.number_{n}": n for n in range(40)}
    assert _policy(";".join(f"{name}={value}" for name, value in changes.items())) == changes
