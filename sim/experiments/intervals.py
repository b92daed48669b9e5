"""Intervals, paired differences and the number of runs they need."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.streams import stream_key, uniform

__all__ = [
    "Paired",
    "band",
    "fieller_interval",
    "mean_interval",
    "paired_difference",
    "paired_differences",
    "ratio_interval",
]

Array = NDArray[np.float64]
_RESAMPLES = 2000
_POWER = 0.8


def band(values: ArrayLike, level: float = 0.9) -> tuple[float, float, float]:
    """Median and the central interval that holds a share of the values; nan ones are left out.

    Examples
    --------
    >>> band([1.0, 2.0, 3.0, 4.0, 5.0], level=0.5)
    (3.0, 2.0, 4.0)
    """
    kept = _finite(values)
    if kept.size == 0:
        return math.nan, math.nan, math.nan
    low, middle, high = np.quantile(kept, [(1 - level) / 2, 0.5, (1 + level) / 2])
    return float(middle), float(low), float(high)


def _finite(values: ArrayLike) -> Array:
    array = np.asarray(values, np.float64)
    return array[np.isfinite(array)]


def mean_interval(values: ArrayLike, level: float = 0.95) -> tuple[float, float, float]:
    """Mean with Student's interval; nan bounds for fewer than two values, no width if all are equal."""
    from scipy.stats import t

    kept = _finite(values)
    if kept.size < 2:
        return (float(kept[0]) if kept.size else math.nan), math.nan, math.nan
    mean, error = float(kept.mean()), float(kept.std(ddof=1)) / math.sqrt(kept.size)
    half = float(t.ppf((1 + level) / 2, kept.size - 1)) * error
    return mean, mean - half, mean + half


def ratio_interval(parts: ArrayLike, wholes: ArrayLike, level: float = 0.95) -> tuple[float, float, float]:
    r"""Ratio of two means with Student's interval, for parts and wholes of the same runs.

    .. math:: R = \bar x / \bar y, \qquad s_R^2 = \frac{1}{n (n - 1)} \sum_r \frac{(x_r - R y_r)^2}{\bar y^2}

    Pairs with a nan are left out; all nan where the mean whole is not above zero. Limits: a whole that never
    varies gives the interval of the mean of parts divided by it; parts proportional to wholes give an interval of
    no width. Source: linearised variance of a ratio (Cochran, Sampling Techniques, 1977, ch. 6).

    Examples
    --------
    >>> ratio_interval([1.0, 2.0, 3.0], [2.0, 4.0, 6.0])
    (0.5, 0.5, 0.5)
    """
    x, y = np.asarray(parts, np.float64), np.asarray(wholes, np.float64)
    both = np.isfinite(x) & np.isfinite(y)
    x, y = x[both], y[both]
    if x.size == 0 or not y.mean() > 0:
        return math.nan, math.nan, math.nan
    ratio = float(x.mean() / y.mean())
    _, low, high = mean_interval(ratio + (x - ratio * y) / y.mean(), level)
    return ratio, low, high


