"""Who sold when: every shop as a spell of selling, found by household and month."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import inlined
from sim.errors import ResultError

__all__ = ["STILL_SELLING", "Spells", "selling_spell", "selling_spells"]

Integers = NDArray[np.int64]

#: Stands for the month of closing of a shop that never closed.
STILL_SELLING = np.iinfo(np.int64).max
#: Households are found by a table with one line for so many of them.
_SHIFT = 8


class Spells(NamedTuple):
    """Shops in the order of households and months, n of them.

    ``household`` number in the world; ``opened``, ``closed`` months (``STILL_SELLING`` if it never closed);
    ``event`` row among the openings given; ``bucket`` first spell of each 256 households.

    Who opened in month o and closed in month c counts as a selling acquaintance in the months o + 1 to c: months
    are synchronous, so what opens or closes in a month is felt from the next month on.
    """

    household: Integers
    opened: Integers
    closed: Integers
    event: Integers
    bucket: Integers


def selling_spells(
    household: Integers, month: Integers, closed_household: Integers, closed_month: Integers, n_households: int
) -> Spells:
    """Match openings with closings: a household's first closing ends its first shop, and so on.

    Parameters
    ----------
    household, month : of the openings (n,). closed_household, closed_month : of the closings.
    n_households : of the world.

    Raises
    ------
    ResultError : a household closes before it opens, or opens a shop while it has one.
    """
    order = np.lexsort((month, household))
    opener, opened = household[order].astype(np.int64), month[order].astype(np.int64)
    closing_order = np.lexsort((closed_month, closed_household))
    closer, closed = closed_household[closing_order], closed_month[closing_order]
    first = np.searchsorted(opener, opener, side="left")
    place = np.searchsorted(closer, opener, side="left") + np.arange(opener.size) - first
    ended = place < np.searchsorted(closer, opener, side="right")
    until = np.full(opener.size, STILL_SELLING)
    until[ended] = closed[place[ended]]
    again = np.flatnonzero(opener[1:] == opener[:-1]) + 1
    if (
        np.count_nonzero(ended) != closer.size
        or (until <= opened).any()
        or (until[again - 1] > opened[again]).any()
    ):
        message = "openings and closings do not match: a household closes a shop it does not have, or opens two"
        raise ResultError(message)
    marks = np.arange((n_households >> _SHIFT) + 2, dtype=np.int64) << _SHIFT
    return Spells(opener, opened, until, order.astype(np.int64), np.searchsorted(opener, marks).astype(np.int64))


@inlined
def selling_spell(household, month, spells):  # type: ignore[no-untyped-def]
    """Number of the spell in which a household counts as selling in this month, or -1; for compiled code."""
    low, high = spells.bucket[household >> _SHIFT], spells.bucket[(household >> _SHIFT) + 1]
    end = high
    while low < high:
        middle = (low + high) // 2
        if spells.household[middle] < household:
            low = middle + 1
        else:
            high = middle
    while low < end and spells.household[low] == household:
        if spells.opened[low] < month <= spells.closed[low]:
            return low
        low += 1
    return np.int64(-1)
