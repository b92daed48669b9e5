"""A run and its tables."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.errors import ScenarioError
from sim.kernel import Simulation


def equal_tables(left, right, names=("national", "counties", "villages", "events", "closings", "patterns")):
    for name in names:
        ours, theirs = left.columns(name), right.columns(name)
        assert list(ours) == list(theirs), name
        for column, values in ours.items():
            assert values.dtype.kind == theirs[column].dtype.kind, (name, column)
            np.testing.assert_array_equal(values, theirs[column], err_msg=f"{name}.{column}")


def test_national_is_the_sum_of_counties_and_of_events(small_result):
    national, counties = small_result.national, small_result.counties
    by_month = counties.groupby("month")[["shops", "openings", "closings"]].sum()
    for name in ("shops", "openings", "closings"):
        assert by_month[name].tolist() == national[name].tolist()
    assert national["openings"].sum() == len(small_result.events) > 0
    assert national["closings"].sum() == len(small_result.closings) > 0
    change = np.diff(national["shops"], prepend=0)
    assert (change == national["openings"] - national["closings"]).all()
    assert str(national["month"].iloc[[0, -1]].dt.strftime("%Y-%m").tolist()) == "['2009-01', '2012-12']"


def test_december_rows_are_the_states_of_the_kernel(small_scenario, small_result):
    run = Simulation(small_scenario, sim.build_world(small_scenario))
    state = run.state.villages
    for year, rows in small_result.villages.groupby("year"):
        while run.months_done < 12 * (year - 2008):
            run.step()
        assert rows["village"].tolist() == np.flatnonzero((state.shops > 0) | state.recognised).tolist()
        assert rows["shops"].tolist() == state.shops[rows["village"]].tolist()
        assert rows["recognised"].tolist() == state.recognised[rows["village"]].tolist()
        np.testing.assert_allclose(rows["online_sales_yuan"], state.online_sales_yuan()[rows["village"]])
        # twelve monthly sums give the year's sales, but for those of villages whose last shop has closed
        months = small_result.national.iloc[12 * (year - 2009) : 12 * (year - 2008)]
        np.testing.assert_allclose(rows["online_sales_yuan"].sum(), months["online_sales_yuan"].sum(), rtol=0.02)
    assert (small_result.villages["shops"] == 1).any()
    assert small_result.villages["recognised"].nunique() == 2


def test_names_are_those_of_the_world(cao_result):
    rows = cao_result.villages.drop_duplicates("village").iloc[::37]
    for row in rows.itertuples():
        assert row.name == cao_result.world.name_of_village(row.village)
    assert "丁楼村" in set(cao_result.villages["name"])


def test_events_tell_where_the_hazard_came_from(small_result):
    events = small_result.events
    sources = [name for name in events if name.startswith("by_")]
    assert sources[0] == "by_own_initiative"
    assert len(sources) == 6
    total = events[sources].sum(axis=1)
    ordinary = ~events["pioneer"]
    assert np.allclose(total[ordinary], 1.0, atol=1e-5)
    assert (events[sources].to_numpy() >= 0).all()
    assert events["pioneer"].sum() == 24  # three villages with eight shops each


def test_seed_zero_is_a_seed(small_scenario):
    other = small_scenario.replace({"history_seed": 3, "world_seed": 4, "end": "2010-06"})
    kept, zero = sim.run(other), sim.run(other, seed=0, world_seed=0)
    assert (kept.scenario.history_seed, kept.scenario.world_seed) == (3, 4)
    assert (zero.scenario.history_seed, zero.scenario.world_seed) == (0, 0)
    equal_tables(zero, sim.run(other.replace({"history_seed": 0, "world_seed": 0})))
    assert kept.events["uid"].tolist() != zero.events["uid"].tolist()
    with pytest.raises(ScenarioError, match="history_seed: found -1"):
        sim.run(other, seed=-1)


def test_progress_counts_every_month(small_scenario):
    seen = []
    sim.run(small_scenario.replace({"end": "2009-03"}), on_progress=lambda *step: seen.append(step))
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_a_run_without_december_has_empty_tables(small_scenario):
    result = sim.run(small_scenario.replace({"end": "2009-03"}))
    assert len(result.villages) == len(result.patterns) == len(result.towns) == len(result.provinces) == 0
    assert "no December" in repr(result)
    assert "<table>" in result._repr_html_()


def test_a_run_without_shops(small_scenario):
    result = sim.run(small_scenario.replace({"pioneers.placement": "none", "adoption.own_initiative": 0}))
    assert len(result.events) == len(result.closings) == 0
    assert result.patterns["simulated"].sum() == 0


def test_path_of_a_file(tmp_path, small_scenario):
    file = tmp_path / "x.yaml"
    file.write_text(small_scenario.replace({"end": "2009-06"}).to_yaml(), encoding="utf-8")
    assert sim.run(file).scenario.end == small_scenario.start + 5


def test_a_mapping_is_a_scenario():
    mapping = {
        "start": "2012-11",
        "end": "2012-12",
        "region": {"synthetic": {"villages": 3, "households_per_village": 20, "towns": 1, "counties": 1}},
    }
    result = sim.run(mapping, seed=4)
    equal_tables(result, sim.run(sim.Scenario.from_mapping({**mapping, "history_seed": 4})))


def test_unknown_tables_and_attributes(small_result):
    with pytest.raises(KeyError, match="no table 'vilages'; there are national"):
        small_result.columns("vilages")
    with pytest.raises(AttributeError, match="a result has no 'vilages'"):
        _ = small_result.vilages
    assert "plot" in dir(small_result)


def test_display(small_result):
    page = small_result._repr_html_()
    assert "A small &lt;world&gt;" in page
    assert "<td" in page
    assert "Taobao villages" in page
    assert "data:image/png;base64," in page
    count = small_result.patterns.query("pattern == 'villages' and year == 2012")["simulated"].item()
    assert f"<td>{count:,}</td>" in page
    assert "observed" not in page  # an invented world has no published list
    assert repr(small_result).startswith("<RunResult small: synthetic: 40 villages")
    assert f"2012: {count}" in repr(small_result)


def test_provenance_is_complete(small_result):
    origin = small_result.provenance
    assert origin["fingerprint"] == small_result.scenario.fingerprint
    assert (origin["world_seed"], origin["history_seed"]) == (0, 0)
    assert origin["scenario"]["parameters"] == small_result.scenario.resolved()["parameters"]
    assert len(origin["data_sha256"]) == 64
    needed = {"hinterland", "numpy", "numba", "scipy", "pandas", "pyarrow", "mesa", "networkx", "ruamel.yaml"}
    assert all(origin["packages"][name] for name in needed)
    assert origin["seconds"]["total"] > 0
    assert origin["peak_memory_mib"] > 10
    assert set(origin) >= {"results_version", "python", "platform", "git", "started_at"}
