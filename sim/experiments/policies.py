"""Every policy beside its base on the same luck, in one table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import refuse
from sim.experiments.accessors import in_html
from sim.experiments.comparable import check_counted, check_same_villages
from sim.experiments.design import Point, replicate_seeds
from sim.experiments.intervals import Paired, paired_difference
from sim.experiments.labelled import labelled, write_tables
from sim.experiments.outcomes import YEARLY
from sim.experiments.perform import Conditions, Plan, Runs, perform
from sim.experiments.progress import OnProgress
from sim.scenario import Scenario, load_scenario
from sim.scenario.policy import Policy
from sim.scenario.show import describe_region

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = ["SHOWN", "Beside", "PoliciesResult", "compare_policies", "holds", "policy_files"]

Array = NDArray[np.float64]

#: Outcomes whose differences the table shows for every policy.
SHOWN = ("villages", "shops", "sales_yuan")
_KEPT_BESIDE_RESULTS = ("provenance.json", "experiment.json")


@dataclass(frozen=True, eq=False, slots=True)
class Beside:
    """A policy and what it is compared with."""

    name: str
    scenario: Scenario
    policy: Policy
    base_name: str
    base: Scenario


class PoliciesResult:
    """What each policy changes against its own base.

    ``table`` has one row a policy; ``dataset`` holds every outcome by scenario, bases and policies, and replicate.

    Parameters
    ----------
    runs : of every base and every policy. pairs : which belongs to which.
    """

    def __init__(self, runs: Runs, pairs: Sequence[Beside]) -> None:
        self.year = runs.plan.layout.years[-1]
        self.n_replicates = len(runs.plan.seeds)
        self.n_failed, self.failures = runs.n_failed, runs.messages
        self.policies: tuple[str, ...] = tuple(pair.name for pair in pairs)
        self._runs, self._pairs = runs, tuple(pairs)
        names = tuple(runs.plan.scenarios)
        self.dataset: xr.Dataset = labelled(runs, {"scenario": names}, "policies and their bases")

    def _difference(self, pair: Beside, outcome: str) -> Paired:
        names = list(self._runs.plan.scenarios)
        number = [each.name for each in YEARLY].index(outcome)
        base, policy = (
            self._runs.yearly[names.index(name), :, number, -1] for name in (pair.base_name, pair.name)
        )
        return paired_difference(base, policy)

    @property
    def table(self) -> pd.DataFrame:
        """One row a policy, in the order given.

        Means of the base, paired differences of the last December and Student's 95 % intervals of villages, shops
        and sales; then what the policy is expected to move, by how much it does, and whether that ``holds``:
        see :func:`holds`.
        """
        import pandas as pd

        rows = []
        for pair in self._pairs:
            row: dict[str, Any] = {
                "policy": pair.name,
                "title": pair.scenario.title,
                "question": pair.policy.question,
                "compared_with": pair.base_name,
                "region": describe_region(pair.scenario),
                "year": self.year,
            }
            for outcome in SHOWN:
                found = self._difference(pair, outcome)
                row |= {f"{outcome}_base": found.base_mean, f"{outcome}_difference": found.difference}
                row |= {f"{outcome}_low": found.low, f"{outcome}_high": found.high}
            found = self._difference(pair, pair.policy.outcome)
            row |= {"pairs": found.pairs, "expected": pair.policy.expected}
            row |= {"expected_difference": found.difference}
            row |= {"expected_low": found.low, "expected_high": found.high}
            rows.append({**row, "holds": holds(pair.policy.direction, found)})
        return pd.DataFrame(rows)

    def save(self, path: str | PathLike[str]) -> Path:
        """Write ``results.nc`` and tidy tables into a folder.

        Raises
        ------
        ResultError : it cannot be written.
        """
        write_tables(self.dataset, Path(path), self._pairs[0].base, {"table": self.table})
        return Path(path)

    def __repr__(self) -> str:
        lines = [f"{len(self._pairs)} policies beside their bases, {self.n_replicates} pairs each, {self.year}"]
        lines += [
            f"{row['policy']} against {row['compared_with']}: {row['villages_difference']:+,.1f} Taobao villages, "
            f"{row['shops_difference']:+,.0f} shops; {row['expected']} expected: {row['holds']}"
            for row in self.table.to_dict("records")
        ]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return in_html(self, self.table)


def holds(direction: str, found: Paired) -> str:
    """Whether a difference is as expected.

    Returns
    -------
    "yes" or "no" where the interval leaves zero out, else "unsure"; "same" where no pair differs; "no runs" where
    no pair is left.

    Examples
    --------
    >>> holds("more", paired_difference([1.0, 2.0, 3.0], [2.0, 3.1, 4.0]))
    'yes'
    """
    if found.pairs == 0:
        return "no runs"
    if found.difference == 0 and not (found.low < 0 or found.high > 0):
        return "same"
    if not found.safe:
        return "unsure"
    return "yes" if (found.difference > 0) == (direction == "more") else "no"


def policy_files(places: Iterable[str | PathLike[str]]) -> list[Path]:
    """Scenario files named, and of folders those files that have a policy.

    Raises
    ------
    ScenarioError : a folder without any, or a file that cannot be read.
    """
    files: list[Path] = []
    for place in map(Path, places):
        if not place.is_dir():
            files.append(place)
            continue
        inside = sorted(
            path
            for path in place.glob("*.y*ml")
            if not any((path.parent / name).is_file() for name in _KEPT_BESIDE_RESULTS)
        )
        asking = [path for path in inside if load_scenario(path).policy is not None]
        if not asking:
            refuse("no scenario here has a policy", "name another folder", place=str(place))
        files += asking
    return list(dict.fromkeys(files))


def compare_policies(
    policies: Iterable[str | PathLike[str] | Scenario] = ("scenarios",),
    changes: Mapping[str, Any] | None = None,
    *,
    tried_in: Sequence[int | str] | None = None,
    replicates: int = 8,
    vary_seeds: str = "history",
    out: str | PathLike[str] | None = None,
    resume: bool = False,
    retry_failed: bool = False,
    workers: int | str = 1,
    progress: bool | OnProgress | None = None,
) -> PoliciesResult:
    """Run every policy and what its file compares it with, pair by pair on the same seeds.

    Parameters
    ----------
    policies : scenario files, folders of them, or scenarios, each with a ``policy`` that names its base.
    changes : values laid over policies and bases alike, such as ``{"end": "2014-12"}``.
    tried_in : counties in place of all of China, for a quick look at policies for the whole country; cases keep
        their own.
    replicates : pairs; their seeds count up from those of the first base. vary_seeds, out, resume, retry_failed,
        workers, progress : as for :func:`sim.run_ensemble`.

    Raises
    ------
    ScenarioError : a file without a policy, or scenarios of other months than the first, or of another region or
        world than their base.
    ResultError : the store cannot be used, or holds another experiment.
    """
    conditions = Conditions.of(out, resume=resume, retry_failed=retry_failed, workers=workers, progress=progress)
    pairs = _pairs(policies, dict(changes or {}), tried_in)
    _check(pairs)
    scenarios = _named(pairs)
    points = [Point({"scenario": name}, scenario) for name, scenario in scenarios.items()]
    seeds = replicate_seeds(pairs[0].base, replicates, vary_seeds)
    result = PoliciesResult(perform(Plan(scenarios, points, seeds), conditions), pairs)
    if conditions.out is not None:
        result.save(conditions.out)
    return result


def _pairs(
    policies: Iterable[str | PathLike[str] | Scenario],
    changes: dict[str, Any],
    tried_in: Sequence[int | str] | None,
) -> list[Beside]:
    if isinstance(policies, str | PathLike | Scenario):
        policies = [policies]
    given = list(policies)
    files = policy_files(item for item in given if not isinstance(item, Scenario))
    loaded = [(str(path), load_scenario(path)) for path in files]
    loaded += [("python", item) for item in given if isinstance(item, Scenario)]
    pairs = [_beside(scenario, place, changes, tried_in) for place, scenario in loaded]
    if not pairs:
        refuse("no policy to compare", hint="name scenario files, or a folder of them")
    names = [pair.name for pair in pairs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        refuse(f"found two policies called {', '.join(twice)}", hint="give each scenario a name of its own")
    return pairs


def _beside(
    scenario: Scenario, place: str, changes: dict[str, Any], tried_in: Sequence[int | str] | None
) -> Beside:
    policy = scenario.policy
    if policy is None:
        hint = "add policy: with question, base and expects"
        refuse("the scenario has no policy, so nothing says what it is compared with", hint, place=place)
    base = scenario if policy.base is None else load_scenario(policy.base)
    name = policy.against(base.name)
    base = base.replace(policy.base_values) if policy.base_values else base
    both = [_laid_over(each, changes, tried_in) for each in (scenario, base)]
    return Beside(scenario.name, both[0], policy, name, both[1])


def _laid_over(scenario: Scenario, changes: dict[str, Any], tried_in: Sequence[int | str] | None) -> Scenario:
    nationwide = scenario.region.kind == "china" and "region" not in changes
    quick = {"region": {"counties": list(tried_in)}} if tried_in and nationwide else {}
    return scenario.replace(quick | changes) if quick or changes else scenario


def _named(pairs: Sequence[Beside]) -> dict[str, Scenario]:
    """Bases first, then policies; a policy may be the base of another."""
    named: dict[str, Scenario] = {}
    both = [(pair.base_name, pair.base) for pair in pairs] + [(pair.name, pair.scenario) for pair in pairs]
    for name, scenario in both:
        if named.setdefault(name, scenario) != scenario:
            refuse(f"found two scenarios called {name}", hint="give each scenario a name of its own")
    return named


def _check(pairs: Sequence[Beside]) -> None:
    """Refuse what cannot stand in one table."""
    first = pairs[0].base
    check_counted(first.name, first)
    for pair in pairs:
        for name, scenario in ((pair.base_name, pair.base), (pair.name, pair.scenario)):
            if (scenario.start, scenario.end) != (first.start, first.end):
                hint = "lay --set end=2015-12 over all, or compare it alone"
                refuse(f"{name}: other months than {pairs[0].base_name}, so one table cannot hold both", hint=hint)
        hint = "name a base of the same world"
        check_same_villages(pair.name, pair.scenario, pair.base_name, pair.base, hint=hint)
