"""Where runs are done: by the workers of a dask cluster, on other machines or on this one."""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from functools import lru_cache, partial
from itertools import islice
from typing import Any, TypeAlias

from sim.data import data_hash
from sim.errors import RunError, counted
from sim.experiments.tasks import Finished, Task
from sim.results.sources import changed_sources, source_hashes

__all__ = ["Cluster"]

Work: TypeAlias = Callable[[Task], Finished]

_IN_FLIGHT_PER_THREAD = 3
_TRIES = 3
_POLL_SECONDS = 0.02
_CONNECT_SECONDS = 30
#: So long may a cluster be without any worker before it is given up.
_LONELY_SECONDS = 60.0
_OVER = {"finished", "error", "lost", "cancelled"}
_DATA = "data"
#: What dask says of a task in which several workers died.
_DEADLY = "KilledWorker"
_GO_ON = "finished runs are kept where a folder was named; resume the experiment there (--resume)"


class Cluster:
    """The workers of a ``dask.distributed`` scheduler, which must have this package installed, in this version.

    Only tasks and their outcomes travel; a run lost with its worker is done again by another, at most three times.
    A worker with other code or data than here ends the experiment before it gives a single outcome. States are
    polled, because waiting for completions has been seen to hang when workers die.

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
        RunError : nobody answers at the address, or no more; no worker for a minute; or one that has other code.
        """
        from distributed import Client

        with _in_few_words():
            try:
                client = Client(self.address, timeout=_CONNECT_SECONDS)  # type: ignore[no-untyped-call,unused-ignore]
            except (OSError, ValueError) as error:
                message = f"no cluster answers at {self.address} ({error}); give the address its scheduler prints"
                raise RunError(message) from error
            with closing(client):
                try:
                    yield from _done_by(client, partial(_checked, work, _digest()), iter(tasks))
                except OSError as error:
                    message = f"the cluster at {self.address} is gone ({error}); {_GO_ON}"
                    raise RunError(message) from error


@contextmanager
def _in_few_words() -> Iterator[None]:
    """Keep dask's own log, with its tracebacks, off the screen: what goes wrong is told in an error."""
    logger = logging.getLogger("distributed")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)


def _code() -> dict[str, str]:
    """Digests of what decides results: files of code, and the shipped tables."""
    return {**source_hashes(), _DATA: data_hash()}


@lru_cache(maxsize=1)
def _digest() -> str:
    return hashlib.sha256(repr(sorted(_code().items())).encode()).hexdigest()


def _checked(work: Work, digest: str, task: Task) -> Finished | dict[str, str]:
    """Do a task, if this worker has the code of whoever asks; else tell what it has."""
    return work(task) if digest == _digest() else _code()


def _done_by(client: Any, work: Any, source: Iterator[Task]) -> Iterator[Finished]:
    """Hand out few tasks at a time and gather what is over."""
    pending: dict[Any, tuple[Task, int]] = {}
    seen = time.monotonic()
    try:
        while True:
            threads = sum(client.nthreads().values())
            seen = time.monotonic() if threads else seen
            if time.monotonic() - seen > _LONELY_SECONDS:
                message = f"the cluster has had no worker for {_LONELY_SECONDS:.0f} seconds; start some; {_GO_ON}"
                raise RunError(message)
            room = max(threads, 1) * _IN_FLIGHT_PER_THREAD
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
    """What became of a task; ``None`` if it is to be done again.

    Raises
    ------
    RunError : the worker has other code, or cannot even begin: no fault of the run, and so no failure of it.
    """
    if future.status == "finished":
        return _told(future.result())
    if future.status == "error":
        cause = future.exception()
        kind = type(cause).__name__
        if kind != _DEADLY:
            hint = "install this package there, in the same version"
            message = f"a worker of the cluster cannot do runs ({kind}: {cause}); {hint}; {_GO_ON}"
            raise RunError(message)
        message = f"{kind}: {cause}"
    elif tries < _TRIES:
        return None
    else:
        message = f"the cluster lost the run {tries} times"
    return Finished(task.key, 0.0, None, "worker", message)


def _told(said: Finished | dict[str, str]) -> Finished:
    if isinstance(said, Finished):
        return said
    first, *others = changed_sources(said, _code())
    files = f"{first} and {counted(len(others), 'more file')}" if others else first
    hint = "install the same version of the package, for the same Python, on every machine"
    message = f"a worker of the cluster has other code or data than this process ({files}); {hint}; {_GO_ON}"
    raise RunError(message)
