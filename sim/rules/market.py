r"""What shops sell: size, experience, national demand, and crowding among shops of one product."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["crowding", "next_novice_size", "parcels", "trade_factor", "village_sales"]

Array = NDArray[np.float64]

#: A parcel for nothing would sell without bound.
_SMALLEST_COST_YUAN = 1e-9


def crowding(shops_of_product: Array, *, reference_shops: float) -> Array:
    r"""How crowded a product is in a county: :math:`X = \ln(1 + n / n_{ref})`.

    ``shops_of_product`` :math:`n` active shops of one product in one county, ``reference_shops`` > 0.
    Limits: no shop gives 0; doubling a large n adds ln 2. Source: homogenised competition, chapter 5 (F064);
    the form is an assumption.
    """
    return np.log1p(shops_of_product / reference_shops)


def trade_factor(
    crowded: Array,
    parcel_cost_yuan: Array,
    years_since_reference: float,
    *,
    demand_growth: float,
    crowding_elasticity: float,
    cost_elasticity: float,
    reference_cost_yuan: float,
) -> Array:
    r"""Sales of a shop relative to the same shop, uncrowded, at the reference cost, in the reference year.

    .. math:: f_v = e^{g (y - y_{ref})} e^{-\chi X_v} (c_{ref} / c_v)^{\zeta}

    =========  =====================  ===============  ============
    symbol     name                   unit             range, shape
    =========  =====================  ===============  ============
    g          demand_growth          per year         real
    chi        crowding_elasticity    dimensionless    >= 0
    X_v        crowded                log              >= 0, (V,)
    zeta       cost_elasticity        dimensionless    >= 0
    c_v        parcel_cost_yuan       yuan per parcel  > 0, (V,)
    =========  =====================  ===============  ============

    Mechanisms that are off by default multiply it by ``credit.credit_sales_factor``, ``chain.chain_sales_factor``,
    ``limits.scarcity_sales_factor``, ``migration.incomer_sales_factor`` and ``demand.demand_factor``.

    Limits: with g, chi and zeta 0 it is 1.
    """
    out: Array = (
        np.exp(demand_growth * years_since_reference - crowding_elasticity * crowded)
        * (reference_cost_yuan / np.maximum(parcel_cost_yuan, _SMALLEST_COST_YUAN)) ** cost_elasticity
    )
    return out


def next_novice_size(novice_size: Array, *, experience_months: float) -> Array:
    r"""Part of the shops' size still lacking experience, a month later: :math:`R' = R\, e^{-1/\tau}`.

    ``experience_months`` :math:`\tau > 0`. Limits: never negative, halves in 0.69 tau months.
    """
    out: Array = novice_size * np.exp(-1.0 / experience_months)
    return out


def village_sales(
    shop_size: Array, novice_size: Array, factor: Array, *, yearly_sales_yuan: float, novice_share: float
) -> Array:
    r"""Online sales of a village in one month, yuan.

    .. math:: Y_v = \frac{y_0}{12} f_v \Bigl(\sum_i S_i - (1 - \nu) \sum_i S_i e^{-a_i / \tau}\Bigr)

    ========  ===================  =================================  ============
    symbol    name                 unit                               range, shape
    ========  ===================  =================================  ============
    S_i       (in shop_size)       relative to the median shop        > 0
    sum S_i   shop_size            same                               >= 0, (V,)
    sum S e   novice_size          same, discounted by age a_i        >= 0, (V,)
    y_0       yearly_sales_yuan    yuan a year, experienced median    >= 0
    nu        novice_share         share a new shop sells of it       [0, 1]
    f_v       factor               dimensionless                      > 0, (V,)
    ========  ===================  =================================  ============

    Limits: a new shop sells nu of what it sells when experienced; nu = 1 makes age irrelevant.
    """
    out: Array = (yearly_sales_yuan / 12.0) * factor * (shop_size - (1.0 - novice_share) * novice_size)
    return out


def parcels(sales_yuan: Array, *, parcel_value_yuan: float) -> Array:
    """Parcels sent for these sales: sales divided by the mean value of a parcel (yuan, > 0)."""
    out: Array = sales_yuan / parcel_value_yuan
    return out
