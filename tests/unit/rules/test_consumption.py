"""Online buying and partners' earnings by hand, and beside the facts that pin them."""

from __future__ import annotations

import numpy as np
import pytest

from sim.rules.consumption import (
    buyer_share,
    month_factor,
    orders_per_day,
    outside_income,
    partner_earnings,
    selected_skill,
    served_share,
    singles_day_turnover,
    station_buyers,
    station_orders,
    wanted_orders,
)
from sim.scenario.months import parse_month
from sim.scenario.vocabulary import default_vocabulary

DEFAULT = {name.removeprefix("consumption."): row.default for name, row in default_vocabulary().parameters.items()}
BUYERS = {
    "share_at_reference": DEFAULT["buyer_share"],
    "internet_effect": DEFAULT["internet_effect"],
    "reference_internet_share": DEFAULT["reference_internet"],
    "yearly_rise": DEFAULT["yearly_rise"],
}
PAY = {
    "order_value_yuan": 100.0,
    "commission_share": 0.05,
    "service_fee_yuan": 1.0,
    "sales_fee_share": 0.02,
    "most_help_yuan": 1e12,
    "skill_premium": 0.5,
}


def test_rural_shoppers_are_those_of_2014_and_grow_by_two_fifths():
    at_end_of_2014 = buyer_share(np.array([0.479]), 0.0, **BUYERS)
    a_year_before = buyer_share(np.array([0.458]), -1.0, **BUYERS)
    assert 600e6 * at_end_of_2014 == pytest.approx([77e6], rel=0.02)
    assert at_end_of_2014 / a_year_before == pytest.approx([1.41], abs=0.04)


def test_a_station_helps_more_and_more_households():
    buyers = station_buyers(np.full(3, 0.2), np.array([0.0, 6.0, 1e9]), helped_share=0.5, months_to_help=6.0)
    assert buyers == pytest.approx([0.2, 0.2 + 0.4 * (1 - np.exp(-1)), 0.6])


def test_november_has_the_orders_of_a_longer_month():
    assert month_factor(parse_month("2015-11"), singles_day_multiple=16.0) == 1.5
    assert month_factor(parse_month("2015-10"), singles_day_multiple=16.0) == 1.0
    assert month_factor(parse_month("2015-11"), singles_day_multiple=1.0) == 1.0


def test_orders_are_those_of_the_buyers():
    wanted = wanted_orders(np.array([500.0, 500.0]), np.array([0.4, 0.0]), orders_per_buyer=2.0)
    assert wanted.tolist() == [400.0, 0.0]
    assert station_orders(wanted, np.array([1.0, 0.5]), 1.5).tolist() == [600.0, 0.0]


def test_a_partner_has_only_so_many_hours():
    wanted = np.array([0.0, 1e-9, 1500.0, 3000.0, 1e9])
    served = served_share(wanted, most_orders=1500.0)
    assert served[:2] == pytest.approx([1.0, 1.0])
    assert served[2:4] == pytest.approx([1 - np.exp(-1), (1 - np.exp(-2)) / 2])
    assert (wanted * served)[-1] == pytest.approx(1500.0)
    # A busy station places 40 to 50 orders a day.
    assert 40 <= DEFAULT["most_orders"] / 30 <= 50


def test_singles_day_is_its_part_of_november():
    assert singles_day_turnover(np.array([300.0]), order_value_yuan=10, singles_day_multiple=1) == [100.0]
    assert singles_day_turnover(np.array([600.0]), order_value_yuan=10, singles_day_multiple=31) == [3100.0]


def test_partners_earn_on_orders_and_services_and_on_sales_if_they_are_2_0():
    orders, households = np.array([0.0, 100.0, 100.0, 100.0]), np.array([0.0, 200.0, 200.0, 200.0])
    sales, skill = np.array([0.0, 1e4, 1e4, 0.0]), np.array([1.0, 0.5, 0.5, 1.0])
    second = np.array([True, False, True, True])
    earned = partner_earnings(orders, households, sales, skill, second, **PAY)
    assert earned == pytest.approx([0, 700, 900, 1050])


def test_help_with_sales_pays_a_share_of_small_ones_and_no_more_than_the_most():
    nothing, second = np.zeros(3), np.array([True, True, True])
    sales = np.array([50.0, 50_000.0, 1e12])
    earned = partner_earnings(nothing, nothing, sales, nothing, second, **PAY | {"most_help_yuan": 1000.0})
    assert earned == pytest.approx([1.0, 1000 * (1 - np.exp(-1)), 1000.0], rel=1e-3)


def test_elsewhere_an_unskilled_partner_earns_what_rural_residents_do():
    income = outside_income(np.array([0.0, 1.0]), rural_income_yuan=874, skill_premium=0.5)
    assert income.tolist() == [874.0, 1311.0]
    assert DEFAULT["outside_income"] == round(10_489 / 12)


def test_choosing_among_applicants_raises_skill():
    drawn = (np.arange(1000) + 0.5) / 1000
    assert selected_skill(drawn, 1, selection=1.0).tolist() == drawn.tolist()
    assert selected_skill(drawn, 35, selection=0.0).tolist() == drawn.tolist()
    # The best of n uniform numbers is n / (n + 1) on average.
    assert selected_skill(drawn, 35, selection=1.0).mean() == pytest.approx(35 / 36, abs=1e-3)
    assert DEFAULT["applicants"] * 16_000 == pytest.approx(570_000, rel=0.02)


@pytest.mark.parametrize("year", [2009, 2012, 2015, 2020])
def test_every_november_and_no_other_month_has_the_day(year):
    factors = [
        month_factor(parse_month(f"{year}-{month:02d}"), singles_day_multiple=4.0) for month in range(1, 13)
    ]
    assert factors == pytest.approx([1.0] * 10 + [1.1, 1.0])


def test_orders_served_are_a_share_of_those_wanted():
    assert station_orders(np.array([100.0]), np.array([0.25]), 2.0) == pytest.approx([50.0])


def test_orders_of_a_day_are_a_thirtieth():
    assert orders_per_day(np.array([90.0])) == pytest.approx([3.0])
