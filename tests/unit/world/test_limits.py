"""A village may hold as many households as the counters of its households tell apart, and no more."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import ScenarioError, WorldError
from sim.kernel import Simulation
from sim.scenario import Scenario
from sim.world import build_world
from sim.world.world import _check_sizes


def test_the_largest_village_that_fits():
    _check_sizes(np.array([10, 2**20 - 1]))
    with pytest.raises(WorldError, match="found a village of 1048576 households, allowed are fewer than 1048576"):
        _check_sizes(np.array([10, 2**20]))


def scenario(**values):
    region = {"synthetic": {"villages": 3, "households_per_village": 100_000, "towns": 1, "counties": 1}}
    return Scenario.from_mapping({"start": "2009-01", "end": "2009-12", "region": region} | values)


def test_a_world_of_such_villages_is_refused():
    with pytest.raises(WorldError, match=r"lower world\.household_scale"):
        build_world(scenario(**{"world.household_scale": 10.0, "world.village_size_sd": 2.0}))


def test_pioneers_cannot_end_before_they_begin():
    small = {"synthetic": {"villages": 3, "households_per_village": 20, "towns": 1, "counties": 1}}
    reversed_years = scenario(region=small, **{"pioneers.first_year": 2013, "pioneers.last_year": 2012})
    with pytest.raises(ScenarioError, match=r"last_year: found 2012, allowed is 2013 or later"):
        Simulation(reversed_years, build_world(reversed_years))
