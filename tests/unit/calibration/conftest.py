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
    # Written down, so that the truth can be found whatever the calibrated defaults are.
    "adoption.weight_village": 1.0,
    "adoption.weight_town": 0.22,
    "adoption.weight_county": 0.644,
    "adoption.weight_prefecture": 0.0337,
    "adoption.cost_effect": 0.116,
    "adoption.internet_effect": 0.0837,
    "adoption.crowding_effect": 0.404,
    "base.manufacturing": 1.82,
    "base.trade": 0.734,
    "base.potential": 0.119,
    "base.schooling": -0.409,
    "base.incomers": -0.232,
    "base.hub_distance": -0.105,
    "base.industry_in_imitation": 0.215,
    "base.half_nearness": 4.23,
    "base.nearness_effect": 0.0113,
    "base.listed_effect": 1.17,
    "base.town_sd": 0.156,
    "base.village_sd": 0.327,
    "base.town_effect": 0.676,
    "base.county_sd": 0.0752,
    "market.demand_growth": 0.38,
    "exit.monthly_rate": 0.00606,
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
