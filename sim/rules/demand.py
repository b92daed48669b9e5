r"""Further demand: wholesale beside retail, buyers abroad, and brands that stand out in a crowded product."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["demand_factor", "export_demand", "next_branding", "relieved_crowding", "wholesale_share"]

Array = NDArray[np.float64]


def wholesale_share(industry: Array, shops_of_product: Array, *, midpoint: float, half_shops: float) -> Array:
    r"""How far shops of a product sell wholesale as well.

    .. math:: W_{cp} = \frac{1}{1 + e^{-2 (x_c - x_0)}} \cdot \frac{n_{cp}}{n_{cp} + h}

    ``industry`` :math:`x_c`, the county's manufacturing employment in national standard deviations (C, 1);
    ``midpoint`` :math:`x_0`; ``shops_of_product`` :math:`n` (C, P); ``half_shops`` :math:`h > 0`.
    Limits: in [0, 1); no shops of the product give 0. Pinned in direction by Zhuji, which makes 70 % of the
    country's socks and sells them wholesale online (F209-F211); the form is an assumption.
    """
    clustered = shops_of_product / (shops_of_product + half_shops)
    out: Array = clustered / (1.0 + np.exp(-2.0 * (industry - midpoint)))
    return out


def export_demand(
    hub_distance: Array,
    tradable: Array,
    years_since_reference: float,
    *,
    yearly_growth: float,
    midpoint: float,
) -> Array:
    r"""Demand from abroad for a product of a county, in units of the reference year.

    .. math:: E_{cp} = \tau_p\, \frac{e^{g (y - y_0)}}{1 + e^{2 (d_c - d_0)}}

    ========  =====================  ==============================  ============
    symbol    name                   unit                            range, shape
    ========  =====================  ==============================  ============
    d_c       hub_distance           national standard deviations    real, (C, 1)
    d_0       midpoint               same                            real
    tau_p     tradable               share                           [0, 1], (P,)
    g         yearly_growth          per year                        real
    E_cp      (returned)             relative to the reference year  >= 0, (C, P)
    ========  =====================  ==============================  ============

    Limits: far from every hub, or for a product that does not cross borders, it is 0. Pinned by: 400,000 parcels
    a day from Yiwu, 23 % more than the year before (F146, F147); that nearness to a hub matters is an assumption.
    """
    near = np.exp(yearly_growth * years_since_reference) / (1.0 + np.exp(2.0 * (hub_distance - midpoint)))
    out: Array = tradable * near
    return out


def demand_factor(share: Array, *, sales_gain: float) -> Array:
    r"""Factor on sales: :math:`1 + a\, W`, with a share or demand :math:`W \ge 0` and ``sales_gain`` :math:`a`.

    Limits: no such demand, or a = 0, gives 1.
    """
    out: Array = 1.0 + sales_gain * share
    return out


def next_branding(branding: Array, crowding: Array, *, monthly_rate: float, greatest: float) -> Array:
    r"""Share of crowding that brands relieve, a month later: :math:`B' = B + r \frac{X}{1 + X} (B_{max} - B)`.

    ``branding`` :math:`B` in [0, B_max] (C, P); ``crowding`` :math:`X \ge 0` (C, P); ``monthly_rate`` :math:`r`
    and ``greatest`` :math:`B_{max}` in [0, 1]. Limits: without crowding nobody builds a brand; never above B_max.
    Source: branding as the answer to homogenised competition, chapter 5 (F064); the form is an assumption.
    """
    out: Array = branding + monthly_rate * crowding / (1.0 + crowding) * (greatest - branding)
    return out


def relieved_crowding(crowding: Array, branding: Array) -> Array:
    r"""Crowding that brands leave: :math:`X (1 - B)`.

    ``crowding`` :math:`X \ge 0`, log (C, P); ``branding`` :math:`B` in [0, 1] (C, P). Limits: no brands leave it
    as it is, B = 1 takes it away. Assumption.
    """
    out: Array = crowding * (1.0 - branding)
    return out
