"""The kernel equals the plain twin with the mechanisms that are off by default: each alone, and all together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.kernel.month import Simulation
from sim.scenario.vocabulary import default_vocabulary
from tests.verification.test_twin import built, same_events, same_villages
from tests.verification.twin_systems import TwinSystems, same_systems

OFF_BY_DEFAULT = {name: row.needs for name, row in default_vocabulary().mechanisms.items() if not row.default}
#: Every mechanism acts strongly within four years of eight villages.
STRONG = {
    "guidance.half_base_shops": 20,
    "guidance.effect": 0.3,
    "skynet.first_month": "2012-06",
    "skynet.counties_per_month": 0.1,
    "credit.first_month": "2012-03",
    "credit.months_to_spread": 20,
    "chain.reference_suppliers": 1,
    "limits.shops": 5,
    "limits.services_weight": 0.6,
    "limits.loan_relief": 5,
    "limits.training_relief": 0.2,
    "limits.chain_relief": 3,
    "logistics.road_improvement": 0.3,
    "logistics.road_year": 2013,
    "credit.partner_months": 9,
    "consumption.most_orders": 40,
    "consumption.most_help": 500,
    "migration.goods_midpoint": 0,
    "migration.merchant_rate": 0.1,
    "migration.shop_share": 0.5,
    "consumption.outside_income": 400,
    "consumption.patience_months": 3,
    "wholesale.half_shops": 20,
    "cross_border.hub_midpoint": 1,
    "branding.monthly_rate": 0.1,
    "recognition.sales_min_yuan": 4e5,
}


def mixed(changes):
    """Scenario, and its world with three products in every town, so that there is something to copy."""
    scenario, world = built(changes)
    product = (np.arange(world.n_villages) % 3).astype(np.int8)
    return scenario, replace(world, villages=replace(world.villages, product=product))


def switches(*names):
    needed = {need for name in names for need in OFF_BY_DEFAULT[name]}
    return {f"mechanisms.{name}": True for name in {*names, *needed}}


CASES = {name: switches(name) for name in OFF_BY_DEFAULT}
ALL = switches(*OFF_BY_DEFAULT)
CASES |= {
    "all": ALL,
    "migration, no shops of incomers": switches("migration") | {"migration.shop_share": 0.0},
    "all, another seed": ALL | {"world_seed": 6, "history_seed": 3},
    "all, guidance everywhere": ALL | {"guidance.everywhere": True},
    "all, without parcels and training": ALL | {"mechanisms.logistics": False, "mechanisms.training": False},
    "switched on and off": {
        "timeline": [
            {"from": "2013-01", "switch": {name.removeprefix("mechanisms."): True for name in ALL}},
            {"from": "2014-07", "switch": {name: False for name in OFF_BY_DEFAULT if name != "consumption"}},
        ]
    },
}


@pytest.mark.parametrize("changes", CASES.values(), ids=CASES.keys())
def test_kernel_equals_twin(changes):
    scenario, world = mixed(STRONG | changes)
    run, twin = Simulation(scenario, world), TwinSystems(scenario, world)
    opened = 0
    for _ in range(scenario.n_months):
        events = run.step()
        twin.step()
        same_events(events, twin)
        same_villages(run.state, twin)
        same_systems(run, twin)
        opened += events.village.size
    assert opened > 35


def test_the_strong_case_reaches_every_branch():
    # Otherwise the comparison would be empty where it matters.
    scenario, world = mixed(STRONG | ALL)
    run = Simulation(scenario, world)
    left = 0
    for _ in range(scenario.n_months):
        run.step()
        left += int((run.state.villages.vacant_months == 3).sum())
    counties, villages = run.state.counties, run.state.villages
    assert left > 0
    assert (counties.signed_since >= 0).all()
    for column in (counties.guidance, counties.loan_share, counties.suppliers, counties.branding):
        assert column.max() > 0.05
    assert villages.incomers.max() > 0.05
    assert villages.incoming_shops.max() >= 3
    assert (villages.incomers > villages.merchants + 0.01).any()
    assert (villages.product != world.villages.product).any()
