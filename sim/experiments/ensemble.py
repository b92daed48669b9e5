"""An ensemble: one scenario, many histories, and where the published counts lie among them."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.accessors import Drawn
from sim.experiments.design import Point, replicate_seeds
from sim.experiments.intervals import band
from sim.experiments.labelled import labelled, write_tables
from sim.experiments.outcomes import YEARLY, observed_counts
from sim.experiments.perform import Conditions, Plan, Runs, perform
from sim.experiments.progress import OnProgress
from sim.results.comparison import OBSERVED_YEARS
from sim.scenario import Scenario, load_scenario
from sim.scenario.show import describe_region, describe_span

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = ["EnsembleResult", "run_ensemble"]


class EnsembleResult(Drawn):
    """What an ensemble gave.

    ``dataset`` holds every outcome by replicate and year or month; ``table`` medians and 90 % intervals beside
    the published counts; ``plot.growth()`` draws them.

    Parameters
    ----------
    runs : the outcomes.
    """

    def __init__(self, runs: Runs) -> None:
        self.scenario: Scenario = runs.plan.points[0].scenario
        self.failures: tuple[str, ...] = runs.messages
        self.n_replicates = len(runs.plan.seeds)
        self.n_failed = runs.n_failed
        self._runs = runs
        self.dataset: xr.Dataset = labelled(runs, {}, self.scenario.title or self.scenario.name)

    @property
    def table(self) -> pd.DataFrame:
        """One row an outcome and year: median, 5 % and 95 % quantile, published count (nan where none)."""
        import pandas as pd

        observed = observed_counts(self.scenario)
        rows = []
        for number, outcome in enumerate(YEARLY):
            for position, year in enumerate(self._runs.plan.layout.years):
                values = self._runs.yearly[0, :, number, position]
                if np.isfinite(values).any():
                    seen = observed.get((outcome.name, year), np.nan)
                    row = (outcome.name, outcome.meaning, outcome.unit, year, *band(values), seen)
                    rows.append(row)
        columns = ["outcome", "meaning", "unit", "year", "median", "low", "high", "observed"]
        return pd.DataFrame(rows, columns=columns)

    @property
    def shown_years(self) -> list[int]:
        """Years a short table shows: those with a published list, else the last two."""
        years = self._runs.plan.layout.years
        return [year for year in years if year in OBSERVED_YEARS] or list(years[-2:])

    def save(self, path: str | PathLike[str]) -> Path:
        """Write ``results.nc`` and tidy tables into a folder, which may hold the experiment's store.

        Raises
        ------
        ResultError : it cannot be written.
        """
        write_tables(self.dataset, Path(path), self.scenario, {"table": self.table})
        return Path(path)

    def __repr__(self) -> str:
        frame = self.table
        rows = frame[(frame["outcome"] == "villages") & frame["year"].isin(self.shown_years)]
        counts = "; ".join(_counted(row) for row in rows.to_dict("records"))
        failed = f", {self.n_failed} failed" if self.n_failed else ""
        name = self.scenario.title or self.scenario.name
        facts = f"{describe_region(self.scenario)}, {describe_span(self.scenario)}"
        return f"{name}: {facts}, {self.n_replicates} replicates{failed}\nTaobao villages {counts}"

    def _repr_html_(self) -> str:
        import html

        frame = self.table
        shown = frame[frame["year"].isin(self.shown_years)].drop(columns="outcome")
        return f"<p>{html.escape(repr(self).splitlines()[0])}</p>{shown.to_html(index=False, na_rep='')}"


def _counted(row: dict[Any, Any]) -> str:
    text = f"{row['year']}: {row['median']:,.0f} [{row['low']:,.0f}, {row['high']:,.0f}]"
    return text if np.isnan(row["observed"]) else f"{text} (observed {row['observed']:,.0f})"


def run_ensemble(
    scenario: Scenario | str | PathLike[str],
    replicates: int = 16,
    *,
    vary: str = "history",
    by_county: bool = False,
    by_village: bool = False,
    out: str | PathLike[str] | None = None,
    resume: bool = False,
    retry_failed: bool = False,
    workers: int | str = 1,
    progress: bool | OnProgress | None = None,
) -> EnsembleResult:
    """Run a scenario many times, each time with other luck.

    Parameters
    ----------
    scenario : a scenario or the path of its file.
    replicates : number of runs; their seeds count up from the scenario's, so replicate 0 is ``sim.run(scenario)``.
    vary : which seed differs: "history", "world" or "both".
    by_county : keep Taobao villages and shops of every county too. by_village : keep shops and sales of every
        Taobao village of each December.
    out : folder of the store; with it the ensemble can be resumed, and grown by asking for more replicates.
    resume : continue the store in ``out``: only missing runs are done.
    retry_failed : run again what failed before.
    workers : processes; with more than one, a script needs ``if __name__ == "__main__":``. Or the address of the
        scheduler of a dask cluster, such as "tcp://10.0.0.1:8786".
    progress : a bar on the error stream; ``None`` shows it on terminals and in notebooks.

    Returns
    -------
    The same values for any number of workers, interrupted or not.

    Raises
    ------
    ScenarioError : the scenario or a number is not valid.
    ResultError : the store cannot be used, or holds another experiment.
    """
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    conditions = Conditions.of(out, resume=resume, retry_failed=retry_failed, workers=workers, progress=progress)
    seeds = replicate_seeds(scenario, replicates, vary)
    plan = Plan({"scenario": scenario}, [Point({}, scenario)], seeds, by_county, by_village)
    result = EnsembleResult(perform(plan, conditions))
    if conditions.out is not None:
        result.save(conditions.out)
    return result
