"""Counties around each county of a world, inside the region or not: the 2014 list is the whole country's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.world.positions import EARTH_RADIUS_KM, unit_vectors

__all__ = ["Surroundings", "surroundings"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: Counties farther than so many decay lengths weigh less than 1 in 2,900 and are left out.
_REACH = 8.0


@dataclass(frozen=True)
class Surroundings:
    r"""Counties of the whole country, N of them, and which of them lie near the C counties of a world.

    ``covariates`` (N, J) in national standard deviations, ``rural_households`` (N,) and ``listed`` villages of
    2014 (N,); pairs of a county of the world (``county``), a county near it (``other``) and the ``weight``
    :math:`e^{-d / \ell}` of their distance, (E,) each. A county is near itself, with weight 1.
    """

    covariates: Floats
    rural_households: Floats
    listed: Floats
    county: Integers
    other: Integers
    weight: Floats
    n_counties: int

    def nearby(self, values: Floats) -> Floats:
        r"""Values of counties, discounted with distance and added up: :math:`\sum_j e^{-d_{cj} / \ell} x_j`.

        ``values`` (N,); returns (C,). Limits: a county far from all others keeps its own value.
        """
        weights = self.weight * values[self.other]
        out: Floats = np.bincount(self.county, weights, minlength=self.n_counties).astype(np.float64)
        return out


def surroundings(
    lon: Floats,
    lat: Floats,
    rows: Integers,
    *,
    covariates: Floats,
    rural_households: Floats,
    listed: Floats,
    decay_km: float,
) -> Surroundings:
    """Surroundings of the counties ``rows`` of the country whose counties have these values.

    Parameters
    ----------
    lon, lat : (N,) seats of all counties, degrees.
    rows : (C,) which of them the world holds.
    covariates, rural_households, listed : see :class:`Surroundings`.
    decay_km : distance over which a county's weight falls by a factor e.
    """
    from scipy.spatial import cKDTree  # loaded for real counties only: worker processes start sooner

    place = unit_vectors(lon, lat)
    chord = 2.0 * np.sin(min(_REACH * decay_km / EARTH_RADIUS_KM, np.pi) / 2.0)
    near = cKDTree(place[rows]).sparse_distance_matrix(cKDTree(place), chord, output_type="ndarray")
    near = near[np.lexsort((near["j"], near["i"]))]
    distance_km = 2.0 * EARTH_RADIUS_KM * np.arcsin(np.minimum(near["v"] / 2.0, 1.0))
    return Surroundings(
        covariates=covariates,
        rural_households=rural_households,
        listed=listed,
        county=near["i"].astype(np.int64),
        other=near["j"].astype(np.int64),
        weight=np.exp(-distance_km / decay_km),
        n_counties=rows.size,
    )
