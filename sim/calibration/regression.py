"""From a table of simulations to a posterior: learned statistics, the nearest simulations, linear adjustment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.errors import RunError
from sim.streams import stream_key, uniform

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LEAST_ROWS", "Learned", "Sample", "fit_sample", "learn", "outside_prior", "to_shares", "to_unbounded"]

Array = NDArray[np.float64]
#: Fewer simulations than this give no posterior worth the name.
LEAST_ROWS = 60
_PARTS = 5
_LEAST_TAUGHT = 40  # a fifth less than the least of a calibration, for recovering held-out rows
_NO_SPREAD = 1e-12
_EDGE = 1e-4
_RIDGE_PENALTIES = (0.1, 1.0, 10.0, 100.0, 1000.0)
_LEAST_KEPT = 40
_ROWS_PER_PARAMETER = 20
#: Learned statistics of the facts beyond this share of the simulations' would be extrapolated.
_BEYOND = 0.005


def to_unbounded(shares: Array) -> Array:
    """Logit of shares of the prior's mass, kept a little away from the ends."""
    safe = np.clip(shares, _EDGE, 1.0 - _EDGE)
    return np.asarray(np.log(safe / (1.0 - safe)))


def to_shares(unbounded: Array) -> Array:
    """Inverse of :func:`to_unbounded`."""
    return np.asarray(1.0 / (1.0 + np.exp(-unbounded)))


@dataclass(frozen=True, eq=False)
class Learned:
    """What a table taught: a map from statistics to one learned statistic for each parameter.

    Parameters
    ----------
    own : (N, D) learned statistics of the rows of the table, each predicted by models that never saw that row.
    predict : from statistics (M, T) to (M, D): the mean of those models.
    """

    own: Array
    predict: Callable[[Array], Array]


@dataclass(frozen=True, eq=False)
class Sample:
    """A weighted posterior sample.

    Parameters
    ----------
    shares : (K, D) points in the unit cube of the prior. weights : (K,) summing to 1. rows : (K,) of the table.
    distance : of the nearest row, in units of the learned statistics' spread.
    beyond : (D,) parameters whose learned statistic of the facts lies beyond nearly all simulations'; it is cut
        off there, since a regression knows nothing beyond its rows.
    """

    shares: Array
    weights: Array
    rows: NDArray[np.int64]
    distance: float
    beyond: NDArray[np.bool_]

    @property
    def effective_size(self) -> float:
        """Number of equally weighted draws that would be as precise."""
        return float(1.0 / (self.weights**2).sum())

    def quantile(self, share: float) -> Array:
        """(D,) weighted quantiles."""
        out = np.empty(self.shares.shape[1])
        for column, values in enumerate(self.shares.T):
            order = np.argsort(values)
            cumulated = np.cumsum(self.weights[order]) - 0.5 * self.weights[order]
            out[column] = np.interp(share, cumulated, values[order])
        return out

    def drawn(self, n: int, seed: int) -> Array:
        """(n, D) draws with equal weights: systematic resampling with one keyed offset."""
        offset = float(uniform(stream_key(seed, "posterior draws"), np.zeros(1, np.uint64))[0])
        places = (np.arange(n) + offset) / n
        order = np.minimum(np.searchsorted(np.cumsum(self.weights), places), len(self.weights) - 1)
        # Neighbours of the table stand together; shuffled, any part of the draws is a fair sample.
        shuffle = np.argsort(uniform(stream_key(seed, "order of posterior draws"), np.arange(n, dtype=np.uint64)))
        return self.shares[order][shuffle]


def learn(unbounded: Array, statistics: Array) -> Learned:
    """Teach the expected logit of every parameter given the statistics, in five parts.

    Ridge regression of scikit-learn with a cross-validated penalty (small networks and trees found no more at some
    hundred rows, decision record 0027). The rows are dealt into five parts and each is predicted by a model of the
    other four: a model knows its own rows too well, and an adjustment along that makes intervals too narrow.

    Parameters
    ----------
    unbounded : (N, D) logits of the parameters. statistics : (N, T), finite.

    Raises
    ------
    RunError : fewer than 40 rows, or scikit-learn is not installed.
    """
    if len(unbounded) < _LEAST_TAUGHT:
        message = f"found {len(unbounded)} usable simulations, needed are {_LEAST_TAUGHT} or more"
        raise RunError(message)
    center, spread = statistics.mean(axis=0), statistics.std(axis=0)
    spread = np.where(spread > _NO_SPREAD * np.maximum(np.abs(center), 1.0), spread, np.inf)
    level, width = unbounded.mean(axis=0), unbounded.std(axis=0)
    known, goal = (statistics - center) / spread, (unbounded - level) / width
    part = np.arange(len(known)) % _PARTS
    own = np.zeros_like(goal)
    models = []
    for number in range(_PARTS):
        model = _ridge(known[part != number], goal[part != number])
        own[part == number] = model(known[part == number])
        models.append(model)

    def predict(asked: Array) -> Array:
        scaled = (asked - center) / spread
        return np.asarray(np.mean([model(scaled) for model in models], axis=0) * width + level)

    return Learned(own * width + level, predict)


