"""What a good model of the country reaches: facts within their bands, totals, scores of its map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sim.calibration.scores import Scores
from sim.calibration.targets import Target
from sim.results.comparison import OBSERVED_YEARS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["GOALS", "Goal", "goals_of"]


@dataclass(frozen=True, slots=True)
class Goal:
    """One thing a good model reaches: words, the number found, the number asked for, and whether it is reached."""

    meaning: str
    found: float
    asked: float
    reached: bool


#: Scores that a model of the country should reach on the counties of 2015.
GOALS: Final[Mapping[str, float]] = {"r_squared": 0.70, "auc": 0.95, "top_recall": 0.76}
_GOAL_WORDS = {
    "r_squared": "R2 of the mean over counties",
    "auc": "AUC of counties with any",
    "top_recall": "share of the largest counties found",
}
_NEAR = 0.05


def goals_of(targets: Sequence[Target], bands: pd.DataFrame, scores: Scores | None) -> list[Goal]:
    """Goals of an ensemble; for parts of the country they are a yardstick.

    Means of covariates are no goal: they say where villages lie, not how many there are.

    Parameters
    ----------
    targets : the facts. bands : one row each, in their order, see ``Validation.bands``.
    scores : of its map, ``None`` where there is none.
    """
    rows = list(zip(targets, bands.to_dict("records"), strict=True))
    held = [bool(row["holds"]) for target, row in rows if target.statistic != "mean_covariate"]
    goals = [Goal("facts within their 90 % band", sum(held), len(held), all(held))]
    for year in OBSERVED_YEARS:
        for target, row in rows:
            if (target.statistic, target.year) == ("villages", year) and target.value > 0:
                words = f"median of Taobao villages {year}, within 5 %"
                near = abs(row["median"] / target.value - 1.0) <= _NEAR
                goals.append(Goal(words, row["median"], target.value, near))
    if scores is not None:
        for name, least in GOALS.items():
            found = float(getattr(scores, name))
            goals.append(Goal(_GOAL_WORDS[name], found, least, found >= least))
    return goals
