"""Which villages, towns and clusters are recognised as Taobao villages, towns and clusters."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from sim.world.positions import EARTH_RADIUS_KM, unit_vectors

__all__ = [
    "Clusters",
    "clusters_by_contiguity",
    "clusters_by_county",
    "taobao_town_mask",
    "taobao_village_mask",
]

Mask = NDArray[np.bool_]
Integers = NDArray[np.integer]
Floats = NDArray[np.floating]

_LARGEST_DENOMINATOR = 10**9


def taobao_village_mask(
    online_sales_yuan: Floats,
    active_shops: Integers,
    households: Integers,
    *,
    sales_min_yuan: float,
    shops_min: int,
    household_share_min: float,
) -> Mask:
    r"""Villages that meet the sales condition and one of the two shop conditions.

    .. math:: S_v \ge S_{min} \;\wedge\; (n_v \ge n_{min} \;\vee\; n_v \ge q\, H_v,\; H_v > 0)

    =========  ===================  ===========================  =============
    symbol     name                 unit                         range, shape
    =========  ===================  ===========================  =============
    S_v        online_sales_yuan    yuan over the last 12 months >= 0, (...)
    n_v        active_shops         shops                        >= 0, (...)
    H_v        households           households                   >= 0, (...)
    S_min      sales_min_yuan       yuan                         10 million
    n_min      shops_min            shops                        100
    q          household_share_min  shops per household          [0, 1], 0.1
    =========  ===================  ===========================  =============

    Every threshold is met by the value itself. The share is compared in whole numbers, as the decimal it is
    written as (to nine digits): 3 of 30 households are a tenth, though 0.1 * 30 > 3 in floating point.

    Limits: no shops, no recognition (while ``shops_min`` and ``household_share_min`` are positive); a village
    without households can only qualify by its number of shops; sales that are not a number never qualify.

    Parameters
    ----------
    online_sales_yuan, active_shops, households : arrays of one shape, or shapes that broadcast.
    sales_min_yuan, shops_min, household_share_min : thresholds.

    Returns
    -------
    Mask of the common shape.

    Raises
    ------
    TypeError : shops or households are not whole numbers.
    ValueError : the share lies outside [0, 1].

    Notes
    -----
    Source: AliResearch's definition as printed in its report of 2015 (facts F001 to F003).

    Examples
    --------
    >>> sales = np.array([1e7, 1e7, 9_999_999.0])
    >>> shops, households = np.array([3, 2, 500]), np.array([30, 30, 600])
    >>> definition = {"sales_min_yuan": 1e7, "shops_min": 100, "household_share_min": 0.1}
    >>> taobao_village_mask(sales, shops, households, **definition).tolist()
    [True, False, False]
    """
    if not 0.0 <= household_share_min <= 1.0:
        message = f"household_share_min is {household_share_min}; a share lies between 0 and 1"
        raise ValueError(message)
    shops = _whole_numbers(active_shops, "active_shops")
    n_households = _whole_numbers(households, "households")
    share = Fraction(repr(float(household_share_min))).limit_denominator(_LARGEST_DENOMINATOR)
    share_met = shops * share.denominator >= share.numerator * n_households
    enough_shops = (shops >= shops_min) | (share_met & (n_households > 0))
    return np.asarray((np.asarray(online_sales_yuan) >= sales_min_yuan) & enough_shops)


def taobao_town_mask(recognised: Mask, town: Integers, n_towns: int, *, villages_min: int) -> Mask:
    """Towns with at least ``villages_min`` recognised villages.

    Parameters
    ----------
    recognised : (V,) mask of Taobao villages.
    town : (V,) index of each village's town, in [0, n_towns).
    n_towns : number of towns.
    villages_min : threshold; 3 by the definition of 2015 (fact F005).

    Returns
    -------
    Mask of shape (n_towns,). Limits: none recognised, no town; with ``villages_min`` 1, every town of a
    recognised village.
    """
    return _count(recognised, town, n_towns) >= villages_min


@dataclass(frozen=True, slots=True)
class Clusters:
    """Clusters of Taobao villages, the one with most villages first.

    Parameters
    ----------
    cluster_of_village : (V,) index of the village's cluster, -1 for villages in none.
    n_villages : (K,) recognised villages of each cluster.
    online_sales_yuan : (K,) their online sales together; NaN where sales are not known.
    is_large : (K,) mask of large clusters.
    county : (K,) county index; for contiguous clusters that of the first village, -1 if not given.
    """

    cluster_of_village: NDArray[np.int64]
    n_villages: NDArray[np.int64]
    online_sales_yuan: NDArray[np.float64]
    is_large: Mask
    county: NDArray[np.int64]

    def __len__(self) -> int:
        """Number of clusters."""
        return int(self.n_villages.size)


def clusters_by_county(
    recognised: Mask,
    county: Integers,
    online_sales_yuan: Floats | None,
    *,
    villages_min: int,
    large_villages_min: int,
    sales_min_yuan: float,
) -> Clusters:
    """Counties with enough recognised villages and sales, each one cluster.

    The 25 clusters that the report of 2015 counts are exactly the counties with ten or more listed villages.

    Parameters
    ----------
    recognised : (V,) mask of Taobao villages.
    county : (V,) index of each village's county, not negative.
    online_sales_yuan : (V,) yuan over the last 12 months; ``None`` if not known (published lists), which
        leaves the sales condition out: ten villages of 10 million yuan each meet it by themselves.
    villages_min, large_villages_min : recognised villages of a cluster and of a large one (10 and 30: facts
        F006 and F008).
    sales_min_yuan : sales of the recognised villages together (100 million yuan: F007).

    Returns
    -------
    Clusters; equal sizes in the order of their first village.
    """
    member = np.flatnonzero(recognised)
    return _clusters(
        member,
        np.asarray(county)[member],
        np.asarray(county),
        online_sales_yuan,
        villages_min=villages_min,
        large_villages_min=large_villages_min,
        sales_min_yuan=sales_min_yuan,
    )


def clusters_by_contiguity(
    lon: Floats,
    lat: Floats,
    recognised: Mask,
    online_sales_yuan: Floats | None,
    *,
    max_gap_km: float,
    villages_min: int,
    large_villages_min: int,
    sales_min_yuan: float,
    county: Integers | None = None,
) -> Clusters:
    """Connected groups of recognised villages, each within ``max_gap_km`` of another: the stricter reading.

    Two recognised villages are tied if their great-circle distance is at most ``max_gap_km``; a cluster is a
    connected component of these ties with enough villages and sales. Villages that are not recognised do not
    bridge a gap.

    Parameters
    ----------
    lon, lat : (V,) degrees.
    recognised : (V,) mask of Taobao villages.
    online_sales_yuan : (V,) yuan over the last 12 months, or ``None`` if not known.
    max_gap_km : longest tie, km, not negative.
    villages_min, large_villages_min, sales_min_yuan : as in `clusters_by_county`.
    county : (V,) county index, only to say where a cluster lies.

    Returns
    -------
    Clusters. Limits: a gap of half the earth's circumference gives one cluster of all; a gap of 0 ties only
    villages at the same place.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    if not max_gap_km >= 0.0:
        message = f"max_gap_km is {max_gap_km}; a distance in km is not negative"
        raise ValueError(message)
    member = np.flatnonzero(recognised)
    label = np.zeros(0, dtype=np.int64)
    if member.size:
        points = unit_vectors(np.asarray(lon, np.float64)[member], np.asarray(lat, np.float64)[member])
        angle = min(max_gap_km / EARTH_RADIUS_KM, np.pi)
        chord = 2.0 * np.sin(angle / 2.0) * (1.0 + 1e-12)  # a gap exactly as long as allowed still ties
        pairs = cKDTree(points).query_pairs(chord, output_type="ndarray")
        ties = coo_array((np.ones(len(pairs), np.bool_), (pairs[:, 0], pairs[:, 1])), shape=(member.size,) * 2)
        label = connected_components(ties, directed=False)[1].astype(np.int64)
    return _clusters(
        member,
        label,
        np.full(np.shape(recognised), -1) if county is None else np.asarray(county),
        online_sales_yuan,
        villages_min=villages_min,
        large_villages_min=large_villages_min,
        sales_min_yuan=sales_min_yuan,
    )