def _ridge(known: Array, goal: Array) -> Callable[[Array], Array]:
    try:
        from sklearn.linear_model import RidgeCV
    except ImportError as error:
        message = "calibration needs scikit-learn: pip install --editable '.[calibration]'"
        raise RunError(message) from error
    single = goal.shape[1] == 1
    model = RidgeCV(alphas=_RIDGE_PENALTIES).fit(known, goal[:, 0] if single else goal)
    return lambda scaled: np.asarray(model.predict(scaled), np.float64).reshape(len(scaled), -1)


def fit_sample(
    unbounded: Array,
    learned: Learned,
    observed: Array,
    *,
    nearest: float = 0.5,
    importance: Array | None = None,
) -> Sample:
    r"""Posterior sample by regression-adjusted rejection on learned statistics.

    The ``nearest`` share of the rows by distance of learned statistics :math:`m(s)` is kept with Epanechnikov
    weights :math:`w = 1 - (d / d_{max})^2`, times those of importance, and moved along a weighted linear
    regression of the logits on them:

    .. math:: z^* = z - B\,(m(s) - m(s_{obs}))

    Parameters
    ----------
    unbounded : (N, D). learned : from these rows. observed : (T,) statistics of the facts.
    importance : (N,) weights under which the rows stand for the prior; all alike by default.

    Notes
    -----
    Limits: statistics without information give back the prior; a sufficient statistic in a linear Gaussian model
    gives its posterior. Sources: Beaumont, Zhang and Balding, Genetics 162 (2002) 2025; Fearnhead and Prangle,
    J. R. Stat. Soc. B 74 (2012) 419.
    """
    known, said = learned.own, learned.predict(observed[None])[0]
    low, high = np.quantile(known, [_BEYOND, 1.0 - _BEYOND], axis=0)
    here = np.clip(said, low, high)
    scale = known.std(axis=0)
    scale = np.where(scale > 0.0, scale, 1.0)
    distance = np.sqrt((((known - here) / scale) ** 2).sum(axis=1))
    n_kept = min(max(int(np.ceil(nearest * len(known))), _LEAST_KEPT), len(known))
    rows = np.argsort(distance, kind="stable")[:n_kept]
    widest = max(float(distance[rows].max()), 1e-12) * (1.0 + 1e-9)
    weights = 1.0 - (distance[rows] / widest) ** 2
    if importance is not None:
        weights = weights * importance[rows]
    weights = weights / weights.sum()
    moved = _adjusted(unbounded[rows], known[rows] - here, weights)
    return Sample(to_shares(moved), weights, rows, float(distance[rows[0]]), said != here)


def _adjusted(unbounded: Array, away: Array, weights: Array) -> Array:
    """Logits moved along a weighted linear regression to where the learned statistics are the observed ones.

    With few rows each parameter is moved along its own learned statistic only: a regression on all of them fits
    the rows' noise then, and intervals become too narrow.
    """
    center = weights @ away
    around, goal = away - center, unbounded - weights @ unbounded
    if len(away) >= _ROWS_PER_PARAMETER * away.shape[1]:
        root = np.sqrt(weights)[:, None]
        slope = np.linalg.lstsq(around * root, goal * root, rcond=1e-9)[0]
    else:
        variance = weights @ around**2
        slope = np.diag((weights @ (around * goal)) / np.where(variance > 0.0, variance, np.inf))
    limit = np.log((1.0 - _EDGE) / _EDGE)
    return np.asarray(np.clip(unbounded - away @ slope, -limit, limit))


def outside_prior(statistics: Array, observed: Array, share: float = 0.005) -> NDArray[np.bool_]:
    """Which observed statistics lie where hardly any simulation does: below or above this share of all, (T,)."""
    low, high = np.quantile(statistics, [share, 1.0 - share], axis=0)
    return np.asarray((observed < low) | (observed > high))
