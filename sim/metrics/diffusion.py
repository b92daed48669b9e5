"""Who adopts when among whom: adopter classes, rates with intervals, and whether times depend on ties."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.streams import stream_key, uniform

__all__ = [
    "ADOPTER_CLASSES",
    "Permutation",
    "adopter_classes",
    "permutation_test",
    "rate_interval",
    "rate_ratio",
]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

#: Rogers' classes, from the first to the last.
ADOPTER_CLASSES = ("innovators", "early adopters", "early majority", "late majority", "laggards")


def adopter_classes(times: ArrayLike) -> tuple[NDArray[np.int8], Array]:
    r"""Rogers' class of each adopter, by mean and standard deviation of the times of adoption.

    .. math:: (-\infty, \bar t - 2s],\ (\bar t - 2s, \bar t - s],\ (\bar t - s, \bar t],\ (\bar t, \bar t + s],\
              (\bar t + s, \infty)

    Parameters
    ----------
    times : (n,) of those who have adopted; those who have not by the end are in no class.

    Returns
    -------
    Index into ``ADOPTER_CLASSES`` (n,), and the four bounds, each the last time of its class. Limits: equal times
    are all early majority; for a normal distribution the classes hold 2.3, 13.6, 34.1, 34.1 and 15.9 %. Sources:
    Rogers, Diffusion of Innovations (1962); Valente, Social Networks 18 (1996) 69.
    """
    values = np.asarray(times, np.float64)
    if values.size == 0:
        return np.zeros(0, np.int8), np.full(4, np.nan)
    mean, spread = float(values.mean()), float(values.std())
    bounds = mean + spread * np.array([-2.0, -1.0, 0.0, 1.0])
    if spread == 0.0:
        return np.full(values.size, 2, np.int8), bounds
    return np.searchsorted(bounds, values, side="left").astype(np.int8), bounds


def rate_interval(events: ArrayLike, time: ArrayLike, level: float = 0.95) -> tuple[Array, Array, Array]:
    """Events a unit of time at risk, with the exact interval of a Poisson count (Garwood, Biometrika 1936).

    Returns
    -------
    Rate, low and high; nan without time at risk. Limits: no event gives (0, 0, 3.69 / time) at 95 %.
    """
    from scipy.stats import chi2

    n, at_risk = np.asarray(events, np.float64), np.asarray(time, np.float64)
    whole = np.where(at_risk > 0, at_risk, np.nan)
    low = np.where(n > 0, chi2.ppf((1 - level) / 2, 2 * np.maximum(n, 0.5)) / 2, 0.0)
    high = chi2.ppf((1 + level) / 2, 2 * (n + 1)) / 2
    return n / whole, low / whole, high / whole


def rate_ratio(
    events: ArrayLike, time: ArrayLike, other_events: ArrayLike, other_time: ArrayLike, level: float = 0.95
) -> tuple[float, float, float]:
    r"""Ratio of two rates within strata (Mantel and Haenszel), with Greenland and Robins' interval.

    .. math:: R = \frac{\sum_s a_s T^0_s / T_s}{\sum_s b_s T^1_s / T_s}, \qquad
              s^2_{\ln R} = \frac{\sum_s (a_s + b_s) T^1_s T^0_s / T_s^2}
              {(\sum_s a_s T^0_s / T_s) (\sum_s b_s T^1_s / T_s)}

    Parameters
    ----------
    events, time : a, T^1, events and time at risk of those exposed, by stratum (S,).
    other_events, other_time : b, T^0 of the others.

    Returns
    -------
    Ratio, low and high; nan where either has no event in any stratum that holds both. Limits: one stratum gives
    the plain ratio of rates; strata without one of the two say nothing. Source: Greenland and Robins, Biometrics
    41 (1985) 55.
    """
    from scipy.stats import norm

    a, t1 = np.asarray(events, np.float64), np.asarray(time, np.float64)
    b, t0 = np.asarray(other_events, np.float64), np.asarray(other_time, np.float64)
    both = (t1 > 0) & (t0 > 0)
    a, b, t1, t0 = a[both], b[both], t1[both], t0[both]
    whole = t1 + t0
    above, below = float((a * t0 / whole).sum()), float((b * t1 / whole).sum())
    if above == 0.0 or below == 0.0:
        return math.nan, math.nan, math.nan
    ratio = above / below
    error = math.sqrt(float(((a + b) * t1 * t0 / whole**2).sum()) / (above * below))
    reach = float(norm.ppf((1 + level) / 2)) * error
    return ratio, ratio * math.exp(-reach), ratio * math.exp(reach)


@dataclass(frozen=True, eq=False, slots=True)
class Permutation:
    """Whether adoption times depend on ties.

    Parameters
    ----------
    pairs : ties between two adopters, at least one of whom may be permuted.
    observed : mean absolute difference of the times of tied adopters, in months.
    permuted : (n,) the same with times permuted within strata.
    """

    pairs: int
    observed: float
    permuted: Array

    @property
    def p_value(self) -> float:
        """Chance of so small a difference without dependence, one-sided: :math:`(1 + k) / (1 + n)`."""
        if not self.pairs:
            return math.nan
        # sums of whole months: what differs by less than that is equal
        at_most = int(np.count_nonzero(self.permuted <= self.observed + 1e-9))
        return (1 + at_most) / (1 + self.permuted.size)

    @property
    def expected(self) -> float:
        """Mean over the permutations."""
        return float(self.permuted.mean()) if self.pairs and self.permuted.size else math.nan


def permutation_test(
    times: ArrayLike, strata: ArrayLike, fixed: ArrayLike, pairs: Integers, n_permutations: int, seed: int
) -> Permutation:
    r"""Compare how close in time tied adopters are with times permuted within strata.

    .. math:: D = \frac{1}{|E|} \sum_{(i, j) \in E} |t_i - t_j|

    If times of adopters of one stratum are exchangeable, as they are when nobody imitates, D of the data is one of
    the permuted ones, so the p value is valid whatever the strata's hazards do over time.

    Parameters
    ----------
    times : (n,) months of adoption. strata : (n,) such as villages.
    fixed : (n,) whose times stay, such as pioneers; ties between two of them are left out.
    pairs : (E, 2) ties between adopters. n_permutations : of them. seed : of the permutations.
    """
    month, stratum = np.asarray(times, np.float64), np.asarray(strata)
    stays = np.asarray(fixed, np.bool_)
    kept = pairs[~(stays[pairs[:, 0]] & stays[pairs[:, 1]])] if pairs.size else pairs.reshape(0, 2)
    if not len(kept):
        return Permutation(0, math.nan, np.full(0, np.nan))
    left, right = kept[:, 0], kept[:, 1]
    moving = np.flatnonzero(~stays)
    moving = moving[np.argsort(stratum[moving], kind="stable")]
    _, group = np.unique(stratum[moving], return_inverse=True)
    key = stream_key(seed, "permutations of adoption times")
    permuted = np.empty(n_permutations)
    for number in range(n_permutations):
        draw = uniform(key, np.arange(number * moving.size, (number + 1) * moving.size))
        mixed = month.copy()
        mixed[moving] = month[moving[np.lexsort((draw, group))]]
        permuted[number] = np.abs(mixed[left] - mixed[right]).mean()
    return Permutation(len(kept), float(np.abs(month[left] - month[right]).mean()), permuted)
