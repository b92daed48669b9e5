"""Small worlds that calibration is tried on, each run once."""

from __future__ import annotations

import pytest

import sim

SMALL = {
    "name": "small-truth",
    "start": "2012-01",
    "end": "2015-12",
    "region": {"synthetic": {"villages": 80, "households_per_village": 80, "towns": 20, "counties": 10}},
    "world.synthetic_pioneers": 6,
    "pioneers.shops": 6,
    "pioneers.first_year": 2012,
    "pioneers.last_year": 2013,
    "adoption.imitation": 0.12,
    "adoption.own_initiative": 1e-4,
    "market.yearly_sales": 2e5,
    "recognition.sales_min_yuan": 1_000_000,
    "recognition.shops_min": 10,
}


@pytest.fixture(scope="session")
def small():
    return sim.Scenario.from_mapping(SMALL)


@pytest.fixture(scope="session")
def china():
    return sim.Scenario.from_mapping({"name": "china", "start": "2009-01", "end": "2015-12", "region": "china"})
