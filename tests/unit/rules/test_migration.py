"""Incomers by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.rules.migration import (
    goods_at_hand,
    incomer_sales_factor,
    incomers_without_shop,
    incoming_shops,
    next_incomers,
    next_merchants,
)

RATES = {"merchant_rate": 0.5, "most_merchants": 10.0, "return_rate": 0.01, "leaving_rate": 0.1}


def test_half_the_goods_at_the_midpoint():
    assert goods_at_hand(np.array([1.5, 99.0, -99.0]), midpoint=1.5) == pytest.approx([0.5, 1.0, 0.0])


def test_merchants_come_for_shops_and_goods_and_youth_with_partners():
    nobody = np.zeros(4)
    shops, goods = np.array([0.0, 0.2, 0.2, 0.0]), np.array([1.0, 1.0, 0.0, 1.0])
    partner = np.array([False, False, False, True])
    assert next_incomers(nobody, shops, goods, partner, **RATES) == pytest.approx([0.0, 0.1, 0.0, 0.01])


def test_no_more_merchants_come_to_a_full_village_and_some_leave():
    full = np.array([10.0, 12.0, 2.0])
    after = next_incomers(full, np.array([1.0, 1.0, 0.0]), np.ones(3), np.zeros(3, bool), **RATES)
    assert after == pytest.approx([9.0, 10.8, 1.8])


def test_incomers_raise_sales_by_a_power():
    came = np.array([0.0, 3.0, 8.0])
    assert incomer_sales_factor(came, sales_elasticity=0.5) == pytest.approx([1.0, 2.0, 3.0])
    assert incomer_sales_factor(came, sales_elasticity=1.0) == pytest.approx([1.0, 4.0, 9.0])


def test_merchants_are_the_incomers_less_the_youth():
    rates = {name: value for name, value in RATES.items() if name != "return_rate"}
    before, shops, goods = np.array([0.5, 0.5]), np.array([0.2, 0.2]), np.ones(2)
    came = next_incomers(before, shops, goods, np.array([False, True]), **RATES)
    merchants = next_merchants(np.array([0.5, 0.1]), before, shops, goods, **rates)
    assert merchants == pytest.approx([came[0], 0.09 + 0.1 * 0.95])
    assert merchants[1] < came[1]


def test_a_share_of_the_merchants_has_whole_shops():
    merchants, households = np.array([0.1, 0.199, 0.0]), np.array([100.0, 100.0, 50.0])
    assert incoming_shops(merchants, households, shop_share=0.5).tolist() == [5.0, 9.0, 0.0]
    assert incoming_shops(merchants, households, shop_share=0.0).tolist() == [0.0, 0.0, 0.0]


def test_those_with_a_shop_no_longer_count_as_helpers():
    came, households = np.array([0.1, 0.3]), np.array([100.0, 10.0])
    assert incomers_without_shop(came, np.array([4.0, 3.0]), households) == pytest.approx([0.06, 0.0])
    assert incomers_without_shop(came, np.zeros(2), households).tolist() == came.tolist()


def test_two_deviations_make_the_slope_of_goods():
    assert goods_at_hand(np.array([1.5]), midpoint=1.0) == pytest.approx([1 / (1 + np.exp(-1.0))])


def test_fewer_goods_draw_fewer_merchants():
    few, many = (
        next_merchants(np.zeros(1), np.zeros(1), np.array([0.2]), np.array([goods]), merchant_rate=0.5,
                       most_merchants=10.0, leaving_rate=0.1)
        for goods in (0.25, 1.0)
    )  # fmt: skip
    assert (few.item(), many.item()) == pytest.approx((0.025, 0.1))
