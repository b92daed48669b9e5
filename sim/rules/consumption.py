r"""Online buying through village stations, Singles' Day, and what it pays to be a partner."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "buyer_share",
    "month_factor",
    "orders_per_day",
    "outside_income",
    "partner_earnings",
    "selected_skill",
    "served_share",
    "singles_day_turnover",
    "station_buyers",
    "station_orders",
    "wanted_orders",
]

Array = NDArray[np.float64]

_NOVEMBER = 10
_DAYS = 30.0
#: Below this load a partner serves everybody: 1 - g is half of it.
_SMALLEST_LOAD = 1e-12


def buyer_share(
    internet_share: Array,
    years_since_reference: float,
    *,
    share_at_reference: float,
    internet_effect: float,
    reference_internet_share: float,
    yearly_rise: float,
) -> Array:
    r"""Share of rural households that buy online by themselves.

    .. math:: b_c = \frac{1}{1 + e^{-x_c}}, \qquad
              x_c = \ln\frac{b_0}{1 - b_0} + k_N (N_c - N_0) + g\,(y - y_0)

    =========  ========================  ======================  ============
    symbol     name                      unit                    range, shape
    =========  ========================  ======================  ============
    b_0        share_at_reference        share                   (0, 1)
    N_c        internet_share            share of residents      [0, 1], (C,)
    N_0        reference_internet_share  share of residents      [0, 1]
    k_N        internet_effect           log odds per share      real
    y - y_0    years_since_reference     years                   real
    g          yearly_rise               log odds per year       real
    b_c        (returned)                share                   (0, 1), (C,)
    =========  ========================  ======================  ============

    Limits: at the reference it is b_0. Pinned by: 77 million rural shoppers of 600 million residents in 2014
    (F128, F135), 41 % more than in 2013 (F136).
    """
    odds = np.log(share_at_reference / (1.0 - share_at_reference)) + yearly_rise * years_since_reference
    out: Array = 1.0 / (1.0 + np.exp(-odds - internet_effect * (internet_share - reference_internet_share)))
    return out


def station_buyers(
    buyers: Array, months_since_station: Array, *, helped_share: float, months_to_help: float
) -> Array:
    r"""Share of a village's households that buy, some of them with the help of its station.

    .. math:: b_v = b + (1 - b)\, h\, (1 - e^{-m / \tau})

    ``buyers`` :math:`b` in [0, 1] (n,), ``months_since_station`` :math:`m \ge 0` (n,), ``helped_share`` :math:`h`
    in [0, 1], ``months_to_help`` :math:`\tau > 0`. Limits: a new station helps nobody yet; h = 0 leaves b.
    """
    out: Array = buyers + (1.0 - buyers) * helped_share * -np.expm1(-months_since_station / months_to_help)
    return out


def month_factor(month: int, *, singles_day_multiple: float) -> float:
    r"""Orders of a month relative to an even one: :math:`(29 + s) / 30` in November, else 1.

    ``month`` is absolute; ``singles_day_multiple`` :math:`s \ge 0` is what 11 November brings relative to another
    day. Limits: s = 1 makes November like any month. Pinned by: Singles' Day (F099, F100).
    """
    return (_DAYS - 1.0 + singles_day_multiple) / _DAYS if month % 12 == _NOVEMBER else 1.0


def wanted_orders(households: Array, buyers: Array, *, orders_per_buyer: float) -> Array:
    r"""Orders that households want to place at a station in an even month: :math:`x_v = o\, N_v b_v`.

    ``households`` :math:`N_v` (n,), ``buyers`` :math:`b_v` in [0, 1] (n,), ``orders_per_buyer`` :math:`o \ge 0` a
    month. Limits: no buyers, no orders.
    """
    out: Array = orders_per_buyer * households * buyers
    return out


def served_share(wanted: Array, *, most_orders: float) -> Array:
    r"""Share of the village that a partner's hours suffice for: :math:`g_v = \frac{m}{x_v} (1 - e^{-x_v / m})`.

    ``wanted`` :math:`x_v \ge 0` orders a month (n,), ``most_orders`` :math:`m > 0` that one partner can place
    in an even month. Limits: few orders are all placed (g = 1); never more than m are. Pinned by: 40-50 orders a
    day in a busy station (F110, F111), which bound the highest income too (F097); the form is an assumption.
    """
    load = np.maximum(wanted / most_orders, _SMALLEST_LOAD)
    out: Array = -np.expm1(-load) / load
    return out


def station_orders(wanted: Array, served: Array, factor: float) -> Array:
    r"""Orders a station places in a month: :math:`O_v = x_v g_v f_m`.

    ``wanted`` :math:`x_v \ge 0` (n,), ``served`` :math:`g_v` in (0, 1] (n,), ``factor`` :math:`f_m` of the month.
    The peak of November comes on top: on one day of the year partners work as long as it takes (assumption).
    Limits: at most m f_m, see ``served_share``.
    """
    out: Array = wanted * served * factor
    return out


def orders_per_day(orders: Array) -> Array:
    """Orders of a mean day of the month: a thirtieth of the month's orders, (n,)."""
    out: Array = orders / _DAYS
    return out


