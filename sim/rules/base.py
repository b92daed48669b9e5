r"""The lasting attraction of a village: covariates of 2010, what the 2014 list reveals, and the unobserved."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["log_base", "revealed_base"]

Array = NDArray[np.float64]


def revealed_base(
    nearness: Array,
    listed: NDArray[np.bool_],
    listed_in_town: NDArray[np.bool_],
    *,
    nearness_effect: float,
    town_effect: float,
    listed_effect: float,
) -> Array:
    r"""Log hazard ratio that the 2014 list reveals about the industrial base of a place.

    .. math:: r_v = k_{near} \ln(1 + m_v) + k_{town} 1[\text{town of } v \text{ holds a listed village}]
              + k_{listed} 1[v \text{ listed}]

    ``nearness`` is :math:`m_v` of ``sim.world.nearness`` (V,); the two masks have shape (V,).
    Limits: with no listed village anywhere it is 0. Assumption: a listed village is a sign of a shared product
    and suppliers around it; the size of the three effects is calibrated, none differs between provinces.
    """
    out: Array = nearness_effect * np.log1p(nearness) + town_effect * listed_in_town + listed_effect * listed
    return out


def log_base(
    covariates: Array,
    coefficients: Array,
    revealed: Array,
    *,
    county_deviate: Array,
    town_deviate: Array,
    village_deviate: Array,
    county_sd: float,
    town_sd: float,
    village_sd: float,
) -> Array:
    r"""Log of a village's lasting hazard multiplier.

    .. math:: b_v = \sum_j k_j x_{jc} + r_v + \sum_{l \in \{c, t, v\}} (\sigma_l \epsilon_l - \sigma_l^2 / 2)

    =============  ==============  ======================  =============
    symbol         name            unit                    range, shape
    =============  ==============  ======================  =============
    x_jc           covariates      standard deviations     (V, J)
    k_j            coefficients    log hazard ratio a      (J,)
                                   standard deviation
    r_v            revealed        log hazard ratio        (V,)
    epsilon_l      *_deviate       standard normal         (V,)
    sigma_l        *_sd            log hazard ratio        >= 0
    =============  ==============  ======================  =============

    Each random effect has mean one on the hazard's scale, so widening it does not raise the mean hazard.
    Limits: all coefficients and deviations 0 give 0, a hazard multiplier of one.
    """
    unobserved = (
        county_sd * county_deviate
        + town_sd * town_deviate
        + village_sd * village_deviate
        - 0.5 * (county_sd**2 + town_sd**2 + village_sd**2)
    )
    out: Array = covariates @ coefficients + revealed + unobserved
    return out
