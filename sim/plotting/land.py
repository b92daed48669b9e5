"""The ground of a map: the area around the places shown, smoothed, since no boundaries are drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_fill_holes, distance_transform_edt, gaussian_filter, label
from scipy.spatial import cKDTree

__all__ = ["land_height", "reach_km"]

Floats = NDArray[np.float64]

_NEIGHBOURS = 5
_LONELY_REACH_KM, _GREATEST_REACH_KM = 20.0, 190.0
#: How far the ground is first widened and then narrowed again, in units of the reach: closes gaps, not bays.
_WIDEN, _NARROW = 1.9, 1.15
_SMOOTHING_CELLS = 1.2
#: Every place has at least so much ground around it, in units of its reach; few places have discs and no more.
_LEAST, _DISC, _FEW_PLACES = 0.3, 0.6, 12


def reach_km(x_km: Floats, y_km: Floats) -> Floats:
    """Mean distance of each place to its nearest neighbours, km, at most 190."""
    if x_km.size == 1:
        return np.full(1, _LONELY_REACH_KM)
    places = np.column_stack([x_km, y_km])
    near = min(_NEIGHBOURS, x_km.size - 1)
    distance = cKDTree(places).query(places, k=near + 1)[0][:, 1:].mean(axis=1)
    reach: Floats = np.clip(distance, 1e-3, _GREATEST_REACH_KM)
    return reach


def land_height(x_km: Floats, y_km: Floats, *, cells: int = 400) -> tuple[Floats, Floats, Floats]:
    """Grid whose zero contour is the edge of the ground.

    Parameters
    ----------
    x_km, y_km : (N,) places. cells : cells of the longer side.

    Returns
    -------
    x, y : (n_x,), (n_y,) cell centers, km. height : (n_y, n_x), positive on the ground.
    """
    reach = reach_km(x_km, y_km)
    margin = (_WIDEN + 0.5) * float(reach.max())
    low_x, high_x = float(x_km.min()) - margin, float(x_km.max()) + margin
    low_y, high_y = float(y_km.min()) - margin, float(y_km.max()) + margin
    cell = max(high_x - low_x, high_y - low_y) / cells
    x, y = np.arange(low_x, high_x + cell, cell), np.arange(low_y, high_y + cell, cell)
    grid = np.stack(np.meshgrid(x, y), axis=-1)
    distance, nearest = cKDTree(np.column_stack([x_km, y_km])).query(grid)
    reach_here = reach[nearest]
    if x_km.size <= _FEW_PLACES:
        return x, y, _DISC * reach_here - distance
    inland = distance_transform_edt(binary_fill_holes(distance < _WIDEN * reach_here)) * cell
    height: Floats = gaussian_filter(inland - _NARROW * reach_here, _SMOOTHING_CELLS)
    height = np.maximum(height, _LEAST * reach_here - distance)
    parts = label(height > 0.0)[0]
    inhabited = parts[np.searchsorted(y, y_km) - 1, np.searchsorted(x, x_km) - 1]
    height[~np.isin(parts, inhabited)] = -cell  # no ground where there is no place
    return x, y, height