def singles_day_turnover(november_orders: Array, *, order_value_yuan: float, singles_day_multiple: float) -> Array:
    r"""Turnover of a station on 11 November, yuan: :math:`w\, O\, s / (29 + s)`, with November's orders :math:`O`.

    Limits: s = 1 gives a thirtieth of the month. Pinned by: 293 million yuan, over 30,000 a station (F099, F100).
    """
    share = singles_day_multiple / (_DAYS - 1.0 + singles_day_multiple)
    out: Array = order_value_yuan * share * november_orders
    return out


def partner_earnings(
    orders: Array,
    households: Array,
    sales_yuan: Array,
    skill: Array,
    is_second_model: NDArray[np.bool_],
    *,
    order_value_yuan: float,
    commission_share: float,
    service_fee_yuan: float,
    sales_fee_share: float,
    most_help_yuan: float,
    skill_premium: float,
) -> Array:
    r"""What a partner earns a month, yuan.

    .. math:: Y = (\kappa w\, O + v\, N)\,(1 + \pi (2 q - 1)) + H (1 - e^{-\phi U / H})\, 1[\text{2.0}]

    ======  ================  ==============================  ============
    symbol  name              unit                            range, shape
    ======  ================  ==============================  ============
    O       orders            orders                          >= 0, (n,)
    w       order_value_yuan  yuan per order                  >= 0
    kappa   commission_share  share                           [0, 1]
    N       households        households served               >= 0, (n,)
    v       service_fee_yuan  yuan per household and month    >= 0
    q       skill             share                           [0, 1], (n,)
    pi      skill_premium     share                           [0, 1]
    U       sales_yuan        yuan, the village's last month  >= 0, (n,)
    phi     sales_fee_share   share of sales helped           [0, 1]
    H       most_help_yuan    yuan, greatest pay for help     > 0
    ======  ================  ==============================  ============

    Limits: no orders, services or sales pay nothing; help with small sales pays phi U, with endless sales H, since
    a partner has only so many hours (assumption). Pinned by: 2,000-3,000 yuan on average, 16,000 at most
    (F095-F097), mainly service fees on orders and from helping to sell (F115); top-ups are services (F113).
    """
    fees = commission_share * order_value_yuan * orders + service_fee_yuan * households
    helped = most_help_yuan * -np.expm1(-sales_fee_share * sales_yuan / most_help_yuan) * is_second_model
    out: Array = fees * (1.0 + skill_premium * (2.0 * skill - 1.0)) + helped
    return out


def outside_income(skill: Array, *, rural_income_yuan: float, skill_premium: float) -> Array:
    r"""What a partner would earn elsewhere, yuan a month: :math:`Y_0 (1 + \pi_0 q)`.

    ``skill`` :math:`q` in [0, 1] (n,), ``rural_income_yuan`` :math:`Y_0 \ge 0`, ``skill_premium`` >= 0.
    A partner who earns less for some months leaves. Limits: Y_0 = 0 lets nobody leave.
    Pinned by: 10,489 yuan a year and head in 2014 (F132); the premium is an assumption.
    """
    out: Array = rural_income_yuan * (1.0 + skill_premium * skill)
    return out


def selected_skill(skill: Array, applicants: float, *, selection: float) -> Array:
    r"""Skill of the applicant chosen for a station: :math:`q = u^{1 / (1 + s (n - 1))}`.

    ``skill`` :math:`u` in [0, 1], as if drawn without choice (n,); ``applicants`` :math:`n \ge 1` for each place;
    ``selection`` :math:`s` in [0, 1], how well the choice sees skill: at 1 the best of n is taken, whose skill is
    distributed so. Limits: one applicant or s = 0 gives u. Pinned by: about 570,000 applications for over 16,000
    villages by 2016-05 (F088, F089).
    """
    out: Array = skill ** (1.0 / (1.0 + selection * (applicants - 1.0)))
    return out
