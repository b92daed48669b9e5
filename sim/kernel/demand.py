"""Wholesale and foreign demand by county and product, and brands against crowding."""

from __future__ import annotations

import numpy as np

from sim.kernel.run import Floats, Run
from sim.rules import demand
from sim.world import COVARIATES

__all__ = ["demand_factor", "less_crowded"]

_MANUFACTURING, _HUB_DISTANCE = COVARIATES.index("manufacturing"), COVARIATES.index("hub_distance")
#: Products of farms, which hardly cross borders by parcel (assumption).
_FARM_PRODUCTS = ("food_farm", "flowers")


def demand_factor(run: Run) -> Floats | None:
    """Factor on sales of each product in each county, (C, P), or ``None`` without such demand."""
    factor: Floats | None = None
    for part in (_wholesale(run), _cross_border(run)):
        if part is not None:
            factor = part if factor is None else factor * part
    return factor


def _wholesale(run: Run) -> Floats | None:
    section, covariates = run.settings.wholesale, run.world.counties.covariates
    if not run.settings.enabled("wholesale"):
        return None
    share = demand.wholesale_share(
        covariates[:, _MANUFACTURING, np.newaxis],
        run.shops_of_product,
        midpoint=section.industry_midpoint,
        half_shops=section.half_shops,
    )
    return demand.demand_factor(share, sales_gain=section.sales_gain)


def _cross_border(run: Run) -> Floats | None:
    section, covariates = run.settings.cross_border, run.world.counties.covariates
    if not run.settings.enabled("cross_border"):
        return None
    is_farm = np.isin([str(name) for name in run.world.products], _FARM_PRODUCTS)
    abroad = demand.export_demand(
        covariates[:, _HUB_DISTANCE, np.newaxis],
        np.where(is_farm, section.farm_share, 1.0),
        run.decimal_year - section.reference_year,
        yearly_growth=section.yearly_growth,
        midpoint=section.hub_midpoint,
    )
    return demand.demand_factor(abroad, sales_gain=section.sales_gain)


def less_crowded(run: Run, crowded: Floats) -> Floats:
    """Crowding (C, P) that brands leave, after they have grown for another month."""
    section, branding = run.settings.branding, run.state.counties.branding
    if not run.settings.enabled("branding"):
        branding[:] = 0.0
        return crowded
    branding[:] = demand.next_branding(
        branding, crowded, monthly_rate=section.monthly_rate, greatest=section.greatest
    )
    return demand.relieved_crowding(crowded, branding)
