"""Where runs are done: by the workers of a dask cluster, on other machines or on this one."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import islice
from typing import Any, TypeAlias

from sim.errors import RunError
from sim.experiments.tasks import Finished, Task

__all__ = ["Cluster"]

Work: TypeAlias = Callable[[Task], Finished]

_IN_FLIGHT_PER_THREAD = 3
_TRIES = 3
_POLL_SECONDS = 0.02
_CONNECT_SECONDS = 30
_OVER = {"finished", "error", "lost", "cancelled"}


class Cluster:
    """The workers of a ``dask.distributed`` scheduler, which must have this package installed.

    Only tasks and their outcomes travel; a run lost with its worker is done again by another, at most three times.
    States are polled, because waiting for completions has been seen to hang when workers die.

    Parameters
    ----------
    address : of the scheduler, such as "tcp://10.0.0.1:8786".
    """

    def __init__(self, address: str) -> None:
        if importlib.util.find_spec("distributed") is None:
            message = "a cluster needs dask.distributed; install it with pip install --editable '.[cluster]'"
            raise RunError(message)
        self.address = address

    def run(self, work: Work, tasks: Iterable[Task]) -> Iterator[Finished]:
        """Do the tasks in the order in which the cluster finishes them.

        Raises
        ------
        RunError : nobody answers at the address.
        """
        from distributed import Client

        try:
            client = Client(self.address, timeout=_CONNECT_SECONDS)  # type: ignore[no-untyped-call,unused-ignore]
        except (OSError, ValueError) as error:
            message = f"no cluster answers at {self.address} ({error}); give the address that its scheduler prints"
            raise RunError(message) from error
        with closing(client):
            yield from _done_by(client, work, iter(tasks))


def _done_by(client: Any, work: Work, source: Iterator[Task]) -> Iterator[Finished]:
    """Hand out few tasks at a time and gather what is over."""
    pending: dict[Any, tuple[Task, int]] = {}
    try:
        while True:
            room = max(sum(client.nthreads().values()), 1) * _IN_FLIGHT_PER_THREAD
            for task in islice(source, max(room - len(pending), 0)):
                pending[client.submit(work, task, pure=False)] = (task, 1)
            if not pending:
                return
            over = [future for future in pending if future.status in _OVER]
            if not over:
                time.sleep(_POLL_SECONDS)
            for future in over:
                task, tries = pending.pop(future)
                finished = _outcome(future, task, tries)
                if finished is None:
                    pending[client.submit(work, task, pure=False)] = (task, tries + 1)
                else:
                    yield finished
    finally:
        client.cancel(list(pending))


def _outcome(future: Any, task: Task, tries: int) -> Finished | None:
    """What became of a task; ``None`` if it is to be done again."""
    if future.status == "finished":
        finished: Finished = future.result()
        return finished
    if tries < _TRIES and future.status != "error":
        return None
    message = f"the cluster lost the run {tries} times"
    if future.status == "error":
        cause = future.exception()
        message = f"{type(cause).__name__}: {cause}"
    return Finished(task.key, 0.0, None, "worker", message)
