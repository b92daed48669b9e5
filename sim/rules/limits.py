r"""What slows large villages: too little land, capital, people with skill, and services; what relieves each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["capacity_shops", "relieved_capacity", "scarcity", "scarcity_sales_factor"]

Array = NDArray[np.float64]


def capacity_shops(households: Array, *, shops: float, household_share: float) -> Array:
    r"""Shops that a village bears without strain by itself: :math:`C_v = n_0 + \phi N_v`.

    ``households`` :math:`N_v \ge 0` (V,), ``shops`` :math:`n_0 > 0`, ``household_share`` :math:`\phi \ge 0` shops
    a household. Limits: phi = 0 gives every village the same room. Sizes are assumptions.
    """
    out: Array = shops + household_share * households
    return out


def relieved_capacity(capacity: Array, relieving: Array, relief: Array) -> Array:
    r"""Shops that each kind of means suffices for, once more of it is provided.

    .. math:: C_{kv} = C_v (1 + r_k R_{kv})

    =========  ================  ====================================  ============
    symbol     name              unit                                  range, shape
    =========  ================  ====================================  ============
    C_v        capacity          shops, of ``capacity_shops``          > 0, (V,)
    R_kv       relieving         by kind, see below                    >= 0, (K, V)
    r_k        relief            per unit of what relieves             >= 0, (K,)
    C_kv       (returned)        shops                                 > 0, (K, V)
    =========  ================  ====================================  ============

    What relieves: land and storage, the acting guidance of the county (parks); capital, the share of owners who
    can borrow; talent, the village's stock of skill; services, the strength of its product's chain. Limits:
    nothing that relieves, or r = 0, leaves C_v. Source: the survey's problems (F064), for parks Xinhe's market of
    230 mu (F177); sizes and the linear form are assumptions.
    """
    out: Array = capacity * (1.0 + relief[:, np.newaxis] * relieving)
    return out


def scarcity(active_shops: Array, capacities: Array, weights: Array) -> Array:
    r"""How scarce the kinds of means are together: :math:`L_v = \sum_k a_k \ln(1 + n_v / C_{kv})`.

    ``active_shops`` :math:`n_v \ge 0` (V,); ``capacities`` :math:`C_{kv} > 0` (K, V); ``weights``
    :math:`a_k \ge 0` (K,). Limits: no shop gives 0; endless room of every kind gives 0; with equal capacities and
    weights that add up to one it is :math:`\ln(1 + n_v / C_v)`. The form is an assumption; it slows and never
    forbids, since almost every household of Dinglou sells (F162, F163).
    """
    out: Array = (weights[:, np.newaxis] * np.log1p(active_shops / capacities)).sum(axis=0)
    return out


def scarcity_sales_factor(scarce: Array, *, sales_elasticity: float) -> Array:
    r"""Factor on sales of shops that lack room, money, hands or services: :math:`e^{-\epsilon L_v}`.

    ``scarce`` :math:`L_v \ge 0`, log (n,); ``sales_elasticity`` :math:`\epsilon`, dimensionless. Limits: no
    scarcity, or an elasticity of 0, gives 1. Assumption.
    """
    out: Array = np.exp(-sales_elasticity * scarce)
    return out
