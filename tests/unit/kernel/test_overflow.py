"""Values at the ends of their ranges together: the run is given up in words, not carried on with infinities."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import RunError
from sim.kernel import Simulation
from sim.kernel.overflow import refuse_beyond

FAR = {
    "a village's log hazard ratio": {"adoption__cost_effect": -1.0, "logistics__parcel_cost": 100.0},
    "a village's closing hazard": {
        "exit__trade_elasticity": 5.0,
        "market__demand_growth": 2.0,
        "market__reference_year": 2030,
    },
    "a village's sales of a month": {
        "market__yearly_sales": 1e8,
        "market__demand_growth": 2.0,
        "market__reference_year": 2000,
        "market__cost_elasticity": 5.0,
        "logistics__parcel_cost": 0.0,
        "logistics__floor_cost": 0.1,
        "logistics__reference_cost": 100.0,
        "adoption__cost_effect": 0.0,
    },
}


def test_numbers_in_reach_pass_and_others_do_not(busy_run):
    refuse_beyond(busy_run, "it", np.array([0.0, 2.0]), 2.0)
    refuse_beyond(busy_run, "it", np.array([]), 2.0)
    for values in ([2.1], [0.0, np.inf], [1.0, np.nan]):
        with pytest.raises(RunError, match=r"in 2012-01 it comes to (2.1|inf|nan), and beyond 2 .* move them"):
            refuse_beyond(busy_run, "it", np.array(values), 2.0)


@pytest.mark.parametrize("what", FAR)
def test_a_run_that_outgrows_its_numbers_is_given_up(busy, what):
    run = Simulation(*busy(**FAR[what]))
    with pytest.raises(RunError, match=what):
        step_to_the_end(run)


def step_to_the_end(run):
    for _ in range(run.scenario.n_months):
        run.step()
