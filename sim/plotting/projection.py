"""Flat positions on the map: an equal-area projection, so that regions keep their proportions."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["albers_km"]

_EARTH_RADIUS_KM = 6371.0
_PARALLEL_SOUTH, _PARALLEL_NORTH = np.radians(25.0), np.radians(47.0)
_ORIGIN_LON, _ORIGIN_LAT = np.radians(105.0), np.radians(35.0)


def albers_km(lon: ArrayLike, lat: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    r"""Albers' equal-area conic projection on a sphere, with the parallels usual for maps of China.

    .. math:: n = \tfrac12(\sin\phi_1 + \sin\phi_2), \quad C = \cos^2\phi_1 + 2 n \sin\phi_1, \quad
              \rho(\phi) = R \sqrt{C - 2 n \sin\phi} / n, \quad
              x = \rho \sin n(\lambda - \lambda_0), \quad y = \rho_0 - \rho \cos n(\lambda - \lambda_0)

    Parameters
    ----------
    lon, lat : degrees, of one shape. Parallels 25 and 47 degrees north, origin 105 east and 35 north.

    Returns
    -------
    x, y in km from the origin, eastward and northward.

    Notes
    -----
    Source: Snyder, Map Projections: A Working Manual (1987), equations 14-1 to 14-6 for the sphere.
    Limits: the origin is (0, 0); equal areas on the sphere are equal on the map.

    Examples
    --------
    >>> x, y = albers_km([105.0], [35.0])
    >>> float(x[0]), float(y[0])
    (0.0, 0.0)
    """
    longitude, latitude = np.radians(np.asarray(lon, float)), np.radians(np.asarray(lat, float))
    n = 0.5 * (np.sin(_PARALLEL_SOUTH) + np.sin(_PARALLEL_NORTH))
    constant = np.cos(_PARALLEL_SOUTH) ** 2 + 2.0 * n * np.sin(_PARALLEL_SOUTH)

    def radius(phi: NDArray[np.float64]) -> NDArray[np.float64]:
        distance: NDArray[np.float64] = _EARTH_RADIUS_KM * np.sqrt(constant - 2.0 * n * np.sin(phi)) / n
        return distance

    angle, at_origin = n * (longitude - _ORIGIN_LON), radius(np.asarray(_ORIGIN_LAT))
    return radius(latitude) * np.sin(angle), at_origin - radius(latitude) * np.cos(angle)
