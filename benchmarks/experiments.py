"""What does an experiment cost beside its runs, what do two processes gain, and how long take 1,000 runs?

    python benchmarks/experiments.py [RUNS]

RUNS is 1,000 by default. Look at the load in the JSON before believing seconds.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from measure import peak_megabytes, report, timed

import sim
from sim.experiments.outcomes import summarise
from sim.experiments.store import Store
from sim.experiments.tasks import execute, task_of

SCENARIO = Path(__file__).parents[1] / "scenarios" / "cao-county.yaml"
SWEPT = {"logistics.parcel_cost": [8.0, 9.0, 10.0, 11.0]}
SEEDS = 100


def cpu_seconds(count: int, work: Any) -> float:
    """Processor seconds of one call, over many."""
    begin = time.process_time()
    for _ in range(count):
        work()
    return (time.process_time() - begin) / count


def overhead() -> dict[str, float]:
    """Processor time that an experiment adds to a run: medians over seeds, alone and as a member in turns."""
    scenario = sim.load_scenario(SCENARIO)
    alone, added = [], []
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "x") as store:
        for seed in range(SEEDS):

            def member(seed: int = seed) -> None:
                done = execute(task_of(scenario, 0, seed, by_county=False, label=""))
                store.add(done, label="", world_seed=0, history_seed=seed)

            plain = cpu_seconds(1, lambda seed=seed: sim.run(scenario, seed=seed))
            alone.append(plain)
            added.append(cpu_seconds(1, member) - plain)
    return {"run_ms": 1e3 * statistics.median(alone), "added_ms": 1e3 * statistics.median(added)}


def parts() -> dict[str, float]:
    """The same, measured part by part on one and the same run."""
    scenario = sim.load_scenario(SCENARIO)
    result = sim.run(scenario)
    task = task_of(scenario, 0, 0, by_county=False, label="")
    done = execute(task)
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "x") as store:
        row = {"label": "", "world_seed": 0, "history_seed": 0}
        return {
            "outcomes_ms": 1e3 * cpu_seconds(200, lambda: summarise(result).packed()),
            "task_ms": 1e3 * cpu_seconds(200, lambda: task_of(scenario, 0, 0, by_county=False, label="")),
            "commit_ms": 1e3 * cpu_seconds(200, lambda: store.add(done, **row)),
        }


def sweep_seconds(runs: int, workers: int) -> float:
    """Wall seconds of a sweep of so many runs, start of the processes and written tables included."""
    with tempfile.TemporaryDirectory() as folder:
        seconds, _ = timed(
            lambda: sim.sweep(SCENARIO, SWEPT, replicates=runs // 4, out=Path(folder) / "x", workers=workers)
        )
    return seconds


def main() -> None:
    """Measure and print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    sim.run(SCENARIO)  # compile
    load_before = round(os.getloadavg()[0], 2)
    cost = overhead() | parts()
    few = runs // 4
    one, two = sweep_seconds(few, 1), sweep_seconds(few, 2)
    whole = sweep_seconds(runs, 2)
    found = {
        "load_before": load_before,
        **{name: round(value, 3) for name, value in cost.items()},
        "added_percent_of_a_run_of_200_ms": round(100 * cost["added_ms"] / 200, 2),
        "runs_for_speedup": few,
        "one_process_s": round(one, 1),
        "two_processes_s": round(two, 1),
        "speedup": round(one / two, 2),
        "runs": runs,
        "sweep_s": round(whole, 1),
        "peak_megabytes": round(peak_megabytes()),
    }
    report(found, [{"what": name, "value": value} for name, value in found.items()])


if __name__ == "__main__":
    main()
