"""How many households each village has: the county's census total, spread unevenly over its villages."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.streams import normal, stream_key

__all__ = ["households_of_villages"]


def households_of_villages(
    county: NDArray[np.int64],
    uid: NDArray[np.uint64],
    county_total: NDArray[np.float64],
    listed: NDArray[np.bool_],
    *,
    spread_sd: float,
    smallest: int,
    world_seed: int,
) -> NDArray[np.int64]:
    r"""Households per village, log-normal within the county around the county's mean.

    .. math:: n_v = \max\bigl(n_{min}, \mathrm{round}(N_c\, g_v / \sum_{u \in c} g_u)\bigr),
              \qquad g_v = e^{\sigma \epsilon_v + \sigma^2 1[v\ \text{listed}]}

    A village of the 2014 list is more likely a large one: if being listed is proportional to households, the log
    size of listed villages is normal with its mean raised by the variance (size bias).

    Parameters
    ----------
    county : (V,) county of each village. uid : (V,) lasting number of each village, which keys its draw.
    county_total : (C,) rural households :math:`N_c`.
    listed : (V,) on the list of 2014.
    spread_sd : standard deviation :math:`\sigma` of log village size within a county, >= 0.
    smallest : fewest households a village may have.
    world_seed : fixes the draws (purpose ``village size``, one normal a village).

    Notes
    -----
    Limits: ``spread_sd = 0`` gives equal villages; county totals are met up to rounding and the minimum.
    """
    deviate = normal(stream_key(world_seed, "village size"), uid)
    weight = np.exp(spread_sd * deviate + spread_sd**2 * listed)
    share = weight / np.bincount(county, weight, minlength=county_total.size)[county]
    return np.maximum(np.rint(share * county_total[county]), smallest).astype(np.int64)
