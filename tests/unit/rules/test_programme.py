"""Rural Taobao's roll-out and partners' income, on hand-worked values."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.rules.programme import (
    centers_open,
    county_score,
    parcels_sorted,
    partner_income,
    station_purchases,
    stations_open,
)
from sim.scenario.months import parse_month
from sim.scenario.vocabulary import default_vocabulary

TABLE = {name: row.default for name, row in default_vocabulary().parameters.items()}


def test_county_score_adds_households_base_and_luck():
    score = county_score(np.log([100.0, 1000.0]), np.array([1.0, -1.0]), np.array([0.0, 0.5]), base_weight=2.0)
    assert score == pytest.approx([math.log(100.0) + 2.0, math.log(1000.0) - 1.5])
    plain = county_score(np.log([100.0]), np.array([9.0]), np.zeros(1), base_weight=0.0)
    assert plain == pytest.approx([math.log(100.0)])


@pytest.mark.parametrize(("months", "n"), [(-1, 0), (-0.001, 0), (0, 1), (1, 3), (2, 6), (14, 36)])
def test_centers_open_month_by_month(months, n):
    assert centers_open(months, first=1.0, counties_per_month=2.5) == n


def table_centers(month):
    """County centers that the default table has open in a month."""
    since = parse_month(month) - TABLE["programme.first_month"]
    return centers_open(
        since, first=TABLE["programme.first_counties"], counties_per_month=TABLE["programme.counties_per_month"]
    )


@pytest.mark.parametrize(
    ("month", "low", "high"), [("2014-09", 0, 0), ("2014-10", 1, 1), ("2015-12", 202, 202), ("2016-03", 230, 320)]
)
def test_the_table_gives_the_reported_county_centers(month, low, high):
    # announced and first opened 2014-10; 202 on 2015-12-09; about 300 after a jump in early 2016
    assert low <= table_centers(month) <= high


@pytest.mark.parametrize(
    ("months", "stations"), [(-1.0, 0), (0.0, 0), (1.0, 4), (2.0, 9), (9.9, 44), (10.0, 45), (99.0, 45)]
)
def test_stations_fill_up_over_the_months(months, stations):
    n = stations_open(np.array([months]), np.array([500.0]), stations_per_county=45.0, months_to_fill=10.0)
    assert n.tolist() == [stations]
    assert n.dtype.kind == "i"


@pytest.mark.parametrize(("villages", "stations"), [(0, 0), (10, 10), (44, 44), (45, 45), (46, 45)])
def test_no_more_stations_than_villages(villages, stations):
    n = stations_open(np.array([50.0]), np.array([float(villages)]), stations_per_county=45.0, months_to_fill=10.0)
    assert n.tolist() == [stations]


def test_orders_come_from_those_online_and_those_helped():
    households, online = np.array([100.0, 100.0, 100.0]), np.array([0.0, 0.4, 1.0])
    orders = station_purchases(households, online, orders_per_household=2.0, offline_help=0.5)
    assert orders == pytest.approx([100.0, 140.0, 200.0])
    alike = station_purchases(households, online, orders_per_household=2.0, offline_help=1.0)
    assert alike == pytest.approx([200.0] * 3)


def test_income_spreads_with_skill_around_commission_times_orders():
    income = partner_income(np.full(3, 200.0), np.array([0.0, 0.5, 1.0]), commission_yuan=9.0, skill_premium=0.5)
    assert income == pytest.approx([900.0, 1800.0, 2700.0])
    flat = partner_income(np.full(2, 200.0), np.array([0.0, 1.0]), commission_yuan=9.0, skill_premium=0.0)
    assert flat == pytest.approx([1800.0, 1800.0])


def test_county_score_multiplies_the_base_by_its_weight():
    score = county_score(np.zeros(1), np.array([3.0]), np.zeros(1), base_weight=2.0)
    assert score == pytest.approx([6.0])


def test_parcels_are_sorted_where_a_station_is():
    sorted_here = parcels_sorted(np.array([10.0, 10.0]), np.array([4.0, 4.0]), np.array([True, False]))
    assert sorted_here.tolist() == [14.0, 0.0]
