"""A world of a few hundred households, run once with and once without cheaper parcels."""

from __future__ import annotations

import pytest

from sim.plotting.maps import map_units
from sim.runner import run
from sim.scenario import Scenario

SMALL = {
    "name": "small",
    "start": "2009-03",
    "end": "2011-06",
    "history_seed": 3,
    "region": {"synthetic": {"villages": 12, "households_per_village": 50, "towns": 3, "counties": 2}},
    "adoption.own_initiative": 0.002,
    "adoption.imitation": 0.1,
    # Written down, so that the world is as busy whatever the calibrated defaults are.
    "adoption.weight_village": 2.22,
    "adoption.weight_town": 0.304,
    "pioneers.shops": 13,
    "market.yearly_sales": 70100,
    "exit.monthly_rate": 0.02,
    "recognition.sales_min_yuan": 1e5,
    "recognition.shops_min": 5,
}


@pytest.fixture(scope="session")
def small():
    return Scenario.from_mapping(SMALL)


@pytest.fixture(scope="session")
def result(small):
    return run(small)


@pytest.fixture(scope="session")
def cheaper(small):
    return run(small.replace({"logistics.parcel_cost": 5}))


@pytest.fixture(scope="session")
def units(result):
    return map_units(result)
