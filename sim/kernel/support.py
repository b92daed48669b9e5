"""What the mechanisms beyond the first ones add to the hazard of opening and to sales, brought together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.kernel.cluster import chain_strength, scarcity
from sim.kernel.demand import demand_factor
from sim.kernel.run import Floats, Integers, Run
from sim.rules import credit

__all__ = ["Support", "sales_factor", "support"]


@dataclass(frozen=True)
class Support:
    """Log hazard ratios that conditions add, by county and product (C, P) and by village (V,), or ``None``."""

    run: Run
    by_place: Floats | None
    by_village: Floats | None

    def add_to(self, eta: Floats, part: slice) -> None:
        """Add them to the log multipliers of the villages ``part``, in place."""
        villages = self.run.world.villages
        if self.by_place is not None:
            eta += self.by_place[villages.county[part], villages.product[part]]
        if self.by_village is not None:
            eta += self.by_village[part]


def support(run: Run) -> Support:
    """What this month's conditions add to the hazard."""
    return Support(run, _by_place(run), _by_village(run))


def _by_place(run: Run) -> Floats | None:
    settings, counties = run.settings, run.state.counties
    terms: list[Floats] = []
    if settings.enabled("guidance"):
        terms.append((settings.guidance.effect * counties.acting_guidance)[:, np.newaxis])
    if settings.enabled("credit"):
        terms.append((settings.credit.effect * counties.loan_share)[:, np.newaxis])
    if settings.enabled("chain"):
        terms.append(settings.chain.effect * chain_strength(run))
    if not terms:
        return None
    return np.asarray(np.broadcast_to(sum(terms), counties.suppliers.shape))


def _by_village(run: Run) -> Floats | None:
    """Terms of villages with shops or incomers; everywhere else they are zero."""
    settings, villages = run.settings, run.state.villages
    if not (settings.enabled("limits") or settings.enabled("migration")):
        return None
    total = np.zeros(villages.base.size)
    if settings.enabled("limits"):
        active = np.flatnonzero(villages.shops)
        total[active] -= settings.limits.effect * scarcity(run, active)
    if settings.enabled("migration"):
        place = np.flatnonzero(villages.incomers)
        total[place] += np.log1p(villages.incomers[place])
    return total


def sales_factor(run: Run, village: Integers) -> Floats | None:
    """Factor on the sales of these villages, (n,), or ``None`` where no such mechanism is on."""
    settings, counties, world = run.settings, run.state.counties, run.world
    county, product = world.villages.county[village], world.villages.product[village]
    factors: list[Floats] = []
    if settings.enabled("credit"):
        gain = credit.credit_sales_factor(counties.loan_share, sales_gain=settings.credit.sales_gain)
        factors.append(gain[county])
    if settings.enabled("chain"):
        factors.append(np.exp(settings.chain.sales_elasticity * chain_strength(run))[county, product])
    if settings.enabled("limits"):
        factors.append(np.exp(-settings.limits.sales_elasticity * scarcity(run, village)))
    if settings.enabled("migration"):
        factors.append((1.0 + run.state.villages.incomers[village]) ** settings.migration.sales_elasticity)
    by_place = demand_factor(run)
    if by_place is not None:
        factors.append(by_place[county, product])
    if not factors:
        return None
    combined: Floats = np.prod(factors, axis=0)
    return combined
