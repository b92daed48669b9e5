"""The stage of Rural Taobao: centers and stations open, households buy, partners earn, stay or leave."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.kernel.initial import partner_skill
from sim.kernel.run import Floats, Integers, Run
from sim.rules import consumption, credit, market, programme
from sim.state import NEVER

__all__ = ["parcels_sorted", "run_buyers", "run_programme", "singles_day_turnover"]


def run_buyers(run: Run) -> None:
    """Share of each county's households that buy online by themselves."""
    section = run.settings.consumption
    if not run.settings.enabled("consumption"):
        run.state.counties.buyer_share[:] = 0.0
        run.state.villages.station_orders[:] = 0.0
        return
    run.state.counties.buyer_share[:] = consumption.buyer_share(
        run.internet_share,
        run.decimal_year - section.reference_year,
        share_at_reference=section.buyer_share,
        internet_effect=section.internet_effect,
        reference_internet_share=section.reference_internet,
        yearly_rise=section.yearly_rise,
    )


def run_programme(run: Run) -> None:
    """County centers and stations open, and their partners are paid."""
    settings, villages = run.settings, run.state.villages
    named = run.named_centers
    since_start = run.month - (int(settings.programme.first_month) if named is None else named.first_month)
    if not settings.enabled("programme") or since_start < 0:
        villages.partner_income_yuan[:] = 0.0
        return
    if settings.enabled("consumption"):
        _leave(run)
    _open_stations(run, since_start)
    staffed = np.flatnonzero(villages.station_since != NEVER)
    if settings.enabled("consumption"):
        _serve_and_earn(run, staffed)
        _compare_incomes(run, staffed)
    else:
        _pay_by_households(run, staffed)


def _open_stations(run: Run, since_start: int) -> None:
    """Centers and stations due by now open; a new partner follows the model of the time."""
    section, villages, world = run.settings.programme, run.state.villages, run.world
    named = run.named_centers
    centers = run.state.counties.center_since
    centers[_centers_due(run, since_start) & (centers == NEVER)] = run.months_done
    since_center = np.where(centers == NEVER, -1.0, run.months_done - centers.astype(np.float64))
    stations = programme.stations_open(
        since_center,
        world.villages_in_county.astype(np.float64),
        stations_per_county=section.stations_per_county if named is None else named.stations,
        months_to_fill=section.months_to_fill if named is None else named.months_to_fill,
    )
    new = (run.roll_out.village_rank < stations[world.villages.county]) & (villages.station_since == NEVER)
    if run.settings.enabled("consumption"):
        new &= villages.vacant_months == 0
    second = run.month >= int(section.second_model_month)
    villages.station_since[new] = run.months_done
    villages.partner_model[new] = 2 if second else 1
    villages.partner_skill[new] = _skill(run, new, second=second)
    villages.partners_so_far[new] += 1


def _centers_due(run: Run, since_start: int) -> NDArray[np.bool_]:
    """Counties whose center has opened by now: in the drawn order, or as the scenario's own table says."""
    section = run.settings.programme
    if run.named_centers is not None:
        return run.named_centers.month <= run.month
    n_open = programme.centers_open(
        since_start, first=section.first_counties, counties_per_month=section.counties_per_month
    )
    return run.roll_out.county_rank < n_open


def _skill(run: Run, new: NDArray[np.bool_], *, second: bool) -> Floats:
    """Skill of new partners: drawn for each of them, and better where model 2.0 chooses among applicants."""
    uid, so_far = run.world.villages.uid[new], run.state.villages.partners_so_far[new]
    drawn = partner_skill(run.scenario.world_seed, uid, so_far)
    if not (second and run.settings.enabled("consumption")):
        return drawn
    section = run.settings.consumption
    return consumption.selected_skill(drawn, section.applicants, selection=section.selection)


def _pay_by_households(run: Run, staffed: Integers) -> None:
    section, villages, world = run.settings.programme, run.state.villages, run.world
    orders = programme.station_purchases(
        world.villages.households[staffed].astype(np.float64),
        run.internet_share[world.villages.county[staffed]],
        orders_per_household=section.orders_per_household,
        offline_help=section.offline_help,
    )
    villages.partner_income_yuan[staffed] = programme.partner_income(
        orders,
        villages.partner_skill[staffed],
        commission_yuan=section.commission,
        skill_premium=section.skill_premium,
    )


