"""Worker processes of this machine, each with a line of its own: whoever dies takes no other's tasks along."""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from typing import Any, TypeAlias

from sim.experiments.tasks import Finished, Task

__all__ = ["Work", "Worker", "ready"]

Work: TypeAlias = Callable[[Task], Finished]

_THREAD_SETTINGS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
#: A worker whose runs are shorter than this gets the next task before it has asked for it.
_SHORT_RUN_SECONDS = 1.0


class Worker:
    """A process started afresh (spawn), with one thread for its runs.

    Parameters
    ----------
    work : what it does with each task.

    Attributes
    ----------
    tasks : handed to it and not finished; it works on the first.
    has_begun : whether the process has come up.
    is_gone : whether it has ended.
    """

    def __init__(self, work: Work) -> None:
        context = multiprocessing.get_context("spawn")
        self.line, its_end = context.Pipe()
        self.tasks: deque[Task] = deque()
        self.has_begun = self.is_gone = False
        self._last_seconds = float("inf")
        self._process = context.Process(target=_serve, args=(its_end, work), daemon=True)
        with _one_thread_each(), _without_interrupts():
            self._process.start()
        its_end.close()

    @property
    def wants(self) -> bool:
        """Whether it can be handed a task: it has none, or is soon done with the only one."""
        ahead = int(self._last_seconds < _SHORT_RUN_SECONDS)
        return self.has_begun and not self.is_gone and len(self.tasks) <= ahead

    def hand(self, task: Task) -> None:
        """Give it one more task; that it died meanwhile is told by :meth:`finished`."""
        self.tasks.append(task)
        try:
            self.line.send(task)
        except OSError:
            return

    def finished(self) -> Iterator[Finished]:
        """What it has said since it was last heard; then :attr:`is_gone` tells whether it has ended."""
        try:
            while self.line.poll():
                said: Finished | None = self.line.recv()
                self.has_begun = True
                if said is not None:
                    self._last_seconds = said.seconds
                    self.tasks.popleft()
                    yield said
        except (EOFError, OSError):
            self.is_gone = True

    def end(self) -> None:
        """Stop it at once: nothing of an unfinished run is worth waiting for."""
        self._process.terminate()
        self._process.join()
        self._process.close()
        self.line.close()


def ready(workers: list[Worker]) -> list[Worker]:
    """Those that have something to say, or have ended; waits until there is one."""
    by_line: dict[Any, Worker] = {worker.line: worker for worker in workers}
    return [by_line[line] for line in wait(by_line)]


def _serve(line: Connection, work: Work) -> None:
    """Do task after task."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    waiting: queue.SimpleQueue[Task] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(line, waiting), daemon=True).start()
    line.send(None)
    while True:
        task = waiting.get()
        try:
            finished = work(task)
        except Exception as error:  # noqa: BLE001 -- whatever it is becomes a row of the store
            finished = Finished(task.key, 0.0, None, "worker", f"{type(error).__name__}: {error}")
        line.send(finished)


def _receive(line: Connection, waiting: queue.SimpleQueue[Task]) -> None:
    """Take tasks as they come, so that the sender never waits; end with the process that sends them."""
    try:
        while True:
            waiting.put(line.recv())
    except (EOFError, OSError):
        os._exit(1)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Environment that a process started meanwhile inherits: threads within a run would only get in the way."""
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


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Let a process started meanwhile be deaf to Ctrl-C from its first moment: its master hears it."""
    if not hasattr(signal, "pthread_sigmask"):  # not on every system
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
