"""Runs at points of their own, each with luck of its own, kept in the store of experiments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.calibration.history import History, Places, history_of_run
from sim.calibration.targets import Target
from sim.experiments.design import Point, Seeds, listed
from sim.experiments.outcomes import BY_COUNTY, Summary
from sim.experiments.perform import Plan, Runs
from sim.experiments.tasks import Task, task_of
from sim.scenario import Scenario

__all__ = ["Simulations", "county_counts", "histories", "plan_of", "seeds_of", "target_values"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Simulations(Plan):
    """A plan in which every point is run once, with seeds of its own, counties kept.

    Parameters
    ----------
    own_seeds : one for each point; the plan's ``seeds`` only say that there is one run a point.
    most_shops : shops beyond which a run is given up: some points of a prior lead to histories that run away, and
        each would take longer than all the others.
    """

    own_seeds: Sequence[Seeds] = ()
    most_shops: int | None = None

    @property
    def about(self) -> dict[str, Any]:
        """What decides whether a store's runs are runs of this plan."""
        return {**super().about, "most_shops": self.most_shops}

    def tasks(self) -> Iterator[Task]:
        """One run a point."""
        for point, seeds in zip(self.points, self.own_seeds, strict=True):
            task = task_of(point.scenario, seeds.world, seeds.history, by_county=True, label=point.label)
            yield replace(task, most_shops=self.most_shops)


def seeds_of(scenario: Scenario, numbers: Sequence[int], vary: str = "both") -> list[Seeds]:
    """Seeds of simulations by number, counted up from the scenario's.

    Parameters
    ----------
    vary : "both" gives each number a world and a history of its own, "history" keeps the scenario's world.
    """
    return [
        Seeds(scenario.world_seed + (number if vary == "both" else 0), scenario.history_seed + number)
        for number in numbers
    ]


def plan_of(
    scenario: Scenario, values: Sequence[Mapping[str, Any]], seeds: Sequence[Seeds], most_shops: int | None = None
) -> Simulations:
    """Plan of one run for each mapping of parameters to values.

    Raises
    ------
    ScenarioError : values a scenario may not have.
    """
    points: Sequence[Point] = listed(scenario, values)
    return Simulations(
        {"scenario": scenario}, points, [seeds[0]], by_county=True, own_seeds=seeds, most_shops=most_shops
    )


def histories(runs: Runs) -> Iterator[History | None]:
    """History of each run, point by point; ``None`` for runs that failed."""
    layout = runs.plan.layout
    for point, replicate in np.ndindex(runs.status.shape):
        if runs.status[point, replicate]:
            yield None
        else:
            parts = (runs.yearly, runs.monthly, runs.by_county)
            yield history_of_run(Summary(*(part[point, replicate] for part in parts)), layout)


def target_values(runs: Runs, targets: Sequence[Target], places: Places) -> Array:
    """Statistics of the targets, one row a run, nan where a run failed or does not tell; (N, T)."""
    rows = [
        np.full(len(targets), np.nan) if history is None else [target.of(history, places) for target in targets]
        for history in histories(runs)
    ]
    return np.array(rows, np.float64).reshape(-1, len(targets))


def county_counts(runs: Runs, year: int) -> Array:
    """Taobao villages of each county in a year, one row a run that did not fail; (N, C)."""
    number = [outcome.name for outcome in BY_COUNTY].index("county_villages")
    position = runs.plan.layout.years.index(year)
    counts = runs.by_county[:, :, number, position].reshape(-1, runs.by_county.shape[-1])
    return np.asarray(counts[runs.status.reshape(-1) == ""], np.float64)
