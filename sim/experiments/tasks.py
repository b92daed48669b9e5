"""One run as data that can travel: what a worker is told, and what it gives back."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from functools import lru_cache

from sim.experiments.interrupt import stop_if_asked
from sim.experiments.outcomes import summarise
from sim.runner import run
from sim.scenario import Scenario
from sim.world import build_world

__all__ = ["Finished", "Task", "execute", "task_of"]

_LONGEST_MESSAGE = 2000


@dataclass(frozen=True, slots=True)
class Task:
    """A run to be done; no object of the simulation travels, only text and numbers.

    Parameters
    ----------
    key : fingerprint of the scenario with these seeds: equal keys give equal outcomes.
    scenario : mapping of the scenario file as JSON.
    folder : where a relative path of the scenario starts.
    world_seed, history_seed : those of this run, in place of the scenario's.
    by_county : whether outcomes of counties are kept too.
    label : the point of the design in words, for messages.
    by_village : whether outcomes of Taobao villages are kept too.
    most_shops : active shops beyond which the run is given up and fails.
    """

    key: str
    scenario: str
    folder: str
    world_seed: int
    history_seed: int
    by_county: bool
    label: str
    by_village: bool = False
    most_shops: int | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """What became of a task: its outcomes, or the stage at which it failed and why.

    Parameters
    ----------
    key : of the task. seconds : wall time.
    outcomes : packed summary, ``None`` if the run failed.
    stage : scenario, world, simulation, outcomes or worker; empty if it did not fail.
    message : what went wrong.
    """

    key: str
    seconds: float
    outcomes: bytes | None
    stage: str = ""
    message: str = ""


def task_of(
    scenario: Scenario,
    world_seed: int,
    history_seed: int,
    *,
    by_county: bool,
    label: str,
    by_village: bool = False,
) -> Task:
    """Task of one run.

    Raises
    ------
    ScenarioError : a seed is out of range.
    """
    seeded = scenario.replace({"world_seed": world_seed, "history_seed": history_seed})
    text = _text_of(scenario)
    where = str(scenario.folder)
    return Task(seeded.fingerprint, text, where, world_seed, history_seed, by_county, label, by_village)


@lru_cache(maxsize=8)
def _text_of(scenario: Scenario) -> str:
    content = scenario.to_mapping()
    run = {key: item for key, item in content.items() if key not in {"sweep", "costs"}}
    return json.dumps(run, ensure_ascii=False)


@lru_cache(maxsize=8)
def _scenario_of(text: str, folder: str) -> Scenario:
    return Scenario.from_mapping(json.loads(text), folder=folder)


def execute(task: Task) -> Finished:
    """Do one run; a failure of any kind is told, never raised, so that it cannot end an experiment."""
    clock = time.perf_counter()
    stage = "scenario"
    try:
        seeds = {"world_seed": task.world_seed, "history_seed": task.history_seed}
        scenario = _scenario_of(task.scenario, task.folder).replace(seeds)
        stage = "world"
        build_world(scenario)
        stage = "simulation"
        result = run(scenario, on_progress=lambda _done, _months: stop_if_asked(), most_shops=task.most_shops)
        stage = "outcomes"
        packed = summarise(result, by_county=task.by_county, by_village=task.by_village).packed()
    except Exception as error:  # noqa: BLE001 -- whatever it is becomes a row of the store
        message = f"{type(error).__name__}: {error}"[:_LONGEST_MESSAGE]
        return Finished(task.key, time.perf_counter() - clock, None, stage, message)
    return Finished(task.key, time.perf_counter() - clock, packed)
