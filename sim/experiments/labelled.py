"""Outcomes of an experiment as labelled arrays with units, and as files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.data import counties
from sim.experiments.outcomes import BY_COUNTY, BY_VILLAGE, MONTHLY, YEARLY, Layout, Outcome
from sim.experiments.perform import Plan, Runs
from sim.results.provenance import provenance, utc_now
from sim.results.staging import told_if_unwritable, written_whole
from sim.results.tables import dates
from sim.scenario import Scenario
from sim.world.regions import resolve_region

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = ["DATASET_FILE", "axis_words", "county_codes", "labelled", "tidy", "write_tables"]

DATASET_FILE = "results.nc"


def labelled(runs: Runs, dims: Mapping[str, Sequence[Any]], title: str) -> xr.Dataset:
    """Outcomes by point, replicate, and year or month.

    Parameters
    ----------
    dims : dimensions that the points fill, with their values; one of length P, or several for a grid.

    Returns
    -------
    Dataset with units and long names; ``status`` and ``message`` say at which stage a run failed and why. Its
    attribute ``scenario`` is the JSON of the resolved scenario.
    """
    import xarray as xr

    plan, layout = runs.plan, runs.plan.layout
    outer, lengths = [*dims, "replicate"], [*(len(values) for values in dims.values()), len(runs.plan.seeds)]
    variables, places = _variables(runs, outer, lengths)
    coordinates: dict[str, Any] = {
        name: (name, _axis(values), axis_words(plan.scenarios, name)) for name, values in dims.items()
    }
    coordinates |= {
        "replicate": ("replicate", np.arange(len(plan.seeds)), {"long_name": "replicate"}),
        **_seeds(plan, outer, lengths),
        "year": ("year", np.array(layout.years, np.int64), {"long_name": "year, counted in December"}),
        "month": ("month", _months(layout), {"long_name": "first day of the month"}),
    }
    if plan.by_county:
        coordinates["county"] = ("county", county_codes(plan), {"long_name": "code of the county"})
    coordinates |= places
    resolved = {name: scenario.resolved() for name, scenario in plan.scenarios.items()}
    about = {"title": title, "scenario": json.dumps(resolved, ensure_ascii=False, sort_keys=True)}
    if runs.of_mixed_code:
        about["mixed_code"] = "some runs are of earlier code, accepted with hinterland accept-code"
    return xr.Dataset(variables, coordinates, about)


def _variables(runs: Runs, outer: Sequence[str], lengths: Sequence[int]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Outcomes, and what became of each run; and the coordinates of villages, where theirs are kept."""
    plan = runs.plan
    variables: dict[str, Any] = {}
    parts: list[tuple[Sequence[Outcome], NDArray[np.float64], list[str]]] = [
        (YEARLY, runs.yearly, ["year"]),
        (list(MONTHLY.values()), runs.monthly, ["month"]),
    ]
    if plan.by_county:
        parts.append((BY_COUNTY, runs.by_county, ["year", "county"]))
    for outcomes, values, inner in parts:
        for number, outcome in enumerate(outcomes):
            one = values[:, :, number].reshape(*lengths, *values.shape[3:])
            variables[outcome.name] = ([*outer, *inner], one, _words(outcome))
    places: dict[str, Any] = {}
    if plan.by_village:
        arrays, places = _of_villages(runs)
        for outcome, values in zip(BY_VILLAGE, arrays, strict=True):
            one = values.reshape(*lengths, *values.shape[1:])
            variables[outcome.name] = ([*outer, "year", "village"], one, _words(outcome))
    status = {"long_name": "stage at which the run failed, empty if it did not"}
    variables["status"] = (outer, runs.status.reshape(lengths).astype(str), status)
    why = {"long_name": "why the run failed, empty if it did not"}
    reasons = np.full(lengths, "") if runs.reasons is None else runs.reasons.reshape(lengths).astype(str)
    variables["message"] = (outer, reasons, why)
    return variables, places


def _seeds(plan: Plan, outer: Sequence[str], lengths: Sequence[int]) -> dict[str, Any]:
    """Seeds by replicate; a seed that is varied itself is an axis, and each run's is called ``run_world_seed``."""
    found: dict[str, Any] = {}
    for kind in ("world", "history"):
        if any(f"{kind}_seed" in point.values for point in plan.points):
            runs = [getattr(plan.seeds_of(point, seeds), kind) for point in plan.points for seeds in plan.seeds]
            values, name, dims = np.reshape(runs, lengths), f"run_{kind}_seed", outer
        else:
            values, name, dims = (
                np.array([getattr(seeds, kind) for seeds in plan.seeds]),
                f"{kind}_seed",
                ["replicate"],
            )
        found[name] = (dims, values, {"long_name": f"{kind} seed"})
    return found


