"""An ensemble: one scenario, many histories, and where the published counts lie among them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import HinterlandError, ResultError, counted
from sim.experiments.accessors import Drawn, in_html
from sim.experiments.design import Point, replicate_seeds
from sim.experiments.intervals import band
from sim.experiments.labelled import DATASET_FILE, labelled, write_tables
from sim.experiments.netcdf import read_netcdf
from sim.experiments.outcomes import MONTHLY, YEARLY, observed_counts
from sim.experiments.perform import Conditions, Plan, perform
from sim.experiments.progress import OnProgress
from sim.results.comparison import OBSERVED_YEARS
from sim.scenario import Scenario, load_scenario
from sim.scenario.show import describe_region, describe_span

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = ["EnsembleResult", "load_ensemble", "run_ensemble"]

_PROVENANCE = "experiment.json"
#: What tables, figures and reports of an ensemble ask for.
_NEEDED = (
    *("status", "replicate", "year", "month"),
    *(outcome.name for outcome in (*YEARLY, *MONTHLY.values())),
)


class EnsembleResult(Drawn):
    """What an ensemble gave.

    ``dataset`` holds every outcome by replicate and year or month; ``table`` medians and 90 % intervals beside
    the published counts; ``plot.growth()`` draws them.

    Parameters
    ----------
    scenario : of all runs. dataset : the outcomes. failures : one line for each kind of failure.
    provenance : of a folder read back; empty for an ensemble just made.
    """

    def __init__(
        self,
        scenario: Scenario,
        dataset: xr.Dataset,
        failures: tuple[str, ...] = (),
        provenance: Mapping[str, Any] | None = None,
    ) -> None:
        self.scenario = scenario
        self.dataset = dataset
        self.failures = failures
        self.provenance: Mapping[str, Any] = provenance or {}
        self.n_replicates = int(dataset.sizes["replicate"])
        self.n_failed = int((dataset["status"].values != "").sum())

    @property
    def table(self) -> pd.DataFrame:
        """One row an outcome and year: median, 5 % and 95 % quantile, published count (nan where none)."""
        import pandas as pd

        observed = observed_counts(self.scenario)
        rows = []
        for outcome in YEARLY:
            outcomes = self.dataset[outcome.name].transpose("replicate", "year").values
            for position, year in enumerate(self._years):
                values = outcomes[:, position]
                if np.isfinite(values).any():
                    seen = observed.get((outcome.name, year), np.nan)
                    row = (outcome.name, outcome.meaning, outcome.unit, year, *band(values), seen)
                    rows.append(row)
        columns = ["outcome", "meaning", "unit", "year", "median", "low", "high", "observed"]
        return pd.DataFrame(rows, columns=columns)

    @property
    def shown_years(self) -> list[int]:
        """Years a short table shows: those with a published list, else the last two."""
        years = self._years
        return [year for year in years if year in OBSERVED_YEARS] or years[-2:]

    @property
    def _years(self) -> list[int]:
        return [int(year) for year in self.dataset["year"].values]

    def save(self, path: str | PathLike[str]) -> Path:
        """Write ``results.nc`` and tidy tables into a folder, which may hold the experiment's store.

        Raises
        ------
        ResultError : it cannot be written.
        """
        write_tables(self.dataset, Path(path), self.scenario, {"table": self.table})
        return Path(path)

    def report(self, path: str | PathLike[str], *, language: str = "en") -> Path:
        """Write the ensemble as one HTML file for people; return its path.

        Raises
        ------
        ResultError : the file cannot be written. ScenarioError : the language is neither "en" nor "zh".
        """
        written: Path = self.plot(language=language).report(path)
        return written

    def __repr__(self) -> str:
        frame = self.table
        rows = frame[(frame["outcome"] == "villages") & frame["year"].isin(self.shown_years)]
        counts = "; ".join(_counted(row) for row in rows.to_dict("records"))
        failed = f", {self.n_failed} failed" if self.n_failed else ""
        name = self.scenario.title or self.scenario.name
        facts = f"{describe_region(self.scenario)}, {describe_span(self.scenario)}"
        return f"{name}: {facts}, {counted(self.n_replicates, 'replicate')}{failed}\nTaobao villages {counts}"

    def _repr_html_(self) -> str:
        frame = self.table
        return in_html(self, frame[frame["year"].isin(self.shown_years)].drop(columns="outcome"))


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
    runs = perform(plan, conditions)
    result = EnsembleResult(scenario, labelled(runs, {}, scenario.title or scenario.name), runs.messages)
    if conditions.out is not None:
        result.save(conditions.out)
    return result


def load_ensemble(path: str | PathLike[str]) -> EnsembleResult:
    """Read the folder of an ensemble back: ``results.nc`` and ``experiment.json``.

    Raises
    ------
    ResultError : it is no such folder, is damaged, or holds another kind of experiment.
    """
    folder = Path(path)
    origin = _read_origin(folder)
    hint = "the folder is damaged; resume the experiment (--resume)"
    dataset = read_netcdf(folder / DATASET_FILE, "cannot be read as results", hint, needed=_NEEDED)
    dims = set(dataset["villages"].dims)
    if dims != {"replicate", "year"}:
        beside = ", ".join(sorted(str(name) for name in dims - {"replicate", "year"}))
        hint = "name the folder of an ensemble"
        raise ResultError.at(folder, f"holds an experiment by {beside}, no ensemble", hint)
    return EnsembleResult(_stored_scenario(folder, origin), dataset, (), origin)


def _read_origin(folder: Path) -> dict[str, Any]:
    try:
        origin = json.loads((folder / _PROVENANCE).read_text(encoding="utf-8"))
        dict(origin["scenario"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        hint = "check the path"
        raise ResultError.at(folder, f"is no folder of an ensemble (no readable {_PROVENANCE})", hint) from error
    return dict(origin)


def _stored_scenario(folder: Path, origin: Mapping[str, Any]) -> Scenario:
    """The scenario of a folder, without files of its own (graph, roll-out), of which only digests are kept."""
    stored = dict(origin["scenario"])
    for digest in ("acquaintances", "roll_out"):
        stored.pop(digest, None)
    timeline = [{key: item for key, item in entry.items() if item} for entry in stored.get("timeline", [])]
    mapping = {**stored, **stored.pop("parameters", {}), "timeline": timeline}
    mapping.pop("parameters", None)
    try:
        return Scenario.from_mapping({key: value for key, value in mapping.items() if value != ""})
    except HinterlandError as error:
        message = f"its scenario is none of this version ({error})"
        raise ResultError.at(folder / _PROVENANCE, message, "read it with the version named there") from error
