"""Which parameters matter: Morris' screening and Sobol's indices of any outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import ResultError, counted, refuse
from sim.experiments.accessors import Drawn
from sim.experiments.design import Range, listed, ranges_of, replicate_seeds
from sim.experiments.indices import METHODS, fitting, unit_design, unit_indices
from sim.experiments.labelled import axis_words, labelled, write_tables
from sim.experiments.outcomes import YEARLY
from sim.experiments.perform import Conditions, Plan, Runs, perform
from sim.experiments.progress import OnProgress
from sim.scenario import Scenario, load_scenario
from sim.scenario.values import found

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = ["SensitivityResult", "sensitivity"]

Array = NDArray[np.float64]

_SHARES = (0.5, 0.75, 1.0)
_LEAST_BLOCKS = 2
_MOST_BLOCKS = 2**20


@dataclass(frozen=True, eq=False, slots=True)
class Design:
    """Points in the unit cube of the ranges, in blocks that stand or fall together.

    Parameters
    ----------
    method : "morris" or "sobol". ranges : D of them. unit : (B * block, D) points.
    """

    method: str
    ranges: tuple[Range, ...]
    unit: Array

    @property
    def block(self) -> int:
        """Points of a trajectory (D + 1) or of a base sample (D + 2)."""
        return len(self.ranges) + (1 if self.method == "morris" else 2)

    def points(self) -> list[dict[str, Any]]:
        """Values of every point."""
        return [
            {part.name: part.value(float(share)) for part, share in zip(self.ranges, row, strict=True)}
            for row in self.unit
        ]


class SensitivityResult(Drawn):
    """What a sensitivity analysis gave; every outcome can be asked for without new runs.

    Parameters
    ----------
    runs : the outcomes. design : the points.
    """

    def __init__(self, runs: Runs, design: Design) -> None:
        self.scenario: Scenario = next(iter(runs.plan.scenarios.values()))
        self.method = design.method
        self.ranges = design.ranges
        self.n_failed, self.failures = runs.n_failed, runs.messages
        self.years = runs.plan.layout.years
        self._runs, self._design = runs, design
        title = self.scenario.title or self.scenario.name
        dataset = labelled(runs, {"point": range(len(runs.plan.points))}, title)
        values = {
            part.name: (
                "point",
                [p.values[part.name] for p in runs.plan.points],
                axis_words(runs.plan.scenarios, part.name),
            )
            for part in self.ranges
        }
        self.dataset: xr.Dataset = dataset.assign_coords(values)

    def _outcome(self, outcome: str, year: int | None) -> Array:
        """(points, replicates) of an outcome in a year, the last by default."""
        names = [each.name for each in YEARLY]
        if outcome not in names:
            message = f"found outcome {outcome!r}, allowed is one of {', '.join(names)}"
            raise ResultError(message)
        if not self.years or (year is not None and year not in self.years):
            message = f"found year {year}, the runs count in {', '.join(map(str, self.years)) or 'no December'}"
            raise ResultError(message)
        place = len(self.years) - 1 if year is None else self.years.index(year)
        values: Array = self._runs.yearly[:, :, names.index(outcome), place]
        return values

    def _blocks(self, outcome: str, year: int | None) -> tuple[Array, Array]:
        """Unit points and mean outcomes of the blocks in which every point has one."""
        values = self._outcome(outcome, year)
        there = np.isfinite(values)
        counted = there.sum(axis=1)
        means = np.divide(
            np.where(there, values, 0.0).sum(axis=1), counted, out=np.full(len(values), np.nan), where=counted > 0
        )
        size = self._design.block
        means = means.reshape(-1, size)
        kept = np.isfinite(means).all(axis=1)
        if np.count_nonzero(kept) < _LEAST_BLOCKS:
            message = f"{outcome}: only {np.count_nonzero(kept)} blocks of the design have this outcome everywhere"
            raise ResultError(message)
        unit = self._design.unit.reshape(-1, size, len(self.ranges))[kept]
        return unit.reshape(-1, len(self.ranges)), means[kept].reshape(-1)

    def indices(self, outcome: str = "villages", year: int | None = None) -> pd.DataFrame:
        """Indices of every parameter, the most important first.

        Morris: ``mu_star`` mean absolute change of the outcome over the whole range, with the half-width of its
        95 % interval; ``mu`` with sign; ``sigma`` how much it depends on the other parameters. Sobol: ``S1`` share
        of the variance explained alone, ``ST`` together with the others, with half-widths.

        Parameters
        ----------
        outcome : one of the yearly outcomes. year : of the December; the last by default.

        Raises
        ------
        ResultError : no such outcome or year, or too many failed runs.
        """
        import pandas as pd

        found = unit_indices(self.method, *self._blocks(outcome, year))
        facts = [(part.name, part.low, part.high) for part in self.ranges]
        frame = pd.DataFrame(facts, columns=["parameter", "low", "high"]).assign(**found)
        return frame.sort_values(METHODS[self.method][1][-2 if self.method == "sobol" else 0], ascending=False,
                                 kind="stable", ignore_index=True)  # fmt: skip

    def convergence(self, outcome: str = "villages", year: int | None = None) -> pd.DataFrame:
        """The leading index from half, three quarters and all of the design, one row a parameter."""
        import pandas as pd

        unit, values = self._blocks(outcome, year)
        size = self._design.block
        blocks = len(values) // size
        leading = "mu_star" if self.method == "morris" else "ST"
        columns = {}
        for share in _SHARES:
            rows = max(_LEAST_BLOCKS, fitting(self.method, int(blocks * share))) * size
            columns[f"{share:.0%}"] = unit_indices(self.method, unit[:rows], values[:rows])[leading]
        frame = pd.DataFrame({"parameter": [part.name for part in self.ranges], **columns})
        return frame.sort_values("100%", ascending=False, kind="stable", ignore_index=True)

    def noise_share(self, outcome: str = "villages", year: int | None = None) -> float:
        """Share of the variance between points that is luck left over after averaging replicates; nan for one.

        Above a tenth or so, indices are too high and more replicates help more than more points.
        """
        values = self._outcome(outcome, year)
        if values.shape[1] < 2:
            return float("nan")
        whole = values[np.isfinite(values).all(axis=1)]
        between = float(whole.mean(axis=1).var()) if len(whole) else 0.0
        within = float(whole.var(axis=1, ddof=1).mean()) / values.shape[1] if len(whole) else 0.0
        return min(within / between, 1.0) if between > 0 else float("nan")

    def save(self, path: str | PathLike[str]) -> Path:
        """Write ``results.nc`` and tidy tables into a folder, among them the indices of every outcome.

        Raises
        ------
        ResultError : it cannot be written.
        """
        write_tables(self.dataset, Path(path), self.scenario, {"indices": self._all_indices()})
        return Path(path)

    def _all_indices(self) -> pd.DataFrame:
        """One row an outcome of the last December and parameter; outcomes that too few runs have are left out."""
        import pandas as pd

        frames = []
        for outcome in YEARLY:
            with suppress(ResultError):
                frame = self.indices(outcome.name)
                frame.insert(0, "outcome", outcome.name)
                frame.insert(1, "year", self.years[-1])
                frames.append(frame)
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()

    def __repr__(self) -> str:
        name = self.scenario.title or self.scenario.name
        parameters, runs = counted(len(self.ranges), "parameter"), counted(self.n_runs, "run")
        return f"{name}: {self.method} sensitivity, {parameters}, {runs}"

    @property
    def n_runs(self) -> int:
        """Runs of all points, failed ones with them."""
        return int(self._runs.status.size)


def sensitivity(
    scenario: Scenario | str | PathLike[str],
    parameters: Mapping[str, Any] | Sequence[str] | None = None,
    *,
    method: str = "morris",
    size: int | None = None,
    span: float = 0.25,
    replicates: int = 4,
    design_seed: int = 0,
    vary_seeds: str = "history",
    out: str | PathLike[str] | None = None,
    resume: bool = False,
    retry_failed: bool = False,
    workers: int | str = 1,
    progress: bool | OnProgress | None = None,
) -> SensitivityResult:
    """Vary parameters together and tell which matter.

    Parameters
    ----------
    scenario : a scenario or the path of its file.
    parameters : names, or ranges (low, high) by name; by default every parameter with a prior that acts.
    method : "morris" screens (few runs, ranks); "sobol" shares out the variance (many runs).
    size : trajectories (morris, 8) or base samples (sobol, 64, a power of two): D parameters need
        ``size * (D + 1)`` or ``size * (D + 2)`` points. More replace the default where ``convergence`` wavers.
    span : width of a range that was not given, as a share of its prior, around the scenario's value; 1 is the
        whole prior. Wide priors of contagion can make runs slow.
    replicates : runs a point, on the same seeds for all points, averaged before the analysis.
    design_seed : of the points.
    vary_seeds, out, resume, retry_failed, workers, progress : as for :func:`sim.run_ensemble`.

    Raises
    ------
    ScenarioError : an unknown name, method or size, or a range that is not allowed.
    RunError : SALib is not installed.
    ResultError : the store cannot be used.

    Notes
    -----
    Sources: Morris, Technometrics 33 (1991) 161; Campolongo et al., Env. Mod. Softw. 22 (2007) 1509 (mu_star);
    Saltelli et al., Comp. Phys. Comm. 181 (2010) 259; computed by SALib.
    """
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    conditions = Conditions.of(out, resume=resume, retry_failed=retry_failed, workers=workers, progress=progress)
    size = _checked_size(method, size, span)
    ranges = tuple(_ranges(scenario, parameters, span))
    design = Design(method, ranges, unit_design(method, len(ranges), size, design_seed))
    points = listed(scenario, design.points())
    plan = Plan({"scenario": scenario}, points, replicate_seeds(scenario, replicates, vary_seeds))
    result = SensitivityResult(perform(plan, conditions), design)
    if conditions.out is not None:
        result.save(conditions.out)
    return result


def _checked_size(method: Any, size: Any, span: Any) -> int:
    if not isinstance(method, str) or method not in METHODS:
        refuse(f"method: found {found(method)}, allowed is one of {', '.join(METHODS)}")
    size = METHODS[method][0] if size is None else size
    is_whole = isinstance(size, int | np.integer) and not isinstance(size, bool)
    fits = is_whole and _LEAST_BLOCKS <= size <= _MOST_BLOCKS and (method == "morris" or size & (size - 1) == 0)
    if not fits:
        allowed = f"{'2 or more' if method == 'morris' else 'a power of two from 2'}, up to {_MOST_BLOCKS}"
        refuse(f"size: found {found(size)}, allowed is {allowed}")
    is_number = isinstance(span, int | float | np.floating) and not isinstance(span, bool)
    if not is_number or not 0.0 < span <= 1.0:
        refuse(f"span: found {found(span)}, allowed is a share above 0 up to 1")
    return int(size)


def _ranges(scenario: Scenario, parameters: Mapping[str, Any] | Sequence[str] | None, span: float) -> list[Range]:
    """Ranges as given, and those from priors narrowed around the scenario's values."""
    given = parameters if isinstance(parameters, Mapping) else {}
    return [
        part if given.get(part.name) is not None else part.around(float(scenario.values[part.name]), span)
        for part in ranges_of(scenario, parameters)
    ]
