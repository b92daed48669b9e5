r"""Returning youth and incoming merchants: households able to sell beside those registered in a village."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "goods_at_hand",
    "incomer_sales_factor",
    "incomers_without_shop",
    "incoming_shops",
    "next_incomers",
    "next_merchants",
]

Array = NDArray[np.float64]


def goods_at_hand(trade: Array, *, midpoint: float) -> Array:
    r"""How far a county offers incoming merchants goods and space: :math:`g_c = 1 / (1 + e^{-2 (x_c - x_0)})`.

    ``trade`` :math:`x_c`, its share employed in wholesale and retail trade in national standard deviations (C,);
    ``midpoint`` :math:`x_0`, where it is one half. Limits: in [0, 1]. Assumption, after Qingyanliu beside Yiwu's
    market, Dayuan in Guangzhou and Baigou (F148-F153, F185-F187).
    """
    out: Array = 1.0 / (1.0 + np.exp(-2.0 * (trade - midpoint)))
    return out


def next_incomers(
    incomers: Array,
    shop_share: Array,
    goods: Array,
    is_returning: NDArray[np.bool_],
    *,
    merchant_rate: float,
    most_merchants: float,
    return_rate: float,
    leaving_rate: float,
) -> Array:
    r"""Incomers for each registered household, a month later.

    .. math:: m' = (1 - d)\, m + a\, s_v\, g_c \max(0, 1 - m / m_{max}) + r\, 1[\text{2.0 partner}]

    ========  ==============  ====================================  ============
    symbol    name            unit                                  range, shape
    ========  ==============  ====================================  ============
    m         incomers        incomers for each household           >= 0, (V,)
    s_v       shop_share      shops for each household              >= 0, (V,)
    g_c       goods           share                                 [0, 1], (V,)
    a         merchant_rate   incomers per shop and month           >= 0
    m_max     most_merchants  incomers for each household           > 0
    r         return_rate     incomers per household and month      >= 0
    d         leaving_rate    share a month                         [0, 1]
    ========  ==============  ====================================  ============

    Limits: where nobody sells and no returning partner works nobody comes; never negative. Pinned by: 15,000
    people in e-commerce in Qingyanliu, which has fewer than 1,500 residents (F148, F149); 110,000 of Baigou's
    160,000 inhabitants came from elsewhere (F185, F186); rates are assumptions.
    """
    merchants = merchant_rate * shop_share * goods * np.maximum(0.0, 1.0 - incomers / most_merchants)
    out: Array = (1.0 - leaving_rate) * incomers + merchants + return_rate * is_returning
    return out


def next_merchants(
    merchants: Array,
    incomers: Array,
    shop_share: Array,
    goods: Array,
    *,
    merchant_rate: float,
    most_merchants: float,
    leaving_rate: float,
) -> Array:
    r"""Those of the incomers who came to trade, for each registered household, a month later.

    .. math:: m^{M\prime} = (1 - d)\, m^M + a\, s_v\, g_c \max(0, 1 - m / m_{max})

    ``merchants`` :math:`m^M \le m` (V,); the other symbols are those of ``next_incomers``, of which this is the
    part without returning youth: both lose the same share. Limits: without returning youth it equals the incomers.
    """
    arriving = merchant_rate * shop_share * goods * np.maximum(0.0, 1.0 - incomers / most_merchants)
    out: Array = (1.0 - leaving_rate) * merchants + arriving
    return out


def incoming_shops(merchants: Array, households: Array, *, shop_share: float) -> Array:
    r"""Shops that incoming merchants run themselves: :math:`J_v = \lfloor \sigma\, m^M_v N_v \rfloor`.

    ``merchants`` :math:`m^M` for each registered household (V,), ``households`` :math:`N_v` (V,), ``shop_share``
    :math:`\sigma` in [0, 1]. Whole numbers, as a count of shops is asked for. Limits: sigma = 0, or no merchant,
    gives 0; sigma = 1 a shop for each. Source: most merchants of the largest villages came from elsewhere (F049),
    15,000 people in e-commerce beside fewer than 1,500 residents (F148, F149); sigma is an assumption.
    """
    return np.floor(shop_share * merchants * households)


def incomers_without_shop(incomers: Array, own_shops: Array, households: Array) -> Array:
    r"""Incomers for each registered household who run no shop of their own: :math:`\max(0, m_v - J_v / N_v)`.

    They alone make residents' shops larger and open shops at residents' rate; the others are shops already.
    ``incomers`` :math:`m_v`, ``own_shops`` :math:`J_v`, ``households`` :math:`N_v > 0`, (V,) each. Limits: without
    such shops all incomers.
    """
    return np.maximum(incomers - own_shops / households, 0.0)


def incomer_sales_factor(incomers: Array, *, sales_elasticity: float) -> Array:
    r"""Factor on sales of shops in villages where people came to trade: :math:`(1 + m_v)^{\psi}`.

    ``incomers`` :math:`m_v \ge 0` without a shop of their own, for each registered household (n,);
    ``sales_elasticity`` :math:`\psi`,
    dimensionless. Limits: nobody came, or an elasticity of 0, gives 1; with 1 sales grow as the people do.
    Assumption.
    """
    out: Array = (1.0 + incomers) ** sales_elasticity
    return out
