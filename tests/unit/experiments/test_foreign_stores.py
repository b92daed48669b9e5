"""Stores and results made by others: refused in words, never executed, and never unpacked without end."""

from __future__ import annotations

import json
import pickle
import sqlite3
import zlib
from contextlib import suppress

import h5py
import numpy as np
import pytest
import xarray as xr

import sim
from sim.calibration.posterior import read_draws
from sim.errors import ResultError
from sim.experiments import outcomes
from sim.experiments.outcomes import Layout
from sim.experiments.store import FILE_NAME, Store, _digest
from sim.experiments.tasks import Finished

ABOUT = {"results_version": 1, "sources": {"a.py": "1"}, "scenarios": {"scenario": {"end": "2015-12"}}}
SMALL = Layout((2010, 2011), 12 * 2010, 24, 3)
NUMBERS = sum(int(np.prod(shape)) for shape in SMALL.shapes)


class Trap:
    """Writes a file when it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return (open, (str(self.mark), "w"))


@pytest.fixture
def store(tmp_path):
    """A store with a run, closed; returns a way to change it."""
    with Store(tmp_path) as begun:
        begun.check_same(ABOUT)
        begun.add(Finished("a", 0.1, b"1"), label="", world_seed=0, history_seed=0)

    def change(*statement):
        base = sqlite3.connect(tmp_path / FILE_NAME)
        base.execute(*statement)
        base.commit()
        base.close()

    return change


def test_a_row_of_pickled_code_is_run_again_and_not_executed(store, tmp_path):
    packed = pickle.dumps(Trap(tmp_path / "executed"))
    store("update runs set outcomes = ?", (packed,))
    with Store(tmp_path, resume=True) as again:
        assert again.done(["a"]) == set()
        again.add(Finished("a", 0.1, packed), label="", world_seed=0, history_seed=0)  # with a digest that fits
        assert again.done(["a"]) == {"a"}
        with pytest.raises(ResultError, match="a stored summary cannot be unpacked"):
            SMALL.read(again.outcomes("a"))
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize("column", ["outcomes", "digest"])
@pytest.mark.parametrize("value", ["text", 3, 0.5, b""])
def test_a_row_of_other_types_is_run_again(store, tmp_path, column, value):
    store(f"update runs set {column} = ?", (value,))
    with Store(tmp_path, resume=True) as again:
        assert again.done(["a"]) == set()


@pytest.mark.parametrize("name", ["scenarios", "sources", "earlier_sources"])
@pytest.mark.parametrize("value", ["pickle", "{", "3", '"x"', "[1]", '{"scenario": 3}', "[" * 100_000])
def test_what_a_store_says_of_itself_may_be_anything(store, tmp_path, name, value):
    written = pickle.dumps(Trap(tmp_path / "executed")) if value == "pickle" else value
    store("insert or replace into about values (?, ?)", (name, written))
    with Store(tmp_path, resume=True) as again:
        for ask in (lambda: again.check_same(ABOUT), lambda: again.accept_sources({"a.py": "2"})):
            with suppress(ResultError):
                ask()
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize(
    "statement",
    [
        "create table visits (url text)",
        "create view seen as select * from runs",
        "create trigger added after insert on runs begin delete from runs; end",
    ],
)
def test_a_base_of_others_is_refused_before_it_is_written_to(store, tmp_path, statement):
    store(statement)
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(
        ResultError, match=r"is no store of an experiment: it holds (visits|seen|added); name a new"
    ):
        Store(tmp_path, resume=True)
    assert (tmp_path / FILE_NAME).read_bytes() == before


def test_a_base_of_another_program_stays_as_it_is(tmp_path):
    base = sqlite3.connect(tmp_path / FILE_NAME)
    base.execute("create table visits (url text)")
    base.close()
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(ResultError, match="it holds visits"):
        Store(tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes() == before


# summaries ----------------------------------------------------------------------------------------------------


def test_a_summary_that_unpacks_without_end_is_given_up(monkeypatch):
    asked = []
    unpacker = zlib.decompressobj

    class Watched:
        eof = False

        def decompress(self, packed, most):
            asked.append(most)
            return unpacker().decompress(packed, most)

    monkeypatch.setattr(outcomes.zlib, "decompressobj", Watched)
    with pytest.raises(ResultError, match="cannot be unpacked"):
        SMALL.read(zlib.compress(bytes(5_000_000), 9))
    assert asked == [8 * NUMBERS + 1]


def test_a_summary_cut_short_or_with_one_number_more_is_none():
    whole = np.zeros(NUMBERS).tobytes()
    SMALL.read(zlib.compress(whole))
    for packed in (zlib.compress(whole)[:-3], zlib.compress(whole + bytes(8)), zlib.compress(whole[:-8]), b""):
        with pytest.raises(ResultError, match="a stored summary"):
            SMALL.read(packed)


def test_villages_of_years_that_are_not_simulated_are_none():
    layout = Layout(SMALL.years, SMALL.start, SMALL.n_months, SMALL.n_counties, by_village=True)
    for year, is_right in ((2011, True), (2012, False), (np.nan, False)):
        packed = zlib.compress(np.r_[np.zeros(NUMBERS), year, 1, 2, 3, 4].tobytes())
        if is_right:
            assert layout.read(packed).by_village.shape == (1, 5)
        else:
            with pytest.raises(ResultError, match="villages of years"):
                layout.read(packed)


# netCDF -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ensemble(tmp_path_factory, tiny):
    """Folder of an ensemble of one."""
    folder = tmp_path_factory.mktemp("foreign") / "one"
    sim.run_ensemble(tiny, 1, out=folder)
    return folder


def huge(path):
    """A kilobyte that claims to hold eighty terabytes."""
    with h5py.File(path, "w") as file:
        for name in ("villages", "status", "replicate", "year", "month", *outcome_names()):
            file.create_dataset(name, shape=(10**6, 10**7), dtype="f8", chunks=(100, 100))


def outcome_names():
    found = {each.name for each in (*outcomes.YEARLY, *outcomes.MONTHLY.values())}
    return sorted(found - {"villages"})


def other(path):
    xr.Dataset({"temperature": ("time", [1.0])}).to_netcdf(path, engine="h5netcdf")


KINDS = {
    "pickle": lambda path: path.write_bytes(pickle.dumps(Trap(path.parent / "executed"))),
    "empty": lambda path: path.write_bytes(b""),
    "classic": lambda path: path.write_bytes(b"CDF\x01" + bytes(40)),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-1000]),
    "other": other,
    "huge": huge,
}


@pytest.mark.parametrize("kind", KINDS)
def test_results_of_another_kind_are_refused(ensemble, tmp_path, kind):
    for name in ("experiment.json", "results.nc"):
        (tmp_path / name).write_bytes((ensemble / name).read_bytes())
    sim.load_ensemble(tmp_path)
    KINDS[kind](tmp_path / "results.nc")
    with pytest.raises(ResultError, match=r"results\.nc: cannot be read as results"):
        sim.load_ensemble(tmp_path)
    with pytest.raises(ResultError, match=r"results\.nc: is no posterior file"):
        read_draws(tmp_path / "results.nc", sim.Scenario.from_mapping({"start": "2009-01", "end": "2009-12"}))
    assert not (tmp_path / "executed").exists()


def test_a_sweep_is_no_ensemble(tiny, tmp_path):
    sim.sweep(tiny, {"logistics.parcel_cost": [6]}, replicates=1, out=tmp_path / "x", progress=False)
    with pytest.raises(ResultError, match=r"holds an experiment by logistics\.parcel_cost, no ensemble"):
        sim.load_ensemble(tmp_path / "x")


@pytest.mark.parametrize(
    "columns",
    [
        {"pioneers.shops": ["many"]},
        {"pioneers.shops": [float("nan")]},
        {"adoption.imitation": [float("inf")]},
        {"pioneers.shops": []},
        {"pioneers.shops": [3, 4], "adoption.imitation": [0.1]},
    ],
    ids=["text", "no number", "infinite", "none", "another length"],
)
def test_draws_of_another_kind_are_refused(tmp_path, columns):
    path = tmp_path / "posterior.nc"
    table = xr.Dataset({name: (f"draw_of_{name}", values) for name, values in columns.items()})
    table.to_netcdf(path, engine="h5netcdf", group="posterior")
    scenario = sim.Scenario.from_mapping({"start": "2009-01", "end": "2009-12"})
    with pytest.raises(ResultError, match=r"posterior\.nc: does not hold as many numbers of each parameter"):
        read_draws(path, scenario)
    path.unlink()
    xr.Dataset({"luck": ("draw", [1.0])}).to_netcdf(path, engine="h5netcdf", group="posterior")
    with pytest.raises(ResultError, match=r"names unknown parameters: luck"):
        read_draws(path, scenario)


@pytest.mark.parametrize("text", ["", "[]", '{"scenario": 3}', "[" * 100_000, '{"scenario": {"start": []}}'])
def test_an_origin_of_another_kind_is_refused(ensemble, tmp_path, text):
    (tmp_path / "results.nc").write_bytes((ensemble / "results.nc").read_bytes())
    (tmp_path / "experiment.json").write_text(text, encoding="utf-8")
    with pytest.raises(ResultError):
        sim.load_ensemble(tmp_path)


def test_the_digest_is_of_key_and_outcomes():
    assert len({_digest(key, content) for key in ("a", "b") for content in (None, b"1", b"2")}) == 6
    assert json.loads(json.dumps(ABOUT)) == ABOUT
