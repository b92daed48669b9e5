"""Bounds and directions of the rules, over all values the parameter table allows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.rules import adoption, base, exit, internet, logistics, market, programme, training  # noqa: A004

share = st.floats(0, 1)
small = st.floats(0, 5)
months = st.floats(-50, 200)
large = st.floats(0, 1e7)
log_ratio = st.floats(-5, 5)


def one(number):
    return np.array([number], float)


def two(low, high):
    """Two values, the lower first."""
    return np.sort(np.array([low, high], float))


def rises(values):
    return bool(values[1] >= values[0] - 1e-9 * abs(values[0]))


def eta(**changes):
    conditions = {
        "parcel_cost_yuan": one(8),
        "reference_cost_yuan": 10.0,
        "cost_effect_per_yuan": 0.1,
        "training_stock": one(1),
        "training_effect": 0.1,
        "internet_share": one(0.5),
        "internet_effect": 2.0,
        "reference_internet_share": 0.4,
        "crowding": one(1),
        "crowding_effect": 0.3,
    }
    return adoption.village_log_multiplier(one(0.2), **conditions | changes)


@given(large, large, share)
def test_cheaper_parcels_never_lower_eta(a, b, effect):
    dear_last = eta(parcel_cost_yuan=two(a, b), cost_effect_per_yuan=effect)
    assert rises(dear_last[::-1])


@given(small, small, share, share, share)
def test_skill_internet_and_room_never_lower_eta(a, b, low, high, effect):
    assert rises(eta(training_stock=two(a, b), training_effect=effect))
    assert rises(eta(internet_share=two(low, high), internet_effect=effect))
    assert rises(eta(crowding=two(a, b), crowding_effect=effect)[::-1])


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200), st.floats(0, 100)), min_size=1, max_size=5))
def test_the_share_lies_between_nobody_and_everybody(ties):
    sellers = sum(min(n, d) * w for n, d, w in ties)
    everybody = sum(max(n, d) * w for n, d, w in ties)
    assert 0.0 <= adoption.weighted_share(sellers, everybody) <= 1.0 + 1e-12


@given(st.floats(0, 1e4), st.floats(0, 1e4), st.integers(0, 200), st.integers(0, 50), share, st.floats(0, 10))
def test_more_sellers_never_lower_the_hazard(sellers, others, count, threshold, own, imitation):
    total = sellers + others + 1.0
    fewer = adoption.imitation_share(adoption.weighted_share(sellers, total), count, threshold)
    more = adoption.imitation_share(adoption.weighted_share(sellers + 1.0, total), count + 1, threshold)
    assert 0.0 <= fewer <= more <= 1.0
    low, high = (adoption.monthly_hazard(own, imitation, g) for g in (fewer, more))
    assert own <= low <= high <= own + imitation


@given(log_ratio, large, large, share, st.floats(1e-6, 1e6))
def test_what_is_imitated_of_industry_lies_between_none_and_all_and_fades_with_nearness(a, m, n, kappa, half):
    part = base.industry_in_imitation(np.full(2, a), two(m, n), share=kappa, half_nearness=half)
    assert (abs(part) <= abs(a)).all()
    assert (part * a >= 0).all()
    assert rises(abs(part)[::-1])
    factor = base.rooting_factor(np.full(2, a), part)
    assert (factor >= 1).all() if a >= 0 else (factor <= 1).all()


@given(large, large, share, share, share)
def test_nearer_or_longer_lists_never_lower_what_is_revealed(a, b, near, town, listed):
    effects = {"nearness_effect": near, "town_effect": town, "listed_effect": listed}
    mask = np.array([False, True])
    revealed = base.revealed_base(two(a, b), np.array([1, 4]), mask, **effects)
    assert rises(revealed)
    assert (revealed >= 0).all()


@given(large, large, st.floats(1, 1e9), st.floats(0, 0.95))
def test_volume_discounts_rise_and_stay_below_the_greatest(a, b, half, greatest):
    discount = logistics.volume_discount(two(a, b), half_volume=half, greatest=greatest)
    assert rises(discount)
    assert (discount >= 0).all()
    assert (discount <= greatest).all()


@given(st.floats(0, 500), st.floats(0, 500), share, share, share, share, st.floats(-20, 20), st.floats(0, 50))
def test_parcels_cost_the_floor_at_least_and_more_far_out(km, more, d_1, d_2, o_1, o_2, years, floor):
    terms = {
        "parcel_cost_yuan": 10.0,
        "remoteness_yuan_per_km": 0.1,
        "yearly_decline": 0.1,
        "sorting_saving_yuan": 3.0,
        "floor_yuan": floor,
    }
    by_km = logistics.parcel_cost(two(km, more), one(d_1), one(o_1), years, **terms)
    by_discount = logistics.parcel_cost(one(km), two(d_1, d_2), one(o_1), years, **terms)
    by_sorting = logistics.parcel_cost(one(km), one(d_1), two(o_1, o_2), years, **terms)
    assert rises(by_km)
    assert rises(by_discount[::-1])
    assert rises(by_sorting[::-1])
    assert min(by_km.min(), by_discount.min(), by_sorting.min()) >= floor


@given(large, large, st.floats(1, 1e7), share, share, st.floats(0.1, 100), st.floats(-20, 20))
def test_crowding_and_dear_parcels_never_raise_sales(a, b, reference, chi, zeta, cost, years):
    crowded = market.crowding(two(a, b), reference_shops=reference)
    assert (crowded >= 0).all()
    assert rises(crowded)
    terms = {
        "demand_growth": 0.2,
        "crowding_elasticity": chi,
        "cost_elasticity": zeta,
        "reference_cost_yuan": 10.0,
    }
    assert rises(market.trade_factor(crowded, one(cost), years, **terms)[::-1])
    factor = market.trade_factor(one(1.0), two(cost, 2 * cost), years, **terms)
    assert rises(factor[::-1])
    assert (factor > 0).all()


@given(st.floats(0.5, 240), st.lists(st.tuples(st.floats(1e-3, 1e3), st.integers(0, 30)), min_size=1, max_size=8))
def test_lack_of_experience_is_the_same_kept_as_a_sum_or_shop_by_shop(tau, shops):
    # The kernel keeps one sum a village; the definition is a sum over shops by their age.
    total = np.zeros(1)
    for month in range(31):
        total = total + sum(size for size, opened in shops if opened == month)
        total = market.next_novice_size(total, experience_months=tau)
    expected = sum(size * np.exp(-(31 - opened) / tau) for size, opened in shops)
    assert abs(total[0] - expected) <= 1e-9 * expected


@given(large, share, share, small, large)
def test_sales_lie_between_those_of_novices_and_of_the_experienced(size, part, nu, factor, yearly):
    sales = market.village_sales(
        one(size), one(size * part), one(factor), yearly_sales_yuan=yearly, novice_share=nu
    )
    full = yearly / 12 * factor * size
    assert nu * full * (1 - 1e-9) <= sales[0] <= full * (1 + 1e-9)
    assert market.parcels(sales, parcel_value_yuan=80.0)[0] * 80.0 == pytest.approx(sales[0])


@given(st.floats(0.01, 100), st.floats(0.01, 100), small, share)
def test_better_trade_never_closes_more_shops(a, b, elasticity, rate):
    hazard = exit.closing_hazard(rate, two(a, b), trade_elasticity=elasticity)
    assert rises(hazard[::-1])
    assert (hazard >= 0).all()


@given(st.floats(1e-6, 50), st.floats(1e-3, 1e3), st.floats(1e-3, 1e3), small)
def test_larger_shops_never_withstand_less(unit, a, b, gamma):
    low, high = (exit.closing_threshold(unit, size, gamma) for size in two(a, b))
    assert 0.0 < low <= high * (1 + 1e-12)


@given(st.floats(1990, 2040), st.lists(share, min_size=2, max_size=5))
def test_internet_shares_stay_shares_and_are_continuous(year, observed):
    years, values = 2008.0 + 2.0 * np.arange(len(observed)), np.array([observed])
    now, soon = (internet.internet_share(y, years, values)[0] for y in (year, year + 1e-7))
    assert 0.0 <= now <= 1.0
    assert abs(soon - now) < 1e-6


@given(months, months, st.floats(0, 3000), st.floats(0, 3000))
def test_centers_only_ever_open(a, b, first, rate):
    earlier, later = (programme.centers_open(m, first=first, counties_per_month=rate) for m in two(a, b))
    assert 0 <= earlier <= later


@given(months, months, st.integers(0, 3000), st.floats(0, 2000), st.floats(0.1, 120))
def test_stations_only_ever_open_and_never_exceed_villages_or_plan(a, b, villages, planned, fill):
    n = programme.stations_open(
        two(a, b), np.full(2, float(villages)), stations_per_county=planned, months_to_fill=fill
    )
    assert 0 <= n[0] <= n[1] <= min(villages, planned)


@given(large, share, share, st.floats(0, 100), share)
def test_orders_never_exceed_those_of_a_village_online(households, a, b, orders, help_):
    placed = programme.station_purchases(
        one(households), two(a, b), orders_per_household=orders, offline_help=help_
    )
    assert rises(placed)
    assert (placed >= 0).all()
    assert (placed <= orders * households * (1 + 1e-9)).all()


@given(large, share, share, small, share)
def test_skill_never_lowers_income_and_never_more_than_doubles_it(orders, a, b, commission, premium):
    income = programme.partner_income(one(orders), two(a, b), commission_yuan=commission, skill_premium=premium)
    assert rises(income)
    assert (income >= -1e-6).all()
    assert (income <= 2 * commission * orders * (1 + 1e-9)).all()


@given(large, large, small, share)
def test_skill_stays_between_nothing_and_what_flows_in(a, b, flow, decay):
    after = training.next_training_stock(two(a, b), one(flow), monthly_decay=decay)
    assert rises(after)
    assert (after >= flow).all()
    assert (after <= two(a, b) + flow).all()


@given(share, small, small, small)
def test_each_source_of_skill_adds(skill, partner, center, course):
    rates = {"partner_training_per_month": partner, "center_training_per_month": center}
    flags = np.array([False, True, False, True]), np.array([False, False, True, True])
    flow = training.training_inflow(np.full(4, skill), *flags, **rates, course_training_per_month=course)
    assert flow.min() == flow[0] == course
    assert flow.max() == flow[3]
