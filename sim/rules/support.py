r"""What governments, lenders, suppliers, scarce means and incomers add to the hazard of opening a shop."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["county_log_multiplier", "county_terms", "local_log_multiplier", "local_terms"]

Array = NDArray[np.float64]


def county_log_multiplier(
    acting_guidance: Array,
    loan_share: Array,
    chain_strength: Array,
    *,
    guidance_effect: float,
    credit_effect: float,
    chain_effect: float,
) -> Array:
    r"""Terms of a village's log hazard ratio that its county and product decide.

    .. math:: \eta^{C}_{cp} = k_{guid} A_c + k_{credit} K_c + k_{chain} I_{cp}

    =========  ================  ==============================  ==============
    symbol     name              unit                            range, shape
    =========  ================  ==============================  ==============
    A_c        acting_guidance   strength, see guidance          >= 0, (C, 1)
    K_c        loan_share        share of owners, see credit     [0, 1], (C, 1)
    I_cp       chain_strength    log, see chain                  >= 0, (C, P)
    k_guid     guidance_effect   log hazard ratio per strength   real
    k_credit   credit_effect     log hazard ratio, all borrow    real
    k_chain    chain_effect      log hazard ratio per unit log   real
    eta^C_cp   (returned)        log hazard ratio                real, (C, P)
    =========  ================  ==============================  ==============

    Added to ``adoption.village_log_multiplier``. Limits: without guidance, loans and suppliers, or with every
    effect 0, it is 0. That these act on the log hazard, each by itself, is an assumption. The terms one by one
    are :func:`county_terms`.
    """
    guided, eased, chained = county_terms(
        acting_guidance,
        loan_share,
        chain_strength,
        guidance_effect=guidance_effect,
        credit_effect=credit_effect,
        chain_effect=chain_effect,
    )
    out: Array = guided + eased + chained
    return out


def county_terms(
    acting_guidance: Array,
    loan_share: Array,
    chain_strength: Array,
    *,
    guidance_effect: float,
    credit_effect: float,
    chain_effect: float,
) -> tuple[Array, Array, Array]:
    r"""The terms of :func:`county_log_multiplier` one by one: guidance, credit, chain.

    .. math:: k_{guid} A_c, \quad k_{credit} K_c, \quad k_{chain} I_{cp}

    Arguments as there, of any shapes that go together; every term is a log hazard ratio in the shape of its
    condition. Limits: a term whose condition or effect is 0 is 0.
    """
    return guidance_effect * acting_guidance, credit_effect * loan_share, chain_effect * chain_strength


def local_log_multiplier(scarcity: Array, incomers: Array, *, limits_effect: float) -> Array:
    r"""Terms of a village's log hazard ratio that its own scarce means and incomers decide.

    .. math:: \eta^{L}_v = \ln(1 + m_v) - k_{limit} L_v

    =========  ================  ======================================  ============
    symbol     name              unit                                    range, shape
    =========  ================  ======================================  ============
    m_v        incomers          incomers for each household             >= 0, (V,)
    L_v        scarcity          log, see limits                         >= 0, (V,)
    k_limit    limits_effect     log hazard ratio per unit log           real
    eta^L_v    (returned)        log hazard ratio                        real, (V,)
    =========  ================  ======================================  ============

    Added to ``adoption.village_log_multiplier``. Incomers are those without a shop of their own
    (``migration.incomers_without_shop``). They open shops at the rate of those registered, so the
    hazard is multiplied by :math:`1 + m_v`. Limits: nobody came and no shop takes room: 0; as many incomers as
    households double the hazard. That scarcity acts on the log hazard is an assumption. The terms one by one are
    :func:`local_terms`.
    """
    came, slowed = local_terms(scarcity, incomers, limits_effect=limits_effect)
    out: Array = came + slowed
    return out


def local_terms(scarcity: Array, incomers: Array, *, limits_effect: float) -> tuple[Array, Array]:
    r"""The terms of :func:`local_log_multiplier` one by one, (V,) each: incomers, scarcity.

    .. math:: \ln(1 + m_v), \quad -k_{limit} L_v

    Arguments as there. Limits: a term whose condition, or effect, is 0 is 0.
    """
    return np.log1p(incomers), -(limits_effect * scarcity)
