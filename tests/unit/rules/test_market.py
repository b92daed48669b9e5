"""Sales of shops and villages, on hand-worked values."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.rules.market import crowding, next_novice_size, parcels, trade_factor, village_sales

TERMS = {"demand_growth": 0.2, "crowding_elasticity": 0.5, "cost_elasticity": 2.0, "reference_cost_yuan": 10.0}


def factor(crowded=0.0, cost=10.0, years=0.0, **terms):
    """Trade factor of one village."""
    return trade_factor(np.array([crowded]), np.array([cost]), years, **TERMS | terms)[0]


def test_crowding_is_the_log_of_one_plus_relative_shops():
    assert crowding(np.array([0.0, 500.0, 1500.0]), reference_shops=500.0) == pytest.approx(
        np.log([1.0, 2.0, 4.0])
    )
    many = crowding(np.array([1e9, 2e9]), reference_shops=500.0)
    assert many[1] - many[0] == pytest.approx(math.log(2.0), abs=1e-6)


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ({}, 1.0),
        ({"years": 1.0}, math.exp(0.2)),
        ({"years": -1.0}, math.exp(-0.2)),
        ({"crowded": 1.0}, math.exp(-0.5)),
        ({"cost": 5.0}, 4.0),
        ({"cost": 20.0}, 0.25),
        ({"years": 1.0, "crowded": 2.0, "cost": 5.0}, 4.0 * math.exp(0.2 - 1.0)),
    ],
)
def test_each_term_of_the_trade_factor(change, value):
    assert factor(**change) == pytest.approx(value)


def test_without_growth_crowding_and_cost_the_trade_factor_is_one():
    off = {"demand_growth": 0.0, "crowding_elasticity": 0.0, "cost_elasticity": 0.0}
    assert factor(3.0, 4.0, 5.0, **off) == 1.0


def test_a_parcel_for_nothing_still_gives_a_finite_factor():
    assert math.isfinite(factor(cost=0.0))


def test_lack_of_experience_fades_by_a_factor_e_in_tau_months():
    novice = np.array([3.0, 0.0])
    for _ in range(12):
        novice = next_novice_size(novice, experience_months=12.0)
    assert novice == pytest.approx([3.0 / math.e, 0.0])


@pytest.mark.parametrize(
    ("novice_size", "nu", "yuan"), [(0.0, 0.3, 3000.0), (3.0, 0.3, 900.0), (3.0, 1.0, 3000.0), (1.0, 0.0, 2000.0)]
)
def test_new_shops_sell_a_share_of_what_experienced_ones_do(novice_size, nu, yuan):
    sales = village_sales(
        np.array([3.0]), np.array([novice_size]), np.ones(1), yearly_sales_yuan=12_000.0, novice_share=nu
    )
    assert sales == pytest.approx([yuan])


def test_sales_scale_with_the_trade_factor():
    sales = village_sales(
        np.array([2.0, 2.0, 0.0]), np.zeros(3), np.array([1.0, 2.5, 9.0]), yearly_sales_yuan=12.0, novice_share=0.3
    )
    assert sales == pytest.approx([2.0, 5.0, 0.0])


def test_parcels_are_sales_over_their_value():
    assert parcels(np.array([0.0, 160.0]), parcel_value_yuan=80.0).tolist() == [0.0, 2.0]
