"""Every rule reads its arguments only, gives a new array and the same answer twice."""

from __future__ import annotations

import importlib
import pkgutil

import numpy as np
import pytest

import sim.rules

GENERATOR = np.random.default_rng(20140201)
V = 6


def positive():
    """A fresh column of positive numbers."""
    return GENERATOR.uniform(0.1, 2.0, V)


def flags():
    """A fresh column of masks."""
    return GENERATOR.random(V) < 0.5


CALLS = {
    "adoption.village_log_multiplier": (
        (positive(),),
        {
            "parcel_cost_yuan": positive(),
            "reference_cost_yuan": 10.0,
            "cost_effect_per_yuan": 0.1,
            "training_stock": positive(),
            "training_effect": 0.1,
            "internet_share": positive(),
            "internet_effect": 1.0,
            "reference_internet_share": 0.4,
            "crowding": positive(),
            "crowding_effect": 0.3,
        },
    ),
    "base.revealed_base": (
        (positive(), flags(), flags()),
        {"nearness_effect": 0.2, "town_effect": 0.3, "listed_effect": 0.8},
    ),
    "base.industry": ((GENERATOR.normal(size=(V, 3)), positive()[:3]), {}),
    "base.log_base": (
        (positive(), positive()),
        {
            "county_deviate": positive(),
            "town_deviate": positive(),
            "village_deviate": positive(),
            "county_sd": 0.1,
            "town_sd": 0.2,
            "village_sd": 0.3,
        },
    ),
    "base.industry_in_imitation": ((positive(), positive()), {"share": 0.3, "half_nearness": 0.5}),
    "base.rooting_factor": ((positive(), positive()), {}),
    "exit.closing_hazard": ((0.02, positive()), {"trade_elasticity": 0.5}),
    "internet.internet_share": ((2014.2, np.array([2011.0, 2015.0]), GENERATOR.uniform(0, 1, (V, 2))), {}),
    "logistics.volume_discount": ((positive(),), {"half_volume": 1.0, "greatest": 0.3}),
    "logistics.parcel_cost": (
        (positive(), positive() / 4.0, positive() / 2.0, 1.0),
        {
            "parcel_cost_yuan": 10.0,
            "remoteness_yuan_per_km": 0.1,
            "yearly_decline": 0.1,
            "sorting_saving_yuan": 3.0,
            "floor_yuan": 1.5,
        },
    ),
    "market.crowding": ((positive(),), {"reference_shops": 5.0}),
    "market.trade_factor": (
        (positive(), positive(), 1.0),
        {"demand_growth": 0.2, "crowding_elasticity": 0.1, "cost_elasticity": 0.3, "reference_cost_yuan": 10.0},
    ),
    "market.next_novice_size": ((positive(),), {"experience_months": 12.0}),
    "market.village_sales": (
        (positive(), positive(), positive()),
        {"yearly_sales_yuan": 1e5, "novice_share": 0.3},
    ),
    "market.parcels": ((positive(),), {"parcel_value_yuan": 80.0}),
    "programme.county_score": ((positive(), positive(), positive()), {"base_weight": 0.5}),
    "programme.stations_open": (
        (positive() * 5.0, positive() * 9.0),
        {"stations_per_county": 10.0, "months_to_fill": 8.0},
    ),
    "programme.station_purchases": (
        (positive(), positive() / 2.0),
        {"orders_per_household": 1.0, "offline_help": 0.6},
    ),
    "programme.partner_income": ((positive(), positive() / 2.0), {"commission_yuan": 9.0, "skill_premium": 0.5}),
    "training.training_inflow": (
        (positive() / 2.0, flags(), flags()),
        {"partner_training_per_month": 0.3, "center_training_per_month": 0.1, "course_training_per_month": 0.0},
    ),
    "training.next_training_stock": ((positive(), positive()), {"monthly_decay": 0.1}),
}
#: Rules over scalars: there is nothing they could write into.
SCALAR = {
    "adoption.weighted_share",
    "adoption.imitation_share",
    "adoption.monthly_hazard",
    "exit.closing_threshold",
    "programme.centers_open",
}


def public_rules():
    """Every public function of the rules, as file.function."""
    files = [module.name for module in pkgutil.iter_modules(sim.rules.__path__)]
    return {f"{file}.{name}" for file in files for name in importlib.import_module(f"sim.rules.{file}").__all__}


def rule(name):
    file, function = name.split(".")
    return getattr(importlib.import_module(f"sim.rules.{file}"), function)


def test_every_rule_stands_here():
    assert public_rules() == set(CALLS) | SCALAR


@pytest.mark.parametrize("name", CALLS)
def test_rules_never_write_into_their_arguments(name):
    args, kwargs = CALLS[name]
    arrays = [value for value in (*args, *kwargs.values()) if isinstance(value, np.ndarray)]
    before = [array.copy() for array in arrays]
    first = rule(name)(*args, **kwargs)
    for array, copy in zip(arrays, before, strict=True):
        assert np.array_equal(array, copy)
        assert not np.shares_memory(first, array)
    assert np.array_equal(rule(name)(*args, **kwargs), first)
    assert np.isfinite(first).all()


@pytest.mark.parametrize("name", CALLS)
def test_rules_take_columns_that_may_not_be_written(name):
    def locked(value):
        if isinstance(value, np.ndarray):
            value = value.copy()
            value.flags.writeable = False
        return value

    args, kwargs = CALLS[name]
    rule(name)(*map(locked, args), **{key: locked(value) for key, value in kwargs.items()})


def test_the_index_names_every_rule():
    text = sim.rules.__doc__
    assert all(f"``{name.split('.')[1]}``" in text for name in public_rules())
