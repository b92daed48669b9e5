"""What a fit sees of runs and of the facts: one vector of statistics, counts on a logarithmic scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.calibration.targets import Target

__all__ = ["Evidence", "evidence_of", "outside_prior", "scaled"]

Array = NDArray[np.float64]
#: Facts beyond this share of the runs, at either end, are out of reach.
_BEYOND = 0.005
_PLAIN_UNITS = frozenset({"standard deviations", "dimensionless", "share of villages"})


@dataclass(frozen=True, eq=False)
class Evidence:
    """Statistics of N runs and of the facts, ready for a fit.

    Parameters
    ----------
    targets : the T that are used. statistics : (N, T), finite. observed : (T,).
    spread : (T,) standard deviation of what separates a fact from a run with the right parameters: its own error
        and the model's discrepancy. is_bound : (T,) whether only a least value is known.
    left_out : targets that no run of the prior comes near, or that no run tells.
    """

    targets: tuple[Target, ...]
    statistics: Array
    observed: Array
    spread: Array
    is_bound: NDArray[np.bool_]
    left_out: tuple[Target, ...]


def evidence_of(targets: Sequence[Target], values: Array, *, prior_rows: int | None = None) -> Evidence:
    r"""Statistics for a fit from raw values of targets.

    Counts enter as :math:`\ln(1 + n)`; where a run does not tell a statistic (no village, so no mean over
    villages), the mean over the other runs stands in. A fact stands from a run with the right parameters by
    :math:`\sqrt{e^2 + \delta^2}`, its error and the discrepancy of the model, for the model is not the world.

    Parameters
    ----------
    values : (N, T) raw values of all targets, also of those not fitted; without the rows of failed runs.
    prior_rows : how many of the first rows are draws from the whole prior, by which facts out of reach are found;
        all by default.

    Notes
    -----
    Facts outside the 0.5 to 99.5 % range of the prior runs, give or take twice their spread, are left out of the
    fit and told: a regression knows nothing there. They are judged again in the validation.
    Source of the discrepancy: Kennedy and O'Hagan, J. R. Stat. Soc. B 63 (2001) 425.
    """
    asked = [number for number, target in enumerate(targets) if target.use == "fit"]
    blind = [number for number in asked if not np.isfinite(values[:, number]).any()]
    kept = [targets[number] for number in asked if number not in blind]
    told = [scaled(values[:, number], targets[number]) for number in asked if number not in blind]
    table = np.column_stack(
        [np.where(np.isfinite(c), c, c[np.isfinite(c)].mean()) for c in told] or [values[:, :0]]
    )
    observed = np.array([float(scaled(np.array([target.value]), target)[0]) for target in kept])
    spread = np.array([_spread(target) for target in kept])
    bound = np.array([target.is_bound for target in kept], bool)
    far = outside_prior(table[:prior_rows], observed, 2.0 * spread) & ~(bound & (table > observed).any(axis=0))
    used = tuple(target for target, out in zip(kept, far, strict=True) if not out)
    lost = tuple(targets[number] for number in blind) + tuple(
        target for target, out in zip(kept, far, strict=True) if out
    )
    return Evidence(used, table[:, ~far], observed[~far], spread[~far], bound[~far], lost)


def _spread(target: Target) -> float:
    low, high = scaled(np.array([target.value, target.value + target.error]), target)
    return float(np.hypot(high - low, target.discrepancy))


def outside_prior(statistics: Array, observed: Array, spread: Array) -> NDArray[np.bool_]:
    """Which observed statistics lie where hardly any simulation does: below or above 0.5 % of all, (T,).

    Parameters
    ----------
    spread : (T,) how far beyond is still within reach.
    """
    if not observed.size:
        return np.zeros(0, bool)
    low, high = np.quantile(statistics, [_BEYOND, 1.0 - _BEYOND], axis=0)
    return np.asarray((observed < low - spread) | (observed > high + spread))


def scaled(values: Array, target: Target) -> Array:
    """Values of a target's statistic as a fit sees them: logarithms of counts, others as they are."""
    return values if target.unit in _PLAIN_UNITS else np.log1p(values)
