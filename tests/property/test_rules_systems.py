"""Bounds and directions of the rules of the mechanisms that are off by default, over what the table allows."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.rules import chain, consumption, credit, demand, guidance, information, limits, migration

share = st.floats(0, 1)
strength = st.floats(0, 20)
count = st.floats(0, 1e6)
positive = st.floats(1e-3, 1e6)
months = st.floats(0.1, 240)


def one(number):
    return np.array([number], float)


def two(low, high):
    """Two values, the lower first."""
    return np.sort(np.array([low, high], float))


def rises(values):
    return bool(values[1] >= values[0] - 1e-9 * abs(values[0]))


@given(strength, count, count, positive)
def test_guidance_acts_more_with_more_shops_never_fully_and_never_without(strong, a, b, half):
    acting = guidance.acting_guidance(one(strong), two(a, b), half_base_shops=half)
    assert rises(acting)
    assert (acting <= strong).all()
    assert guidance.acting_guidance(one(strong), one(0), half_base_shops=half) == 0.0


@given(strength, strength, months, months)
def test_guidance_stays_between_where_it_was_and_its_target(start, target, build, decay):
    after = guidance.next_guidance(one(start), one(target), build_months=build, decay_months=decay)[0]
    assert min(start, target) - 1e-12 <= after <= max(start, target) + 1e-12


@given(count, count, strength, strength)
def test_more_villages_agreements_and_orders_from_above_never_lower_the_target(a, b, signed, everywhere):
    def target(villages, is_signed, from_above):
        return guidance.guidance_target(
            villages, is_signed, signed_strength=signed, strength_everywhere=from_above
        )

    assert rises(target(two(a, b), np.array([False, False]), everywhere))
    assert rises(target(one(a).repeat(2), np.array([False, True]), everywhere))
    assert target(one(a), np.array([True]), everywhere) >= target(one(a), np.array([True]), 0.0)


@given(st.floats(-100, 100), strength, strength, share, months, st.floats(0, 10))
def test_loans_reach_a_share_of_owners_that_grows_with_guidance(month, a, b, bank, spread, loans):
    reached = credit.loan_share(month, two(a, b), bank_share=bank, months_to_spread=spread, guided_loans=loans)
    assert rises(reached)
    assert ((reached >= 0) & (reached <= 1)).all()


@given(count, count, st.floats(0, 10), months, positive, st.floats(0, 0.95))
def test_suppliers_move_towards_the_shops_and_save_a_share(suppliers, shops, per_shop, tau, reference, greatest):
    after = chain.next_suppliers(one(suppliers), one(shops), suppliers_per_shop=per_shop, months_to_settle=tau)[0]
    low, high = sorted((suppliers, per_shop * shops))
    assert low - 1e-6 * high <= after <= high * (1 + 1e-9)
    saving = chain.express_saving(two(low, high), reference_suppliers=reference, greatest=greatest)
    assert rises(saving)
    assert ((saving >= 0) & (saving <= greatest)).all()


@given(count, count, strength, strength, share)
def test_room_makes_shops_less_scarce(a, b, parks, skill, per_household):
    def scarce(shops, guided, trained):
        room = limits.capacity_shops(np.full(shops.size, 300.0), shops=50, household_share=per_household)
        relieving = np.array([[guided], [trained]]).repeat(shops.size, axis=1)
        return limits.scarcity(
            shops, limits.relieved_capacity(room, relieving, np.array([0.3, 0.02])), np.full(2, 0.5)
        )

    assert rises(scarce(two(a, b), 0.0, 0.0))
    assert scarce(one(a), parks, 0.0) <= scarce(one(a), 0.0, 0.0)
    assert scarce(one(a), parks, skill) <= scarce(one(a), parks, 0.0)


@given(st.floats(0, 20), share, share, st.booleans(), st.floats(0, 1), share)
def test_incomers_are_never_negative_and_grow_with_shops(there, a, b, returning, rate, leaving):
    after = migration.next_incomers(
        one(there).repeat(2),
        two(a, b),
        np.ones(2),
        np.array([returning, returning]),
        merchant_rate=rate,
        most_merchants=10.0,
        return_rate=0.002,
        leaving_rate=leaving,
    )
    assert rises(after)
    assert (after >= 0).all()


@given(share, share, st.floats(-10, 10), share, st.floats(0, 20), months, st.floats(0, 1e3))
def test_buyers_are_a_share_that_grows_with_the_internet_and_with_a_station(a, b, years, helped, effect, tau, age):
    alone = consumption.buyer_share(
        two(a, b),
        years,
        share_at_reference=0.128,
        internet_effect=effect,
        reference_internet_share=0.48,
        yearly_rise=0.3,
    )
    with_station = consumption.station_buyers(alone, one(age), helped_share=helped, months_to_help=tau)
    assert rises(alone)
    assert (with_station >= alone - 1e-12).all()
    assert ((with_station >= 0) & (with_station <= 1)).all()


@given(share, share, st.floats(1, 1e4), share)
def test_choice_among_applicants_keeps_the_order_and_never_lowers_skill(a, b, applicants, selection):
    drawn = two(a, b)
    chosen = consumption.selected_skill(drawn, applicants, selection=selection)
    assert rises(chosen)
    assert ((chosen >= drawn - 1e-12) & (chosen <= 1)).all()


@given(count, count, st.floats(-5, 5), positive, share, share, share)
def test_wholesale_grows_with_shops_and_brands_stay_below_their_greatest(a, b, industry, half, start, rate, crowd):
    wholesale = demand.wholesale_share(one(industry), two(a, b), midpoint=1.0, half_shops=half)
    assert rises(wholesale)
    assert ((wholesale >= 0) & (wholesale <= 1)).all()
    brands = demand.next_branding(one(0.5 * start), one(100 * crowd), monthly_rate=rate, greatest=0.5)
    assert 0.5 * start - 1e-12 <= brands[0] <= 0.5 + 1e-12


@given(share, share, share, share, share, st.floats(0, 1), st.floats(0, 10), share)
def test_awareness_is_a_share_that_never_falls_and_grows_with_tellers(start, shops, online, a, b, mu, rate, rho):
    aware = np.maximum(one(start), shops).repeat(2)
    rates = {"first_exposure": mu, "telling_rate": rate}
    after = information.next_awareness(aware, one(shops).repeat(2), one(online).repeat(2), two(a, b), **rates)
    assert rises(after)
    assert ((after >= aware) & (after <= 1)).all()
    telling = information.telling_households(100 * one(shops), aware[:1], one(100), passing_share=rho)
    assert 100 * shops - 1e-9 <= telling[0] <= 100 * aware[0] + 1e-9
