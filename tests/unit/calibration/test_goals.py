"""Goals count facts by what they are, and need none where only a list is judged."""

from __future__ import annotations

import pandas as pd
import pytest

from sim.calibration.goals import Goal, goals_of
from sim.calibration.scores import Scores
from sim.calibration.targets import Target

CELLS = {"kind": "value", "error": 0.0, "discrepancy": 0.0, "unit": "villages", "date": "2015-12",
         "source": "made up", "use": "check", "how": ""}  # fmt: skip


def fact(statistic, year, value, place=""):
    return Target(statistic=statistic, year=year, place=place, value=value, **CELLS)


FACTS = (
    fact("villages", 2015, 780.0),
    fact("villages", 2014, 212.0),
    fact("province_villages", 2015, 64.0, place="37"),
    fact("mean_covariate", 2015, 0.5, place="trade"),
)
BANDS = pd.DataFrame({"holds": [True, False, True, False], "median": [750.0, 240.0, 60.0, 0.9]})


def test_goals_are_counted_by_hand():
    found = goals_of(FACTS, BANDS, Scores(r_squared=0.71, auc=0.94, top_recall=0.76, log_score=-0.1))
    assert found == [
        Goal("facts within their 90 % band", 2, 3, reached=False),
        Goal("median of Taobao villages 2014, within 5 %", 240.0, 212.0, reached=False),
        Goal("median of Taobao villages 2015, within 5 %", 750.0, 780.0, reached=True),
        Goal("R2 of the mean over counties", 0.71, 0.70, reached=True),
        Goal("AUC of counties with any", 0.94, 0.95, reached=False),
        Goal("share of the largest counties found", 0.76, 0.76, reached=True),
    ]


def test_means_of_covariates_are_no_goal_and_a_fact_of_none_is_not_divided_by():
    covariate, none = (
        goals_of(FACTS[3:], BANDS[3:], None),
        goals_of((fact("villages", 2015, 0.0),), BANDS[:1], None),
    )
    assert covariate == [Goal("facts within their 90 % band", 0, 0, reached=True)]
    assert none == [Goal("facts within their 90 % band", 1, 1, reached=True)]


@pytest.mark.parametrize("scores", [None, Scores(0.5, 0.5, 0.5, -1.0)])
def test_without_facts_only_the_map_is_judged(scores):
    first, *of_map = goals_of((), pd.DataFrame([]), scores)
    assert (first.found, first.asked, first.reached) == (0, 0, True)
    assert [goal.reached for goal in of_map] == ([] if scores is None else [False] * 3)
