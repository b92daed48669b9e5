"""A small busy world: many villages, so that blocks grow, move and are used again, and many closings."""

from __future__ import annotations

import numpy as np
import pytest

from sim.kernel import Simulation
from sim.world import build_world
from tests.in_steps import in_steps

BUSY = {
    "start": "2012-01",
    "end": "2014-12",
    "region": {"synthetic": {"villages": 60, "households_per_village": 40, "towns": 12, "counties": 3}},
    "world.synthetic_pioneers": 4,
    "pioneers.first_year": 2012,
    "pioneers.last_year": 2014,
    "adoption.own_initiative": 2e-3,
    "adoption.imitation": 0.15,
    "base.manufacturing": 0.3,
    "exit.monthly_rate": 0.1,
    "recognition.sales_min_yuan": 1e5,
}


@pytest.fixture(scope="session")
def busy():
    """Scenario and world, with changes."""

    def build(**changes):
        scenario = in_steps(BUSY | {name.replace("__", "."): value for name, value in changes.items()})
        return scenario, build_world(scenario)

    return build


@pytest.fixture(scope="session")
def entries_of():
    """All entries of a run, with village and household number."""

    def collect(run):
        length = run.blocks.length.astype(np.int64)
        village = np.repeat(np.arange(length.size), length)
        step = np.arange(village.size) - np.repeat(np.cumsum(length) - length, length)
        rows = run.store.entries[run.blocks.start[village] + step]
        return village, run.world.first_household[village] + rows["local"], rows

    return collect


@pytest.fixture
def busy_run(busy):
    """A fresh run of the busy world."""
    return Simulation(*busy())
