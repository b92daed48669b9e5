"""What a table of simulations teaches: each statistic as a smooth function of the parameters, and what is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.calibration.evidence import Evidence
from sim.errors import RunError

__all__ = ["LEAST_ROWS", "Emulator", "emulate", "quadratic"]

Array = NDArray[np.float64]
#: Fewer simulations than this give no posterior worth the name.
LEAST_ROWS = 60
_LEAST_TAUGHT = 40  # a fifth less than the least of a calibration, for recovering held-out rows
_PARTS = 5
_RIDGE_PENALTIES = (0.1, 1.0, 10.0, 100.0)
_NO_SPREAD = 1e-9
#: Rows kept for each term of the polynomial, at least.
_ROWS_PER_TERM = 1.5


@dataclass(frozen=True, eq=False)
class Emulator:
    """Statistics as a function of the parameters.

    Parameters
    ----------
    predict : from shares of the priors' mass (M, D) to expected statistics (M, T).
    covariance : (T, T) of what it leaves unexplained: chance within a run, and its own error.
    rows : of the table that it was taught.
    """

    predict: Callable[[Array], Array]
    covariance: Array
    rows: NDArray[np.int64]


def emulate(shares: Array, found: Evidence, *, nearest: float = 0.5) -> Emulator:
    r"""Teach every statistic as a quadratic polynomial of all parameters.

    .. math:: s_t(u) = a_t + \sum_d b_{td} x_d + \sum_{d \le e} c_{tde} x_d x_e + r_t, \qquad x = 2u - 1

    by ridge regression with a cross-validated penalty for each statistic. It is taught twice: by all rows, and by
    the ``nearest`` share of them whose *expected* statistics lie nearest to the facts (choosing by the statistics
    themselves would bend the regression). The covariance of :math:`r` is that of rows predicted by models which
    never saw them, shrunk after Ledoit and Wolf.

    Parameters
    ----------
    shares : (N, D) points in the unit cube of the priors. found : their statistics and the facts.

    Raises
    ------
    RunError : fewer than 40 rows.

    Notes
    -----
    Limits: a quadratic law without chance is found exactly. Source: Vernon, Goldstein and Bower, Bayesian Anal. 5
    (2010) 619, for emulation in waves towards the facts.
    """
    if len(shares) < _LEAST_TAUGHT:
        message = f"found {len(shares)} usable simulations, needed are {_LEAST_TAUGHT} or more"
        raise RunError(message)
    statistics = found.statistics
    everywhere = quadratic(shares, statistics)
    left = statistics - everywhere(shares)
    away = (everywhere(shares) - found.observed) / np.maximum(np.hypot(left.std(axis=0), found.spread), _NO_SPREAD)
    terms = (shares.shape[1] + 1) * (shares.shape[1] + 2) // 2
    n_kept = min(max(int(np.ceil(nearest * len(shares))), int(_ROWS_PER_TERM * terms), _LEAST_TAUGHT), len(shares))
    rows = np.sort(np.argsort((away**2).sum(axis=1), kind="stable")[:n_kept])
    here, known = shares[rows], statistics[rows]
    part = np.arange(len(rows)) % _PARTS
    residuals = np.zeros_like(known)
    for number in range(_PARTS):
        model = quadratic(here[part != number], known[part != number])
        residuals[part == number] = known[part == number] - model(here[part == number])
    return Emulator(quadratic(here, known), _covariance(residuals), rows)


def quadratic(shares: Array, statistics: Array) -> Callable[[Array], Array]:
    """Ridge regression of statistics (N, T) on a quadratic polynomial of shares (N, D), as a function."""
    from sklearn.linear_model import RidgeCV

    pairs = np.triu_indices(shares.shape[1])
    terms = _terms(shares, pairs)
    center, spread = terms.mean(axis=0), terms.std(axis=0)
    spread = np.where(spread > _NO_SPREAD, spread, 1.0)
    level, width = statistics.mean(axis=0), statistics.std(axis=0)
    width = np.where(width > _NO_SPREAD, width, 1.0)
    model = RidgeCV(alphas=_RIDGE_PENALTIES, alpha_per_target=True)
    model.fit((terms - center) / spread, (statistics - level) / width)
    slopes = np.asarray(model.coef_, np.float64).reshape(statistics.shape[1], -1).T * width / spread[:, None]
    constant = np.asarray(model.intercept_) * width + level - center @ slopes

    def predict(asked: Array) -> Array:
        return np.asarray(_terms(asked, pairs) @ slopes + constant)

    return predict


def _terms(shares: Array, pairs: tuple[NDArray[np.int64], NDArray[np.int64]]) -> Array:
    """Terms of the polynomial: every x, then the products of two of them that ``pairs`` names.

    Chains ask for a few points ten thousand times; of many points ``take`` is nine times as fast as an index.
    """
    x = 2.0 * shares - 1.0
    first, second = pairs
    return np.concatenate([x, x.take(first, axis=1) * x.take(second, axis=1)], axis=1)


def _covariance(residuals: Array) -> Array:
    from sklearn.covariance import LedoitWolf

    width = residuals.std(axis=0)
    safe = np.where(width > _NO_SPREAD, width, 1.0)
    correlation = LedoitWolf().fit(residuals / safe).covariance_
    least = np.diag(np.full(residuals.shape[1], _NO_SPREAD**2))
    return np.asarray(correlation * np.outer(safe, safe) + least, np.float64)
