"""Two simple predictions of the Taobao villages of counties, which a model must beat to be worth its trouble."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.calibration.history import Places
from sim.calibration.scores import Scores, poisson_chance, scores
from sim.streams import stream_key, uniform
from sim.world.positions import EARTH_RADIUS_KM, unit_vectors

__all__ = ["FOLDS", "Opponent", "features", "opponents", "poisson_regression", "scaled"]

Array = NDArray[np.float64]
FOLDS = 10
#: Distance over which the listed villages of other counties count as neighbours, km.
_DECAY_KM = 50.0
#: Penalty on squared coefficients of standardised features: without it a few counties decide the whole fit.
_PENALTY = 0.1
_MOST_STEPS = 1000
_FOLD_SEED = 0


@dataclass(frozen=True, eq=False, slots=True)
class Opponent:
    """One simple prediction and how well it does.

    Parameters
    ----------
    name, meaning : in words. mean : (C,) predicted counts. scores : against what was observed.
    in_sample : whether it was fitted to the very counts it is judged by.
    """

    name: str
    meaning: str
    mean: Array
    scores: Scores
    in_sample: bool


def scaled(earlier: Array, total: float) -> Array:
    """Each county's earlier count, scaled so that all together make the later total.

    Limits: nothing earlier gives nothing; the total is met exactly otherwise.
    """
    whole = float(earlier.sum())
    return earlier * (total / whole) if whole > 0.0 else np.zeros_like(earlier)


def features(places: Places, earlier: Array) -> Array:
    r"""What the regression knows of a county: nothing of the later list.

    Six covariates; log rural households; :math:`\ln(1 + n_c)` and whether :math:`n_c > 0`, with :math:`n_c`
    villages on the earlier list; and :math:`\ln(1 + \sum_{d \ne c} n_d e^{-d(c, d) / 50\,km})` of its
    neighbours. Shape (C, 10), standardised; a feature that is equal everywhere is 0.
    """
    points = unit_vectors(places.lon, places.lat)
    distance = EARTH_RADIUS_KM * np.sqrt(np.maximum(2.0 - 2.0 * points @ points.T, 0.0))
    near = np.exp(-distance / _DECAY_KM)
    np.fill_diagonal(near, 0.0)
    columns = (
        places.covariates,
        np.log1p(places.rural_households),
        np.log1p(earlier),
        earlier > 0,
        np.log1p(near @ earlier),
    )
    table = np.column_stack(columns).astype(np.float64)
    spread = table.std(axis=0)
    return np.asarray((table - table.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0))


def poisson_regression(table: Array, later: Array, folds: int | None = None) -> Array:
    """Predicted counts of a Poisson regression with log link and a small ridge penalty, by scikit-learn.

    Parameters
    ----------
    table : (C, F) features. later : (C,) counts. folds : predict each part from a fit to the others; ``None``
        predicts the counts that were fitted.
    """
    from sklearn.linear_model import PoissonRegressor

    def fitted(rows: NDArray[np.bool_], asked: NDArray[np.bool_]) -> Array:
        if not later[rows].any():
            return np.zeros(int(asked.sum()))
        model = PoissonRegressor(alpha=_PENALTY, max_iter=_MOST_STEPS)
        return np.asarray(model.fit(table[rows], later[rows]).predict(table[asked]), np.float64)

    everyone = np.ones(later.size, bool)
    if folds is None:
        return fitted(everyone, everyone)
    shuffled = uniform(stream_key(_FOLD_SEED, "folds of counties"), np.arange(later.size, dtype=np.uint64))
    folds = min(folds, later.size)
    part = np.argsort(np.argsort(shuffled)) % folds
    out = np.zeros(later.size)
    for number in range(folds):
        out[part == number] = fitted(part != number, part == number)
    return out


def opponents(places: Places, earlier: Array, later: Array) -> Mapping[str, Opponent]:
    """The opponents' predictions of a later list from an earlier one, by name.

    Parameters
    ----------
    earlier, later : (C,) villages on both lists.

    Notes
    -----
    All of them know more than the model: the national total, or, in sample, the counts themselves. Ten-fold
    prediction leaves out counties, not what their neighbours were in the earlier year.
    """
    table = features(places, earlier)
    predictions = {
        "scaled": ("earlier counts, scaled to the later total", scaled(earlier, float(later.sum())), False),
        "poisson": ("Poisson regression, in sample", poisson_regression(table, later), True),
        "poisson_10_fold": (
            f"Poisson regression, {FOLDS}-fold", poisson_regression(table, later, FOLDS), False,
        ),
    }  # fmt: skip
    return {
        name: Opponent(name, meaning, mean, scores(mean, poisson_chance(mean), later), in_sample)
        for name, (meaning, mean, in_sample) in predictions.items()
    }
