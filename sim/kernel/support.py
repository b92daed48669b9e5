"""What the mechanisms beyond the first ones add to the hazard of opening and to sales, brought together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.kernel.run import Floats, Integers, Run
from sim.rules import credit

__all__ = ["Support", "sales_factor", "support"]


@dataclass(frozen=True)
class Support:
    """Log hazard ratios that conditions add, by county and product (C, P), or ``None`` for nothing."""

    run: Run
    by_place: Floats | None

    def add_to(self, eta: Floats, part: slice) -> None:
        """Add them to the log multipliers of the villages ``part``, in place."""
        villages = self.run.world.villages
        if self.by_place is not None:
            eta += self.by_place[villages.county[part], villages.product[part]]


def support(run: Run) -> Support:
    """What this month's conditions add to the hazard."""
    return Support(run, _by_place(run))


def _by_place(run: Run) -> Floats | None:
    settings, counties = run.settings, run.state.counties
    terms: list[Floats] = []
    if settings.enabled("guidance"):
        terms.append((settings.guidance.effect * counties.acting_guidance)[:, np.newaxis])
    if settings.enabled("credit"):
        terms.append((settings.credit.effect * counties.loan_share)[:, np.newaxis])
    if not terms:
        return None
    return np.asarray(np.broadcast_to(sum(terms), counties.suppliers.shape))


def sales_factor(run: Run, village: Integers) -> Floats | None:
    """Factor on the sales of these villages, (n,), or ``None`` where no such mechanism is on."""
    settings, counties, world = run.settings, run.state.counties, run.world
    county = world.villages.county[village]
    factors: list[Floats] = []
    if settings.enabled("credit"):
        gain = credit.credit_sales_factor(counties.loan_share, sales_gain=settings.credit.sales_gain)
        factors.append(gain[county])
    if not factors:
        return None
    product: Floats = np.prod(factors, axis=0)
    return product
