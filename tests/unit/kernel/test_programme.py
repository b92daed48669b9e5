"""Stations in runs with and without online buying: orders, pay, leaving and coming back."""

from __future__ import annotations

import numpy as np
import pytest

from sim.kernel import Simulation
from sim.kernel.programme import singles_day_turnover
from sim.state import NEVER

STATIONS = {
    "programme.first_month": "2012-02",
    "programme.first_counties": 5,
    "programme.months_to_fill": 1,
    "programme.stations_per_county": 10,
    "programme.second_model_month": "2013-01",
    "mechanisms.consumption": True,
}
STAY = {"consumption.outside_income": 0.0}


@pytest.fixture
def station_run(busy):
    """A run with stations, buyers and partners, stepped for some months."""

    def stepped(months, **changes):
        run = Simulation(*busy(**STATIONS | changes))
        for _ in range(months):
            run.step()
        return run

    return stepped


def staffed(run):
    return run.state.villages.station_since != NEVER


def test_more_and_more_households_buy_and_partners_earn_more(station_run):
    early, late = station_run(6, **STAY), station_run(30, **STAY)
    assert (late.state.counties.buyer_share > early.state.counties.buyer_share).all()
    was = staffed(early)
    assert was.any()
    assert (late.state.villages.station_orders[was] > early.state.villages.station_orders[was]).all()
    assert (late.state.villages.partner_income_yuan[was] > early.state.villages.partner_income_yuan[was]).all()


def test_november_peaks_and_singles_day_is_part_of_it(station_run):
    october, november, december = (
        station_run(months, **STAY).state.villages.station_orders.sum() for months in (34, 35, 36)
    )
    assert november > 1.3 * october
    assert december < november
    run = station_run(35, **STAY)
    values, multiple = run.settings.consumption.order_value, run.settings.consumption.singles_day_multiple
    day = singles_day_turnover(run).sum()
    assert day == pytest.approx(november * values * multiple / (29 + multiple))


def by_month(run, months):
    """Stations at work and partners there have been after each month."""
    work, partners = [], []
    for _ in range(months):
        run.step()
        work.append(int(staffed(run).sum()))
        partners.append(int(run.state.villages.partners_so_far.sum()))
    return work, partners


def poor(vacancy):
    return {
        "consumption.outside_income": 1e6,
        "consumption.patience_months": 3,
        "consumption.vacancy_months": vacancy,
    }


def test_loans_carry_partners_through_lean_months(busy):
    # Everybody can borrow from the start: three lean months become eight, and no loan is like before.
    loans = {"mechanisms.credit": True, "credit.bank_share": 1.0, "credit.first_month": "2010-01"}
    loans |= {"credit.months_to_spread": 1.0, "credit.effect": 0.0, "credit.sales_gain": 0.0}
    for months in (0, 5):
        carried = STATIONS | poor(1) | loans | {"credit.partner_months": months}
        work, _ = by_month(Simulation(*busy(**carried)), 14)
        opened = work.index(30)
        assert work[opened : opened + 4 + months] == [30] * (3 + months) + [0]


@pytest.mark.parametrize("vacancy", [0, 1, 3])
def test_a_station_is_closed_for_as_many_months_as_are_set(busy, vacancy):
    # All open together, three months do not pay, and the stations wait for the next partners.
    work, partners = by_month(Simulation(*busy(**STATIONS | poor(vacancy))), 14)
    opened = work.index(30)
    cycle = [30, 30, 30] + [0] * vacancy
    assert work[opened : opened + 2 * len(cycle)] == cycle * 2
    assert partners[opened : opened + len(cycle) + 1] == [30] * len(cycle) + [60]


def test_a_successor_is_another_person(station_run):
    changes = STATIONS | poor(0) | {"programme.second_model_month": "2020-01"}
    first, second, third = (station_run(n, **changes).state.villages for n in (4, 7, 10))
    assert [set(v.partners_so_far[v.station_since != NEVER].tolist()) for v in (first, second, third)] == [
        {1},
        {2},
        {3},
    ]
    at_work = first.station_since != NEVER
    skills = np.array([villages.partner_skill[at_work] for villages in (first, second, third)])
    assert np.unique(skills).size == skills.size
    assert ((skills > 0) & (skills < 1)).all()


def test_the_first_partner_has_the_skill_of_the_roll_out(station_run):
    run = station_run(12, **STAY)
    at_work = staffed(run)
    assert np.array_equal(run.state.villages.partner_skill[at_work], run.roll_out.partner_skill[at_work])


def test_a_closed_station_has_no_partner_and_no_orders(station_run):
    run = station_run(6, **poor(2))
    assert not staffed(run).any()
    villages = run.state.villages
    for column in ("partner_model", "partner_skill", "partner_income_yuan", "station_orders", "poor_months"):
        assert not getattr(villages, column).any()
    assert (villages.vacant_months > 0).sum() == 30


def test_nobody_leaves_where_there_is_nothing_better(station_run):
    assert staffed(station_run(36, **STAY)).sum() == 30
    assert not station_run(36, **STAY).state.villages.vacant_months.any()


def test_a_successor_follows_the_second_model_and_is_better_chosen(station_run):
    first, second = station_run(10, **poor(0)), station_run(16, **poor(0))
    assert set(first.state.villages.partner_model[staffed(first)].tolist()) <= {1}
    assert set(second.state.villages.partner_model[staffed(second)].tolist()) == {2}
    both = staffed(first) & staffed(second)
    assert both.any()
    # Each is another person than the one before, so the choice shows on average only.
    assert second.state.villages.partner_skill[both].mean() > first.state.villages.partner_skill[both].mean() + 0.1


def test_selling_villages_pay_partners_who_help_to_sell(station_run):
    def gain(**changes):
        paid, unpaid = (
            station_run(30, **STAY, **changes, **{"consumption.sales_fee_share": fee}) for fee in (0.05, 0)
        )
        return paid.state.villages.partner_income_yuan - unpaid.state.villages.partner_income_yuan

    assert not gain().any()  # all partners are of the first model
    second = gain(**{"programme.second_model_month": "2012-01"})
    assert (second >= 0).all()
    assert (second > 0).sum() > 10


def test_switched_off_it_leaves_no_orders(station_run):
    off = {"timeline": [{"from": "2013-01", "switch": {"consumption": False}}], **STAY}
    assert station_run(12, **off).state.villages.station_orders.any()
    run = station_run(13, **off)
    assert not run.state.villages.station_orders.any()
    assert not run.state.counties.buyer_share.any()


def test_without_it_income_follows_households_alone(busy):
    changes = STATIONS | {"mechanisms.consumption": False}
    run = Simulation(*busy(**changes))
    for _ in range(30):
        run.step()
    assert not np.any(run.state.counties.buyer_share)
    assert not np.any(run.state.villages.station_orders)
    assert (run.state.villages.partner_income_yuan[staffed(run)] > 0).all()


def test_a_good_month_is_forgiven(station_run):
    poor_then_well = {
        "consumption.outside_income": 1e6,
        "consumption.patience_months": 9,
        "timeline": [{"from": "2012-06", "set": {"consumption.outside_income": 0.0}}],
    }
    assert station_run(5, **poor_then_well).state.villages.poor_months.max() > 0
    assert not station_run(6, **poor_then_well).state.villages.poor_months.any()
