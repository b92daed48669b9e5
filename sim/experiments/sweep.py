"""A sweep: outcomes over values of parameters, every point with the same luck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

from sim.errors import Place, Problem, ScenarioError
from sim.experiments.design import Point, filled, grid, listed, ranges_of, replicate_seeds
from sim.experiments.labelled import labelled, write_tables
from sim.experiments.perform import Conditions, Plan, perform
from sim.experiments.progress import OnProgress
from sim.scenario import Scenario, load_scenario

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["POINT", "sweep"]

#: Dimension of the points of a list, a Latin hypercube or a Sobol sequence.
POINT = "point"
_FILLING = ("lhs", "sobol")


def sweep(
    scenario: Scenario | str | PathLike[str],
    vary: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    *,
    replicates: int = 16,
    design: str = "grid",
    points: int | None = None,
    design_seed: int = 0,
    vary_seeds: str = "history",
    by_county: bool = False,
    out: str | PathLike[str] | None = None,
    resume: bool = False,
    retry_failed: bool = False,
    workers: int | str = 1,
    progress: bool | OnProgress | None = None,
) -> xr.Dataset:
    """Run a scenario over many values.

    Parameters
    ----------
    scenario : a scenario or the path of its file.
    vary : for a grid, lists of values by dotted name, such as ``{"logistics.parcel_cost": [6, 8, 10],
        "mechanisms.training": [True, False]}``; a list of such mappings of single values for points of your own;
        for "lhs" and "sobol" pairs (low, high) by name, ``None`` in place of a pair for the parameter's prior.
    replicates : runs a point; all points share the seeds, which count up from the scenario's.
    design : "grid", "lhs" (Latin hypercube) or "sobol"; parameters with a log-uniform prior are filled evenly in
        the logarithm.
    points : number of points of a Latin hypercube or Sobol sequence. design_seed : its seed.
    vary_seeds : which seed differs between replicates: "history", "world" or "both".
    by_county, out, resume, retry_failed, workers, progress : as for :func:`sim.run_ensemble`.

    Returns
    -------
    Dataset over the varied names (a grid) or ``point`` (else), ``replicate``, and ``year`` or ``month``. With
    ``out`` it lies there as ``results.nc``, with tidy Parquet tables.

    Raises
    ------
    ScenarioError : a name or value is not allowed; every mistake is told before anything runs.
    ResultError : the store cannot be used, or holds another experiment.

    Notes
    -----
    ``sim.sweep(scenario, {"logistics.parcel_cost": [6, 8, 10]}).villages.sel(year=2015).median("replicate")``
    gives the median number of Taobao villages at each parcel cost.
    """
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    conditions = Conditions.of(out, resume=resume, retry_failed=retry_failed, workers=workers, progress=progress)
    chosen = _points(scenario, vary, design, points, design_seed)
    plan = Plan({"scenario": scenario}, chosen, replicate_seeds(scenario, replicates, vary_seeds), by_county)
    _check_one_shape(chosen)
    runs = perform(plan, conditions)
    is_grid = design == "grid" and isinstance(vary, Mapping)
    dims = _grid_dims(vary) if is_grid and isinstance(vary, Mapping) else {POINT: range(len(chosen))}
    dataset = labelled(runs, dims, scenario.title or scenario.name)
    if not is_grid:
        dataset = _with_values(dataset, chosen)
    dataset.attrs["failures"] = "\n".join(runs.messages)
    if conditions.out is not None:
        write_tables(dataset, conditions.out, scenario)
    return dataset


def _mistake(message: str, hint: str | None = None) -> ScenarioError:
    return ScenarioError(Problem(message, Place("python"), hint))


def _points(
    scenario: Scenario,
    vary: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    design: str,
    points: int | None,
    seed: int,
) -> list[Point]:
    """Scenarios of a design."""
    if design in _FILLING:
        if points is None or not isinstance(vary, Mapping):
            message = f"a design {design!r} needs points and ranges by name"
            raise _mistake(message, 'such as points=32 and {"logistics.parcel_cost": (6, 12)}')
        return listed(scenario, filled(ranges_of(scenario, vary), points, design, seed))
    if points is not None:
        message = f"points are for a design of {' or '.join(_FILLING)}; found {design!r}"
        raise _mistake(message)
    if design != "grid":
        message = f"design: found {design!r}, allowed is one of grid, {', '.join(_FILLING)}"
        raise _mistake(message)
    if isinstance(vary, Mapping):
        return grid(scenario, vary)
    if not vary or any(each.keys() != vary[0].keys() for each in vary):
        message = "a list of points needs at least one, and the same names in every one"
        raise _mistake(message)
    return listed(scenario, vary)


def _check_one_shape(points: Sequence[Point]) -> None:
    """All runs of a sweep cover the same months and places, so that they fill one array."""
    first = points[0].scenario
    for point in points:
        if (point.scenario.start, point.scenario.end) != (first.start, first.end):
            message = "start and end cannot be swept: the runs would have different months"
            raise _mistake(message, "run one sweep for each")
        if point.scenario.region != first.region:
            message = "the region cannot be swept: the runs would have different counties"
            raise _mistake(message, "run one sweep for each")


def _grid_dims(vary: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {name: list(values) for name, values in vary.items()}


def _with_values(dataset: xr.Dataset, points: Sequence[Point]) -> xr.Dataset:
    """Values of each point as coordinates along the points."""
    import numpy as np

    for name in points[0].values:
        values = np.asarray([point.values[name] for point in points])
        plain = values if values.dtype.kind in "biuf" else values.astype(str)
        dataset = dataset.assign_coords({name: (POINT, plain)})
    return dataset
