"""The terms recorded with openings are what the village clocks went on by."""

from __future__ import annotations

import numpy as np
import pytest

from sim.kernel import Simulation
from sim.kernel.conditions import TERMS
from sim.scenario.vocabulary import default_vocabulary

MECHANISMS = tuple(default_vocabulary().mechanisms)
EVERYTHING = {f"mechanisms__{name}": True for name in MECHANISMS}
#: Values under which every mechanism has something to add in a world so small.
FELT = {
    "programme__first_month": "2012-03",
    "programme__first_counties": 3,
    "training__course_rate": 0.02,
    "market__crowding_reference": 10,
    "guidance__strength_everywhere": 1.0,
    "guidance__everywhere": True,
    "migration__goods_midpoint": -3.0,
    "adoption__crowding_effect": 0.3,
    "limits__shops": 10,
}
#: The mechanism without which a term is nothing.
OF_MECHANISM = {
    "parcel_cost": "logistics",
    "training": "training",
    "crowding": "crowding",
    "guidance": "guidance",
    "credit": "credit",
    "chain": "chain",
    "limits": "limits",
    "migration": "migration",
}


def clock_steps(run):
    """Month by month: what happened, and by how much each village's clock went on."""
    before = run.clocks.village.copy()
    for _ in range(run.scenario.n_months):
        happened = run.step()
        yield happened, run.clocks.village - before
        before = run.clocks.village.copy()


@pytest.mark.parametrize("changes", [{}, FELT | EVERYTHING, {f"mechanisms__{name}": False for name in MECHANISMS}])
def test_the_terms_add_up_to_the_log_of_the_clocks_step(busy, changes):
    seen = 0
    for happened, step in clock_steps(Simulation(*busy(**changes))):
        villages = happened.opening_villages
        assert np.array_equal(villages, np.unique(happened.village))
        assert happened.terms.shape == (villages.size, len(TERMS))
        expected = np.log(step[villages])
        np.testing.assert_allclose(happened.terms.sum(axis=1, dtype=np.float64), expected, atol=3e-6)
        seen += villages.size
    assert seen > 200


def test_every_mechanism_is_felt_where_everything_is_on(busy):
    run = Simulation(*busy(**FELT, **EVERYTHING))
    terms = np.concatenate([happened.terms for happened, _ in clock_steps(run)])
    assert (np.ptp(terms, axis=0) > 1e-3).all(), dict(zip(TERMS, np.ptp(terms, axis=0), strict=True))


@pytest.mark.parametrize(("term", "mechanism"), OF_MECHANISM.items())
def test_a_mechanism_that_is_off_adds_nothing(busy, term, mechanism):
    needed = [name for name, row in default_vocabulary().mechanisms.items() if mechanism in row.needs]
    off = {f"mechanisms__{name}": False for name in (mechanism, *needed)}
    run = Simulation(*busy(**FELT | EVERYTHING | off, end="2013-06"))
    terms = np.concatenate([happened.terms for happened, _ in clock_steps(run)])
    column = terms[:, TERMS.index(term)]
    assert column.size > 50
    assert not column.any()
    assert not np.signbit(column).any()


def test_the_law_of_the_month_counts(busy):
    changed = [{"from": "2013-01", "set": {"adoption.cost_effect": 0.0}}]
    run = Simulation(*busy(timeline=changed, end="2013-06"))
    before, after = [], []
    for happened, _ in clock_steps(run):
        (before if happened.month < 12 else after).append(happened.terms[:, TERMS.index("parcel_cost")])
    assert np.concatenate(before).any()
    assert not np.concatenate(after).any()
