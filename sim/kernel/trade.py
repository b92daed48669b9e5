"""The stages after the crossings: what shops sell this month, and in December the count of Taobao villages."""

from __future__ import annotations

import numpy as np

from sim.kernel.overflow import LARGEST_SALES_YUAN, refuse_beyond
from sim.kernel.run import Floats, Integers, Run
from sim.kernel.support import sales_factor
from sim.metrics.criteria import Criteria
from sim.metrics.recognition import taobao_village_mask
from sim.rules import market
from sim.state import MONTHS_OF_SALES, NEVER

__all__ = ["run_market", "run_recognition", "trade_factor"]

_DECEMBER = 11


def trade_factor(run: Run, village: Integers) -> Floats:
    """Sales of a shop in these villages relative to an uncrowded one in the reference year, this month."""
    settings, villages = run.settings, run.state.villages
    section = settings.market
    factor = market.trade_factor(
        villages.crowding[village],
        villages.parcel_cost_yuan[village],
        run.decimal_year - section.reference_year,
        demand_growth=section.demand_growth,
        crowding_elasticity=section.crowding_elasticity,
        cost_elasticity=section.cost_elasticity,
        reference_cost_yuan=settings.logistics.reference_cost,
    )
    gain = sales_factor(run, village)
    return factor if gain is None else factor * gain


def run_market(run: Run) -> None:
    """Sales of the month by village, and the parcels they send from each county."""
    section, villages, world = run.settings.market, run.state.villages, run.world
    active = np.flatnonzero(villages.active_shops() != 0)
    incoming_size = run.settings.migration.shop_size * villages.incoming_shops[active]
    with np.errstate(over="ignore"):
        sales = market.village_sales(
            villages.shop_size[active] + incoming_size,
            villages.novice_size[active],
            trade_factor(run, active),
            yearly_sales_yuan=section.yearly_sales,
            novice_share=section.novice_share,
        )
    refuse_beyond(run, "a village's sales of a month, in yuan,", sales, LARGEST_SALES_YUAN)
    villages.sales_yuan[:] = 0.0
    villages.sales_yuan[active] = sales
    villages.sales_by_month[run.months_done % MONTHS_OF_SALES] = villages.sales_yuan
    villages.novice_size[active] = market.next_novice_size(
        villages.novice_size[active], experience_months=section.experience_months
    )
    sent = market.parcels(sales, parcel_value_yuan=section.parcel_value)
    county = world.villages.county[active]
    run.state.counties.parcels[:] = np.bincount(county, sent, minlength=world.n_counties)


def run_recognition(run: Run) -> None:
    """In December Taobao villages are counted."""
    if run.month % 12 != _DECEMBER:
        return
    criteria, villages, shops = (
        Criteria.from_values(run.settings),
        run.state.villages,
        run.state.villages.active_shops(),
    )
    for part in run.parts:
        villages.recognised[part] = taobao_village_mask(
            villages.online_sales_yuan(part),
            shops[part],
            run.world.villages.households[part],
            sales_min_yuan=criteria.sales_min_yuan,
            shops_min=criteria.shops_min,
            household_share_min=criteria.household_share_min,
        )
    first = villages.recognised & (villages.recognised_since == NEVER)
    villages.recognised_since[first] = run.months_done
