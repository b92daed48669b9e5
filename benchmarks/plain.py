"""The diffusion workload without a framework: NumPy and SciPy, a dense loop by numba, and this engine.

Each function prepares one history and returns what runs it; that returns adopters by month and village.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from functools import cache

import numpy as np
from workload import IMITATION, MONTHS, VILLAGE, Task, scenario, world_with

History = Callable[[], np.ndarray]


def numpy_scipy(task: Task, seed: int) -> History:
    """NumPy and SciPy: a sparse product and a draw for everybody each month."""
    from scipy.sparse import csr_array

    n, draw = task.households, np.random.default_rng(seed)
    ties = csr_array((np.ones(task.neighbour.size, np.float32), task.neighbour, task.indptr), shape=(n, n))
    per_tie = (IMITATION / np.maximum(task.degree, 1)).astype(np.float32)

    def history() -> np.ndarray:
        adopted, record = np.zeros(n, np.bool_), np.empty((MONTHS, task.villages), np.int32)
        for month in range(MONTHS):
            hazard = np.float32(task.own) + per_tie * (ties @ adopted.astype(np.float32))
            adopted |= draw.random(n, np.float32) < -np.expm1(-hazard)
            record[month] = adopted.reshape(-1, VILLAGE).sum(axis=1)
        return record

    return history


def numba_dense(task: Task, seed: int) -> History:
    """Numba: a compiled loop over every household and its ties each month, one thread."""
    start, one_month = _dense_loop()
    start(seed)

    def history() -> np.ndarray:
        before, after = np.zeros(task.households, np.bool_), np.zeros(task.households, np.bool_)
        record = np.zeros((MONTHS, task.villages), np.int32)
        for month in range(MONTHS):
            one_month(task.indptr, task.neighbour, task.own, IMITATION, before, after, record[month])
            before[:] = after
        return record

    return history


@cache
def _dense_loop() -> tuple[Callable[..., None], Callable[..., None]]:
    import numba

    @numba.njit(cache=True)
    def start(seed):
        random.seed(seed)

    @numba.njit(cache=True)
    def one_month(indptr, neighbour, own, imitation, before, after, record):
        size = before.size // record.size
        for village in range(record.size):
            for household in range(village * size, (village + 1) * size):
                if not before[household]:
                    first, end = indptr[household], indptr[household + 1]
                    adopters = 0
                    for tie in range(first, end):
                        adopters += before[neighbour[tie]]
                    hazard = own + imitation * adopters / max(end - first, 1)
                    after[household] = random.random() < -math.expm1(-hazard)
                record[village] += after[household]

    return start, one_month


def hinterland(task: Task, seed: int) -> History:
    """This engine with the ties of the workload: a household is visited when something happens to it."""
    wanted = scenario(task.households, seed, task.own)
    return _run(wanted, world_with(task, wanted))


def hinterland_computed(task: Task, seed: int) -> History:
    """This engine as it is used: ties are computed when asked for, never stored."""
    from sim.world import build_world

    wanted = scenario(task.households, seed, task.own)
    return _run(wanted, build_world(wanted))


def _run(wanted, world) -> History:
    from sim.kernel import Simulation

    simulation = Simulation(wanted, world)

    def history() -> np.ndarray:
        record = np.empty((MONTHS, world.n_villages), np.int32)
        for month in range(MONTHS):
            simulation.step()
            record[month] = simulation.state.villages.shops
        return record

    return history
