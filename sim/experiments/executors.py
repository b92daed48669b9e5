"""Where runs are done: in this process, or in several processes of this machine."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from typing import Protocol, TypeAlias

from sim.errors import RunError
from sim.experiments.cluster import Cluster
from sim.experiments.interrupt import interruptible
from sim.experiments.tasks import Finished, Task

__all__ = ["Executor", "Processes", "Serial", "executor_for", "usable_cores"]

Work: TypeAlias = Callable[[Task], Finished]

_THREAD_SETTINGS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
_IN_FLIGHT_PER_WORKER = 3
_TRIES = 3
_START_TRIES = 3


class Executor(Protocol):
    """Does tasks and gives back what became of them, in the order in which they finish."""

    def run(self, work: Work, tasks: Iterable[Task]) -> Iterator[Finished]:
        """Do the tasks; closing the iterator stops the rest."""
        ...


class Serial:
    """One run after the other in this process."""

    def run(self, work: Work, tasks: Iterable[Task]) -> Iterator[Finished]:
        """Do the tasks in their order; Ctrl-C takes effect between two months of a run."""
        with interruptible() as stop:
            for task in tasks:
                stop()
                yield work(task)


class Processes:
    """Several processes of this machine, started afresh (spawn), one thread each.

    Few tasks are handed out at a time, so memory stays flat and stopping is prompt. When a worker is killed, the
    tasks then in flight are done again one at a time; the one that kills its worker three times becomes a failure
    of stage "worker", the others are done.

    Parameters
    ----------
    workers : number of processes, at least 1.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def run(self, work: Work, tasks: Iterable[Task]) -> Iterator[Finished]:
        """Do the tasks.

        Raises
        ------
        RunError : worker processes cannot be started at all.
        """
        _refuse_inside_worker()
        source = iter(tasks)
        with _one_thread_each():
            more = True
            while more:
                suspects: list[Task] = []
                with _pool(self.workers) as pool:
                    more = yield from self._until_broken(pool, work, source, suspects)
                yield from _one_by_one(work, suspects)

    def _until_broken(
        self, pool: ProcessPoolExecutor, work: Work, source: Iterator[Task], suspects: list[Task]
    ) -> Generator[Finished, None, bool]:
        """Do tasks until there are none left (False) or a worker died (True, with its possible tasks)."""
        pending: dict[Future[Finished], Task] = {}
        room = self.workers * _IN_FLIGHT_PER_WORKER
        while True:
            for task in islice(source, max(room - len(pending), 0)):
                try:
                    pending[pool.submit(work, task)] = task
                except BrokenProcessPool:
                    suspects.append(task)
                    break
            if not pending:
                return bool(suspects)
            ended, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in ended:
                task = pending.pop(future)
                if isinstance(future.exception(), BrokenProcessPool):
                    suspects.append(task)
                else:
                    yield future.result()
            if suspects:
                room = 0  # hand out nothing more; what is pending ends with the same error


def _one_by_one(work: Work, suspects: list[Task]) -> Iterator[Finished]:
    """Do each task alone in a process, so that only the guilty one can die."""
    tries = dict.fromkeys(suspects, 1)
    waiting = list(suspects)
    while waiting:
        with _pool(1) as pool:
            while waiting:
                task = waiting[0]
                try:
                    finished = pool.submit(work, task).result()
                except BrokenProcessPool:
                    tries[task] += 1
                    if tries[task] < _TRIES:
                        break
                    message = f"the worker process died {_TRIES} times in this run"
                    waiting.pop(0)
                    yield Finished(task.key, 0.0, None, "worker", message)
                    break
                waiting.pop(0)
                yield finished


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Worker processes that are gone afterwards, however the block is left."""
    for _ in range(_START_TRIES):
        pool = ProcessPoolExecutor(
            workers, mp_context=multiprocessing.get_context("spawn"), initializer=_prepare_worker
        )
        try:
            pool.submit(os.getpid).result()
            break
        except BrokenProcessPool:
            pool.shutdown(wait=True)
        except BaseException:
            _end(pool)
            raise
    else:
        message = (
            "worker processes cannot be started; in a script, put the call under "
            "`if __name__ == '__main__':`, or use workers=1"
        )
        raise RunError(message)
    try:
        yield pool
    except BaseException:
        _end(pool)
        raise
    pool.shutdown(wait=True, cancel_futures=True)


def _end(pool: ProcessPoolExecutor) -> None:
    """Stop at once: nothing of an unfinished run is worth waiting for."""
    for worker in list((getattr(pool, "_processes", None) or {}).values()):
        worker.terminate()
    pool.shutdown(wait=True, cancel_futures=True)  # returns soon: the pool sees that its workers are gone


def _prepare_worker() -> None:
    """Leave Ctrl-C to the process that hands out tasks, and end when that process is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _refuse_inside_worker() -> None:
    if multiprocessing.parent_process() is not None:
        message = (
            "an experiment with several workers was started inside a worker process; in a script, put the call "
            "under `if __name__ == '__main__':`"
        )
        raise RunError(message)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Environment that processes started meanwhile inherit: threads within a run would only get in the way."""
    before = {name: os.environ.get(name) for name in _THREAD_SETTINGS}
    os.environ.update(dict.fromkeys(_THREAD_SETTINGS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def usable_cores() -> int:
    """Processor cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def executor_for(workers: int | str, n_tasks: int) -> Executor:
    """Executor for a number of workers, in this process for one, else no more than tasks; or for a cluster.

    Raises
    ------
    ValueError : fewer than one worker.
    RunError : a cluster's library is not installed.
    """
    if isinstance(workers, str):
        return Cluster(workers)
    if workers < 1:
        message = f"found {workers} workers, allowed is 1 or more"
        raise ValueError(message)
    workers = min(workers, max(n_tasks, 1))
    return Serial() if workers == 1 else Processes(workers)
