"""Nested models: a mechanism switched off, or without effects, is the model without it, to the bit."""

from __future__ import annotations

import pytest

from sim.kernel import Simulation
from sim.scenario.vocabulary import default_vocabulary
from sim.world import build_world
from tests.in_steps import in_steps

NESTED = {
    "start": "2012-01",
    "end": "2014-12",
    "region": {"synthetic": {"villages": 30, "households_per_village": 40, "towns": 6, "counties": 3}},
    "adoption.own_initiative": 2e-3,
    "adoption.imitation": 0.15,
    "base.manufacturing": 0.3,
    "exit.monthly_rate": 0.08,
    "programme.first_month": "2012-06",
    "programme.second_model_month": "2012-08",
    "programme.counties_per_month": 0.5,
    "market.crowding_reference": 5.0,
    "logistics.half_volume": 500.0,
}
#: Switched off, a mechanism is the model whose own effects are nothing.
EQUALS = {
    "logistics": {"adoption.cost_effect": 0.0, "market.cost_elasticity": 0.0},
    "training": {"adoption.training_effect": 0.0},
    "crowding": {"adoption.crowding_effect": 0.0, "market.crowding_elasticity": 0.0},
    "exit": {"exit.monthly_rate": 0.0},
    "programme": {"programme.first_counties": 0.0, "programme.counties_per_month": 0.0},
}

#: Switched on, a mechanism without effects is the model without it: what takes them away, and what it needs or
#: what makes them felt in so small a world.
SEEN = {"recognition.sales_min_yuan": 1e5, "recognition.shops_min": 5, "migration.merchant_rate": 0.2}
GUIDED = {"mechanisms.guidance": True}
NOTHING = {
    "guidance": ({"guidance.effect": 0.0, "guidance.training_rate": 0.0}, {}),
    "skynet": ({"skynet.signed_strength": 0.0}, GUIDED | {"skynet.first_month": "2012-06"}),
    "credit": ({"credit.effect": 0.0, "credit.sales_gain": 0.0}, {}),
    "chain": ({"chain.effect": 0.0, "chain.sales_elasticity": 0.0, "chain.greatest_saving": 0.0}, {}),
    "limits": ({"limits.effect": 0.0, "limits.sales_elasticity": 0.0}, {"limits.shops": 1.0}),
    "migration": ({"migration.merchant_rate": 0.0, "migration.return_rate": 0.0}, {}),
    "consumption": (
        {"consumption.outside_income": 0.0, "consumption.selection": 0.0},  # nobody leaves, nobody is chosen
        {"programme.stations_per_county": 10.0},
    ),
    "wholesale": ({"wholesale.sales_gain": 0.0}, {}),
    "cross_border": ({"cross_border.sales_gain": 0.0}, {}),
    "copying": ({"copying.probability": 0.0}, {}),
    "branding": ({"branding.greatest": 0.0}, {}),
}


def history(changes):
    """Everything that happened and everything sold."""
    scenario = in_steps(NESTED | changes)
    run, happened = Simulation(scenario, build_world(scenario)), []
    for _ in range(scenario.n_months):
        events = run.step()
        happened += [events.village, events.local, events.size, events.parts]
        happened += [events.closed_village, events.closed_local, run.state.villages.sales_yuan.copy()]
    return [column.tolist() for column in happened]


@pytest.mark.parametrize("mechanism", EQUALS)
def test_a_mechanism_switched_off_is_the_model_without_its_effects(mechanism):
    off = history({f"mechanisms.{mechanism}": False})
    assert off == history(EQUALS[mechanism])
    assert off != history({})


@pytest.mark.parametrize("mechanism", NOTHING)
def test_a_mechanism_without_effects_is_the_model_without_it(mechanism):
    without, others = NOTHING[mechanism]
    on, off = ({f"mechanisms.{mechanism}": is_on} for is_on in (True, False))
    assert history(SEEN | others | on | without) == history(SEEN | others | off)
    assert history(SEEN | others | on) != history(SEEN | others | off)


def test_every_mechanism_is_nested():
    assert {*EQUALS, *NOTHING} == set(default_vocabulary().mechanisms)


def test_the_threshold_rule_with_one_acquaintance_is_the_linear_rule():
    # With a single tie each, the share is 1 as soon as one acquaintance sells.
    one = {"graph.ring_reach": 0, "graph.village_matchings": 1, "adoption.weight_village": 1.0}
    one |= {f"graph.{level}_matchings": 0 for level in ("town", "county", "prefecture")}
    rule = {"adoption.rule": "threshold", "adoption.threshold_sellers": 1}
    assert history(one) == history(one | rule)
    assert history({}) != history(rule)
