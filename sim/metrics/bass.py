"""Bass' curve of innovation and imitation, fitted to counts of adoptions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["BassFit", "bass_share", "fit_bass"]

Array = NDArray[np.float64]
_LOG_P, _LOG_Q = (-18.0, -0.5), (-9.0, 0.5)
_LEAST_MONTHS = 6
_LARGEST_ERROR = 3.0


def bass_share(t: ArrayLike, p: float, q: float) -> Array:
    r"""Share of the final adopters who have adopted by time t.

    .. math:: F(t) = \frac{1 - e^{-(p + q) t}}{1 + (q / p)\, e^{-(p + q) t}}

    ======  ===========================  =========  ============
    symbol  name                         unit       range, shape
    ======  ===========================  =========  ============
    t       t                            months     >= 0, (T,)
    p       innovation (external)        per month  > 0
    q       imitation (internal)         per month  >= 0
    F       (returned)                   share      [0, 1), (T,)
    ======  ===========================  =========  ============

    Limits: q = 0 gives the exponential :math:`1 - e^{-pt}`; t = 0 gives 0, t to infinity 1. Source: Bass,
    Management Science 15 (1969) 215.
    """
    decay = np.exp(-(p + q) * np.asarray(t, np.float64))
    share: Array = (1.0 - decay) / (1.0 + (q / p) * decay)
    return share


@dataclass(frozen=True, slots=True)
class BassFit:
    """Bass' curve as fitted, with 95 % intervals as pairs (low, high).

    Parameters
    ----------
    p, q : innovation and imitation, per month. m : adopters in the end.
    p_interval, q_interval, m_interval : infinite upper bounds where the counts do not tell: while growth has not
        slowed down, nothing says how many adopters there will be.
    first : month of the counts that is t = 0 to 1. n_months : fitted from there on.
    dispersion : Pearson's statistic a degree of freedom; 1 for independent adoptions, more widens the intervals.
    """

    p: float
    q: float
    m: float
    p_interval: tuple[float, float]
    q_interval: tuple[float, float]
    m_interval: tuple[float, float]
    first: int
    n_months: int
    dispersion: float

    def expected(self) -> Array:
        """Adoptions a month that the curve expects, (n_months,)."""
        return self.m * np.diff(bass_share(np.arange(self.n_months + 1), self.p, self.q))


def fit_bass(adoptions: ArrayLike, level: float = 0.95) -> BassFit | None:
    r"""Fit Bass' curve to adoptions a month by maximum likelihood.

    .. math:: n_t \sim \text{Poisson}(\mu_t), \qquad \mu_t = m\,(F(t) - F(t - 1))

    m is profiled out (:math:`\hat m = \sum n_t / F(T)`), p and q are found by Nelder and Mead from four starts.
    Intervals are Wald's for the logarithms, from the expected information times the dispersion (at least 1).

    Parameters
    ----------
    adoptions : first openings a month; months before the first one are left out.

    Returns
    -------
    The fit; ``None`` for fewer than six months or no more than three adoptions. Limits: counts that lie on a curve
    give its p, q and m. Sources: Bass 1969; maximum likelihood after Schmittlein and Mahajan, Marketing Science 1
    (1982) 57.
    """
    counts = np.asarray(adoptions, np.float64)
    first = int(np.argmax(counts > 0)) if counts.any() else counts.size
    counts = counts[first:]
    if counts.size < _LEAST_MONTHS or counts.sum() <= 3:
        return None
    log_p, log_q = _best(counts)
    p, q = math.exp(log_p), math.exp(log_q)
    times = np.arange(counts.size + 1)
    m = float(counts.sum() / bass_share(times[-1], p, q))
    expected = np.maximum(m * np.diff(bass_share(times, p, q)), 1e-12)
    dispersion = float(((counts - expected) ** 2 / expected).sum() / max(counts.size - 3, 1))
    at_the_edge = log_p < _LOG_P[0] + 0.1
    intervals = _intervals(
        np.array([log_p, log_q, math.log(m)]), expected, max(dispersion, 1.0), level, at_the_edge
    )
    return BassFit(p, q, m, *intervals, first, counts.size, dispersion)


def _best(counts: Array) -> tuple[float, float]:
    """Logarithms of p and q of greatest likelihood."""
    from scipy.optimize import minimize

    times = np.arange(counts.size + 1)
    bounds = (_LOG_P, _LOG_Q)

    def misfit(logs: Array) -> float:
        log_p, log_q = (min(max(float(log), low), high) for log, (low, high) in zip(logs, bounds, strict=True))
        share = bass_share(times, math.exp(log_p), math.exp(log_q))
        likely = np.log(np.maximum(np.diff(share), 1e-300) / max(share[-1], 1e-300))
        outside = float(np.sum((logs - np.array([log_p, log_q])) ** 2))
        return float(-(counts * likely).sum() / counts.sum()) + outside

    starts = [(x, y) for x in (-10.0, -6.0) for y in (-3.5, -2.0)]
    options = {"xatol": 1e-7, "fatol": 1e-12, "maxiter": 1000}
    found = [minimize(misfit, start, method="Nelder-Mead", options=options) for start in starts]
    best = min(found, key=lambda each: float(each.fun)).x
    return float(np.clip(best[0], *_LOG_P)), float(np.clip(best[1], *_LOG_Q))


def _intervals(
    logs: Array, expected: Array, dispersion: float, level: float, at_the_edge: bool
) -> tuple[tuple[float, float], tuple[float, float], tuple[float, float]]:
    """Wald intervals of p, q and m; (0, infinity) where the information does not bound them."""
    from scipy.stats import norm

    unknown = (0.0, math.inf)
    if at_the_edge:
        return unknown, unknown, unknown
    slopes = np.stack([_slope(logs, which, expected.size) for which in range(3)], axis=1)
    information = slopes.T @ (slopes / expected[:, None])
    try:
        spread = np.linalg.inv(information) * dispersion
    except np.linalg.LinAlgError:
        return unknown, unknown, unknown
    errors = np.sqrt(np.maximum(np.diag(spread), 0.0))
    reach = float(norm.ppf((1 + level) / 2))
    p, q, m = (
        unknown
        if not error < _LARGEST_ERROR
        else (math.exp(value - reach * error), math.exp(value + reach * error))
        for value, error in zip(logs, errors, strict=True)
    )
    return p, q, m


def _slope(logs: Array, which: int, n_months: int) -> Array:
    """Change of the expected adoptions with one logarithm."""
    step = 1e-5
    both = []
    for sign in (1.0, -1.0):
        moved = logs.copy()
        moved[which] += sign * step
        p, q, m = np.exp(moved)
        both.append(m * np.diff(bass_share(np.arange(n_months + 1), float(p), float(q))))
    slope: Array = (both[0] - both[1]) / (2 * step)
    return slope
