"""A clock set back while a run goes on: the times in the provenance are odd, the results are not."""

from __future__ import annotations

import itertools

import numpy as np

import sim
from sim import runner


def test_a_clock_set_back_changes_no_result(tmp_path, small_scenario, small_result, monkeypatch):
    backwards = itertools.count(1000.0, -50.0)
    days = (f"20{year}-01-01T00:00:00+00:00" for year in range(30, 10, -1))
    monkeypatch.setattr(runner.time, "perf_counter", lambda: next(backwards))
    monkeypatch.setattr(runner, "utc_now", lambda: next(days))
    result = sim.run(small_scenario)
    assert result.provenance["seconds"]["total"] < 0
    for name in ("national", "villages", "events", "closings"):
        for column, values in small_result.columns(name).items():
            np.testing.assert_array_equal(result.columns(name)[column], values, err_msg=f"{name}.{column}")
    earlier = sim.run(small_scenario)
    first, second = result.save(tmp_path / "one"), earlier.save(tmp_path / "one", overwrite=True)
    assert sim.load_result(second).provenance["started_at"] < result.provenance["started_at"]
    assert first == second
