r"""What it costs to send a parcel from a village: distance and roads, volume, time, and the center's sorting."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["joint_discount", "parcel_cost", "remoteness_cost", "volume_discount"]

Array = NDArray[np.float64]


def volume_discount(parcels_per_month: Array, *, half_volume: float, greatest: float) -> Array:
    r"""Share by which parcel cost falls as express companies enter where parcels are.

    .. math:: D_c = D_{max} \frac{V_c}{V_c + V_{1/2}}

    ======  ===================  ==================  ============
    symbol  name                 unit                range, shape
    ======  ===================  ==================  ============
    V_c     parcels_per_month    parcels a month     >= 0, (C,)
    V_1/2   half_volume          parcels a month     > 0
    D_max   greatest             share               [0, 1)
    D_c     (returned)           share               [0, D_max)
    ======  ===================  ==================  ============

    Limits: no parcels give 0, endless parcels D_max. Pinned by: 15 express companies in Dongfeng by 2010 (F156),
    more than ten in many Taobao villages (F065).
    """
    return np.asarray(greatest * parcels_per_month / (parcels_per_month + half_volume), dtype=np.float64)


def joint_discount(volume: Array, express: Array) -> Array:
    r"""Discount of parcel cost where volume and firms on the spot each lower what the other leaves.

    .. math:: D_c = 1 - (1 - D^V_c)(1 - E_c)

    ``volume`` :math:`D^V_c` of ``volume_discount`` and ``express`` :math:`E_c` of ``chain.express_saving``, shares
    in [0, 1), (C,). Limits: without one of them it is the other; never 1. Assumption: they act one after another.
    """
    out: Array = 1.0 - (1.0 - volume) * (1.0 - express)
    return out


def remoteness_cost(years_since_roads: float, *, remoteness_yuan_per_km: float, road_improvement: float) -> float:
    r"""Cost of a km between a village and its county seat, which falls as roads improve.

    .. math:: \rho(y) = \rho\, e^{-w \max(0,\, y - y_w)}

    =========  ========================  ===================  ============
    symbol     name                      unit                 range, shape
    =========  ========================  ===================  ============
    rho        remoteness_yuan_per_km    yuan per km          >= 0
    w          road_improvement          per year             >= 0
    y - y_w    years_since_roads         years                real
    =========  ========================  ===================  ============

    Limits: before the roads improve, or with w = 0, it is rho exactly; after long it is 0, and every village lies
    at the seat. Assumption, in form and size; the baseline has w = 0.
    """
    return remoteness_yuan_per_km * math.exp(-road_improvement * max(0.0, years_since_roads))


def parcel_cost(
    remoteness_km: Array,
    discount: Array,
    sorted_share: Array,
    years_since_reference: float,
    *,
    parcel_cost_yuan: float,
    remoteness_yuan_per_km: float,
    yearly_decline: float,
    sorting_saving_yuan: float,
    floor_yuan: float,
) -> Array:
    r"""Cost of one parcel from a village.

    .. math:: c_v = \max\bigl(c_{min}, (c_0 + \rho\, r_v)(1 - D_c)\, e^{-\delta (y - y_{ref})} - \Delta\, o_v\bigr)

    =========  ========================  ===================  ============
    symbol     name                      unit                 range, shape
    =========  ========================  ===================  ============
    c_0        parcel_cost_yuan          yuan per parcel      >= 0
    rho        remoteness_yuan_per_km    yuan per km, of      >= 0
                                         ``remoteness_cost``
    r_v        remoteness_km             km                   >= 0, (V,)
    D_c        discount                  share                [0, 1), (V,)
    delta      yearly_decline            per year             real
    y - y_ref  years_since_reference     years                real
    Delta      sorting_saving_yuan       yuan per parcel      >= 0
    o_v        sorted_share              share of parcels     [0, 1], (V,)
                                         sorted by a center
    c_min      floor_yuan                yuan per parcel      >= 0
    =========  ========================  ===================  ============

    Limits: a village at the hub, without volume, in the reference year, costs c_0; never below the floor.
    Pinned by: 10 yuan fell to 7 with village stations (F123, F124); farm goods reach the market for 1.5 (F125).
    """
    out: Array = np.maximum(
        floor_yuan,
        (parcel_cost_yuan + remoteness_yuan_per_km * remoteness_km)
        * (1.0 - discount)
        * np.exp(-yearly_decline * years_since_reference)
        - sorting_saving_yuan * sorted_share,
    )
    return out
