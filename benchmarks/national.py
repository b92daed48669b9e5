"""Where the time of the national run goes: world, start, and each stage of the month.

    python benchmarks/national.py [SCENARIO] [--months N] [--keep]

Compiled code is warmed up on a small region first, so compilation is not counted; the time of the warm-up is given
beside the rest. Prints one line of JSON and a table, in seconds of the processor. Times hold for this machine at
this moment: compare shares of one output, or outputs of the same machine taken in turns. ``--keep`` puts the
result into ``results.json``, from which ``tables.py`` writes the page.
"""

from __future__ import annotations

import argparse
import threading
import time
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import Any

from measure import greatest_since, keep, load, peak_megabytes, report, resident_bytes, timed, timed_cpu

from sim.kernel import Simulation, conditions, influence, programme, shops, trade
from sim.scenario import Scenario, load_scenario
from sim.world import build_world

SCENARIO = Path(__file__).parents[1] / "scenarios" / "china-2015.yaml"
#: The functions of the stages, as ``Simulation.step`` calls them.
STAGES = {
    "programme": (programme, "run_programme"),
    "logistics": (conditions, "run_logistics"),
    "training": (conditions, "run_training"),
    "crowding": (conditions, "run_crowding"),
    "clocks": (conditions, "run_clocks"),
    "openings": (shops, "openings"),
    "closings": (shops, "closings"),
    "shops": (shops, "take_effect"),
    "influence": (influence, "influence"),
    "market": (trade, "run_market"),
    "recognition": (trade, "run_recognition"),
}


#: In which stage a thread is, and what the threads it gives work to are to be counted under.
_stage = threading.local()
_counting = threading.Lock()


def watch(seconds: dict[str, float]) -> None:
    """Let every stage add the processor time of the threads it runs in: they may be others, and several."""
    for name, (module, attribute) in STAGES.items():
        setattr(module, attribute, _timed_stage(getattr(module, attribute), name, seconds))
    for module in {conditions, influence, shops}:
        module.side_by_side = _timed_pieces(module.side_by_side, seconds)  # type: ignore[attr-defined]


def _timed_stage(stage: Any, name: str, seconds: dict[str, float]) -> Any:
    def call(*args: Any) -> Any:
        _stage.name, begin = name, time.thread_time()
        value = stage(*args)
        _add(seconds, name, time.thread_time() - begin)
        return value

    return call


def _timed_pieces(side_by_side: Any, seconds: dict[str, float]) -> Any:
    """Count pieces that another thread does; those of the thread itself are in its stage already."""

    def call(pieces: Any) -> None:
        name, here = _stage.name, threading.get_ident()

        def timed(piece: Any) -> None:
            begin = time.thread_time()
            piece()
            if threading.get_ident() != here:
                _add(seconds, name, time.thread_time() - begin)

        side_by_side([partial(timed, piece) for piece in pieces])

    return call


def _add(seconds: dict[str, float], name: str, more: float) -> None:
    with _counting:
        seconds[name] += more


def warm_up() -> None:
    """Run every compiled function once, on a world of a few hundred households."""
    size = {"villages": 20, "households_per_village": 40, "towns": 4, "counties": 2}
    small = {
        "start": "2012-01",
        "end": "2013-12",
        "region": {"synthetic": size},
        "adoption.own_initiative": 1e-2,
        "exit.monthly_rate": 0.1,
        "timeline": [{"from": "2013-01", "set": {"adoption.imitation": 0.2}}],
    }
    scenario = Scenario.from_mapping(small)
    simulation = Simulation(scenario, build_world(scenario))
    for _ in range(scenario.n_months):
        simulation.step()


def openings_of(simulation: Simulation, months: int) -> int:
    """Simulate so many months to the end; openings in all."""
    openings = sum(simulation.step().village.size for _ in range(months))
    simulation.wait()
    return openings


def main() -> None:
    """Measure one run and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenario", nargs="?", type=Path, default=SCENARIO)
    parser.add_argument("--months", type=int, help="stop after so many months")
    parser.add_argument("--keep", action="store_true", help="into results.json")
    given = parser.parse_args()
    warming, _ = timed(warm_up)
    before, greatest, begun, wall_begin = resident_bytes(), greatest_since(), load(), time.perf_counter()
    scenario = load_scenario(given.scenario)
    seconds: dict[str, float] = defaultdict(float)
    world_seconds, world = timed_cpu(lambda: build_world(scenario))
    start_seconds, simulation = timed_cpu(lambda: Simulation(scenario, world))
    watch(seconds)
    months = min(given.months or scenario.n_months, scenario.n_months)
    run_seconds, openings = timed_cpu(lambda: openings_of(simulation, months))
    parts = {"world": world_seconds, "start": start_seconds, **{name: seconds[name] for name in STAGES}}
    parts["other"] = run_seconds - sum(seconds.values())
    total, wall = world_seconds + start_seconds + run_seconds, time.perf_counter() - wall_begin
    result = {
        "benchmark": "national",
        "scenario": scenario.name,
        "months": months,
        "households": world.n_households,
        "openings": int(openings),
        "touched": int(simulation.blocks.length.sum()),
        "seconds": {name: round(value, 4) for name, value in parts.items()},
        "total": round(total, 3),
        "wall": round(wall, 3),
        "load_at_start": begun,
        "warm_up": round(warming, 3),
        "peak_megabytes": round(peak_megabytes()),
        "bytes_per_household": round((greatest() - before) / world.n_households, 2),
    }
    rows = [{"part": name, "seconds": value, "percent": 100 * value / total} for name, value in parts.items()]
    report(result, [*rows, {"part": "total", "seconds": total, "percent": 100.0}])
    if given.keep:
        keep(f"national {scenario.name}", result)


if __name__ == "__main__":
    main()
