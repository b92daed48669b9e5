"""How well counts of places were predicted: one score for each question."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "TOP",
    "Calibration",
    "Scores",
    "area_under_curve",
    "calibration_curve",
    "ensemble_chance",
    "log_score",
    "poisson_chance",
    "r_squared",
    "scores",
    "top_recall",
]

Array = NDArray[np.float64]
#: Counties with a cluster in 2015, so many are looked for among those predicted largest.
TOP = 25
_LEAST_CHANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of one prediction.

    Parameters
    ----------
    r_squared : of the mean counts. auc : of ranking places with any before those with none.
    top_recall : share of the largest places found. log_score : mean log chance given to any or none, nats.
    """

    r_squared: float
    auc: float
    top_recall: float
    log_score: float


@dataclass(frozen=True, eq=False, slots=True)
class Calibration:
    """Bins of predicted chances: mean chance, share of places that had any, number of places."""

    chance: Array
    share: Array
    places: NDArray[np.int64]


def r_squared(predicted: Array, observed: Array) -> float:
    r"""Share of the variance between places explained: :math:`1 - \sum (y - \hat y)^2 / \sum (y - \bar y)^2`.

    Limits: 1 for a perfect prediction, 0 for the mean everywhere, below 0 for worse; nan if all are equal.
    """
    spread = float(((observed - observed.mean()) ** 2).sum())
    return 1.0 - float(((observed - predicted) ** 2).sum()) / spread if spread > 0.0 else float("nan")


def area_under_curve(predicted: Array, positive: NDArray[np.bool_]) -> float:
    """Chance that a place with any is predicted above one with none, ties counting half (Mann and Whitney).

    Limits: 1 if all positives stand above, 0.5 for a prediction equal everywhere; nan if all are of one kind.
    """
    n, m = int(positive.sum()), int((~positive).sum())
    if n == 0 or m == 0:
        return float("nan")
    _, group, counts = np.unique(predicted, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2.0)[group]
    return float((rank[positive].sum() - n * (n + 1) / 2.0) / (n * m))


def top_recall(predicted: Array, observed: Array, top: int = TOP) -> float:
    """Share of the places with most observed that are among those with most predicted; ties share what is left.

    Both sets have ``top`` places. Where several places tie for the last ones, each counts with the part of them
    that has room, so the order of places does not matter. Limits: 1 for the same order; nan for too few places.
    """
    if observed.size < top:
        return float("nan")
    return float((_membership(predicted, top) * _membership(observed, top)).sum() / top)


def _membership(values: Array, top: int) -> Array:
    """Weight with which each place is among the top: 1, 0, or the share left for those that tie."""
    edge = np.sort(values)[-top]
    above, ties = values > edge, values == edge
    return np.asarray(above + ties * (top - above.sum()) / ties.sum(), np.float64)


def log_score(chance: Array, positive: NDArray[np.bool_]) -> float:
    """Mean log probability given to what happened, any or none; chances are kept a millionth away from 0 and 1.

    Limits: 0 if every place is foretold with certainty, -ln 2 for a chance of one half everywhere.
    """
    safe = np.clip(chance, _LEAST_CHANCE, 1.0 - _LEAST_CHANCE)
    return float(np.where(positive, np.log(safe), np.log1p(-safe)).mean())


def ensemble_chance(counts: Array) -> Array:
    """Chance of any from an ensemble (R, C), by Laplace's rule for half a run: (k + 1/2) / (R + 1).

    So a place where none of the runs had any still has a small chance, and a small ensemble claims little.
    """
    return np.asarray((np.count_nonzero(counts > 0, axis=0) + 0.5) / (counts.shape[0] + 1.0))


def poisson_chance(mean: Array) -> Array:
    r"""Chance of any under a Poisson law: :math:`1 - e^{-\mu}`."""
    return np.asarray(-np.expm1(-mean))


def calibration_curve(chance: Array, positive: NDArray[np.bool_], bins: int = 10) -> Calibration:
    """Places in bins of equal width of the predicted chance; bins without places are left out."""
    number = np.minimum((chance * bins).astype(np.int64), bins - 1)
    places = np.bincount(number, minlength=bins)
    kept = places > 0
    mean = np.bincount(number, chance, bins)[kept] / places[kept]
    share = np.bincount(number, positive, bins)[kept] / places[kept]
    return Calibration(mean, share, places[kept])


def scores(mean: Array, chance: Array, observed: Array, *, top: int = TOP) -> Scores:
    """All scores of a prediction.

    Parameters
    ----------
    mean : (C,) predicted counts. chance : (C,) predicted chance of any. observed : (C,) counts.
    """
    positive = observed > 0
    return Scores(
        r_squared(mean, observed),
        area_under_curve(chance, positive),
        top_recall(mean, observed, top),
        log_score(chance, positive),
    )
