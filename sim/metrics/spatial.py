"""Spatial autocorrelation of county values, on graphs of libpysal (the extra ``spatial``).

Nothing here draws: significance is analytic, under the assumption that values are dealt to places at random.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.world.positions import EARTH_RADIUS_KM, unit_vectors

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["JoinCounts", "Moran", "county_weights", "county_weights_within", "join_counts", "morans_i"]


class Moran(NamedTuple):
    """Moran's I with its expectation and standard score under random dealing; p is two-sided."""

    statistic: float
    expected: float
    z_score: float
    p_value: float


class JoinCounts(NamedTuple):
    """Ties between two marked places, one marked and one not, and two unmarked; and their expectations."""

    both: float
    one: float
    neither: float
    expected_both: float
    expected_one: float
    expected_neither: float


def county_weights(lon: ArrayLike, lat: ArrayLike, k: int = 8) -> Graph:
    """Each county's `k` nearest others by great-circle distance, weight 1 each (not symmetric in general).

    Parameters
    ----------
    lon, lat : (C,) degrees; the nodes of the graph are the positions 0 to C - 1 in these arrays.
    k : neighbours of each, from 1 to C - 1.

    Raises
    ------
    ValueError : `k` is out of range.
    ImportError : the extra ``spatial`` is not installed.
    """
    from scipy.spatial import cKDTree

    points = _points(lon, lat)
    n = len(points)
    if not 1 <= k < n:
        message = f"k is {k}; each of {n} counties can have 1 to {n - 1} neighbours"
        raise ValueError(message)
    _, near = cKDTree(points).query(points, k=k + 1)
    # A county at the same place as another may stand anywhere among the nearest, or not at all.
    other = near != np.arange(n)[:, None]
    keep = other & (np.cumsum(other, axis=1) <= k)
    focal = np.repeat(np.arange(n), k)
    return _graph_class().from_arrays(focal, near[keep], np.ones(n * k))


def county_weights_within(lon: ArrayLike, lat: ArrayLike, distance_km: float) -> Graph:
    """Counties within `distance_km` of each other, weight 1 each; a county with none near is an isolate.

    Raises
    ------
    ImportError : the extra ``spatial`` is not installed.
    """
    from scipy.spatial import cKDTree

    points = _points(lon, lat)
    chord = 2.0 * np.sin(min(distance_km / EARTH_RADIUS_KM, np.pi) / 2.0) * (1.0 + 1e-12)
    pairs = cKDTree(points).query_pairs(chord, output_type="ndarray")
    alone = np.setdiff1d(np.arange(len(points)), pairs)
    focal = np.concatenate([pairs[:, 0], pairs[:, 1], alone])
    neighbour = np.concatenate([pairs[:, 1], pairs[:, 0], alone])
    weight = np.concatenate([np.ones(2 * len(pairs)), np.zeros(alone.size)])
    order = np.lexsort((neighbour, focal))
    graph = _graph_class()
    return graph.from_arrays(focal[order], neighbour[order], weight[order])


def morans_i(values: ArrayLike, weights: Graph) -> Moran:
    r"""Moran's I of `values`, every place's neighbours weighted to a sum of one.

    .. math:: I = \frac{n \sum_{ij} w_{ij} z_i z_j}{\sum_{ij} w_{ij} \sum_i z_i^2}, \qquad z = x - \bar x

    Expected under random dealing: -1/(n-1). Limits: a checkerboard on a rook's grid gives -1, a smooth
    gradient tends to 1. Values that are all equal have no autocorrelation: NaN, except the expectation.

    Parameters
    ----------
    values : (C,) in the order of the graph's nodes.
    weights : graph from `county_weights` or `county_weights_within`.

    Raises
    ------
    ValueError : the lengths differ, there are fewer than four places, or a value is not finite.
    ImportError : the extra ``spatial`` is not installed.
    """
    value = np.asarray(values, dtype=np.float64)
    _check_length(value, weights)
    if value.size < 4:
        message = f"{value.size} places are too few for Moran's I; at least 4 are needed"
        raise ValueError(message)
    if not np.isfinite(value).all():
        message = f"{int((~np.isfinite(value)).sum())} of {value.size} values are not finite"
        raise ValueError(message)
    if value.min() == value.max():
        return Moran(np.nan, -1.0 / (value.size - 1), np.nan, np.nan)
    result = _esda().Moran(value, weights, transformation="r", permutations=0)
    return Moran(float(result.I), float(result.EI), float(result.z_rand), float(result.p_rand))


def join_counts(mask: ArrayLike, weights: Graph) -> JoinCounts:
    r"""Count ties between marked and unmarked places; a tie in one direction only counts one half.

    With m of n places marked and J ties, dealing the marks at random gives on average
    J m(m-1)/(n(n-1)), 2 J m(n-m)/(n(n-1)) and J (n-m)(n-m-1)/(n(n-1)) ties of the three kinds.

    Parameters
    ----------
    mask : (C,) marked places, in the order of the graph's nodes.
    weights : graph from `county_weights` or `county_weights_within`; only who is tied matters.

    Raises
    ------
    ValueError : the lengths differ.
    """
    marked = np.asarray(mask, dtype=np.bool_)
    _check_length(marked, weights)
    tie = weights.sparse.tocoo()
    tied = tie.data > 0.0
    focal, neighbour = marked[tie.row[tied]], marked[tie.col[tied]]
    counted = np.array([(focal & neighbour).sum(), (focal != neighbour).sum(), (~focal & ~neighbour).sum()]) / 2.0
    n, m = marked.size, int(marked.sum())
    ways = np.array([m * (m - 1), 2 * m * (n - m), (n - m) * (n - m - 1)])
    expected = counted.sum() * ways / max(n * (n - 1), 1)
    return JoinCounts(*map(float, counted), *map(float, expected))


def _points(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.float64]:
    return unit_vectors(np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64))


def _check_length(values: NDArray[Any], weights: Graph) -> None:
    if values.shape != (weights.n,):
        message = f"values have shape {values.shape}; the graph has {weights.n} places"
        raise ValueError(message)


def _esda() -> Any:
    try:
        import esda
    except ImportError as error:
        raise _missing("esda") from error
    return esda


def _graph_class() -> Any:
    try:
        from libpysal.graph import Graph
    except ImportError as error:
        raise _missing("libpysal") from error
    return Graph


def _missing(library: str) -> ImportError:
    return ImportError(
        f"{library} is needed for spatial statistics; install it with: pip install --editable '.[spatial]'"
    )
