"""What holds for every design, store and moment of stopping."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.experiments.compare import months_gained
from sim.experiments.design import Range, filled, replicate_seeds
from sim.experiments.ensemble import run_ensemble
from sim.experiments.intervals import band, paired_difference
from sim.experiments.store import Store
from sim.experiments.tasks import Finished, execute, task_of

MAPPING = {
    "start": "2009-01",
    "end": "2009-12",
    "region": {"synthetic": {"villages": 4, "households_per_village": 30, "towns": 2, "counties": 1}},
    "pioneers.last_year": 2009,
    "adoption.imitation": 0.3,
}
SCENARIO = sim.Scenario.from_mapping(MAPPING)
FINITE = st.floats(-1e6, 1e6)


@pytest.fixture(scope="module")
def whole():
    return run_ensemble(SCENARIO, 6).dataset


@settings(max_examples=6, deadline=None)
@given(kept=st.sets(st.integers(0, 5)), failed=st.sets(st.integers(0, 5)))
def test_whatever_was_there_before_the_result_is_the_same(whole, kept, failed):
    with tempfile.TemporaryDirectory() as name:
        with Store(Path(name)) as store:
            for seed in sorted(kept | failed):
                task = task_of(SCENARIO, 0, seed, by_county=False, label="")
                finished = execute(task) if seed in kept else Finished(task.key, 0.0, None, "world", "x")
                store.add(finished, label="", world_seed=0, history_seed=seed)
        result = run_ensemble(SCENARIO, 6, out=name, resume=True, retry_failed=True)
    assert result.dataset.identical(whole)


@given(first=st.integers(0, 2**62), n=st.integers(1, 50), more=st.integers(0, 50))
def test_a_larger_ensemble_begins_with_the_smaller(first, n, more):
    scenario = SCENARIO.replace({"history_seed": first})
    assert replicate_seeds(scenario, n + more, "both")[:n] == replicate_seeds(scenario, n, "both")


@given(
    bounds=st.tuples(st.floats(1e-6, 1e3), st.floats(1.01, 1e3)),
    share=st.floats(0, 1),
    span=st.floats(0.01, 1),
    logarithmic=st.booleans(),
)
def test_ranges_map_shares_and_back(bounds, share, span, logarithmic):
    part = Range("x", bounds[0], bounds[0] * bounds[1], logarithmic)
    value = part.value(share)
    assert part.low <= value <= part.high
    assert part.share(value) == pytest.approx(share, abs=1e-4)
    narrow = part.around(value, span)
    assert part.low <= narrow.low < narrow.high <= part.high
    assert narrow.low * (1 - 1e-9) <= value <= narrow.high * (1 + 1e-9)


@settings(max_examples=30, deadline=None)
@given(n=st.integers(1, 40), dimensions=st.integers(1, 5), how=st.sampled_from(["lhs", "sobol"]))
def test_filled_points_lie_in_their_ranges(n, dimensions, how):
    ranges = [Range(f"x{number}", -1.0, 2.0) for number in range(dimensions)]
    points = filled(ranges, n, how, 0)
    assert len(points) == n
    assert all(-1.0 <= value <= 2.0 for point in points for value in point.values())


@given(values=st.lists(FINITE, min_size=1, max_size=30), level=st.floats(0.01, 0.99))
def test_bands_hold_the_median_and_widen(values, level):
    middle, low, high = band(values, level)
    assert min(values) <= low <= middle <= high <= max(values)
    _, lower, higher = band(values, 1.0)
    assert (lower, higher) == (min(values), max(values))


@given(pairs=st.lists(st.tuples(FINITE, FINITE), min_size=2, max_size=20))
def test_paired_differences_turn_around(pairs):
    base, policy = np.array(pairs).T
    there, back = paired_difference(base, policy), paired_difference(policy, base)
    assert back.difference == pytest.approx(-there.difference)
    assert (back.low, back.high) == pytest.approx((-there.high, -there.low))
    assert back.better == pytest.approx(1 - there.better)
    assert there.low <= there.difference <= there.high


@given(
    base=st.lists(st.integers(0, 50), min_size=2, max_size=20), policy=st.lists(st.integers(0, 50), min_size=20)
)
def test_months_gained_turn_around_and_favour_the_higher(base, policy):
    ours = np.maximum.accumulate(np.array(base, float))
    theirs = np.maximum.accumulate(np.array(policy[: len(base)], float))
    gained = months_gained(ours, theirs)
    assert np.isnan(gained) == (min(ours[-1], theirs[-1]) == 0)
    if not np.isnan(gained):
        assert months_gained(theirs, ours) == -gained
        assert months_gained(ours, np.maximum(ours, theirs)) >= 0
