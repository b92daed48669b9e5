"""Spatial hold-out: leave a province's facts out of the fit, and predict its counties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.calibration.fit import WHOLE, Effort, Table, posterior_of, simulated
from sim.calibration.history import History, Places, list_counts, places_of
from sim.calibration.posterior import Posterior
from sim.calibration.scores import Scores, ensemble_chance, scores
from sim.calibration.simulations import county_counts, histories, plan_of, seeds_of
from sim.calibration.targets import Target, as_seen_in
from sim.data import counties
from sim.errors import Place, Problem, ScenarioError
from sim.experiments.perform import Conditions, Runs, perform
from sim.metrics.criteria import REPORT_2015
from sim.results.comparison import OBSERVED_YEARS
from sim.scenario import Scenario
from sim.scenario.problems import nearest as most_like

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["HeldOut", "elsewhere", "held_out", "hold_out", "province_code", "recounted", "table_elsewhere"]

Array = NDArray[np.float64]
#: Statistics that need nothing but the villages of counties, so that they can be counted without a province.
_FROM_COUNTIES = frozenset(
    {"villages", "counties", "cluster_counties", "large_cluster_counties", "largest_county", "provinces"}
    | {"province_villages", "county_villages", "county_of_rank", "county_moran", "mean_covariate"}
)


@dataclass(frozen=True, eq=False)
class HeldOut:
    """A province that was predicted without its own facts.

    Parameters
    ----------
    province : code. year : of the list. observed, mean : (C',) villages of its counties. total : (N,) of the runs.
    scores : over its counties. posterior : fitted to everything else.
    """

    province: int
    year: int
    observed: Array
    mean: Array
    total: Array
    scores: Scores
    posterior: Posterior

    @property
    def band(self) -> tuple[float, float, float]:
        """5 %, 50 % and 95 % quantile of the province's villages."""
        low, middle, high = np.quantile(self.total, [0.05, 0.5, 0.95])
        return float(low), float(middle), float(high)

    @property
    def holds(self) -> bool:
        """Whether the 90 % band holds the observed number."""
        low, _, high = self.band
        return bool(low <= self.observed.sum() <= high)

    def __repr__(self) -> str:
        low, middle, high = self.band
        found = self.scores
        return (
            f"province {self.province} from all others, {self.year}: {middle:.0f} [{low:.0f}, {high:.0f}] Taobao "
            f"villages, observed {self.observed.sum():.0f}; "
            f"its counties: R2 {found.r_squared:.2f}, AUC {found.auc:.2f}"
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row: province, observed, median, band, scores."""
        import pandas as pd

        low, middle, high = self.band
        row = {"province": self.province, "year": self.year, "observed": float(self.observed.sum()),
               "median": middle, "low": low, "high": high, "holds": self.holds,
               "r_squared": self.scores.r_squared, "auc": self.scores.auc}  # fmt: skip
        return pd.DataFrame([row])


def elsewhere(places: Places, province: int) -> tuple[Places, NDArray[np.bool_]]:
    """The counties outside a province, and the mask that chooses them.

    Raises
    ------
    ScenarioError : the region has no such province, or nothing else.
    """
    kept = places.province != province
    if kept.all() or not kept.any():
        known = ", ".join(str(code) for code in np.unique(places.province))
        message = f"found province {province}, allowed is one of several simulated: {known}"
        raise ScenarioError(Problem(message, Place("python")))
    columns = {name: getattr(places, name)[kept] for name in
               ("code", "province", "name", "lon", "lat", "rural_households", "covariates")}  # fmt: skip
    return replace(places, **columns), kept


def recounted(history: History, places: Places, kept: NDArray[np.bool_]) -> History:
    """The history of some counties only: what can be counted from their villages, and nothing else.

    Parameters
    ----------
    places : the counties kept. kept : (C,) mask over the counties of the history.
    """
    counts: dict[tuple[str, int], float] = {}
    villages = {year: of_county[kept] for year, of_county in history.villages.items()}
    for year, of_county in villages.items():
        counts |= {
            ("villages", year): float(of_county.sum()),
            ("counties", year): float(np.count_nonzero(of_county)),
            ("cluster_counties", year): float((of_county >= REPORT_2015.cluster_villages_min).sum()),
            ("large_cluster_counties", year): float((of_county >= REPORT_2015.large_cluster_villages_min).sum()),
            ("largest_county", year): float(of_county.max(initial=0.0)),
            ("provinces", year): float(np.unique(places.province[of_county > 0]).size),
        }
    return History(counts, villages)


def table_elsewhere(
    runs: Runs, table: Table, targets: Sequence[Target], places: Places, province: int
) -> tuple[Table, tuple[Target, ...]]:
    """The simulations seen without a province, and the facts that remain.

    The province's facts had a part in where later rounds were drawn, none in what they gave. What is learned from
    them is statistics given parameters, whatever points were chosen.

    Parameters
    ----------
    runs : the simulations of ``table``, in its order; those that failed are passed over. targets : of the whole
        region; values are counted again from the published lists.
    """
    there, kept = elsewhere(places, province)
    lists = History({}, {year: list_counts(places, year) for year in OBSERVED_YEARS})
    asked = [
        target
        for target in targets
        if target.statistic in _FROM_COUNTIES
        and not (target.statistic == "province_villages" and int(target.place) == province)
    ]
    facts = as_seen_in(asked, recounted(lists, there, kept), there)
    values = [
        [target.of(recounted(history, there, kept), there) for target in facts]
        for history in histories(runs)
        if history is not None
    ]
    return replace(table, values=np.array(values, np.float64)), facts


def held_out(
    scenario: Scenario,
    runs: Runs,
    table: Table,
    targets: Sequence[Target],
    province: int,
    *,
    replicates: int = 100,
    nearest: float = 0.5,
    conditions: Conditions | None = None,
) -> HeldOut:
    """Fit to all but one province, and predict that one.

    The fit uses the simulations there are. Then runs of the whole region, with draws of that posterior, say what
    the province's own covariates and its villages of 2014 (the starting state) lead to. Nothing of 2015 in the
    province has been seen by either.

    Parameters
    ----------
    runs, table, targets : of a calibration. replicates : predictive runs.

    Raises
    ------
    ScenarioError : no such province.
    """
    places = places_of(scenario)
    table, facts = table_elsewhere(runs, table, targets, places, province)
    posterior = posterior_of(scenario, table, facts, nearest)
    plan = plan_of(scenario, posterior.draws(replicates), seeds_of(scenario, range(replicates)))
    counts = county_counts(perform(plan, conditions or Conditions(progress=False)), OBSERVED_YEARS[-1])
    inside = places.province == province
    counts, observed = counts[:, inside], list_counts(places, OBSERVED_YEARS[-1])[inside]
    mean = counts.mean(axis=0)
    return HeldOut(
        province,
        OBSERVED_YEARS[-1],
        observed,
        mean,
        counts.sum(axis=1),
        scores(mean, ensemble_chance(counts), observed),
        posterior,
    )


def province_code(name: str) -> int:
    """Code of a province by its code, Chinese or English name.

    Raises
    ------
    ScenarioError : there is no such province.
    """
    table = counties()
    rows = table.find_province(name)
    if not rows:
        meant = most_like(name, [*map(str, table.province_en), *map(str, table.province_zh)])
        message = f"found province {name!r}" + (
            f", did you mean {meant}?" if meant else ", allowed is one of China"
        )
        raise ScenarioError(Problem(message, Place("python")))
    return int(table.province_code[rows[0]])


def hold_out(
    scenario: Scenario,
    province: int,
    *,
    free: Sequence[str] | None = None,
    targets: Path | None = None,
    effort: Effort = WHOLE,
    vary: str = "both",
    design_seed: int = 0,
    replicates: int = 100,
    conditions: Conditions,
) -> HeldOut:
    """Hold a province out of a calibration whose simulations lie in a store, and keep the predictions beside them.

    Parameters
    ----------
    conditions : with the folder of the calibration and ``resume``; the predictive runs go to a folder in it. The
        other arguments as for the calibration, so that its simulations are found and none is done again.

    Raises
    ------
    ScenarioError : no such province, or as for the calibration.
    """
    elsewhere(places_of(scenario), province)
    table, facts, runs = simulated(scenario, free, targets, effort, vary, design_seed, conditions)
    inside = None if conditions.out is None else conditions.out / f"without-{province}"
    return held_out(
        scenario,
        runs,
        table,
        facts,
        province,
        replicates=replicates,
        nearest=effort.nearest,
        conditions=replace(conditions, out=inside),
    )
