"""One run: from a scenario to its result."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any

from sim.errors import Place, Problem, RunError, ScenarioError
from sim.kernel import Simulation
from sim.results import RunResult
from sim.results.provenance import provenance, utc_now
from sim.results.recorder import Recorder, Recording
from sim.results.tables import (
    closing_table,
    condition_table,
    county_list,
    county_table,
    national_table,
    opening_table,
    town_list,
    village_table,
)
from sim.scenario import Scenario, load_scenario
from sim.scenario.values import NotAllowedError, read_whole
from sim.state import check_invariants
from sim.world import build_world

__all__ = ["run", "scenario_of"]

_MOST_HOUSEHOLDS = 2**62


def run(
    scenario: Scenario | str | PathLike[str] | Mapping[str, Any],
    *,
    seed: int | None = None,
    world_seed: int | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    most_shops: int | None = None,
) -> RunResult:
    """Simulate a scenario from its first month to its last.

    Parameters
    ----------
    scenario : a scenario, the path of its file, or the mapping a file would hold.
    seed : history seed in place of the scenario's; 0 is a seed, ``None`` keeps the scenario's.
    world_seed : likewise for the world.
    on_progress : called with months done and months in all, first with 0, then after each month.
    most_shops : active shops beyond which the run is given up; ``None`` never does.

    Returns
    -------
    The result; equal scenarios and seeds give equal tables.

    Raises
    ------
    ScenarioError : the scenario or a seed is not valid, or names unknown places.
    WorldError : its acquaintance graph does not fit.
    RunError : the run reached a state that cannot be, or more shops than asked for.
    """
    clock, started_at = time.perf_counter(), utc_now()
    if most_shops is not None:
        _check_most_shops(most_shops)
    scenario = scenario_of(scenario, seed, world_seed)
    world = build_world(scenario)
    built = time.perf_counter()
    simulation = Simulation(scenario, world)
    recorder = Recorder(simulation)
    for month in range(scenario.n_months):
        if on_progress is not None:
            on_progress(month, scenario.n_months)
        recorder.record(simulation.step())
        if most_shops is not None:
            _refuse_runaway(recorder, month, most_shops)
    simulation.wait()
    check_invariants(simulation.state, world)
    if on_progress is not None:
        on_progress(scenario.n_months, scenario.n_months)
    done = time.perf_counter()
    seconds = {"world": built - clock, "simulation": done - built, "total": done - clock}
    return _result(scenario, recorder.finish(), provenance(scenario, started_at=started_at, seconds=seconds))


def _check_most_shops(most_shops: object) -> None:
    try:
        read_whole(most_shops, 0, _MOST_HOUSEHOLDS, "a whole number from 0")
    except NotAllowedError as mistake:
        raise ScenarioError(Problem(f"most_shops: {mistake.message}", Place("python"), mistake.hint)) from None


def _refuse_runaway(recorder: Recorder, month: int, most_shops: int) -> None:
    shops = int(recorder.national["shops"][month])
    if shops > most_shops:
        message = f"{shops:,} shops in month {month + 1} of the run are more than the {most_shops:,} allowed"
        raise RunError(message)


def scenario_of(
    scenario: Scenario | str | PathLike[str] | Mapping[str, Any],
    seed: int | None = None,
    world_seed: int | None = None,
) -> Scenario:
    """Scenario from itself, a file or a mapping, with seeds in place of its own where given.

    Raises
    ------
    ScenarioError : it is not valid.
    """
    if isinstance(scenario, Mapping):
        scenario = Scenario.from_mapping(scenario)
    elif not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    given = {"history_seed": seed, "world_seed": world_seed}
    changes = {name: value for name, value in given.items() if value is not None}
    return scenario.replace(changes) if changes else scenario


def compilation_notice(folder: Path | None) -> str | None:
    """What to say before a run whose compiled code lies in this folder; ``None`` if it is there already."""
    if folder is None:
        return (
            "no folder for compiled code can be written, so every run compiles anew, about half a minute; "
            "name one in HINTERLAND_CACHE_DIR or XDG_CACHE_HOME"
        )
    is_compiled = any(path.is_file() for path in folder.rglob("*"))  # empty folders are made when code is loaded
    return None if is_compiled else "compiling, once, about half a minute"


def _result(scenario: Scenario, recording: Recording, origin: dict[str, object]) -> RunResult:
    made = {
        "national": national_table,
        "counties": county_table,
        "villages": village_table,
        "events": opening_table,
        "closings": closing_table,
        "conditions": condition_table,
    }
    tables = {name: partial(table, recording) for name, table in made.items()}
    lists = {"county_list": county_list(recording.world), "town_list": town_list(recording.world)}
    return RunResult(scenario, origin, {**tables, **lists})
