"""A world so small that a run takes milliseconds, and its ensemble."""

from __future__ import annotations

import pytest

import sim
from sim.experiments.ensemble import run_ensemble

TINY = {
    "name": "tiny",
    "start": "2009-01",
    "end": "2011-12",
    "region": {"synthetic": {"villages": 8, "households_per_village": 50, "towns": 2, "counties": 2}},
    "world.synthetic_pioneers": 2,
    "pioneers.shops": 5,
    "pioneers.last_year": 2010,
    "adoption.imitation": 0.3,
    "adoption.own_initiative": 1e-4,
    "recognition.sales_min_yuan": 500_000,
    "recognition.shops_min": 10,
}


@pytest.fixture(scope="session")
def tiny():
    return sim.Scenario.from_mapping(TINY)


@pytest.fixture(scope="session")
def ensemble(tiny):
    return run_ensemble(tiny, 6, by_county=True)
