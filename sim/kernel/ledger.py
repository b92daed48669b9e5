"""What is kept of the touched households and of their villages' clocks, and the work on it beside other stages.

Telling acquaintances takes longest of a month and needs nothing but this ledger, which the stages that follow
neither read nor write until the clocks of the next month go on. So in a large world it is done in a second thread,
and whoever asks a run for its ledger waits until it is done. Results cannot depend on it: nothing is shared. The
telling itself is divided among threads by villages (``sim.kernel.influence``).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from weakref import WeakSet

import numpy as np

from sim.kernel.entries import Blocks, Store, new_blocks, new_store, reserve
from sim.kernel.hands import hands_worth_having
from sim.kernel.household import Clocks
from sim.kernel.telling import Found, new_found

__all__ = ["Beside", "Ledger", "blank_ledger"]

#: Room for entries a village at the start. Memory that is not written costs nothing; growing means copying.
_ENTRIES_PER_VILLAGE = 12
_SMALLEST_CAPACITY = 1 << 14


@dataclass
class Ledger:
    """Entries of the touched households, their blocks by village, and the villages' clocks.

    ``found`` is room for lists of acquaintances, for each of the threads among which the work is divided.
    """

    store: Store
    blocks: Blocks
    clocks: Clocks
    found: tuple[Found, ...]

    @property
    def hands(self) -> int:
        """Threads among which the work is divided, and shares of the villages."""
        return len(self.found)

    def make_room(self, entries: int) -> None:
        """Have room for so many more entries in each share of the villages, and as many places in directories."""
        self.store, self.blocks = reserve(self.store, self.blocks, entries)


def blank_ledger(n_villages: int, max_degree: int) -> Ledger:
    """Nobody touched yet, clocks at zero, with nothing to come; ``max_degree`` acquaintances of one household."""
    hands = hands_worth_having(n_villages)
    clocks = Clocks(
        village=np.zeros(n_villages),
        closing=np.zeros(n_villages),
        own=np.zeros(n_villages),
        scanned=np.zeros(n_villages),
        next_open=np.full(n_villages, np.inf),
        next_close=np.full(n_villages, np.inf),
    )
    capacity = max(_SMALLEST_CAPACITY, _ENTRIES_PER_VILLAGE * n_villages)
    store = new_store(capacity)
    found = tuple(new_found(max_degree, hands) for _ in range(hands))
    return Ledger(store, new_blocks(n_villages, store, hands), clocks, found)


class Beside:
    """Does one piece of work at a time, in a thread or, where ``is_threaded`` is false, at once.

    Each piece has a thread for itself, which ends with it: a run that rests holds none, and can be copied.
    """

    def __init__(self, *, is_threaded: bool) -> None:
        self.is_threaded = is_threaded
        self._piece: tuple[ThreadPoolExecutor, Future[None]] | None = None

    def do(self, work: Callable[[], None]) -> None:
        """Begin this work when what was begun before is done."""
        self.wait()
        if not self.is_threaded:
            work()
            return
        _AT_WORK.add(self)
        thread = ThreadPoolExecutor(1)
        try:
            self._piece = thread, thread.submit(work)
        except RuntimeError:  # no further thread is allowed, or the interpreter is ending
            work()

    def wait(self) -> None:
        """Return when nothing is being done; what went wrong there is raised here, once.

        Ctrl-C meanwhile leaves the work to be waited for again.
        """
        if self._piece is not None:
            thread, done = self._piece
            thread.shutdown()
            self._piece = None
            done.result()

    def _finish(self) -> None:
        """Let what is being done be done, without a look at what went wrong."""
        piece = self._piece
        if piece is not None:
            piece[0].shutdown()


#: Whoever may have a piece in progress.
_AT_WORK: WeakSet[Beside] = WeakSet()


def _finish_all() -> None:
    """A process forked in the middle of a piece would have half of its work, and no thread to do the rest."""
    for each in tuple(_AT_WORK):
        each._finish()


if hasattr(os, "register_at_fork"):  # nothing forks on Windows
    os.register_at_fork(before=_finish_all)
