r"""First aware, then deciding: how the news that one can live by selling online spreads between villages."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["next_awareness", "telling_households", "telling_share"]

Array = NDArray[np.float64]


def telling_households(shops: Array, awareness: Array, households: Array, *, passing_share: float) -> Array:
    r"""Households of a village that tell others: those who sell, and some of those who only know.

    .. math:: U_v = n_v + \rho\, (A_v N_v - n_v)

    ======  ==============  =======================================  ============
    symbol  name            unit                                     range, shape
    ======  ==============  =======================================  ============
    n_v     shops           shops                                    0..A_v N_v, (V,)
    A_v     awareness       share of households                      [0, 1], (V,)
    N_v     households      households                               > 0, (V,)
    rho     passing_share   share of informed non-sellers who tell   [0, 1]
    U_v     (returned)      households                               n_v..A_v N_v, (V,)
    ======  ==============  =======================================  ============

    Limits: rho = 0 lets sellers alone tell, rho = 1 everybody who knows. That those who know without selling
    tell, too, is the seed of the rule (as in epidemics of rumours, Daley and Kendall 1965); rho is an assumption.
    """
    out: Array = shops + passing_share * (awareness * households - shops)
    return out


def telling_share(share_by_kind: Array, weight_by_kind: Array) -> Array:
    r"""Share of a household's acquaintances who tell, in the mean field of the acquaintance graph.

    .. math:: Q_v = \frac{\sum_k w_k\, q_k(v)}{\sum_k w_k}

    ======  ==============  ===================================================  ============
    symbol  name            unit                                                 range, shape
    ======  ==============  ===================================================  ============
    q_k     share_by_kind   telling households, share of those in the region     [0, 1], (K, V)
                            in which ties of kind k end
    w_k     weight_by_kind  weight of a kind of tie times ties of it             >= 0, (K,)
    Q_v     (returned)      share                                                [0, 1], (V,)
    ======  ==============  ===================================================  ============

    The regions are the village for ring and village, the town, the county and the prefecture. Limits: with one
    kind alone its share; without any tie 0. That acquaintances are like anybody in their region is the
    approximation (mean field).
    """
    total = float(weight_by_kind.sum())
    if total <= 0.0:
        return np.zeros(share_by_kind.shape[1])
    return np.asarray(weight_by_kind @ share_by_kind / total)


def next_awareness(
    awareness: Array,
    shop_share: Array,
    internet_share: Array,
    told: Array,
    *,
    first_exposure: float,
    telling_rate: float,
) -> Array:
    r"""Share of a village's households that know of selling online, a month later.

    .. math:: A_v' = \max\Bigl(\frac{n_v}{N_v},\; 1 - (1 - A_v)\, e^{-(\mu N^{net}_c + \lambda Q_v)}\Bigr)

    =========  ===============  ======================================  ============
    symbol     name             unit                                    range, shape
    =========  ===============  ======================================  ============
    A_v        awareness        share of households                     [0, 1], (V,)
    n_v / N_v  shop_share       shops for each household                [0, 1], (V,)
    N^net_c    internet_share   share of the province's residents       [0, 1], (V,)
    Q_v        told             share, see ``telling_share``            [0, 1], (V,)
    mu         first_exposure   per month, where everybody is online    >= 0
    lambda     telling_rate     per month, when all acquaintances tell  >= 0
    =========  ===============  ======================================  ============

    A household decides once it knows: under the information rule what it imitates, :math:`g` of
    ``adoption.monthly_hazard``, is :math:`A_v`, so that
    :math:`h_i = z_i e^{\eta_v} (\alpha_v + \beta A_v)`. Limits: nobody sells, nobody knows and mu = 0: nobody ever
    knows; lambda = 0 gives :math:`1 - e^{-\mu \sum N}`; rho = 1 in a closed village gives the logistic curve of
    rate lambda. Never falls. Source of the form: diffusion of information among people who meet at random (Coleman
    1964; Daley and Kendall 1965); the rates are assumptions.
    """
    heard = -np.expm1(-(first_exposure * internet_share + telling_rate * told))
    return np.maximum(shop_share, awareness + (1.0 - awareness) * heard)
