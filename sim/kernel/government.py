"""The stages of county governments and lenders: guidance, agreements with Skynet, small loans."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.kernel.run import Floats, Run
from sim.rules import credit, guidance
from sim.state import NEVER

__all__ = ["guided_training", "run_credit", "run_guidance"]


def run_guidance(run: Run) -> None:
    """Governments react to the Taobao villages of the last count and to their agreements, if any."""
    settings, counties = run.settings, run.state.counties
    section = settings.guidance
    if not settings.enabled("guidance"):
        counties.guidance[:] = 0.0
        counties.acting_guidance[:] = 0.0
        return
    target = guidance.guidance_target(
        _recognised_villages(run),
        _signed(run),
        signed_strength=settings.skynet.signed_strength,
        strength_everywhere=section.strength_everywhere if section.everywhere else 0.0,
    )
    counties.guidance[:] = guidance.next_guidance(
        counties.guidance, target, build_months=section.build_months, decay_months=section.decay_months
    )
    counties.acting_guidance[:] = guidance.acting_guidance(
        counties.guidance, run.shops_of_product.sum(axis=1), half_base_shops=section.half_base_shops
    )


def _recognised_villages(run: Run) -> Floats:
    listed = np.flatnonzero(run.state.villages.recognised)
    return np.bincount(run.world.villages.county[listed], minlength=run.world.n_counties).astype(np.float64)


def _signed(run: Run) -> NDArray[np.bool_]:
    """Counties whose government has signed up by now; their order is drawn by households."""
    section, since = run.settings.skynet, run.state.counties.signed_since
    if not run.settings.enabled("skynet"):
        return np.zeros(since.size, np.bool_)
    n_signed = guidance.counties_signed(
        run.month - int(section.first_month), counties_per_month=section.counties_per_month
    )
    since[(run.roll_out.government_rank < n_signed) & (since == NEVER)] = run.months_done
    return np.asarray(since != NEVER)


def guided_training(run: Run) -> Floats | None:
    """Skill that guidance adds a month in every village of each county, (C,), or ``None`` without guidance."""
    if not run.settings.enabled("guidance"):
        return None
    rate = run.settings.guidance.training_rate
    return guidance.guided_training(run.state.counties.acting_guidance, training_rate=rate)


def run_credit(run: Run) -> None:
    """Share of shop owners who can borrow, from banks and from loans that governments arrange."""
    section = run.settings.credit
    if not run.settings.enabled("credit"):
        run.state.counties.loan_share[:] = 0.0
        return
    run.state.counties.loan_share[:] = credit.loan_share(
        run.month - int(section.first_month),
        run.state.counties.acting_guidance,
        bank_share=section.bank_share,
        months_to_spread=section.months_to_spread,
        guided_loans=section.guided_loans,
    )
