"""Where runs are done: in this process, or in several processes of this machine."""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from sim.errors import RunError
from sim.experiments.cluster import Cluster
from sim.experiments.interrupt import interruptible
from sim.experiments.tasks import Finished, Task
from sim.experiments.workers import Work, Worker, ready

__all__ = ["Executor", "Processes", "Serial", "executor_for", "usable_cores"]

_TRIES = 3
_CANNOT_START = (
    "worker processes cannot be started; in a script, put the call under `if __name__ == '__main__':`, or use "
    "workers=1"
)


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

    A worker has at most two tasks, the one it works on and, where runs are short, the next: memory stays flat and
    stopping is prompt. When a worker is killed another takes its place and its tasks; a run in which three workers
    died becomes a failure of stage "worker".

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
        todo, crew, failed_starts = _Todo(tasks), list[Worker](), 0
        try:
            for _ in range(self.workers):
                crew.append(Worker(work))
            while todo.hand_out(crew):
                for worker in ready(crew):
                    yield from worker.finished()
                    if worker.is_gone:
                        failed_starts = 0 if worker.has_begun else failed_starts + 1
                        if failed_starts == _TRIES:
                            raise RunError(_CANNOT_START)
                        yield from todo.take_back(worker)
                        crew.remove(worker)
                        worker.end()
                        crew.append(Worker(work))
        finally:
            for worker in crew:
                worker.end()


class _Todo:
    """Tasks still to be handed out, those of workers that died first."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        self._source = iter(tasks)
        self._is_drained = False
        self._again: deque[Task] = deque()
        self._deaths: Counter[str] = Counter()

    def hand_out(self, crew: Sequence[Worker]) -> bool:
        """Give workers what they want, nobody a second task before all have a first; whether any are left."""
        for worker in sorted(crew, key=lambda each: len(each.tasks)):
            if worker.wants and (task := self._next()) is not None:
                worker.hand(task)
        return bool(self._again) or not self._is_drained or any(worker.tasks for worker in crew)

    def _next(self) -> Task | None:
        if self._again:
            return self._again.popleft()
        task = next(self._source, None)
        self._is_drained = task is None
        return task

    def take_back(self, worker: Worker) -> Iterator[Finished]:
        """Tasks of a worker that died; the one it was at is given up after so many deaths."""
        if not worker.tasks:
            return
        suspect = worker.tasks[0]
        self._deaths[suspect.key] += 1
        if self._deaths[suspect.key] == _TRIES:
            worker.tasks.popleft()
            message = f"the worker process died {_TRIES} times in this run"
            yield Finished(suspect.key, 0.0, None, "worker", message)
        self._again.extend(worker.tasks)


def _refuse_inside_worker() -> None:
    if multiprocessing.parent_process() is not None:
        message = (
            "an experiment with several workers was started inside a worker process; in a script, put the call "
            "under `if __name__ == '__main__':`"
        )
        raise RunError(message)


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
