r"""The lasting attraction of a village: covariates of 2010, what the 2014 list reveals, and the unobserved."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["industry", "industry_in_imitation", "log_base", "revealed_base", "rooting_factor"]

Array = NDArray[np.float64]


def revealed_base(
    nearness: Array,
    listed: NDArray[np.bool_],
    listed_in_town: NDArray[np.integer],
    *,
    nearness_effect: float,
    town_effect: float,
    listed_effect: float,
) -> Array:
    r"""Log hazard ratio that the 2014 list reveals about the industrial base of a place.

    .. math:: r_v = k_{near} \ln(1 + m_v) + k_{town} \ln(1 + n_t) + k_{listed} 1[v \text{ listed}]

    ``nearness`` is :math:`m_v` of ``sim.world.nearness`` (V,); ``listed_in_town`` counts the listed villages
    :math:`n_t` of the village's town, itself among them (V,); ``listed`` is a mask (V,). Limits: with no listed
    village anywhere it is 0; one listed village in the town gives :math:`k_{town} \ln 2`. The logarithm is that
    of the mean of an unobserved risk of the town with a Gamma prior worth one village (Clayton and Kaldor,
    Biometrics 1987). Assumption: a listed village is a sign of a shared product and suppliers
    around it; the size of the three effects is calibrated, none differs between provinces.
    """
    out: Array = (
        nearness_effect * np.log1p(nearness) + town_effect * np.log1p(listed_in_town) + listed_effect * listed
    )
    return out


def industry(covariates: Array, coefficients: Array) -> Array:
    r"""Log hazard ratio of taking root that a county's covariates of 2010 give: :math:`a_v = \sum_j k_j x_{jc}`.

    ``covariates`` :math:`x_{jc}` in national standard deviations (V, J); ``coefficients`` :math:`k_j`, log hazard
    ratio a standard deviation (J,). Limits: at the national mean of every covariate it is 0.
    """
    out: Array = covariates @ coefficients
    return out


def industry_in_imitation(industry: Array, nearness: Array, *, share: float, half_nearness: float) -> Array:
    r"""Part of a place's industry that acts on imitation as well as on own initiative.

    .. math:: \kappa_v a_v, \qquad \kappa_v = \kappa \frac{m_{1/2}}{m_{1/2} + m_v}

    ============  =============  ===================================  ============
    symbol        name           unit                                 range, shape
    ============  =============  ===================================  ============
    a_v           industry       log hazard ratio                     (V,)
    m_v           nearness       listed villages, discounted with     >= 0, (V,)
                                 distance
    kappa         share          share                                [0, 1]
    m_1/2         half_nearness  listed villages                      > 0
    ============  =============  ===================================  ============

    Where listed villages are near, they tell more about the product and the suppliers of a place than the
    covariates of its county, whose weight fades. Source: Shaji had no furniture industry before its first shop and
    its neighbours imitated it all the same (decision record 0003). Limits: far from every listed village it is
    kappa a_v, next to many 0; kappa = 1 and nothing listed lets industry act on imitation as on own initiative.
    """
    out: Array = share * industry * half_nearness / (half_nearness + nearness)
    return out


def log_base(
    industry_imitated: Array,
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

    .. math:: b_v = \kappa_v a_v + r_v + \sum_{l \in \{c, t, v\}} (\sigma_l \epsilon_l - \sigma_l^2 / 2)

    ============  =================  ======================  ============
    symbol        name               unit                    range, shape
    ============  =================  ======================  ============
    kappa_v a_v   industry_imitated  log hazard ratio        (V,)
    r_v           revealed           log hazard ratio        (V,)
    epsilon_l     ``*_deviate``      standard normal         (V,)
    sigma_l       ``*_sd``           log hazard ratio        >= 0
    ============  =================  ======================  ============

    Each random effect has mean one on the hazard's scale, so widening it does not raise the mean hazard.
    Limits: no industry, nothing revealed and no deviates give 0, a hazard multiplier of one.
    """
    unobserved = (
        county_sd * county_deviate
        + town_sd * town_deviate
        + village_sd * village_deviate
        - 0.5 * (county_sd**2 + town_sd**2 + village_sd**2)
    )
    out: Array = industry_imitated + revealed + unobserved
    return out


def rooting_factor(industry: Array, industry_imitated: Array) -> Array:
    r"""Factor by which industry raises own initiative beyond imitation: :math:`e^{a_v - \kappa_v a_v}`.

    ``industry`` :math:`a_v`, ``industry_imitated`` :math:`\kappa_v a_v`, shape (V,). Limits: 1 where both agree.
    """
    return np.exp(industry - industry_imitated)
