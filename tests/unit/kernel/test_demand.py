"""Wholesale, foreign demand and brands in runs."""

from __future__ import annotations

import numpy as np
import pytest

from sim.kernel import Simulation
from sim.world import COVARIATES

STILL = {"exit.monthly_rate": 0.0}


def run_of(busy, **changes):
    run = Simulation(*busy(**changes))
    run.total = sum(run.step().village.size for _ in range(run.scenario.n_months))
    return run


@pytest.mark.parametrize("name", ["wholesale", "cross_border"])
def test_demand_raises_sales_in_every_place_and_changes_no_opening(busy, name):
    # Without an effect of volume on parcel cost, sales feed back on nothing.
    apart = STILL | {"logistics.volume_discount": 0.0, "wholesale.half_shops": 1}
    plain, more = (run_of(busy, **apart, **{f"mechanisms.{name}": on}) for on in (False, True))
    assert more.total == plain.total
    selling = plain.state.villages.sales_yuan > 0
    assert (more.state.villages.sales_yuan[selling] > plain.state.villages.sales_yuan[selling]).all()
    assert not more.state.villages.sales_yuan[~selling].any()


def test_less_is_sold_abroad_from_farms_and_more_near_hubs(busy):
    # A world with farm products beside others in two counties; sales feed back on nothing.
    apart = STILL | {"world_seed": 6, "logistics.volume_discount": 0.0, "mechanisms.cross_border": True}
    plain, more = (run_of(busy, **apart, **{"cross_border.sales_gain": gain}) for gain in (0.0, 1.0))
    world = more.world
    selling = plain.state.villages.sales_yuan > 0
    gain = more.state.villages.sales_yuan[selling] / plain.state.villages.sales_yuan[selling]
    county, distance = (
        world.villages.county[selling],
        world.counties.covariates[:, COVARIATES.index("hub_distance")],
    )
    is_farm = np.isin([world.products[p] for p in world.villages.product[selling]], ["food_farm", "flowers"])
    mixed = [c for c in range(world.n_counties) if 0 < is_farm[county == c].sum() < (county == c).sum()]
    assert mixed
    assert all(gain[(county == c) & is_farm].max() < gain[(county == c) & ~is_farm].min() for c in mixed)
    by_distance = [gain[(county == c) & ~is_farm].mean() for c in np.argsort(distance)]
    assert by_distance == sorted(by_distance, reverse=True)


@pytest.mark.parametrize("seed", [0, 1])
def test_brands_relieve_crowding(busy, seed):
    crowded = STILL | {"market.crowding_reference": 5, "history_seed": seed, "adoption.crowding_effect": 1.0}
    plain = run_of(busy, **crowded)
    branded = run_of(busy, **crowded, **{"mechanisms.branding": True, "branding.monthly_rate": 0.5})
    assert branded.total > plain.total
    branding = branded.state.counties.branding
    assert (branding <= 0.5).all()
    assert not branding[branded.shops_of_product == 0].any()
    # with the same shops, those of branded products sell more
    same_shops = crowded | {"adoption.crowding_effect": 0.0, "logistics.volume_discount": 0.0}
    without = run_of(busy, **same_shops).state.villages
    with_brands = run_of(
        busy, **same_shops, **{"mechanisms.branding": True, "branding.monthly_rate": 0.5}
    ).state.villages
    assert np.array_equal(without.shops, with_brands.shops)
    assert with_brands.sales_yuan.sum() > without.sales_yuan.sum()
