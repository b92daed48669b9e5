r"""What slows large villages: land and storage, and people with skill; parks and training relieve it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["capacity_shops", "scarcity", "scarcity_sales_factor"]

Array = NDArray[np.float64]


def capacity_shops(
    households: Array,
    acting_guidance: Array,
    training_stock: Array,
    *,
    shops: float,
    household_share: float,
    park_relief: float,
    training_relief: float,
) -> Array:
    r"""Shops that a village's land and talent bear without strain.

    .. math:: C_v = (n_0 + \phi N_v)(1 + p A_c)(1 + q T_v)

    ========  ================  ==========================  ============
    symbol    name              unit                        range, shape
    ========  ================  ==========================  ============
    n_0       shops             shops                       > 0
    phi       household_share   shops per household         >= 0
    N_v       households        households                  >= 0, (V,)
    p         park_relief       per unit of guidance        >= 0
    A_c       acting_guidance   strength                    >= 0, (V,)
    q         training_relief   per unit of skill           >= 0
    T_v       training_stock    trained in a hundred        >= 0, (V,)
    C_v       (returned)        shops                       > 0, (V,)
    ========  ================  ==========================  ============

    Limits: without parks and training it is n_0 + phi N_v. Source: the survey's five problems (F064) and Xinhe's
    market of 230 mu (F177); sizes are assumptions.
    """
    room = shops + household_share * households
    out: Array = room * (1.0 + park_relief * acting_guidance) * (1.0 + training_relief * training_stock)
    return out


def scarcity(active_shops: Array, capacity: Array) -> Array:
    r"""How scarce land and talent are: :math:`L_v = \ln(1 + n_v / C_v)`.

    ``active_shops`` :math:`n_v` (V,), ``capacity`` :math:`C_v > 0` (V,). Limits: no shop gives 0; endless room
    gives 0. The form is an assumption; it slows and never forbids, since almost every household of Dinglou sells
    (F162, F163).
    """
    return np.log1p(active_shops / capacity)


def scarcity_sales_factor(scarce: Array, *, sales_elasticity: float) -> Array:
    r"""Factor on sales of shops that lack room and hands: :math:`e^{-\epsilon L_v}`.

    ``scarce`` :math:`L_v \ge 0`, log (n,); ``sales_elasticity`` :math:`\epsilon`, dimensionless: the factor is
    :math:`(1 + n_v / C_v)^{-\epsilon}`. Limits: no scarcity, or an elasticity of 0, gives 1. Assumption.
    """
    out: Array = np.exp(-sales_elasticity * scarce)
    return out
