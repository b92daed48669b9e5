"""The stage in which acquaintances learn of openings and closings, with effect from next month on.

It goes on beside the stages that need no households, and in large worlds it is divided among threads: first the
households whose acquaintances are found, then the villages in which they are told (``sim.kernel.telling``). No
village's entries are changed by two threads, and each village's in one order, so results do not depend on their
number.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sim.kernel import telling
from sim.kernel.hands import side_by_side
from sim.kernel.ledger import Ledger
from sim.kernel.run import Integers, MonthEvents, Run

__all__ = ["influence", "tell"]

#: Fewer households than this have told everybody before a second thread has woken.
_TELLERS_WORTH_A_THREAD = 256

Do = Callable[[list[Callable[[], None]]], None]


def tell(run: Run, recorded: MonthEvents) -> None:
    """Acquaintances learn of openings and closings, while stages run that need no households."""

    def work(ledger: Ledger) -> None:
        influence(run, ledger, recorded.village, recorded.local, +1)
        influence(run, ledger, recorded.closed_village, recorded.closed_local, -1)

    run.beside(work)


def influence(run: Run, ledger: Ledger, village: Integers, locals_: NDArray[np.int32], change: int) -> None:
    """Acquaintances of those who opened (+1) or closed (-1) are influenced from next month on.

    Households are named by village and place: their entries move when others are inserted.
    """
    at_once = telling.tellers_at_once(run.world.graph.max_degree)
    do = side_by_side if village.size >= _TELLERS_WORTH_A_THREAD else _one_by_one
    for begin in range(0, village.size, at_once * ledger.hands):
        end = min(begin + at_once * ledger.hands, village.size)
        bounds = [begin + (end - begin) * part // ledger.hands for part in range(ledger.hands + 1)]
        _find(run, ledger, village, locals_, bounds, do)
        _tell_everybody(run, ledger, change, do)


def _one_by_one(pieces: list[Callable[[], None]]) -> None:
    for piece in pieces:
        piece()


def _find(
    run: Run, ledger: Ledger, village: Integers, locals_: NDArray[np.int32], bounds: list[int], do: Do
) -> None:
    """List the acquaintances of the households between the bounds, those between two of them by one thread."""
    graph = run.world.graph.columns

    def find(number: int) -> None:
        telling.find_acquaintances(
            ledger.blocks,
            graph,
            run.people,
            village,
            locals_,
            bounds[number],
            bounds[number + 1],
            ledger.found[number],
        )

    do([partial(find, number) for number in range(ledger.hands)])


def _tell_everybody(run: Run, ledger: Ledger, change: int, do: Do) -> None:
    """Tell all that are listed, each share of the villages by one thread; make room for entries in between."""
    done = [[0] * ledger.hands for _ in range(ledger.hands)]
    left = list(range(ledger.hands))
    while True:
        do([partial(_tell_share, run, ledger, share, change, done[share]) for share in left])
        left = [share for share in left if done[share] != [int(found.listed[share, 0]) for found in ledger.found]]
        if not left:
            return
        ledger.make_room(8 * (run.world.graph.max_degree + 1) * run.largest_village)


def _tell_share(run: Run, ledger: Ledger, share: int, change: int, done: list[int]) -> None:
    """Tell the listed acquaintances in one share of the villages, list by list, as far as there is room.

    ``done`` says how many of each list have been told, and is brought up to date.
    """
    for number, found in enumerate(ledger.found):
        done[number] = telling.tell_found(
            ledger.store,
            ledger.blocks,
            ledger.clocks,
            run.law,
            run.keys,
            run.world.graph.columns,
            run.people,
            found,
            share,
            change,
            done[number],
            run.largest_village,
        )
        if done[number] < found.listed[share, 0]:
            return
