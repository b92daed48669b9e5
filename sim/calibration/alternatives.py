"""Rival models side by side, such as the three imitation rules: which foretells the facts best."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.calibration.evidence import scaled
from sim.calibration.recovery import crps
from sim.calibration.targets import Target
from sim.calibration.validation import Validation

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["compared", "predictive_score"]

Array = NDArray[np.float64]


def predictive_score(validation: Validation) -> float:
    r"""Mean continuous ranked probability score of the facts under the ensemble; 0 is best.

    Counts enter as :math:`\ln(1 + n)`, shares and means as they are; of bounds, only what lies short of them.
    A score is proper: an ensemble that is too narrow loses as one that is too wide. Facts that no run tells count
    as the worst of the others.

    Limits: 0 if every run gives every fact; the mean distance in logarithms for an ensemble of equal runs.
    """
    scores = [
        _score(target, values) for target, values in zip(validation.targets, validation.values.T, strict=True)
    ]
    known = [score for score in scores if np.isfinite(score)]
    worst = max(known, default=float("nan"))
    return float(np.mean([score if np.isfinite(score) else worst for score in scores]))


def _score(target: Target, values: Array) -> float:
    seen = np.array([target.censored(value) for value in values if np.isfinite(value)])
    if not seen.size:
        return float("nan")
    fact = float(scaled(np.array([target.value]), target)[0])
    return crps(scaled(seen, target), np.full(seen.size, 1.0 / seen.size), fact)


def compared(alternatives: Mapping[str, Validation]) -> pd.DataFrame:
    """One row an alternative, the best predictive score first.

    Parameters
    ----------
    alternatives : validations by name, each fitted and run by itself against the same facts.

    Raises
    ------
    ValueError : they were held against different facts.
    """
    import pandas as pd

    facts = {tuple((target.name, target.value) for target in each.targets) for each in alternatives.values()}
    if len(facts) > 1:
        message = "the alternatives were held against different facts"
        raise ValueError(message)
    rows = []
    for name, each in alternatives.items():
        held = each.goals[0]
        row = {"alternative": name, "runs": each.n_runs, "score": predictive_score(each), "held": int(held.found),
               "facts": int(held.asked)}  # fmt: skip
        if each.map is not None:
            of_map = each.map.scores
            row |= {"r_squared": of_map.r_squared, "auc": of_map.auc, "log_score": of_map.log_score}
        rows.append(row)
    return pd.DataFrame(rows).sort_values("score", kind="stable", ignore_index=True)
