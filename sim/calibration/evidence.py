"""What a fit sees of runs and of the facts: one vector of statistics, counts on a logarithmic scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.calibration.regression import outside_prior
from sim.calibration.targets import Target
from sim.streams import normal, stream_key

__all__ = ["Evidence", "evidence_of", "scaled"]

Array = NDArray[np.float64]
_PLAIN_UNITS = frozenset({"standard deviations", "dimensionless", "share of villages"})


@dataclass(frozen=True, eq=False)
class Evidence:
    """Statistics of N runs and of the facts, ready for a fit.

    Parameters
    ----------
    targets : the T that are used. statistics : (N, T), finite. observed : (T,).
    left_out : targets that no run of the prior comes near, or that no run tells; they would mislead a regression.
    """

    targets: tuple[Target, ...]
    statistics: Array
    observed: Array
    left_out: tuple[Target, ...]


def evidence_of(targets: Sequence[Target], values: Array, *, prior_rows: int | None = None) -> Evidence:
    r"""Statistics for a fit from raw values of targets.

    Counts enter as :math:`\ln(1 + n)`; where a run does not tell a statistic (no village, so no mean over
    villages), the mean over the other runs stands in. Each run is seen with the error of the fact and with the
    discrepancy of the model, so that the facts are not taken for a run of the model:

    .. math:: s' = s + \sqrt{e^2 + \delta^2}\;\varepsilon, \qquad \varepsilon \sim N(0, 1)

    Bounds see values beyond them as the bound itself.

    Parameters
    ----------
    values : (N, T) raw values of all targets, also of those not fitted; without the rows of failed runs.
    prior_rows : how many of the first rows are draws from the whole prior, by which facts out of reach are found;
        all by default.

    Notes
    -----
    Regression is confidently wrong about facts that the model cannot make, so those outside the 0.5 to 99.5 %
    range of the prior runs are left out of the fit and told; they are judged again in the validation.
    Source of the discrepancy: Wilkinson, Stat. Appl. Genet. Mol. Biol. 12 (2013) 129.
    """
    kept, columns, facts, lost = [], [], [], []
    for number, target in enumerate(targets):
        if target.use != "fit":
            continue
        told = scaled(values[:, number], target)
        known = np.isfinite(told)
        if not known.any():
            lost.append(target)
            continue
        fact = float(scaled(np.array([target.value]), target)[0])
        seen = np.where(known, told, told[known].mean()) + _discrepancy(target, number, len(told))
        kept.append(target)
        columns.append(np.minimum(seen, fact) if target.is_bound else seen)
        facts.append(fact)
    table = np.column_stack(columns) if columns else np.zeros((len(values), 0))
    observed = np.array(facts)
    far = outside_prior(table[:prior_rows], observed) if kept else np.zeros(0, bool)
    used = tuple(target for target, out in zip(kept, far, strict=True) if not out)
    lost += [target for target, out in zip(kept, far, strict=True) if out]
    return Evidence(used, table[:, ~far], observed[~far], tuple(lost))


def _discrepancy(target: Target, number: int, n: int) -> Array:
    """(n,) draws of how far a fact stands from what the right parameters give, on the scale of the fit."""
    low, high = scaled(np.array([target.value, target.value + target.error]), target)
    spread = float(np.hypot(high - low, target.discrepancy))
    return spread * normal(stream_key(0, "model discrepancy", number), np.arange(n, dtype=np.uint64))


def scaled(values: Array, target: Target) -> Array:
    """Values of a target's statistic as a fit sees them: logarithms of counts, others as they are."""
    return values if target.unit in _PLAIN_UNITS else np.log1p(values)
