r"""Villages specialise: a village that begins to sell takes the product its neighbours sell most."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["leading_product", "product_taken"]

Array = NDArray[np.float64]


def leading_product(shops_by_product: Array, own: NDArray[np.int64]) -> NDArray[np.int64]:
    r"""Product with most shops in a region: :math:`p^* = \arg\max_p n_p`.

    ``shops_by_product`` :math:`n_p \ge 0` by region and product (n, P); ``own`` product of each village, index
    (n,). Of equal products the village's own leads, else the first. Limits: where nobody sells it is the village's
    own. Returns indices (n,).
    """
    most = shops_by_product.max(axis=1)
    own_is_among = shops_by_product[np.arange(own.size), own] == most
    return np.where(own_is_among, own, shops_by_product.argmax(axis=1))


def product_taken(
    in_town: Array, in_county: Array, drawn: NDArray[np.int64], deviate: Array, *, probability: float
) -> NDArray[np.int64]:
    r"""What a village sells from its first shop on.

    .. math:: p_v = \begin{cases} p^*_{town} & u_v < \pi,\ \text{someone in the town sells} \\
                                  p^*_{county} & u_v < \pi,\ \text{nobody in the town sells} \\
                                  p^0_v & u_v \ge \pi \end{cases}

    =======  ===========  ===========================================  ==============
    symbol   name         unit                                         range, shape
    =======  ===========  ===========================================  ==============
    n_tp     in_town      shops of the month before, by product        >= 0, (n, P)
    n_cp     in_county    same, of the county                          >= 0, (n, P)
    p^0_v    drawn        product drawn for it, index                  0..P - 1, (n,)
    u_v      deviate      uniform, drawn once for a village            (0, 1), (n,)
    pi       probability  share of villages that copy                  [0, 1]
    =======  ===========  ===========================================  ==============

    Limits: pi = 0 leaves what was drawn; nobody sells in the county: too; pi = 1 makes every village follow a
    neighbour that sells. Source: homogenised competition, the first of the survey's problems (F064), in
    direction only; pi is an assumption.
    """
    in_region = np.where(in_town.sum(axis=1, keepdims=True) > 0.0, in_town, in_county)
    return np.where(deviate < probability, leading_product(in_region, drawn), drawn)