def _clusters(
    member: NDArray[np.intp],
    label: Integers,
    county: Integers,
    online_sales_yuan: Floats | None,
    *,
    villages_min: int,
    large_villages_min: int,
    sales_min_yuan: float,
) -> Clusters:
    """Groups of equal labels among the recognised villages ``member`` that meet the conditions."""
    _, first, group, size = np.unique(label, return_index=True, return_inverse=True, return_counts=True)
    sales = np.full(size.size, np.nan)
    enough = size >= villages_min
    if online_sales_yuan is not None:
        sales = np.bincount(group, weights=np.asarray(online_sales_yuan)[member], minlength=size.size)
        enough &= sales >= sales_min_yuan
    kept = np.flatnonzero(enough)
    kept = kept[np.lexsort((first[kept], -size[kept]))]
    rank = np.full(size.size, -1, dtype=np.int64)
    rank[kept] = np.arange(kept.size)
    cluster_of_village = np.full(county.shape, -1, dtype=np.int64)
    cluster_of_village[member] = rank[group]
    return Clusters(
        cluster_of_village=cluster_of_village,
        n_villages=size[kept].astype(np.int64),
        online_sales_yuan=sales[kept],
        is_large=size[kept] >= large_villages_min,
        county=county[member[first[kept]]].astype(np.int64),
    )


def _count(mask: Mask, group: Integers, n_groups: int) -> NDArray[np.int64]:
    """Marked members of each group."""
    member = np.asarray(group)[np.asarray(mask)]
    if member.size and (member.min() < 0 or member.max() >= n_groups):
        message = f"group indices run from {member.min()} to {member.max()}; allowed is 0 to {n_groups - 1}"
        raise ValueError(message)
    return np.bincount(member, minlength=n_groups).astype(np.int64)


def _whole_numbers(values: Integers, name: str) -> NDArray[np.int64]:
    array = np.asarray(values)
    if not np.issubdtype(array.dtype, np.integer):
        message = f"{name} has type {array.dtype}; it counts something, so give whole numbers"
        raise TypeError(message)
    return array.astype(np.int64)
