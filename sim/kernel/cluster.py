"""The stages of places where shops gather: suppliers, what is scarce, and people who come."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.kernel.run import Floats, Integers, Run
from sim.rules import chain, limits, migration
from sim.world import COVARIATES

__all__ = ["chain_strength", "express_saving", "run_chain", "run_migration", "scarcity", "trading_incomers"]

_TRADE = COVARIATES.index("trade")


def run_chain(run: Run) -> None:
    """Suppliers of each product follow the shops of last month."""
    section, counties = run.settings.chain, run.state.counties
    if not run.settings.enabled("chain"):
        counties.suppliers[:] = 0.0
        return
    counties.suppliers[:] = chain.next_suppliers(
        counties.suppliers,
        run.shops_of_product,
        suppliers_per_shop=section.suppliers_per_shop,
        months_to_settle=section.months_to_settle,
    )


def chain_strength(run: Run) -> Floats:
    """Strength of the chain of each product in each county, (C, P)."""
    return chain.chain_strength(
        run.state.counties.suppliers, reference_suppliers=run.settings.chain.reference_suppliers
    )


def express_saving(run: Run) -> Floats | None:
    """Share by which firms on the spot lower each county's parcel cost, (C,), or ``None`` without a chain."""
    section = run.settings.chain
    if not run.settings.enabled("chain"):
        return None
    return chain.express_saving(
        run.state.counties.suppliers.sum(axis=1),
        reference_suppliers=section.reference_suppliers,
        greatest=section.greatest_saving,
    )


def scarcity(run: Run, village: Integers) -> Floats:
    """How scarce land, capital, talent and services are together in these villages, (n,)."""
    section, world, state = run.settings.limits, run.world.villages, run.state
    county = world.county[village]
    capacity = limits.capacity_shops(
        world.households[village].astype(np.float64),
        shops=section.shops,
        household_share=section.household_share,
    )
    land = section.land_weight, section.park_relief, state.counties.acting_guidance[county]
    capital = section.capital_weight, section.loan_relief, state.counties.loan_share[county]
    talent = section.talent_weight, section.training_relief, state.villages.training_stock[village]
    strength = chain_strength(run)[county, state.villages.product[village]]
    services = section.services_weight, section.chain_relief, strength
    weights, relief, relieving = (np.array(each) for each in zip(land, capital, talent, services, strict=True))
    return limits.scarcity(
        state.villages.active_shops()[village].astype(np.float64),
        limits.relieved_capacity(capacity, relieving, relief),
        weights,
    )


def run_migration(run: Run) -> None:
    """Merchants come where shops and goods are, youth returns with partners; some leave again."""
    section, villages, world = run.settings.migration, run.state.villages, run.world
    if not run.settings.enabled("migration"):
        villages.incomers[:] = 0.0
        villages.merchants[:] = 0.0
        _settle_incoming_shops(run, np.zeros_like(villages.incoming_shops))
        return
    is_returning = (villages.partner_model == 2) & run.settings.enabled("programme")
    place = np.flatnonzero((villages.shops > 0) | is_returning | (villages.incomers > 0.0))
    goods = migration.goods_at_hand(world.counties.covariates[:, _TRADE], midpoint=section.goods_midpoint)
    incomers = villages.incomers[place]
    shop_share = villages.active_shops()[place] / world.villages.households[place]
    at_hand = goods[world.villages.county[place]]
    villages.merchants[place] = migration.next_merchants(
        villages.merchants[place],
        incomers,
        shop_share,
        at_hand,
        merchant_rate=section.merchant_rate,
        most_merchants=section.most_merchants,
        leaving_rate=section.leaving_rate,
    )
    villages.incomers[place] = migration.next_incomers(
        incomers,
        shop_share,
        at_hand,
        is_returning[place],
        merchant_rate=section.merchant_rate,
        most_merchants=section.most_merchants,
        return_rate=section.return_rate,
        leaving_rate=section.leaving_rate,
    )
    shops = np.zeros_like(villages.incoming_shops)
    shops[place] = migration.incoming_shops(
        villages.merchants[place],
        world.villages.households[place].astype(np.float64),
        shop_share=section.shop_share,
    )
    _settle_incoming_shops(run, shops)


def _settle_incoming_shops(run: Run, shops: NDArray[np.int32]) -> None:
    """Let incoming merchants have so many shops in each village, which sell its product."""
    villages, world = run.state.villages, run.world
    changed = np.flatnonzero(shops != villages.incoming_shops)
    more = shops[changed] - villages.incoming_shops[changed]
    np.add.at(run.shops_of_product, (world.villages.county[changed], villages.product[changed]), more)
    villages.incoming_shops[changed] = shops[changed]


def trading_incomers(run: Run, village: Integers) -> Floats:
    """Incomers for each registered household of these villages who run no shop of their own, (n,)."""
    villages = run.state.villages
    return migration.incomers_without_shop(
        villages.incomers[village],
        villages.incoming_shops[village].astype(np.float64),
        run.world.villages.households[village].astype(np.float64),
    )
