"""Centers and stations that open as a user's table says, and the ways such a scenario travels."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.errors import ScenarioError
from sim.experiments.tasks import execute, task_of
from sim.kernel import Simulation
from sim.scenario import Scenario, load_scenario
from sim.state import NEVER
from sim.world import build_world

#: Tonglu and Minqing, small; Cao is named by the table but not simulated.
RUN = {
    "start": "2014-06",
    "end": "2015-03",
    "region": {"counties": [330122, 350124]},
    "world.household_scale": 0.02,
    "pioneers.placement": "none",
    "programme.stations_per_county": 20,
    "programme.months_to_fill": 2,
    "roll_out": "mine.csv",
}
TABLE = "county,month,stations,months_to_fill\n350124,2014-08,,\n330122,2014-09,8,4\n371721,2014-07,,\n"


@pytest.fixture
def scenario(tmp_path):
    """The scenario beside its table."""
    (tmp_path / "mine.csv").write_text(TABLE, encoding="utf-8")
    return Scenario.from_mapping(RUN, folder=tmp_path)


def stations_by_month(scenario):
    """Stations of Tonglu and of Minqing at the end of every month."""
    run = Simulation(scenario, build_world(scenario))
    counts = []
    for _ in range(scenario.n_months):
        run.step()
        open_at = run.state.villages.station_since != NEVER
        counts.append(np.bincount(run.world.villages.county[open_at], minlength=2).tolist())
    return np.array(counts).T.tolist(), run


def test_centers_open_when_the_table_says_and_fill_as_it_says(scenario):
    (tonglu, minqing), run = stations_by_month(scenario)
    # From 2014-06 on, month by month.
    assert minqing == [0, 0, 0, 10, 20, 20, 20, 20, 20, 20]
    assert tonglu == [0, 0, 0, 0, 2, 4, 6, 8, 8, 8]
    assert run.state.counties.center_since.tolist() == [3, 2]


def test_a_county_that_the_table_leaves_out_gets_no_center(scenario, tmp_path):
    (tmp_path / "mine.csv").write_text("county,month\n330122,2014-06\n", encoding="utf-8")
    (tonglu, minqing), run = stations_by_month(scenario.replace({"roll_out": "mine.csv"}))
    assert tonglu[-1] == 20
    assert minqing == [0] * 10
    assert run.state.counties.center_since.tolist() == [0, NEVER]


def test_a_month_before_the_run_opens_in_its_first_month(scenario, tmp_path):
    (tmp_path / "mine.csv").write_text("county,month\n330122,2010-01\n350124,2016-01\n", encoding="utf-8")
    (tonglu, minqing), _ = stations_by_month(scenario.replace({"roll_out": "mine.csv"}))
    assert tonglu[:3] == [0, 10, 20]
    assert minqing == [0] * 10


def test_without_the_table_the_drawn_order_holds(scenario):
    drawn = scenario.replace({"roll_out": None, "programme.first_month": "2014-10"})
    (tonglu, minqing), _ = stations_by_month(drawn)
    assert not any(tonglu[:5] + minqing[:5])
    assert tonglu[-1] + minqing[-1] == 40


def test_a_run_is_repeated_from_its_folder(scenario, tmp_path):
    result = sim.run(scenario)
    folder = result.save(tmp_path / "run")
    assert (folder / "mine.csv").read_text(encoding="utf-8") == TABLE
    (tmp_path / "mine.csv").unlink()
    again = load_scenario(folder / "scenario.yaml")
    assert again.fingerprint == scenario.fingerprint
    assert sim.run(again).columns("national")["stations"].tolist() == [0, 0, 0, 10, 22, 24, 26, 28, 28, 28]
    assert sim.load_result(folder).scenario == scenario


def test_it_travels_to_workers_and_to_mesa(scenario):
    task = task_of(scenario, 0, 0, by_county=False, label="")
    finished = execute(task)
    assert (finished.stage, finished.message) == ("", "")
    compared = sim.compare(scenario, {"roll_out": None}, replicates=2)
    assert compared.n_failed == 0
    model = sim.DiffusionModel(scenario)
    for _ in range(5):
        model.step()
    assert model.simulation.state.counties.center_since.tolist() == [3, 2]


def test_experiments_tell_mistakes_before_anything_runs(scenario, tmp_path):
    (tmp_path / "mine.csv").write_text("county,month\nNowhere,2014-06\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"mine\.csv:2:1: county: found Nowhere"):
        sim.run_ensemble(scenario.replace({"roll_out": "mine.csv"}), 2)
