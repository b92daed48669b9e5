"""What the 2014 list says about the unobserved industrial base of a listed village's surroundings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.world.positions import EARTH_RADIUS_KM, unit_vectors

__all__ = ["nearness_by_product"]

Array = NDArray[np.float64]
_CHUNK = 8192


def nearness_by_product(
    lon: Array,
    lat: Array,
    listed_lon: Array,
    listed_lat: Array,
    listed_product: NDArray[np.int64],
    *,
    n_products: int,
    decay_km: float,
) -> Array:
    r"""Listed villages around each place, by product, discounted with distance; shape (n, P).

    .. math:: m_{xp} = \sum_{u \in L_{2014},\, p_u = p} e^{-d(x, u) / \ell}

    ``decay_km`` is :math:`\ell > 0`; distances are chords in km (equal to great circles at this range).
    Limits: nothing listed gives 0; a place on top of one listed village and far from others gives 1.
    """
    out = np.zeros((lon.size, n_products))
    if listed_lon.size == 0:
        return out
    place, listed = unit_vectors(lon, lat), unit_vectors(listed_lon, listed_lat)
    of_product = np.zeros((listed_lon.size, n_products))
    of_product[np.arange(listed_lon.size), listed_product] = 1.0
    for begin in range(0, lon.size, _CHUNK):
        cosine = np.clip(place[begin : begin + _CHUNK] @ listed.T, -1.0, 1.0)
        distance = EARTH_RADIUS_KM * np.sqrt(2.0 - 2.0 * cosine)
        out[begin : begin + _CHUNK] = np.exp(-distance / decay_km) @ of_product
    return out
