"""What the mechanisms beyond the first ones add to the hazard of opening and to sales, brought together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.kernel.cluster import chain_strength, scarcity, trading_incomers
from sim.kernel.demand import demand_factor
from sim.kernel.run import Floats, Integers, Run
from sim.rules import chain, credit, limits, migration
from sim.rules import support as rules

__all__ = ["Support", "sales_factor", "support", "support_terms"]


@dataclass(frozen=True)
class Support:
    """Log hazard ratios that conditions add, by county and product (C, P) and by village (V,), or ``None``."""

    run: Run
    by_place: Floats | None
    by_village: Floats | None

    def add_to(self, eta: Floats, part: slice) -> None:
        """Add them to the log multipliers of the villages ``part``, in place."""
        if self.by_place is not None:
            eta += self.by_place[self.run.world.villages.county[part], self.run.state.villages.product[part]]
        if self.by_village is not None:
            eta += self.by_village[part]


def support(run: Run) -> Support:
    """What this month's conditions add to the hazard."""
    return Support(run, _by_place(run), _by_village(run))


def _by_place(run: Run) -> Floats | None:
    """Terms of counties and products; what is switched off is 0 in its column."""
    settings, counties = run.settings, run.state.counties
    if not any(settings.enabled(name) for name in ("guidance", "credit", "chain")):
        return None
    return rules.county_log_multiplier(
        counties.acting_guidance[:, np.newaxis],
        counties.loan_share[:, np.newaxis],
        chain_strength(run),
        guidance_effect=settings.guidance.effect,
        credit_effect=settings.credit.effect,
        chain_effect=settings.chain.effect,
    )


def _by_village(run: Run) -> Floats | None:
    """Terms of villages with shops or incomers; everywhere else they are zero."""
    settings, villages = run.settings, run.state.villages
    if not (settings.enabled("limits") or settings.enabled("migration")):
        return None
    place = np.flatnonzero((villages.shops > 0) | (villages.incomers > 0.0))
    scarce = scarcity(run, place) if settings.enabled("limits") else np.zeros(place.size)
    total = np.zeros(villages.base.size)
    total[place] = rules.local_log_multiplier(
        scarce, trading_incomers(run, place), limits_effect=settings.limits.effect
    )
    return total


def support_terms(run: Run, village: Integers) -> tuple[Floats, ...]:
    """What guidance, credit, chain, limits and migration each add in these villages, (n,) each; 0 where off."""
    settings, counties, places = run.settings, run.state.counties, run.world.villages
    nothing = np.zeros(village.size)
    county = places.county[village]
    by_place = (nothing, nothing, nothing)
    if any(settings.enabled(name) for name in ("guidance", "credit", "chain")):
        by_place = rules.county_terms(
            counties.acting_guidance[county],
            counties.loan_share[county],
            chain_strength(run)[county, run.state.villages.product[village]],
            guidance_effect=settings.guidance.effect,
            credit_effect=settings.credit.effect,
            chain_effect=settings.chain.effect,
        )
    came, slowed = rules.local_terms(
        scarcity(run, village) if settings.enabled("limits") else nothing,
        trading_incomers(run, village) if settings.enabled("migration") else nothing,
        limits_effect=settings.limits.effect,
    )
    return (*by_place, slowed, came)


def sales_factor(run: Run, village: Integers) -> Floats | None:
    """Factor on the sales of these villages, (n,), or ``None`` where no such mechanism is on."""
    settings, counties, world = run.settings, run.state.counties, run.world
    county, product = world.villages.county[village], run.state.villages.product[village]
    factors: list[Floats] = []
    if settings.enabled("credit"):
        gain = credit.credit_sales_factor(counties.loan_share, sales_gain=settings.credit.sales_gain)
        factors.append(gain[county])
    if settings.enabled("chain"):
        gain = chain.chain_sales_factor(chain_strength(run), sales_elasticity=settings.chain.sales_elasticity)
        factors.append(gain[county, product])
    if settings.enabled("limits"):
        scarce, elasticity = scarcity(run, village), settings.limits.sales_elasticity
        factors.append(limits.scarcity_sales_factor(scarce, sales_elasticity=elasticity))
    if settings.enabled("migration"):
        incomers, elasticity = trading_incomers(run, village), settings.migration.sales_elasticity
        factors.append(migration.incomer_sales_factor(incomers, sales_elasticity=elasticity))
    by_place = demand_factor(run)
    if by_place is not None:
        factors.append(by_place[county, product])
    if not factors:
        return None
    combined: Floats = np.prod(factors, axis=0)
    return combined
