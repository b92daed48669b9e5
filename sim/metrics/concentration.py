"""How unequally something is spread: over villages, counties or shops.

All measures take values in any order, and refuse values that are negative or not finite. Each says what no
values, and values that are all zero, give.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Lorenz", "ZipfSlope", "gini", "hhi", "lorenz", "rank_size", "theil", "zipf_slope"]

Array = NDArray[np.float64]


class ZipfSlope(NamedTuple):
    """Exponent of a power law of sizes, its standard error, and how many sizes it rests on."""

    slope: float
    standard_error: float
    n: int


class Lorenz(NamedTuple):
    """Lorenz curve: share of units, poorest first, and the share of the total they hold; both from 0 to 1."""

    share_units: Array
    share_total: Array


def rank_size(values: ArrayLike) -> Array:
    """Sizes in falling order: the entry at position r - 1 is the size of rank r. No values give no ranks.

    >>> rank_size([1, 5, 0, 3]).tolist()
    [5.0, 3.0, 1.0, 0.0]
    """
    return _sorted(values)[::-1]


def zipf_slope(values: ArrayLike, *, top: int | None = None) -> ZipfSlope:
    r"""Power-law exponent of the sizes, by regression of the logarithm of rank minus one half.

    .. math:: \ln(r - \tfrac12) = a - b \ln x_{(r)}, \qquad \widehat{se}(b) = b \sqrt{2/n}

    Fitted by least squares over the positive sizes in falling order x_(1) >= x_(2) >= ..., of which `top`
    keeps the largest. Zipf's law is b = 1. The half takes away the leading bias of the regression in small
    samples, and the standard error is the asymptotic one, not the regression's own, which is far too small.

    Parameters
    ----------
    values : sizes; zeros are left out, for they have no logarithm.
    top : how many of the largest sizes to use; all if ``None``.

    Returns
    -------
    Slope b (NaN, with NaN error, if fewer than two different sizes are left).

    Notes
    -----
    Source: Gabaix and Ibragimov, Rank - 1/2: a simple way to improve the OLS estimation of tail exponents,
    Journal of Business and Economic Statistics 29 (2011).
    """
    if top is not None and top < 1:
        message = f"top is {top}; at least one size must be kept"
        raise ValueError(message)
    size = rank_size(values)
    size = size[size > 0.0][:top]
    log_size = np.log(size)
    if size.size < 2 or log_size[0] == log_size[-1]:
        return ZipfSlope(np.nan, np.nan, int(size.size))
    log_rank = np.log(np.arange(1, size.size + 1) - 0.5)
    centred = log_size - log_size.mean()
    slope = -float(centred @ (log_rank - log_rank.mean()) / (centred @ centred))
    return ZipfSlope(slope, slope * float(np.sqrt(2.0 / size.size)), int(size.size))


def gini(values: ArrayLike) -> float:
    r"""Gini coefficient: half the mean absolute difference of two units, relative to the mean.

    .. math:: G = \frac{\sum_i (2i - n - 1)\, x_{(i)}}{n \sum_i x_i}, \qquad x_{(1)} \le \dots \le x_{(n)}

    Range [0, (n-1)/n]. Limits: all equal 0; one holder of everything (n-1)/n; Pareto with exponent a > 1
    tends to 1/(2a-1). All zero gives 0 (all are equal), no values NaN.

    >>> gini([0, 0, 0, 7])
    0.75
    """
    value = _scaled(values)
    n = value.size
    if n == 0:
        return float("nan")
    total = value.sum()
    if total == 0.0:
        return 0.0
    weight = 2.0 * np.arange(1, n + 1) - n - 1.0
    return float(np.clip(weight @ value / (n * total), 0.0, (n - 1) / n))


def hhi(values: ArrayLike) -> float:
    r"""Herfindahl-Hirschman index: the chance that two units of the total have the same holder.

    .. math:: H = \sum_i (x_i / \sum_j x_j)^2

    Range [1/n, 1]. Limits: all equal 1/n; one holder 1. No values, or all zero, have no shares: NaN.
    """
    value = _scaled(values)
    total = value.sum()
    if total == 0.0:
        return float("nan")
    return float(np.square(value / total).sum())


def theil(values: ArrayLike) -> float:
    r"""Theil's T: mean of the relative size times its logarithm, with 0 ln 0 = 0.

    .. math:: T = \frac1n \sum_i \frac{x_i}{\bar x} \ln \frac{x_i}{\bar x}

    Range [0, ln n]. Limits: all equal 0; one holder ln n. All zero gives 0 (all are equal), no values NaN.
    """
    value = _scaled(values)
    n = value.size
    if n == 0:
        return float("nan")
    total = value.sum()
    if total == 0.0:
        return 0.0
    relative = value / (total / n)
    positive = relative[relative > 0.0]
    return float(np.clip((positive * np.log(positive)).sum() / n, 0.0, np.log(n)))


def lorenz(values: ArrayLike) -> Lorenz:
    """Points of the Lorenz curve, n + 1 of them, from (0, 0) to (1, 1).

    Limits: all equal gives the diagonal, and so does all zero; no values give the two end points.

    >>> lorenz([3, 1]).share_total.tolist()
    [0.0, 0.25, 1.0]
    """
    value = _scaled(values)
    n = max(value.size, 1)
    share_units = np.arange(n + 1) / n
    held = np.concatenate([[0.0], np.cumsum(value)])
    share_total = held / held[-1] if held[-1] > 0.0 else share_units.copy()
    return Lorenz(share_units, share_total)


def _sorted(values: ArrayLike) -> Array:
    """Finite values of at least 0, in rising order."""
    array = np.asarray(values, dtype=np.float64).ravel()
    wrong = ~(np.isfinite(array) & (array >= 0.0))
    if wrong.any():
        message = (
            f"{int(wrong.sum())} of {array.size} values are negative or not finite; "
            f"the first of them is {array[wrong][0]}"
        )
        raise ValueError(message)
    return np.sort(array)


def _scaled(values: ArrayLike) -> Array:
    """Sorted values relative to the largest, so that no sum can overflow."""
    array = _sorted(values)
    return array / array[-1] if array.size and array[-1] > 0.0 else array
