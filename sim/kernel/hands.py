"""Compiled work on the ledger divided among a few threads.

Compiled functions let go of the interpreter's lock, so threads that run them go on side by side. Each is given
villages, or households, that no other is given, and what they write is put together in one order: results do not
depend on how many there are.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

import numba
import numpy as np
from numpy.typing import NDArray

__all__ = ["divided", "hands_worth_having", "side_by_side"]

#: In smaller worlds a thread is not heard from before the month is over.
_VILLAGES_WORTH_A_THREAD = 1 << 14
_MOST_HANDS = 4

Piece = Callable[[], None]


def hands_worth_having(n_villages: int) -> int:
    """Threads for the work of a month: 1 in a small world, else a power of two, as many as are allowed, at most 4.

    Numba's own setting says how many are allowed: ``NUMBA_NUM_THREADS``, by default the processor's cores; the
    worker processes of experiments have one each.
    """
    allowed = min(int(numba.config.NUMBA_NUM_THREADS), _MOST_HANDS)  # type: ignore[attr-defined]
    return 1 << (allowed.bit_length() - 1) if n_villages >= _VILLAGES_WORTH_A_THREAD else 1


def divided(effort: NDArray[np.int64], hands: int, least: int) -> list[slice]:
    """Stretches of about equal effort, one for each hand; a single one where all of it is less than ``least``.

    ``effort`` (n,) of each item, which stay in their order; stretches without an item are left out.
    """
    if hands == 1:  # as in every small world, whose month should not be spent on dividing it
        return [slice(0, effort.size)] if effort.size else []
    ends = np.cumsum(effort)
    total = int(ends[-1]) if ends.size else 0
    hands = hands if total >= least else 1
    bounds = np.searchsorted(ends, np.arange(1, hands) * total / hands)
    pairs = zip((0, *bounds.tolist()), (*bounds.tolist(), ends.size), strict=True)
    return [slice(begin, end) for begin, end in pairs if begin < end]


def side_by_side(pieces: Sequence[Piece]) -> None:
    """Do all pieces of work, each in a thread of its own as far as there are any, and return when all are done.

    What goes wrong, or Ctrl-C, is raised when all that was begun is done: nobody is to see it half done.
    """
    if not pieces:
        return
    own, *others = pieces
    begun: list[Future[None]] = []
    try:
        for number, piece in enumerate(others):
            begun.append(_begun(number, piece))
        own()
    finally:
        _wait(begun)
    for each in begun:
        each.result()


def _wait(begun: list[Future[None]]) -> None:
    """Wait until all are done, which takes milliseconds: on Ctrl-C too, unless it is heard twice."""
    try:
        wait(begun)
    except KeyboardInterrupt:
        wait(begun)
        raise


#: The threads by number, made when first needed; one after another is told what to do, which takes less than
#: making it.
_threads: dict[int, ThreadPoolExecutor] = {}


def _begun(number: int, piece: Piece) -> Future[None]:
    """The piece in the thread of that number; done at once where none is allowed or the interpreter is ending.

    An executor that is refused its thread keeps the piece to do it later. So each has one thread, and is kept only
    when it has it: a piece is never done twice.
    """
    thread = _threads.get(number) or ThreadPoolExecutor(1, thread_name_prefix="hinterland")
    try:
        begun = thread.submit(piece)
    except RuntimeError:
        piece()
        done: Future[None] = Future()
        done.set_result(None)
        return done
    _threads[number] = thread
    return begun


def _rest() -> None:
    """Let the threads do what they have begun, and end: a process that is forked has none of them."""
    while _threads:
        _threads.popitem()[1].shutdown()


if hasattr(os, "register_at_fork"):  # nothing forks on Windows
    # What another thread of the user's makes between the two is not in the new process either.
    os.register_at_fork(before=_rest, after_in_child=_threads.clear)