def _serve_and_earn(run: Run, staffed: Integers) -> None:
    """Households buy through their station, and the partner earns from that and from the village's sales."""
    section, villages, world = run.settings.consumption, run.state.villages, run.world
    households = world.villages.households[staffed].astype(np.float64)
    buyers = consumption.station_buyers(
        run.state.counties.buyer_share[world.villages.county[staffed]],
        run.months_done - villages.station_since[staffed].astype(np.float64),
        helped_share=section.helped_share,
        months_to_help=section.months_to_help,
    )
    factor = consumption.month_factor(run.month, singles_day_multiple=section.singles_day_multiple)
    wanted = consumption.wanted_orders(households, buyers, orders_per_buyer=section.orders_per_buyer)
    served = consumption.served_share(wanted, most_orders=section.most_orders)
    orders = consumption.station_orders(wanted, served, factor)
    villages.station_orders[staffed] = orders
    villages.partner_income_yuan[staffed] = consumption.partner_earnings(
        orders,
        households * served,
        villages.sales_yuan[staffed],
        villages.partner_skill[staffed],
        villages.partner_model[staffed] == 2,
        order_value_yuan=section.order_value,
        commission_share=section.commission_share,
        service_fee_yuan=section.service_fee,
        sales_fee_share=section.sales_fee_share,
        most_help_yuan=section.most_help,
        skill_premium=run.settings.programme.skill_premium,
    )


def _compare_incomes(run: Run, staffed: Integers) -> None:
    """Partners count the months in a row in which they earned less than they would elsewhere."""
    section, villages = run.settings.consumption, run.state.villages
    outside = consumption.outside_income(
        villages.partner_skill[staffed],
        rural_income_yuan=section.outside_income,
        skill_premium=section.outside_premium,
    )
    too_little = villages.partner_income_yuan[staffed] < outside
    villages.poor_months[staffed] = np.where(too_little, villages.poor_months[staffed] + 1, 0)


def _leave(run: Run) -> None:
    """Partners who have earned too little for some months leave, and their stations close for a while.

    They leave before stations open, so that a station is closed for ``vacancy_months`` months; at 0 the next
    partner takes over at once.
    """
    section, villages = run.settings.consumption, run.state.villages
    villages.vacant_months[villages.vacant_months > 0] -= 1
    staffed = villages.station_since != NEVER
    leaving = np.flatnonzero(staffed & (villages.poor_months >= _patience(run)))
    villages.station_since[leaving] = NEVER
    villages.partner_model[leaving] = 0
    for column in (villages.partner_skill, villages.partner_income_yuan, villages.station_orders):
        column[leaving] = 0.0
    villages.poor_months[leaving] = 0
    villages.vacant_months[leaving] = int(section.vacancy_months)


def _patience(run: Run) -> Floats | int:
    """Lean months after which partners leave: longer where they could borrow last month."""
    months, section = int(run.settings.consumption.patience_months), run.settings.credit
    if not run.settings.enabled("credit"):
        return months
    share = run.state.counties.loan_share
    patience = credit.partner_patience(share, patience_months=months, loan_months=section.partner_months)
    return patience[run.world.villages.county]


def singles_day_turnover(run: Run) -> Floats:
    """Turnover of every village's station on 11 November, yuan, (V,), when November has just been stepped."""
    section = run.settings.consumption
    return consumption.singles_day_turnover(
        run.state.villages.station_orders,
        order_value_yuan=section.order_value,
        singles_day_multiple=section.singles_day_multiple,
    )


def parcels_sorted(run: Run) -> Floats:
    """Parcels that each county's center sorted in the month just stepped, (C,)."""
    villages, world = run.state.villages, run.world
    if not run.settings.enabled("programme"):
        return np.zeros(world.n_counties)
    staffed = np.flatnonzero(villages.station_since != NEVER)
    by_village = programme.parcels_sorted(
        market.parcels(villages.sales_yuan[staffed], parcel_value_yuan=run.settings.market.parcel_value),
        villages.station_orders[staffed],
        np.ones(staffed.size, np.bool_),
    )
    county = world.villages.county[staffed]
    return np.bincount(county, by_village, minlength=world.n_counties).astype(np.float64)
