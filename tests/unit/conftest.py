"""Results that several tests only read; small worlds, each run once."""

from __future__ import annotations

import pytest

import sim

TEACHING = {
    "name": "small",
    "title": "A small <world>",
    "start": "2009-01",
    "end": "2012-12",
    "region": {"synthetic": {"villages": 40, "households_per_village": 100, "towns": 4, "counties": 2}},
    "world.synthetic_pioneers": 3,
    "pioneers.shops": 8,
    "pioneers.last_year": 2010,
    "adoption.imitation": 0.3,
    "adoption.own_initiative": 1e-4,
    "recognition.sales_min_yuan": 1_000_000,
}


@pytest.fixture(scope="session")
def small_scenario():
    return sim.Scenario.from_mapping(TEACHING)


@pytest.fixture(scope="session")
def small_result(small_scenario):
    return sim.run(small_scenario)


@pytest.fixture(scope="session")
def cao_result():
    """Cao County over the two years with published lists, from a start late enough to be quick."""
    mapping = {"name": "cao", "start": "2012-01", "end": "2015-12", "region": {"counties": [371721]}}
    return sim.run(sim.Scenario.from_mapping(mapping))
