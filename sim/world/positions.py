"""Where towns and villages lie: placed once, deterministically, because their true positions are not known.

Towns are spread over their county's disc and villages over their town's disc on Vogel's spiral (Math.
Biosciences 1979), which fills a disc evenly without any draw. The radius of a county's disc is a share of the
distance to its nearest county seats. These are positions of the model, not of the world: maps of single
villages must say so.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sim.compiled import compiled

__all__ = ["county_radius_km", "great_circle_km", "on_spiral", "unit_vectors"]

EARTH_RADIUS_KM = 6371.0
_KM_PER_DEGREE = EARTH_RADIUS_KM * math.pi / 180.0
_GOLDEN_ANGLE = math.pi * (3.0 - math.sqrt(5.0))
_NEAREST_SEATS = 3
_DISC_SHARE = 0.5
_LARGEST_RADIUS_KM = 80.0

Array = NDArray[np.float64]


def unit_vectors(lon_degrees: Array, lat_degrees: Array) -> Array:
    """Points on the unit sphere, shape (n, 3)."""
    lon, lat = np.radians(lon_degrees), np.radians(lat_degrees)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def great_circle_km(lon_1: Array, lat_1: Array, lon_2: Array, lat_2: Array) -> Array:
    """Great-circle distance in km (haversine); broadcasts."""
    half_lat = np.radians(lat_2 - lat_1) / 2.0
    half_lon = np.radians(lon_2 - lon_1) / 2.0
    a = np.sin(half_lat) ** 2 + np.cos(np.radians(lat_1)) * np.cos(np.radians(lat_2)) * np.sin(half_lon) ** 2
    return np.asarray(2.0 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(a, 1.0))))


@compiled
def _write_nearest(points, squares):  # type: ignore[no-untyped-def]
    """Write the squares of each point's distances to the nearest others, (n, k) in ascending order.

    The points stand in ascending order of their last coordinate: a look to either side ends where that alone is as
    far as the furthest found. For 3,000 points this takes a hundredth of the import of scipy.spatial.
    """
    n_points, n_nearest = squares.shape
    squares[:] = np.inf
    for i in range(n_points):
        for step in (-1, 1):
            j = i + step
            while 0 <= j < n_points:
                x, y, z = points[i, 0] - points[j, 0], points[i, 1] - points[j, 1], points[i, 2] - points[j, 2]
                if z * z >= squares[i, n_nearest - 1]:
                    break
                squared, place = x * x + y * y + z * z, n_nearest
                while place > 0 and squared < squares[i, place - 1]:
                    if place < n_nearest:
                        squares[i, place] = squares[i, place - 1]
                    place -= 1
                if place < n_nearest:
                    squares[i, place] = squared
                j += step


def county_radius_km(lon: Array, lat: Array) -> Array:
    """Radius of each county's disc in km: half the mean distance to the three nearest seats, at most 80 km."""
    if lon.size <= _NEAREST_SEATS:
        return np.full(lon.size, 20.0)
    points = unit_vectors(lon, lat)
    from_south = np.argsort(points[:, 2])
    found, squares = np.empty((2, lon.size, _NEAREST_SEATS))
    _write_nearest(points[from_south], found)
    squares[from_south] = found
    distance = 2.0 * EARTH_RADIUS_KM * np.arcsin(np.minimum(np.sqrt(squares) / 2.0, 1.0))
    return np.asarray(np.minimum(_DISC_SHARE * distance.mean(axis=1), _LARGEST_RADIUS_KM), np.float64)


def on_spiral(
    group: NDArray[np.int64], code: NDArray[np.int64], center_lon: Array, center_lat: Array, radius_km: Array
) -> tuple[Array, Array]:
    """Longitude and latitude of the members of each group, spread over the group's disc.

    Parameters
    ----------
    group : (n,) index of each member's group, members of a group standing together.
    code : (G,) lasting codes of the groups, which turn their spirals; so places do not depend on the region.
    center_lon, center_lat, radius_km : (G,) of the groups.
    """
    n_groups = center_lon.size
    members = np.bincount(group, minlength=n_groups)
    first = np.concatenate(([0], np.cumsum(members)[:-1]))
    place = np.arange(group.size) - first[group]
    radius = radius_km[group] * np.sqrt((place + 0.5) / members[group])
    angle = place * _GOLDEN_ANGLE + np.radians(code[group] % 360)
    lat = center_lat[group] + radius * np.sin(angle) / _KM_PER_DEGREE
    lon = center_lon[group] + radius * np.cos(angle) / (_KM_PER_DEGREE * np.cos(np.radians(center_lat[group])))
    return lon, lat
