"""Chain, limits and migration in runs: their directions, what relieves them, and where they do nothing."""

from __future__ import annotations

import numpy as np
import pytest

from sim.kernel import Simulation

STILL = {"exit.monthly_rate": 0.0}
NOBODY = {"pioneers.placement": "none", "adoption.own_initiative": 0.0}


def run_of(busy, **changes):
    run = Simulation(*busy(**changes))
    run.total = sum(run.step().village.size for _ in range(run.scenario.n_months))
    return run


@pytest.mark.parametrize("seed", [0, 1])
def test_the_chain_raises_openings_and_sales_and_lowers_cost(busy, seed):
    plain = run_of(busy, history_seed=seed, **STILL)
    changes = {"chain.reference_suppliers": 1, "chain.months_to_settle": 6, "mechanisms.chain": True}
    chained = run_of(busy, history_seed=seed, **STILL, **changes)
    assert chained.total > plain.total
    assert chained.state.villages.parcel_cost_yuan.mean() < plain.state.villages.parcel_cost_yuan.mean()
    per_shop = [run.state.villages.sales_yuan.sum() / run.state.villages.shops.sum() for run in (plain, chained)]
    assert per_shop[1] > per_shop[0]


def test_suppliers_are_where_their_product_is_sold(busy):
    run = run_of(busy, **{"mechanisms.chain": True})
    suppliers = run.state.counties.suppliers
    assert (suppliers[run.shops_of_product > 20] > 0).all()
    empty = run_of(busy, **NOBODY, **{"mechanisms.chain": True})
    assert not empty.state.counties.suppliers.any()


@pytest.mark.parametrize("seed", [0, 1])
def test_limits_slow_and_training_and_parks_relieve_them(busy, seed):
    tight = {"mechanisms.limits": True, "limits.shops": 5, "limits.household_share": 0, "limits.effect": 1.5}
    plain = run_of(busy, history_seed=seed, **STILL)
    slowed = run_of(busy, history_seed=seed, **STILL, **tight)
    skilled = {"training.course_rate": 1.0, "adoption.training_effect": 0.0, "limits.training_relief": 1.0}
    relieved = run_of(busy, history_seed=seed, **STILL, **tight, **skilled)
    assert slowed.total < relieved.total < plain.total
    guided = {"mechanisms.guidance": True, "guidance.everywhere": True, "guidance.effect": 0.0}
    # Only the parks act: neither the guidance term nor its courses.
    parks = guided | {"guidance.training_rate": 0.0, "limits.park_relief": 10.0}
    assert run_of(busy, history_seed=seed, **STILL, **tight, **parks).total > slowed.total


LOANS = {"mechanisms.credit": True, "credit.effect": 0, "credit.sales_gain": 0, "limits.loan_relief": 50}
SUPPLIERS = {
    "mechanisms.chain": True,
    "chain.effect": 0,
    "chain.sales_elasticity": 0,
    "chain.greatest_saving": 0,
    "chain.reference_suppliers": 0.1,
    "limits.chain_relief": 10,
}


@pytest.mark.parametrize(("scarce", "relief"), [("capital", LOANS), ("services", SUPPLIERS)])
def test_loans_relieve_capital_and_suppliers_services(busy, scarce, relief):
    tight = {"mechanisms.limits": True, "limits.shops": 5, "limits.household_share": 0, "limits.effect": 1.5}
    kinds = [f"limits.{kind}_weight" for kind in ("land", "capital", "talent", "services")]
    # Only this kind is scarce, or all but this kind are; what relieves it acts in no other way.
    only = tight | {kind: float(scarce in kind) for kind in kinds}
    others = tight | {kind: float(scarce not in kind) / 3 for kind in kinds}
    assert run_of(busy, **STILL, **only, **relief).total > run_of(busy, **STILL, **only).total
    assert run_of(busy, **STILL, **others, **relief).total == run_of(busy, **STILL, **others).total


def test_limits_touch_no_village_without_shops(busy):
    plain, limited = (run_of(busy, **NOBODY, **{"mechanisms.limits": on}) for on in (False, True))
    assert plain.clocks.village.tolist() == limited.clocks.village.tolist()


@pytest.mark.parametrize("seed", [0, 1])
def test_incomers_come_where_shops_are_and_raise_openings_and_sales(busy, seed):
    plain = run_of(busy, history_seed=seed, **STILL)
    coming = {"mechanisms.migration": True, "migration.goods_midpoint": -3.0}
    run = run_of(busy, history_seed=seed, **STILL, **coming, **{"migration.merchant_rate": 0.5})
    assert run.total > plain.total
    assert run.state.villages.sales_yuan.sum() > plain.state.villages.sales_yuan.sum()
    assert (run.state.villages.incomers <= 10).all()


def test_nobody_comes_where_nobody_sells_and_youth_returns_with_partners(busy):
    programme = {"programme.first_month": "2012-02", "programme.counties_per_month": 5}
    alone = run_of(busy, **NOBODY, **{"mechanisms.migration": True})
    assert not alone.state.villages.incomers.any()
    second = programme | {"programme.second_model_month": "2012-01", "mechanisms.migration": True}
    run = run_of(busy, **NOBODY, **second)
    returned = run.state.villages.incomers > 0
    assert returned.any()
    assert np.array_equal(returned, run.state.villages.partner_model == 2)
