r"""Returning youth and incoming merchants: households able to sell beside those registered in a village."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["goods_at_hand", "incomer_sales_factor", "next_incomers"]

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


def incomer_sales_factor(incomers: Array, *, sales_elasticity: float) -> Array:
    r"""Factor on sales of shops in villages where people came to trade: :math:`(1 + m_v)^{\psi}`.

    ``incomers`` :math:`m_v \ge 0` for each registered household (n,); ``sales_elasticity`` :math:`\psi`,
    dimensionless. Limits: nobody came, or an elasticity of 0, gives 1; with 1 sales grow as the people do.
    Assumption.
    """
    out: Array = (1.0 + incomers) ** sales_elasticity
    return out
