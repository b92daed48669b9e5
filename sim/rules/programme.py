r"""Rural Taobao's roll-out: how many county centers and stations there are, and what partners earn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "centers_open",
    "county_score",
    "parcels_sorted",
    "partner_income",
    "station_purchases",
    "stations_open",
]

Array = NDArray[np.float64]


def county_score(log_households: Array, log_base: Array, deviate: Array, *, base_weight: float) -> Array:
    r"""Order in which counties join: highest first.

    .. math:: s_c = \ln N_c + k_{base}\, \bar b_c + G_c

    with rural households :math:`N_c`, mean log base :math:`\bar b_c` and a Gumbel deviate :math:`G_c`, so that the
    order is a weighted draw without replacement (Yellott 1977). Limits: ``base_weight = 0`` draws by households.
    Assumption: the true order of the counties is not in the evidence.
    """
    out: Array = log_households + base_weight * log_base + deviate
    return out


def centers_open(months_since_start: float, *, first: float, counties_per_month: float) -> int:
    r"""County centers open so many months after the first: :math:`\lfloor n_1 + r\,m \rfloor`, 0 before.

    Pinned by: announced and first opened 2014-10 (F068); 202 counties on 2015-12-09 (F083); about 300 by
    mid-February 2016 (F086), which a straight line from 2014 misses (231).
    """
    if months_since_start < 0:
        return 0
    return int(np.floor(first + counties_per_month * months_since_start))


def stations_open(
    months_since_center: Array,
    n_villages: Array,
    *,
    stations_per_county: float | Array,
    months_to_fill: float | Array,
) -> NDArray[np.int64]:
    r"""Stations open in each county.

    .. math:: n_c = \min\bigl(V_c, \lfloor S \min(1, m_c / M) \rfloor\bigr), \qquad m_c \ge 0, \text{ else } 0

    ``months_since_center`` :math:`m_c` (C,), negative before the center opens; ``stations_per_county`` :math:`S`;
    ``months_to_fill`` :math:`M > 0`; ``n_villages`` :math:`V_c` (C,). A table may give S and M by county, (C,).
    Pinned by: 9,278 stations in 202 counties on 2015-12-09 (F082), 46 a county.
    """
    reached = np.floor(stations_per_county * np.minimum(1.0, months_since_center / months_to_fill))
    return np.where(months_since_center < 0, 0, np.minimum(n_villages, reached)).astype(np.int64)


def parcels_sorted(parcels_sent: Array, orders: Array, has_station: NDArray[np.bool_]) -> Array:
    r"""Parcels of each village that its county center sorts: :math:`(s_v + O_v)\, 1[\text{station}]`.

    ``parcels_sent`` :math:`s_v \ge 0` a month (V,), ``orders`` :math:`O_v \ge 0` placed at the station, each of
    which comes as one parcel (V,). Limits: without a station none. Source: one center a county, which sorts
    parcels (F114).
    """
    out: Array = (parcels_sent + orders) * has_station
    return out


def station_purchases(
    households: Array, internet_share: Array, *, orders_per_household: float, offline_help: float
) -> Array:
    r"""Orders a month placed through a village's station.

    .. math:: O_v = o\, n_v \bigl(N_v + \phi (1 - N_v)\bigr)

    ``households`` :math:`n_v`, ``internet_share`` :math:`N_v` in [0, 1], ``orders_per_household`` :math:`o` a
    month, ``offline_help`` :math:`\phi` in [0, 1] the demand of households without internet,
    relative to those with it. Limits: phi = 1 makes the internet irrelevant.
    Pinned by: 40-50 orders a day in a busy station (F110, F111).
    """
    out: Array = orders_per_household * households * (internet_share + offline_help * (1.0 - internet_share))
    return out


def partner_income(orders: Array, skill: Array, *, commission_yuan: float, skill_premium: float) -> Array:
    r"""What a partner earns a month: :math:`Y = f\, O\,(1 + \pi (2 q - 1))`, yuan.

    ``orders`` :math:`O` a month, ``skill`` :math:`q` in [0, 1], ``commission_yuan`` :math:`f` an order,
    ``skill_premium`` :math:`\pi` in [0, 1]. Limits: mean skill 1/2 earns f O.
    Pinned by: 2,000-3,000 yuan a month on average, at most 16,000 (F095-F097); mainly service fees (F115).
    """
    out: Array = commission_yuan * orders * (1.0 + skill_premium * (2.0 * skill - 1.0))
    return out