@dataclass(frozen=True, slots=True)
class Paired:
    r"""What a policy changes in one outcome, from runs that share their luck.

    Parameters
    ----------
    pairs : number of pairs in which both runs finished.
    base_mean, policy_mean : means. difference : mean of policy minus base.
    low, high : Student's interval of the mean difference.
    bootstrap_low, bootstrap_high : percentile interval of resampled pairs, which asks for no normal distribution.
    better : share of pairs in which the policy gives more; ties count half.
    variance_reduction : :math:`(s_{base}^2 + s_{policy}^2) / s_{diff}^2`, how many times more pairs of unrelated
        runs would be needed for the same interval; infinite if the difference never varies.
    pairs_needed : pairs after which a difference of this size would show with 80 % power at this level; nan if
        there is no difference.
    """

    pairs: int
    base_mean: float
    policy_mean: float
    difference: float
    low: float
    high: float
    bootstrap_low: float
    bootstrap_high: float
    better: float
    variance_reduction: float
    pairs_needed: float

    @property
    def safe(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0

    @property
    def more_pairs(self) -> float:
        """Further pairs that a difference of this size needs to show; nan if there is no difference."""
        return max(self.pairs_needed - self.pairs, 0.0)

    def as_row(self) -> dict[str, float | bool]:
        """All of it by name, ``safe`` too."""
        return {**asdict(self), "safe": self.safe}


def paired_difference(base: ArrayLike, policy: ArrayLike, level: float = 0.95) -> Paired:
    """Compare two outcomes replicate by replicate; pairs with a nan are left out.

    Raises
    ------
    ValueError : the two differ in length.
    """
    ours, theirs = np.asarray(base, np.float64), np.asarray(policy, np.float64)
    if ours.shape != theirs.shape or ours.ndim != 1:
        message = f"pairs need two rows of one length; given are {ours.shape} and {theirs.shape}"
        raise ValueError(message)
    both = np.isfinite(ours) & np.isfinite(theirs)
    ours, theirs = ours[both], theirs[both]
    difference = theirs - ours
    if difference.size == 0:
        return Paired(0, *([math.nan] * 10))
    mean, low, high = mean_interval(difference, level)
    boot_low, boot_high = _bootstrap(difference, level)
    better = float(np.mean(difference > 0) + 0.5 * np.mean(difference == 0))
    reduction = _variance_reduction(ours, theirs, difference)
    needed = _pairs_needed(difference, level)
    means = float(ours.mean()), float(theirs.mean())
    return Paired(difference.size, *means, mean, low, high, boot_low, boot_high, better, reduction, needed)


def paired_differences(base: Array, policy: Array, level: float = 0.95) -> tuple[Array, Array, Array]:
    """Mean differences of many outcomes with Student's intervals.

    Parameters
    ----------
    base, policy : (R, K), one row a replicate; pairs with a nan are left out.

    Returns
    -------
    Mean, low and high, each (K,); nan bounds for fewer than two pairs.
    """
    from scipy.stats import t

    difference = policy - base
    difference = difference[np.isfinite(difference).all(axis=1)]
    n = difference.shape[0]
    if n == 0:
        nothing = np.full(base.shape[1], np.nan)
        return nothing, nothing, nothing
    mean: Array = difference.mean(axis=0)
    if n == 1:
        return mean, np.full_like(mean, np.nan), np.full_like(mean, np.nan)
    half = float(t.ppf((1 + level) / 2, n - 1)) * difference.std(axis=0, ddof=1) / math.sqrt(n)
    return mean, mean - half, mean + half


def fieller_interval(above: ArrayLike, below: ArrayLike, level: float = 0.95) -> tuple[float, float, float]:
    r"""Ratio of two mean differences from pairs, of either sign, with Fieller's interval.

    .. math:: \rho = \bar a / \bar b, \qquad
              \{\rho : (\bar a - \rho \bar b)^2 \le t^2 (s_{aa} - 2 \rho s_{ab} + \rho^2 s_{bb}) / n\}

    Parameters
    ----------
    above, below : (R,) a and b; pairs with a nan are left out.

    Returns
    -------
    Ratio, low and high; all nan where Student's interval of b holds zero (then no ratio is bounded) or fewer than
    two pairs are left. Limits: b without spread gives Student's interval of a, divided by b; a = c b gives c
    exactly. Unlike :func:`ratio_interval` it asks nothing of the size of b's spread. Source: Fieller, J. R. Stat.
    Soc. B 16 (1954) 175.
    """
    from scipy.stats import t

    a, b = np.asarray(above, np.float64), np.asarray(below, np.float64)
    both = np.isfinite(a) & np.isfinite(b)
    n = int(np.count_nonzero(both))
    if n < 2:
        return math.nan, math.nan, math.nan
    (aa, ab), (_, bb) = np.cov(a[both], b[both], ddof=1) / n
    mean_a, mean_b = float(a[both].mean()), float(b[both].mean())
    reach = float(t.ppf((1 + level) / 2, n - 1)) ** 2
    square, middle, rest = mean_b**2 - reach * bb, mean_a * mean_b - reach * ab, mean_a**2 - reach * aa
    if square <= 0.0:
        return math.nan, math.nan, math.nan
    half = math.sqrt(max(middle**2 - square * rest, 0.0))
    return mean_a / mean_b, (middle - half) / square, (middle + half) / square


def _bootstrap(values: Array, level: float) -> tuple[float, float]:
    """Percentile interval of the mean; the draws are keyed, so equal values give equal intervals."""
    n = values.size
    if n < 2:
        return math.nan, math.nan
    draws = uniform(stream_key(0, "bootstrap", n), np.arange(_RESAMPLES * n)).reshape(_RESAMPLES, n)
    means = values[(draws * n).astype(np.int64)].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _variance_reduction(ours: Array, theirs: Array, difference: Array) -> float:
    if difference.size < 2:
        return math.nan
    apart = float(ours.var(ddof=1) + theirs.var(ddof=1))
    paired = float(difference.var(ddof=1))
    if paired == 0.0:
        return math.inf if apart > 0 else math.nan
    return apart / paired


def _pairs_needed(difference: Array, level: float) -> float:
    r""":math:`n = ((z_{level} + z_{power}) s / \bar d)^2`, at least 2 (normal approximation)."""
    from scipy.stats import norm

    mean = float(difference.mean())
    if difference.size < 2 or mean == 0.0:
        return math.nan
    reach = float(norm.ppf((1 + level) / 2) + norm.ppf(_POWER))
    return max(2.0, math.ceil((reach * float(difference.std(ddof=1)) / mean) ** 2))
