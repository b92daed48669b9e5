r"""Opening a shop: own initiative and imitation of acquaintances, scaled by what the village offers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "imitation_share",
    "monthly_hazard",
    "village_log_multiplier",
    "village_terms",
    "weighted_share",
]

Array = NDArray[np.float64]


def weighted_share(weighted_sellers, weighted_acquaintances):  # type: ignore[no-untyped-def]
    r"""Share of acquaintances who sell, each kind of tie weighing as it does.

    .. math:: s_i = \frac{\sum_k w_k n_{ik}}{\sum_k w_k d_{ik}}

    ======  ======================  ===================  ==============
    symbol  name                    unit                 range, shape
    ======  ======================  ===================  ==============
    n_ik    selling acquaintances   households by kind   0..d_ik
    d_ik    acquaintances           households by kind   >= 0
    w_k     adoption.weight_*       dimensionless        >= 0
    s_i     (returned)              share                [0, 1]
    ======  ======================  ===================  ==============

    Limits: nobody sells gives 0, everybody gives 1, no acquaintance at all gives 0.
    Written for scalars, so that the compiled event loop runs this very function.
    """
    if weighted_acquaintances <= 0.0:
        return 0.0
    return weighted_sellers / weighted_acquaintances


def imitation_share(share, n_sellers, threshold_sellers):  # type: ignore[no-untyped-def]
    r"""What a household imitates under the rule in force: the share, or a full response from m sellers on.

    .. math:: g(s, n) = s \ \text{(linear)}, \qquad g(s, n) = 1[n \ge m] \ \text{(threshold, } m > 0)

    ``threshold_sellers`` is :math:`m` under the threshold rule (Granovetter 1978) and 0 under the linear rule;
    under the threshold rule :math:`n` counts the selling acquaintances of every kind whose weight is above 0.
    Limits: no seller gives 0 under both. Under the third rule, information, a household imitates its village's
    awareness instead: ``sim.rules.information``.
    """
    if threshold_sellers <= 0:
        return share
    return 1.0 if n_sellers >= threshold_sellers else 0.0


def monthly_hazard(own_initiative, imitation, imitated):  # type: ignore[no-untyped-def]
    r"""Hazard of opening in units of the village clock: :math:`\alpha_v + \beta\, g(s_i, n_i)`.

    =======  =======================  =========  =======
    symbol   name                     unit       range
    =======  =======================  =========  =======
    alpha_v  own_initiative           per month  >= 0
    beta     adoption.imitation       per month  >= 0
    g        imitated                 share      [0, 1]
    =======  =======================  =========  =======

    The village's own initiative is :math:`\alpha_v = \alpha\, e^{a_v - \kappa_v a_v}`: ``adoption.own_initiative``
    times the rooting factor of ``sim.rules.base``. Multiplied by the village's :math:`e^{\eta_v}` and the
    household's propensity :math:`z_i` the returned is the hazard
    :math:`h_i = z_i e^{\eta_v} (\alpha_v + \beta g)` per month. Source: proportional hazards (Cox 1972) over
    external and internal influence (Bass 1969). Limits: beta = 0 gives exponential waiting times.
    """
    return own_initiative + imitation * imitated


def village_log_multiplier(
    base: Array,
    *,
    parcel_cost_yuan: Array,
    reference_cost_yuan: float,
    cost_effect_per_yuan: float,
    training_stock: Array,
    training_effect: float,
    internet_share: Array,
    internet_effect: float,
    reference_internet_share: float,
    crowding: Array,
    crowding_effect: float,
) -> Array:
    r"""Log of the factor by which a village's conditions multiply every household's hazard.

    .. math:: \eta_v = b_v + k_{cost}(c_{ref} - c_v) + k_{train} T_v + k_{net}(N_v - N_{ref}) - k_{crowd} X_p

    ========  ================  ========================  ============
    symbol    name              unit                      range, shape
    ========  ================  ========================  ============
    b_v       base              log hazard ratio          real, (V,)
    c_v       parcel_cost_yuan  yuan per parcel           >= 0, (V,)
    T_v       training_stock    trained households'       >= 0, (V,)
                                equivalents a hundred
    N_v       internet_share    share of residents        [0, 1], (V,)
    X_p       crowding          log, see market           >= 0, (V,)
    k_*       (effects)         log hazard ratio a unit   real
    ========  ================  ========================  ============

    Mechanisms that are off by default add further terms, which ``sim.rules.support`` has: by county and product
    (``county_log_multiplier``) and by village (``local_log_multiplier``), so that in full

    .. math:: \eta_v = b_v + k_{cost}(c_{ref} - c_v) + k_{train} T_v + k_{net}(N_v - N_{ref}) - k_{crowd} X_p
              + k_{guid} A_c + k_{credit} K_c + k_{chain} I_{cp} - k_{limit} L_v + \ln(1 + m_v)

    with guidance :math:`A_c` (``guidance``), the share who can borrow :math:`K_c` (``credit``), strength of the
    chain :math:`I_{cp}` (``chain``), scarcity :math:`L_v` (``limits``) and incomers without a
    shop of their own :math:`m_v` (``migration``).

    ``exp(k)`` is the hazard ratio of one unit more. Limits: with every effect 0 the base is returned; at the
    reference cost and internet share, without training and crowding, too. The terms one by one are
    :func:`village_terms`.
    """
    cost, training, internet, crowded = village_terms(
        parcel_cost_yuan,
        training_stock,
        internet_share,
        crowding,
        reference_cost_yuan=reference_cost_yuan,
        cost_effect_per_yuan=cost_effect_per_yuan,
        training_effect=training_effect,
        internet_effect=internet_effect,
        reference_internet_share=reference_internet_share,
        crowding_effect=crowding_effect,
    )
    eta: Array = base + cost + training + internet + crowded
    return eta


def village_terms(
    parcel_cost_yuan: Array,
    training_stock: Array,
    internet_share: Array,
    crowding: Array,
    *,
    reference_cost_yuan: float,
    cost_effect_per_yuan: float,
    training_effect: float,
    internet_effect: float,
    reference_internet_share: float,
    crowding_effect: float,
) -> tuple[Array, Array, Array, Array]:
    r"""What parcel cost, training, internet access and crowding each add to the log multiplier, (V,) each.

    .. math:: k_{cost}(c_{ref} - c_v), \quad k_{train} T_v, \quad k_{net}(N_v - N_{ref}), \quad -k_{crowd} X_p

    Symbols, units and ranges as in :func:`village_log_multiplier`, which adds them to the base in this order;
    ``exp`` of a term is a hazard ratio against the reference. Limits: a term whose effect is 0, or whose
    condition is at its reference (no training, no crowding), is 0.
    """
    return (
        cost_effect_per_yuan * (reference_cost_yuan - parcel_cost_yuan),
        training_effect * training_stock,
        internet_effect * (internet_share - reference_internet_share),
        -(crowding_effect * crowding),
    )
