"""A sweep: outcomes over values of parameters, every point with the same luck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any

from sim.errors import refuse
from sim.experiments.design import Point, filled, grid, listed, ranges_of, replicate_seeds
from sim.experiments.labelled import axis_words, labelled, write_tables
from sim.experiments.perform import Conditions, Plan, perform
from sim.experiments.progress import OnProgress
from sim.scenario import Scenario, load_scenario
from sim.scenario.sweeps import SweepPlan

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["POINT", "sweep"]

#: Dimension of the points of a list, a Latin hypercube or a Sobol sequence.
POINT = "point"
_FILLING = ("lhs", "sobol")
_DEFAULTS: Mapping[str, Any] = {
    "design": "grid",
    "points": None,
    "design_seed": 0,
    "replicates": 16,
    "vary_seeds": "history",
    "by_county": False,
    "by_village": False,
}


def sweep(
    scenario: Scenario | str | PathLike[str],
    vary: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    *,
    replicates: int | None = None,
    design: str | None = None,
    points: int | None = None,
    design_seed: int | None = None,
    vary_seeds: str | None = None,
    by_county: bool | None = None,
    by_village: bool | None = None,
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
        By default what the scenario file says under ``sweep``; given here, it replaces the file's design.
    replicates : runs a point (16); all points share the seeds, which count up from the scenario's.
    design : "grid" (the default), "lhs" (Latin hypercube) or "sobol"; parameters with a log-uniform prior are
        filled evenly in the logarithm.
    points : number of points of a Latin hypercube or Sobol sequence. design_seed : its seed (0).
    vary_seeds : which seed differs between replicates: "history" (the default), "world" or "both".
    by_county, by_village, out, resume, retry_failed, workers, progress : as for :func:`sim.run_ensemble`.
        What is not given of replicates, seeds and detail is taken from the file, else the default in brackets.

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
    asked = Asked.of(
        scenario,
        vary,
        replicates=replicates,
        design=design,
        points=points,
        design_seed=design_seed,
        vary_seeds=vary_seeds,
        by_county=by_county,
        by_village=by_village,
    )
    chosen = _points(scenario, asked)
    seeds = replicate_seeds(scenario, asked.replicates, asked.vary_seeds)
    plan = Plan({"scenario": scenario}, chosen, seeds, asked.by_county, asked.by_village)
    _check_one_shape(chosen)
    runs = perform(plan, conditions)
    is_grid = asked.design == "grid" and isinstance(asked.vary, Mapping)
    axes = asked.vary if isinstance(asked.vary, Mapping) else {}
    dims = _grid_dims(axes) if is_grid else {POINT: range(len(chosen))}
    dataset = labelled(runs, dims, scenario.title or scenario.name)
    if not is_grid:
        dataset = _with_values(dataset, chosen)
    dataset.attrs["failures"] = "\n".join(runs.messages)
    if conditions.out is not None:
        write_tables(dataset, conditions.out, scenario)
    return dataset


@dataclass(frozen=True, slots=True)
class Asked:
    """What is swept: what was given in Python or on the command line, and for the rest what the file says."""

    vary: Mapping[str, Any] | Sequence[Mapping[str, Any]]
    design: str
    points: int | None
    design_seed: int
    replicates: int
    vary_seeds: str
    by_county: bool
    by_village: bool

    @classmethod
    def of(cls, scenario: Scenario, vary: Any, **given: Any) -> Asked:
        """Fill what is ``None`` from the scenario's ``sweep``, else by the defaults.

        Raises
        ------
        ScenarioError : nothing to vary.
        """
        written = scenario.sweep
        filled = dict(_DEFAULTS) | {
            name: value for name, value in _from_file(written).items() if value is not None
        }
        if vary is not None:
            filled |= {"vary": vary, "design": "grid", "points": None}
        elif written is None:
            message = "nothing to vary: neither values were given nor has the scenario a sweep"
            refuse(message, 'give {"logistics.parcel_cost": [6, 8, 10]}, or write sweep: into the file')
        return cls(**(filled | {name: value for name, value in given.items() if value is not None}))


def _from_file(written: SweepPlan | None) -> dict[str, Any]:
    if written is None:
        return {}
    vary: Any = list(written.listed) or {name: list(values) for name, values in written.vary.items()}
    if written.design in _FILLING:
        vary = {name: tuple(values) or None for name, values in written.vary.items()}
    numbers = ("design", "points", "design_seed", "replicates", "vary_seeds", "by_county", "by_village")
    return {"vary": vary} | {name: getattr(written, name) for name in numbers}


def _points(scenario: Scenario, asked: Asked) -> list[Point]:
    """Scenarios of a design."""
    vary, design = asked.vary, asked.design
    if design in _FILLING:
        if asked.points is None or not isinstance(vary, Mapping):
            message = f"a design {design!r} needs points and ranges by name"
            refuse(message, 'such as points=32 and {"logistics.parcel_cost": (6, 12)}')
        return listed(scenario, filled(ranges_of(scenario, vary), asked.points, design, asked.design_seed))
    if asked.points is not None:
        message = f"points are for a design of {' or '.join(_FILLING)}; found {design!r}"
        refuse(message)
    if design != "grid":
        message = f"design: found {design!r}, allowed is one of grid, {', '.join(_FILLING)}"
        refuse(message)
    if isinstance(vary, Mapping):
        return grid(scenario, vary)
    if not vary or any(each.keys() != vary[0].keys() for each in vary):
        message = "a list of points needs at least one, and the same names in every one"
        refuse(message)
    return listed(scenario, vary)


def _check_one_shape(points: Sequence[Point]) -> None:
    """All runs of a sweep cover the same months and places, so that they fill one array."""
    first = points[0].scenario
    for point in points:
        if (point.scenario.start, point.scenario.end) != (first.start, first.end):
            message = "start and end cannot be swept: the runs would have different months"
            refuse(message, "run one sweep for each")
        if point.scenario.region != first.region:
            message = "the region cannot be swept: the runs would have different counties"
            refuse(message, "run one sweep for each")


def _grid_dims(vary: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {name: list(values) for name, values in vary.items()}


def _with_values(dataset: xr.Dataset, points: Sequence[Point]) -> xr.Dataset:
    """Values of each point as coordinates along the points."""
    import numpy as np

    for name in points[0].values:
        values = np.asarray([point.values[name] for point in points])
        plain = values if values.dtype.kind in "biuf" else values.astype(str)
        dataset = dataset.assign_coords({name: (POINT, plain, axis_words({"": points[0].scenario}, name))})
    return dataset
