"""What each scenario of a comparison costs, from the costs that scenarios state."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sim.experiments.outcomes import MONTHLY
from sim.metrics.costs import QUANTITIES, policy_cost
from sim.scenario import Scenario
from sim.scenario.costs import PRICES

__all__ = ["cost_sources", "pair_costs"]

Array = NDArray[np.float64]


def pair_costs(base: Scenario, policy: Scenario, monthly: Array) -> Array | None:
    """Costs of both scenarios of a pair, run by run.

    Prices (a station, a center, a partner's month) hold in both, whichever states them; a subsidy, a grant or a
    lump sum belongs to the scenario that states it.

    Parameters
    ----------
    monthly : (2, R, outcomes, M) monthly outcomes, the base first.

    Returns
    -------
    (2, R) yuan; ``None`` where neither states costs.
    """
    if base.costs is None and policy.costs is None:
        return None
    pairs = ((base, policy), (policy, base))
    return np.stack([_cost(_amounts(*pair), values) for pair, values in zip(pairs, monthly, strict=True)])


def _amounts(own: Scenario, other: Scenario) -> dict[str, tuple[float, int]]:
    """Amounts that hold in a scenario, with the month of the run from which each counts."""
    shared = {name: item for name, item in _stated(other).items() if name in PRICES}
    return shared | _stated(own)


def _stated(scenario: Scenario) -> dict[str, tuple[float, int]]:
    costs = scenario.costs
    if costs is None:
        return {}
    first = 0 if costs.from_ is None else costs.from_ - scenario.start
    return {name: (yuan, first) for name, yuan in costs.amounts().items()}


def _cost(amounts: Mapping[str, tuple[float, int]], monthly: Array) -> Array:
    """(R,) yuan of the runs of one scenario, (R, outcomes, M)."""
    records = list(MONTHLY)
    total = np.zeros(monthly.shape[0])
    for name, (yuan, first) in amounts.items():
        if name not in QUANTITIES:  # a lump sum
            total += yuan
            continue
        record, each_new = QUANTITIES[name]
        total += policy_cost(yuan, monthly[:, records.index(record)], first, each_new=each_new)
    return np.where(np.isnan(monthly[:, 0, 0]), np.nan, total)


def cost_sources(base: Scenario, policy: Scenario) -> str:
    """Where the costs of a pair come from, in the words of the scenarios."""
    stated = [scenario.costs.source for scenario in (policy, base) if scenario.costs is not None]
    return "; ".join(dict.fromkeys(stated))
