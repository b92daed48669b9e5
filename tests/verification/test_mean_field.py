"""Complete mixing and many households: the Bass curve in closed form, and its equation where the cost changes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from tests.verification.test_known_answers import PLAIN, shops_by_month, simulation, synthetic

P, Q, N = 0.001, 0.03, 20_000
LEVELS = ("village", "town", "county", "prefecture")
KINDS = ("ring", *LEVELS)
MIXED = {
    "start": "2000-01",
    "end": "2015-12",
    "adoption__own_initiative": P,
    "adoption__imitation": Q,
    "graph__ring_reach": 0,
    **{f"graph__{level}_matchings": 8 for level in LEVELS},
    **{f"adoption__weight_{kind}": 1.0 for kind in KINDS},
}
#: Months instead of moments hold imitation back by half a month, 0.011 of the share where the curve is steepest.
#: Who was won by one of 32 acquaintances cannot win that one, which takes at most 2/32 from the pace: 0.042. The
#: luck of the first p N / q = 700 moves the curve by 1/sqrt(700)/q months, a standard error of 0.01. With twice
#: that: 0.07.
TOLERANCE = 0.07


def bass(month, p, q):
    """Share that has opened by the end of a month, Bass (1969)."""
    gone = np.exp(-(p + q) * month)
    return (1 - gone) / (1 + q / p * gone)


def shares(**changes):
    run = simulation(region=synthetic(1, N), **MIXED | changes)
    return run, shops_by_month(run)[:, 0] / N


def test_complete_mixing_gives_the_bass_curve():
    run, share = shares()
    month = np.arange(1, run.scenario.n_months + 1)
    assert share[-1] > 0.7
    assert abs(share - bass(month, P, Q)).max() < TOLERANCE
    assert abs(share - bass(month, P, 1.3 * Q)).max() > 2 * TOLERANCE
    assert abs(share - bass(month, 2.0 * P, Q)).max() > 2 * TOLERANCE


@pytest.mark.parametrize("effect", [0.1, -0.06])
def test_where_the_cost_changes_the_curve_solves_its_equation(effect):
    # Ten yuan a parcel until 2006, then three, and twelve from 2012 on: F' = exp(k (c_ref - c)) (p + q F) (1 - F).
    cost = {"2000-01": 10.0, "2006-01": 3.0, "2012-01": 12.0}
    run, share = shares(
        mechanisms=PLAIN["mechanisms"] | {"logistics": True},
        adoption__cost_effect=effect,
        logistics__parcel_cost=10.0,
        logistics__remoteness_cost=0.0,
        logistics__yearly_decline=0.0,
        logistics__volume_discount=0.0,
        timeline=[{"from": since, "set": {"logistics.parcel_cost": c}} for since, c in list(cost.items())[1:]],
    )
    month = np.arange(1, run.scenario.n_months + 1)

    def solved(strength):
        def slope(t, share):
            c = 10.0 if t < 72 else 3.0 if t < 144 else 12.0
            return np.exp(strength * (10.0 - c)) * (P + Q * share) * (1 - share)

        answer = solve_ivp(slope, (0, month[-1]), [0.0], t_eval=month, max_step=1.0, rtol=1e-8, atol=1e-10)
        return answer.y[0]

    assert abs(share - solved(effect)).max() < TOLERANCE
    assert abs(share - solved(0.0)).max() > 2 * TOLERANCE
    assert abs(share - solved(2.0 * effect)).max() > 1.5 * TOLERANCE
