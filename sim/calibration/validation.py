"""How well a model does: bands of an ensemble beside the facts, scores of its map beside the opponents'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.calibration.goals import Goal, goals_of
from sim.calibration.history import Places, list_counts, places_of
from sim.calibration.libraries import require_libraries
from sim.calibration.lists import earlier_counts, read_list
from sim.calibration.opponents import Opponent, opponents
from sim.calibration.posterior import Posterior, draws_of
from sim.calibration.scores import Calibration, Scores, calibration_curve, ensemble_chance, scores
from sim.calibration.simulations import county_counts, plan_of, seeds_of, target_values
from sim.calibration.targets import Target, targets_for
from sim.errors import Problem, RunError, ScenarioError
from sim.experiments.perform import Conditions, Runs, perform
from sim.experiments.progress import OnProgress
from sim.results.comparison import OBSERVED_YEARS, december_years
from sim.scenario import Scenario, load_scenario

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Map", "Validation", "validate"]

Array = NDArray[np.float64]
_BAND = (0.05, 0.5, 0.95)
_HALF = (0.25, 0.75)


@dataclass(frozen=True, eq=False, slots=True)
class Map:
    """The prediction of one year's list by county.

    Parameters
    ----------
    year : of the list. observed, mean, chance : (C,) villages observed and predicted, chance of any.
    low, high : (C,) 5 and 95 % quantiles of the runs. scores, calibration : of this prediction.
    opponents : by name. earlier_year : of the list that the opponents start from.
    """

    year: int
    observed: Array
    mean: Array
    chance: Array
    low: Array
    high: Array
    scores: Scores
    calibration: Calibration
    opponents: Mapping[str, Opponent]
    earlier_year: int | None


class Validation:
    """What a validation gave.

    Parameters
    ----------
    runs : the ensemble. targets : the facts. places : the counties.
    observed : (year, counts by county) of the list that the map is judged by, ``None`` if there is none.
    draws : values of parameters by run, such as draws of a posterior; empty if all are the scenario's.
    """

    def __init__(
        self,
        runs: Runs,
        targets: Sequence[Target],
        places: Places,
        observed: tuple[int, Array] | None,
        draws: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        self.scenario: Scenario = next(iter(runs.plan.scenarios.values()))
        self.failures: tuple[str, ...] = runs.messages
        self.n_runs = int(np.count_nonzero(runs.status == ""))
        if self.n_runs == 0:
            message = f"every run failed: {self.failures[0] if self.failures else 'no run was asked for'}"
            raise RunError(message)
        self.targets, self.places, self._runs = tuple(targets), places, runs
        self.draws = tuple(draws)
        #: (N, T) statistics of the targets, one row a run that did not fail.
        self.values: Array = target_values(runs, targets, places)[runs.status.reshape(-1) == ""]
        self.map: Map | None = None if observed is None else self._predicted(*observed)

    def counts(self, year: int) -> Array:
        """(N, C) Taobao villages of the counties in a year."""
        return county_counts(self._runs, year)

    def _predicted(self, year: int, observed: Array) -> Map:
        counts = self.counts(year)
        mean, chance = counts.mean(axis=0), ensemble_chance(counts)
        low, high = np.quantile(counts, [_BAND[0], _BAND[-1]], axis=0)
        before = earlier_counts(self.places, year)
        others: Mapping[str, Opponent] = {}
        if before is not None and before[1].any() and observed.any():
            others = opponents(self.places, before[1], observed)
        return Map(
            year, observed, mean, chance, low, high,
            scores(mean, chance, observed),
            calibration_curve(chance, observed > 0),
            others,
            None if before is None else before[0],
        )  # fmt: skip

    @property
    def bands(self) -> pd.DataFrame:
        """One row a target: fact, median, bands of half and 90 % of the runs, whether the wider one holds it."""
        import pandas as pd

        rows = []
        for target, values in zip(self.targets, self.values.T, strict=True):
            known = values[np.isfinite(values)]
            quantiles = np.quantile(known, [*_BAND, *_HALF]) if known.size else np.full(5, np.nan)
            low, middle, high, lower, upper = (float(value) for value in quantiles)
            rows.append(
                {
                    "target": target.name, "meaning": target.meaning, "year": target.year, "unit": target.unit,
                    "kind": target.kind, "fact": target.value, "error": target.error, "median": middle,
                    "low": low, "high": high, "lower": lower, "upper": upper, "holds": target.holds(low, high),
                    "use": target.use, "source": target.source,
                }
            )  # fmt: skip
        return pd.DataFrame(rows)

    @property
    def score_table(self) -> pd.DataFrame:
        """One row a prediction of the map: the model, then the opponents."""
        import pandas as pd

        if self.map is None:
            return pd.DataFrame()
        rows: list[dict[str, Any]] = [_score_row("this model", self.map.scores, in_sample=False)]
        rows += [_score_row(each.meaning, each.scores, in_sample=each.in_sample) for each in self._opponents()]
        return pd.DataFrame(rows)

    def _opponents(self) -> Sequence[Opponent]:
        return () if self.map is None else tuple(self.map.opponents.values())

    @property
    def goals(self) -> list[Goal]:
        """What a good model of the country reaches; for parts of the country they are a yardstick."""
        return goals_of(self.targets, self.bands, None if self.map is None else self.map.scores)

    @property
    def county_table(self) -> pd.DataFrame:
        """One row a county with any, observed or predicted: mean, band and chance; the largest first."""
        import pandas as pd

        if self.map is None:
            return pd.DataFrame()
        m, places = self.map, self.places
        columns = {"county": places.code, "county_en": places.name, "observed": m.observed, "mean": m.mean,
                   "low": m.low, "high": m.high, "chance_of_any": m.chance,
                   "residual": m.mean - m.observed}  # fmt: skip
        frame = pd.DataFrame(columns)
        frame = frame[(frame["observed"] > 0) | (frame["mean"] > 0)]
        return frame.sort_values(["observed", "mean"], ascending=False, kind="stable", ignore_index=True)

    def __repr__(self) -> str:
        name = self.scenario.title or self.scenario.name
        held = self.goals[0]
        text = f"{name}: {self.n_runs} runs, {held.found:.0f} of {held.asked:.0f} facts within their 90 % band"
        if self.map is None:
            return text
        found = self.map.scores
        return f"{text}; counties of {self.map.year}: R2 {found.r_squared:.2f}, AUC {found.auc:.2f}"


def _score_row(name: str, found: Scores, *, in_sample: bool) -> dict[str, Any]:
    return {
        "prediction": name,
        "r_squared": found.r_squared,
        "auc": found.auc,
        "top_recall": found.top_recall,
        "log_score": found.log_score,
        "in_sample": in_sample,
    }


def validate(
    scenario: Scenario | str | PathLike[str],
    replicates: int = 200,
    *,
    draws: Posterior | str | PathLike[str] | Sequence[Mapping[str, Any]] | None = None,
    vary: str = "both",
    targets: str | PathLike[str] | Sequence[Target] | None = None,
    observed: str | PathLike[str] | None = None,
    year: int | None = None,
    out: str | PathLike[str] | None = None,
    resume: bool = False,
    retry_failed: bool = False,
    workers: int | str = 1,
    progress: bool | OnProgress | None = None,
) -> Validation:
    """Run an ensemble and hold it against the facts.

    Parameters
    ----------
    scenario : a scenario or the path of its file. A later ``year`` runs it on to that year's December.
    replicates : runs; 200 or more make 90 % bands steady.
    draws : a posterior, the path of its file, or mappings of parameters to values; used in turn, one a run.
    vary : "both": every run has a world (unobserved differences, ties) and a history of its own; or "history".
    targets : facts, or the path of a table of them; by default the shipped ones.
    observed : a list of the user's own to judge the map by (:func:`sim.calibration.lists.read_list`).
    year : of the list; 2015 for the published one.
    out, resume, retry_failed, workers, progress : as for :func:`sim.run_ensemble`.

    Returns
    -------
    Validation : ``bands`` beside the facts, ``score_table`` beside two simple predictions, ``goals``.

    Raises
    ------
    ScenarioError : a mistake in the scenario, the targets, the draws or the list, or a library is not installed;
        nothing is run then.
    RunError : every run failed. ResultError : the store or the posterior's file cannot be used.

    Notes
    -----
    ``hinterland validate`` is this function with figures and a report. Bands of few runs are too narrow: the 5 and
    95 % quantiles of N runs hold a further one with a chance of 0.9 (N - 1) / (N + 1).
    """
    require_libraries("validate")
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    conditions = Conditions.of(out, resume=resume, retry_failed=retry_failed, workers=workers, progress=progress)
    if replicates < 1:
        raise ScenarioError(Problem(f"found {replicates} runs, allowed is 1 or more"))
    scenario = _reaching(scenario, year)
    places = places_of(scenario)
    judged = _judged(scenario, places, None if observed is None else Path(observed), year)
    facts = _facts(scenario, targets, judged is not None)
    known = draws_of(draws, scenario)
    values = [dict(known[number % len(known)]) if known else {} for number in range(replicates)]
    plan = plan_of(scenario, values, seeds_of(scenario, range(replicates), vary))
    return Validation(perform(plan, conditions), facts, places, judged, values if known else ())


def _reaching(scenario: Scenario, year: int | None) -> Scenario:
    """The scenario, run on where it ends before the year that is asked for."""
    if year is None or year in december_years(scenario):
        return scenario
    if year < (scenario.end // 12):
        message = f"found year {year}, the scenario begins later"
        raise ScenarioError(Problem(message, hint="name a year whose December it reaches"))
    return scenario.replace({"end": f"{year}-12"})


def _judged(scenario: Scenario, places: Places, path: Path | None, year: int | None) -> tuple[int, Array] | None:
    """Year and counts of the list by which the map is judged."""
    if path is not None:
        if year is None:
            message = "a list was given, but not its year"
            raise ScenarioError(Problem(message, hint="name it, such as --year 2016"))
        return year, read_list(path, places, year)
    if year is not None and year not in OBSERVED_YEARS:
        message = f"there is no published list of {year} here"
        raise ScenarioError(Problem(message, hint="give one: --observed FILE with county_adcode,count"))
    chosen = OBSERVED_YEARS[-1] if year is None else year
    if scenario.region.synthetic is not None or chosen not in december_years(scenario):
        return None
    return chosen, list_counts(places, chosen)


def _facts(
    scenario: Scenario, given: str | PathLike[str] | Sequence[Target] | None, judged: bool
) -> tuple[Target, ...]:
    """Targets of the scenario; none are needed where a list of the user's own is judged."""
    try:
        return targets_for(scenario, given)
    except ScenarioError:
        if judged and given is None:
            return ()
        raise
