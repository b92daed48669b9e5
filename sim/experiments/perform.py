"""Perform an experiment: find what is missing in its store, run that, and gather the outcomes."""

from __future__ import annotations

import numbers
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.data import data_hash
from sim.errors import Problem, ResultError, ScenarioError, counted, refuse
from sim.experiments.design import Point, Seeds
from sim.experiments.executors import Executor, executor_for
from sim.experiments.outcomes import Layout
from sim.experiments.progress import Counter, OnProgress, shown_progress
from sim.experiments.store import STORE_VERSION, Store
from sim.experiments.tasks import Finished, Task, execute, task_of
from sim.own_rules import own_rules
from sim.results.provenance import RESULTS_VERSION
from sim.results.sources import source_hashes
from sim.scenario import Scenario
from sim.scenario.values import found
from sim.world import named_openings
from sim.world.regions import resolve_region

__all__ = ["Conditions", "InterruptedExperiment", "Plan", "Runs", "perform", "telling"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Plan:
    """What is to be run.

    Parameters
    ----------
    scenarios : by name, those that identify the experiment: a store holds runs of these only.
    points : the scenarios run. seeds : of the replicates, the same for every point.
    by_county, by_village : whether outcomes of counties, of Taobao villages are kept.
    """

    scenarios: Mapping[str, Scenario]
    points: Sequence[Point]
    seeds: Sequence[Seeds]
    by_county: bool = False
    by_village: bool = False

    @property
    def about(self) -> dict[str, Any]:
        """What decides whether a store's runs are runs of this experiment."""
        return {
            "store_version": STORE_VERSION,
            "results_version": RESULTS_VERSION,
            "data_sha256": data_hash(),
            "by_county": self.by_county,
            "by_village": self.by_village,
            "sources": dict(source_hashes()),
            "scenarios": {name: scenario.resolved() for name, scenario in self.scenarios.items()},
        }

    @property
    def layout(self) -> Layout:
        """Shape of what each run leaves."""
        return Layout.of(self.points[0].scenario, by_county=self.by_county, by_village=self.by_village)

    def tasks(self) -> Iterator[Task]:
        """All runs, point by point, so that runs in the same world follow each other."""
        for point in self.points:
            for seeds in self.seeds:
                detail = {"by_county": self.by_county, "by_village": self.by_village}
                own = self.seeds_of(point, seeds)
                yield task_of(point.scenario, own.world, own.history, label=point.label, **detail)

    def seeds_of(self, point: Point, seeds: Seeds) -> Seeds:
        """Seeds of a replicate at a point, counted from the point's own where it varies them."""
        first, scenario = self.seeds[0], point.scenario
        world, history = seeds.world, seeds.history
        if "world_seed" in point.values:
            world += scenario.world_seed - first.world
        if "history_seed" in point.values:
            history += scenario.history_seed - first.history
        return Seeds(world, history)


@dataclass(frozen=True, slots=True)
class Conditions:
    """How and where an experiment is run; nothing here changes its values.

    Parameters
    ----------
    out : folder of the store and the results; ``None`` keeps nothing.
    resume : continue the store that lies there. retry_failed : run failed runs again.
    workers : processes on this machine, 1 runs in this process; or the address of a dask cluster.
    progress : a bar; ``None`` shows it on terminals and in notebooks, a function is called instead.
    """

    out: Path | None = None
    resume: bool = False
    retry_failed: bool = False
    workers: int | str = 1
    progress: bool | OnProgress | None = None

    @classmethod
    def of(cls, out: str | PathLike[str] | None, **given: Any) -> Conditions:
        """Conditions with the folder given as text or path.

        Raises
        ------
        ScenarioError : fewer than one worker.
        """
        conditions = cls(None if out is None else Path(out), **given)
        workers: Any = conditions.workers
        if isinstance(workers, bool) or not isinstance(workers, numbers.Integral | str):
            wanted = "a whole number, or the address of a cluster"
            raise ScenarioError(Problem(f"workers: found {found(workers)}, allowed is {wanted}"))
        if not isinstance(workers, str) and workers < 1:
            raise ScenarioError(Problem(f"found {workers} workers, allowed is 1 or more"))
        return conditions


class InterruptedExperiment(KeyboardInterrupt):
    """Ctrl-C during an experiment; the message says what is kept and how to go on."""


@dataclass(frozen=True, eq=False)
class Runs:
    """Outcomes of an experiment: P points, R replicates.

    Parameters
    ----------
    plan : what was run.
    yearly : (P, R, outcomes, years); monthly : (P, R, outcomes, months); by_county : (P, R, outcomes, years,
        counties). nan where a run failed.
    status : (P, R) the stage at which a run failed, "" where it did not.
    messages : one line for each failed run.
    by_village : for each run in the order of points and replicates, one row a December and Taobao village.
    reasons : (P, R) why a run failed, "" where it did not; ``None`` stands for no failure.
    of_mixed_code : whether the store holds runs of earlier code, accepted by the user.
    """

    plan: Plan
    yearly: Array
    monthly: Array
    by_county: Array
    status: NDArray[np.object_]
    messages: tuple[str, ...]
    of_mixed_code: bool = False
    by_village: tuple[Array, ...] = ()
    reasons: NDArray[np.object_] | None = None

    @property
    def n_failed(self) -> int:
        """Number of runs that failed."""
        return int(np.count_nonzero(self.status != ""))


def perform(plan: Plan, conditions: Conditions, executor: Executor | None = None) -> Runs:
    """Run what the store lacks and gather all outcomes, in the order of the plan.

    Parameters
    ----------
    executor : in place of the one for ``conditions.workers``.

    Raises
    ------
    ScenarioError : a scenario names a place or a table of the roll-out that cannot be used; or a rule is replaced
        and the runs would leave this process or be kept.
    ResultError : the store cannot be used.
    InterruptedExperiment : Ctrl-C.
    """
    _refuse_own_rules(conditions)
    for point in plan.points:  # mistakes in places and in a table are told before anything runs
        resolve_region(point.scenario)
        named_openings(point.scenario)
    with Store(conditions.out, resume=conditions.resume) as store:
        store.check_same(plan.about)
        tasks = list(plan.tasks())
        try:
            _run_missing(tasks, conditions, store, executor)
        except KeyboardInterrupt:
            raise InterruptedExperiment(_how_to_resume(store, conditions)) from None
        return _gather(plan, tasks, store)


def _refuse_own_rules(conditions: Conditions) -> None:
    """A rule is replaced in this process only, and a store could not tell its runs from others."""
    own = own_rules()
    if not own or (conditions.out is None and conditions.workers == 1):
        return
    found = f"{conditions.workers} workers" if conditions.out is None else f"the folder {conditions.out}"
    message = (
        f"{', '.join(own)} is replaced in this process only, found {found}, allowed is one worker and no folder"
    )
    hint = "for runs to keep, add a mechanism with a switch: docs/adding-a-mechanism.md"
    refuse(message, hint)


def _run_missing(tasks: Sequence[Task], conditions: Conditions, store: Store, executor: Executor | None) -> None:
    wanted = {task.key: task for task in reversed(tasks)}  # points may be equal in all that matters: run once
    there = store.done(wanted, retry_failed=conditions.retry_failed)
    failed = sum(row["stage"] != "" and row["key"] in there for row in store.rows())
    executor = executor or executor_for(conditions.workers, len(wanted) - len(there))
    with telling(conditions) as tell:
        counter = Counter(len(wanted), len(there), failed, tell)
        missing = iter([task for task in _in_order(tasks, wanted) if task.key not in there])
        if not conditions.retry_failed:
            missing = _not_done_by_others(missing, store, counter)
        with closing(_as_generator(executor, missing)) as finished:
            for each in finished:
                task = wanted[each.key]
                store.add(each, label=task.label, world_seed=task.world_seed, history_seed=task.history_seed)
                counter.count(failed=each.stage != "")


def _in_order(tasks: Sequence[Task], wanted: Mapping[str, Task]) -> Iterator[Task]:
    return (task for task in tasks if wanted[task.key] is task)


def _not_done_by_others(tasks: Iterable[Task], store: Store, counter: Counter) -> Iterator[Task]:
    """Pass over runs that another process working on the same store has finished meanwhile."""
    for task in tasks:
        if store.has(task.key):
            counter.count(failed=store.outcomes(task.key) is None)
        else:
            yield task


def _as_generator(executor: Executor, tasks: Iterable[Task]) -> Generator[Finished, None, None]:
    yield from executor.run(execute, tasks)


@contextmanager
def telling(conditions: Conditions) -> Iterator[OnProgress | None]:
    """What is called with the progress, a function given or a bar; ``None`` where nobody asks."""
    if callable(conditions.progress):
        yield conditions.progress
        return
    with shown_progress(conditions.progress) as tell:
        yield tell


def _how_to_resume(store: Store, conditions: Conditions) -> str:
    if conditions.out is None:
        return "interrupted; nothing was kept, because no folder was named (--out)"
    n_kept = len(store.rows())
    kept = f"{counted(n_kept, 'run')} {'is' if n_kept == 1 else 'are'} kept in {conditions.out}"
    return f"interrupted; {kept}: the same command with --resume goes on from there"


def _gather(plan: Plan, tasks: Sequence[Task], store: Store) -> Runs:
    layout, shape = plan.layout, (len(plan.points), len(plan.seeds))
    parts = [np.full((len(tasks), *part), np.nan) for part in layout.shapes]
    failures = {row["key"]: row for row in store.rows() if row["stage"]}
    status, reasons = (np.full(len(tasks), "", dtype=object) for _ in range(2))
    villages = [np.zeros((0, 0))] * len(tasks)
    for number, task in enumerate(tasks):
        if task.key in failures:
            status[number], reasons[number] = (failures[task.key][name] for name in ("stage", "message"))
            continue
        packed = store.outcomes(task.key)
        if packed is None:
            message = f"{store.path}: the run {task.label} vanished meanwhile; resume the experiment"
            raise ResultError(message)
        summary = layout.read(packed)
        for part, values in zip(parts, (summary.yearly, summary.monthly, summary.by_county), strict=True):
            part[number] = values
        villages[number] = summary.by_village
    messages = [_failure_line(failures[task.key]) for task in tasks if task.key in failures]
    yearly, monthly, by_county = (part.reshape(*shape, *part.shape[1:]) for part in parts)
    told = tuple(dict.fromkeys(messages))
    kept = tuple(villages) if plan.by_village else ()
    failed = status.reshape(shape), told, store.is_of_mixed_code, kept, reasons.reshape(shape)
    return Runs(plan, yearly, monthly, by_county, *failed)


def _failure_line(row: Mapping[str, Any]) -> str:
    seeds = f"world seed {row['world_seed']}, history seed {row['history_seed']}"
    point = f"{row['label']}, " if row["label"] else ""
    return f"{point}{seeds}: {row['stage']}: {row['message']}"
