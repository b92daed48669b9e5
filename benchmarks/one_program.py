"""One program runs histories of the diffusion workload in a process of its own; prints one line of JSON.

    python benchmarks/one_program.py PROGRAM --ties FILE [--histories N] [--seed N]

``benchmarks/diffusion.py`` writes the file of ties and starts one such process after another. A small history
comes first, uncounted, so that nothing is compiled or imported on the clock. Memory is the greatest that was
resident in the first history, ties included, less what the process held before it read them.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import peers
import plain
from measure import greatest_since, resident_bytes
from workload import MONTHS, OWN, VILLAGE, Task, given_ties

SMALL = 7 * VILLAGE


class Program(NamedTuple):
    """A line of the table: how a history is made, what must be installed, whose ties it runs on, and its name."""

    make: Callable[[Task, int], Callable[[], np.ndarray]]
    needs: tuple[str, ...]
    name: str
    ties: str = "given"
    holds_objects: bool = False


PROGRAMS = {
    "hinterland": Program(plain.hinterland, (), "Hinterland, the same ties stored"),
    "hinterland-computed": Program(plain.hinterland_computed, (), "Hinterland, ties computed", ties="computed"),
    "numba-dense": Program(plain.numba_dense, ("numba",), "numba, everybody every month"),
    "numba-dense-computed": Program(plain.numba_dense, ("numba",), "the same, ties of the line above", "computed"),
    "numpy-scipy": Program(plain.numpy_scipy, ("scipy",), "NumPy and SciPy, sparse product"),
    "starsim": Program(peers.starsim, ("starsim",), "Starsim"),
    "mesa-lean": Program(peers.mesa_lean, ("mesa",), "Mesa, lean agents", holds_objects=True),
    "mesa": Program(peers.mesa_idiomatic, ("mesa", "networkx"), "Mesa, network space", holds_objects=True),
    "ndlib": Program(peers.ndlib, ("ndlib", "networkx"), "NDlib, composite model", holds_objects=True),
}


def one_history(program: Program, task: Task, seed: int) -> dict[str, Any]:
    """Build and run once: seconds of wall and processor, and the shares that adopted."""
    begin, cpu_begin = time.perf_counter(), time.process_time()
    history = program.make(task, seed)
    built, cpu_built = time.perf_counter(), time.process_time()
    record = history()
    ran, cpu_ran = time.perf_counter(), time.process_time()
    if record.shape != (MONTHS, task.villages):
        message = f"found a record of shape {record.shape}, allowed is {(MONTHS, task.villages)}"
        raise ValueError(message)
    return {
        "build_seconds": built - begin,
        "build_cpu_seconds": cpu_built - cpu_begin,
        "run_seconds": ran - built,
        "run_cpu_seconds": cpu_ran - cpu_built,
        "share": float(record[-1].sum() / task.households),
        "share_midway": float(record[MONTHS // 2 - 1].sum() / task.households),
    }


def measured(program: Program, ties: Path, histories: int, seed: int) -> dict[str, Any]:
    """Histories one after another: median costs, every share, bytes a household."""
    small = given_ties(SMALL) if program.ties == "given" else Task(*_small_computed())
    program.make(small, 1)()
    gc.collect()
    before, started = resident_bytes(), greatest_since()
    with np.load(ties) as held:
        task = Task(held["indptr"], held["neighbour"], float(held["own"]))
    runs, peak = [], 0
    for number in range(histories):
        runs.append(one_history(program, task, seed + number))
        peak = peak or started()
        gc.collect()
    costs = [name for name in runs[0] if name.endswith("seconds")]
    return {
        **{name: statistics.median(run[name] for run in runs) for name in costs},
        "shares": [run["share"] for run in runs],
        "shares_midway": [run["share_midway"] for run in runs],
        "bytes_per_household": (peak - before) / task.households,
    }


def _small_computed() -> tuple[np.ndarray, np.ndarray, float]:
    """A task of the small size for programs that take no ties from it."""
    return np.zeros(SMALL + 1, np.int64), np.zeros(0, np.int32), OWN


def main() -> None:
    """Import what the program needs, run it, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", choices=PROGRAMS)
    parser.add_argument("--ties", type=Path, required=True)
    parser.add_argument("--histories", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    program = PROGRAMS[given.program]
    for name in program.needs:
        import_module(name)
    print(json.dumps(measured(program, given.ties, given.histories, given.seed)))


if __name__ == "__main__":
    main()
