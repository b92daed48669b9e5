"""The programs of benchmarks/: the page shows what was measured, and the programs compared do the same thing."""

from __future__ import annotations

import importlib
import json
import sys

import numpy as np
import pytest

from sim.world import build_world
from tests.architecture.source import ROOT

HOUSEHOLDS, HISTORIES = 22_400, 12
#: Standard errors between two means of 12 histories. Nine comparisons: chance alone once in 180 choices of seeds.
STANDARD_ERRORS = 4.0
#: Of the test that peers draw alike, which needs no more.
FEW_HOUSEHOLDS, FEW_MONTHS = 2_800, 24


@pytest.fixture(scope="module")
def benchmarks():
    """Modules of the folder, by name; they import each other as scripts do."""
    before = sys.path[:]
    sys.path.insert(0, str(ROOT / "benchmarks"))
    names = ("measure", "workload", "plain", "peers", "one_program", "diffusion", "tables")
    try:
        yield {name: importlib.import_module(name) for name in names}
    finally:
        sys.path[:] = before
        for name in names:
            sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def ties(benchmarks):
    """The ties of the workload, and those this engine computes, of one size."""
    workload = benchmarks["workload"]
    return {"given": workload.given_ties(HOUSEHOLDS), "computed": workload.computed_ties(HOUSEHOLDS)}


def adopters(program, task, first_seed):
    """Households that adopted by months 12, 42 and 84, one row a history."""
    seeds = range(first_seed, first_seed + HISTORIES)
    return np.array([program(task, seed)().sum(axis=1)[[11, 41, 83]] for seed in seeds])


def standard_errors(one, other):
    error = np.sqrt((one.var(axis=0, ddof=1) + other.var(axis=0, ddof=1)) / HISTORIES)
    return np.abs(one.mean(axis=0) - other.mean(axis=0)) / error


def test_the_page_shows_what_was_measured(benchmarks):
    tables = benchmarks["tables"]
    page = tables.PAGE.read_text(encoding="utf-8")
    results = json.loads(tables.RESULTS.read_text(encoding="utf-8"))
    assert {block[1] for block in tables.BLOCK.findall(page)} == set(tables.KINDS)
    assert tables.written(page, results) == page, "run python benchmarks/tables.py"


def test_what_was_kept_compares_programs_that_do_the_same(benchmarks):
    results = json.loads(benchmarks["tables"].RESULTS.read_text(encoding="utf-8"))
    assert benchmarks["diffusion"].objections(results["diffusion"]["cases"]) == []


def test_ties_go_both_ways_join_each_pair_once_and_stay_near(benchmarks, ties):
    workload = benchmarks["workload"]
    for task, degree in ((ties["given"], (9.9, 10.0)), (ties["computed"], (10.0, 10.0))):
        source = np.repeat(np.arange(HOUSEHOLDS), task.degree)
        assert (source != task.neighbour).all()
        there, back = source * HOUSEHOLDS + task.neighbour, source + task.neighbour * np.int64(HOUSEHOLDS)
        assert np.array_equal(np.sort(there), np.sort(back))
        assert degree[0] <= task.degree.mean() <= degree[1]
        villages = source // workload.VILLAGE, task.neighbour // workload.VILLAGE
        assert (villages[0] != villages[1]).mean() == pytest.approx(0.2, abs=0.05)
    one, other = ties["given"].pairs.T
    assert np.unique(one * np.int64(HOUSEHOLDS) + other).size == one.size == ties["given"].neighbour.size / 2
    apart = np.abs(ties["given"].pairs // workload.VILLAGE @ [1, -1])
    assert set(np.minimum(apart, ties["given"].villages - apart).tolist()) == {0, 1, 2, 3}


def test_every_village_has_as_many_households_at_every_size(benchmarks):
    workload = benchmarks["workload"]
    for households in (10_000, 100_000, 1_000_000):
        found = build_world(workload.scenario(households, 0)).villages.households
        assert found.tolist() == [workload.VILLAGE] * (households // workload.VILLAGE)


def test_this_engine_numpy_and_the_dense_loop_agree_in_law(benchmarks, ties):
    plain = benchmarks["plain"]
    dense = adopters(plain.numba_dense, ties["given"], 1)
    assert (standard_errors(dense, adopters(plain.hinterland, ties["given"], 1)) < STANDARD_ERRORS).all()
    assert (standard_errors(dense, adopters(plain.numpy_scipy, ties["given"], 1)) < STANDARD_ERRORS).all()
    computed = adopters(plain.numba_dense, ties["computed"], 1)
    found = adopters(plain.hinterland_computed, ties["computed"], 1)
    assert (standard_errors(computed, found) < STANDARD_ERRORS).all()
    keener = ties["given"]._replace(own=1.25 * ties["given"].own)  # the comparison sees a quarter more
    assert standard_errors(dense, adopters(plain.numba_dense, keener, 1000)).max() > STANDARD_ERRORS


@pytest.mark.parametrize(("name", "like"), [("mesa", "mesa-lean"), ("ndlib", "numba-dense")])
def test_peers_that_draw_alike_adopt_alike_to_the_household(benchmarks, monkeypatch, name, like):
    """Both forms of Mesa draw from one generator in one order, and so do NDlib and the dense loop."""
    programs, task = benchmarks["one_program"].PROGRAMS, benchmarks["workload"].given_ties(FEW_HOUSEHOLDS)
    for module in ("peers", "plain"):
        monkeypatch.setattr(benchmarks[module], "MONTHS", FEW_MONTHS)
    for needed in programs[name].needs:
        pytest.importorskip(needed, reason=f"{needed} is not installed: pip install -e '.[dev,bench]'")
    one, other = (programs[each].make(task, 1)() for each in (name, like))
    assert one[-1].sum() > 0
    assert np.array_equal(one, other)