def _of_villages(runs: Runs) -> tuple[list[NDArray[np.float64]], dict[str, Any]]:
    """Outcomes of villages that are Taobao villages in any run, (runs, years, villages); nan else."""
    years = np.array(runs.plan.layout.years)
    rows = [(number, row) for number, table in enumerate(runs.by_village) for row in table]
    numbers = np.array([number for number, _ in rows], np.int64)
    table = np.array([row for _, row in rows], np.float64).reshape(-1, 2 + 1 + len(BY_VILLAGE))
    uid, first, place = np.unique(table[:, 1].astype(np.int64), return_index=True, return_inverse=True)
    arrays = [np.full((len(runs.by_village), years.size, uid.size), np.nan) for _ in BY_VILLAGE]
    year = np.searchsorted(years, table[:, 0].astype(np.int64))
    for column, values in enumerate(arrays):
        values[numbers, year, place] = table[:, 3 + column]
    county = table[first, 2].astype(np.int64)
    return arrays, {
        "village": ("village", uid, {"long_name": "lasting number of the village, uid in tables of runs"}),
        "village_county": ("village", county, {"long_name": "code of the village's county"}),
    }


def _words(outcome: Outcome) -> dict[str, str]:
    return {"units": outcome.unit, "long_name": outcome.meaning}


def _months(layout: Layout) -> NDArray[np.datetime64]:
    return dates(layout.start + np.arange(layout.n_months)).astype("datetime64[ns]")


def _axis(values: Sequence[Any]) -> NDArray[Any]:
    array = np.asarray(values)
    return array if array.dtype.kind in "biufM" else array.astype(str)


def axis_words(scenarios: Mapping[str, Scenario], name: str) -> dict[str, str]:
    """Unit and meaning of what is varied, from the tables of the scenarios."""
    vocabulary = next(iter(scenarios.values())).vocabulary
    row = vocabulary.parameters.get(name)
    if row is not None:
        return {"units": row.unit, "long_name": row.description}
    switch = vocabulary.mechanisms.get(name.removeprefix("mechanisms."))
    return {"long_name": name.replace("_", " ") if switch is None else switch.description}


def county_codes(plan: Plan) -> NDArray[np.int64]:
    """Codes of the counties simulated, in the order of the county dimension."""
    scenario = plan.points[0].scenario
    if scenario.region.synthetic is not None:
        from sim.world import build_world

        return build_world(scenario).counties.code
    return np.asarray(counties().adcode[resolve_region(scenario)], np.int64)


def tidy(dataset: xr.Dataset, inner: str) -> pd.DataFrame:
    """One row a run and year (or month), seeds and outcomes as columns.

    Parameters
    ----------
    inner : "run" (whether and why it failed), "year", "month", "county" (a row a run, year and county) or
        "village" (a row a run, year and Taobao village).
    """
    wanted = {"year", inner} if inner in {"county", "village"} else {inner} - {"run"}
    names = [
        name
        for name, variable in dataset.data_vars.items()
        if {"year", "month", "county", "village"} & set(variable.dims) == wanted
    ]
    frame = dataset[names].to_dataframe().reset_index()
    if inner == "village":
        frame = frame.dropna(subset=names, how="all", ignore_index=True)
    leading = [column for column in frame.columns if column not in names]
    return frame[[*leading, *names]]


def write_tables(
    dataset: xr.Dataset, folder: Path, scenario: Scenario, frames: Mapping[str, pd.DataFrame] | None = None
) -> None:
    """Write ``results.nc``, tidy Parquet tables and provenance into a folder; each file whole or not at all.

    The provenance is called ``experiment.json``: a folder with a ``provenance.json`` is that of one run, which
    may be replaced when asked.

    Parameters
    ----------
    scenario : the base scenario, for the provenance. frames : further tables by name.

    Raises
    ------
    ResultError : the folder cannot be written.
    """
    inner = ["run", "year", "month", *(name for name in ("county", "village") if name in dataset.dims)]
    tables = {f"by_{name}": tidy(dataset, name) for name in inner} | dict(frames or {})
    origin = provenance(scenario, started_at=utc_now(), seconds={})
    origin["written_at"] = origin.pop("started_at")  # an experiment may have been begun days before
    text = json.dumps(origin, ensure_ascii=False, indent=2) + "\n"
    with told_if_unwritable(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with written_whole(folder / DATASET_FILE) as beside:
            dataset.to_netcdf(beside, engine="h5netcdf")
        for name, frame in tables.items():
            with written_whole(folder / f"{name}.parquet") as beside:
                frame.to_parquet(beside, compression="zstd", index=False)
        with written_whole(folder / "experiment.json") as beside:
            beside.write_text(text, encoding="utf-8")
