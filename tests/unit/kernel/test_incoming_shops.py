"""Incoming merchants with shops of their own, in runs: what they count for; none equals the model before."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.kernel import Simulation
from sim.state import check_invariants

COMING = {
    "mechanisms__migration": True,
    "migration__goods_midpoint": -3.0,
    "migration__merchant_rate": 0.3,
    "programme__second_model_month": "2012-01",
    "programme__first_month": "2012-02",
}
#: Residents' shops open and close as they would anyway: nothing feeds back on hazards.
APART = {
    "adoption__crowding_effect": 0.0,
    "adoption__cost_effect": 0.0,
    "exit__monthly_rate": 0.0,
    "migration__sales_elasticity": 0.0,
}


def run_of(busy, **changes):
    run = Simulation(*busy(**changes))
    run.happened = [run.step() for _ in range(run.scenario.n_months)]
    return run


def test_the_size_of_shops_nobody_has_changes_nothing(busy):
    small, large = (run_of(busy, **COMING, migration__shop_size=size) for size in (0.0, 100.0))
    for column in ("village", "local", "size", "parts", "terms"):
        left, right = ([getattr(each, column) for each in run.happened] for run in (small, large))
        assert all(np.array_equal(a, b) for a, b in zip(left, right, strict=True))
    assert small.state.villages.sales_yuan.tolist() == large.state.villages.sales_yuan.tolist()
    assert not small.state.villages.incoming_shops.any()
    assert small.state.villages.merchants.max() > 0.5


def test_their_shops_are_counted_month_by_month(busy):
    slower = {"adoption__own_initiative": 4e-4, "adoption__imitation": 0.1}  # leaves villages without merchants
    run = Simulation(*busy(**COMING, **slower, migration__shop_share=0.4, mechanisms__chain=True))
    villages, world = run.state.villages, run.world
    for _ in range(run.scenario.n_months):
        run.step()
        expected = np.zeros_like(run.shops_of_product)
        np.add.at(expected, (world.villages.county, villages.product), villages.active_shops())
        assert run.shops_of_product.tolist() == expected.tolist()
        share = 0.4 * villages.merchants * world.villages.households
        assert np.array_equal(villages.incoming_shops, np.floor(share))
        assert (villages.merchants <= villages.incomers + 1e-12).all()
        check_invariants(run.state, world)
    assert villages.incoming_shops.sum() > 200
    youth_alone = (villages.partner_model == 2) & (villages.merchants == 0)
    assert youth_alone.any()
    assert not villages.incoming_shops[youth_alone].any()


def test_they_sell_send_parcels_and_crowd(busy):
    # The same shops, of which those of incomers sell nothing in the second run.
    run = run_of(busy, **COMING, **APART, migration__shop_share=0.4)
    nobody = run_of(busy, **COMING, **APART, migration__shop_share=0.4, migration__shop_size=0.0)
    own, villages = nobody.state.villages, run.state.villages
    assert villages.incoming_shops.tolist() == own.incoming_shops.tolist()
    more = villages.sales_yuan - own.sales_yuan
    assert (more[villages.incoming_shops > 0] > 0).all()
    assert not more[own.active_shops() == 0].any()
    assert run.state.counties.parcels.sum() > 1.2 * nobody.state.counties.parcels.sum()
    none = run_of(busy, **COMING, **APART, migration__shop_share=0.0)
    assert (villages.crowding >= none.state.villages.crowding).all()
    assert villages.crowding.max() > none.state.villages.crowding.max() + 0.1


def test_they_make_a_taobao_village_and_are_no_households(busy):
    # Few residents sell; the tenth of the households is reached with the shops of incomers.
    rule = {
        "recognition__shops_min": 1000,
        "recognition__sales_min_yuan": 0,
        "recognition__household_share_min": 0.5,
    }
    run = run_of(busy, **COMING, **APART, **rule, migration__shop_share=0.8)
    villages, households = run.state.villages, run.world.villages.households
    assert np.array_equal(villages.recognised, 2 * villages.active_shops() >= households)
    assert (villages.recognised & (2 * villages.shops < households)).any()


@pytest.mark.parametrize("seed", [0, 1])
def test_whoever_has_a_shop_no_longer_makes_those_of_residents_larger(busy, seed):
    apart = APART | {"migration__sales_elasticity": 0.8, "migration__shop_size": 0.0, "history_seed": seed}
    helping = run_of(busy, **COMING, **apart, migration__shop_share=0.0)
    apart |= {"market__crowding_elasticity": 0.0}
    alone = run_of(busy, **COMING, **apart, migration__shop_share=0.9)
    one = [run.state.villages.sales_yuan.sum() / run.state.villages.shops.sum() for run in (helping, alone)]
    assert one[1] < one[0]
    assert sum(each.village.size for each in alone.happened) < sum(each.village.size for each in helping.happened)


def test_their_shops_close_when_the_mechanism_ends(busy):
    scenario, world = busy(**COMING, migration__shop_share=0.4)
    scenario = scenario.replace({"timeline": [{"from": "2014-06", "switch": {"migration": False}}]})
    run = Simulation(scenario, world)
    while run.month < 12 * 2014 + 5:
        run.step()
    assert run.state.villages.incoming_shops.any()
    run.step()
    assert not run.state.villages.incoming_shops.any()
    assert run.shops_of_product.sum() == run.state.villages.shops.sum()


def test_a_village_where_only_incomers_sell_is_in_the_tables(busy):
    nobody = {"adoption.own_initiative": 0.0, "adoption.imitation": 0.0, "exit.monthly_rate": 1.0}
    unseen = {"mechanisms__programme": False, "recognition__sales_min_yuan": 1e12, "migration__shop_share": 0.8}
    scenario, _ = busy(**COMING, **unseen, timeline=[{"from": "2014-01", "set": nobody}])
    result = sim.run(scenario)
    december = result.villages.query("year == 2014")
    alone = december[(december["shops"] == 0) & (december["incoming_shops"] > 0)]
    assert len(alone) > 3
    assert (alone["online_sales_yuan"] > 0).all()
    # The kernel's parcels are of all sales, so the sales recorded are all there are.
    last = result.national.iloc[-1]
    assert last["parcels"] == pytest.approx(last["online_sales_yuan"] / 80.0)
