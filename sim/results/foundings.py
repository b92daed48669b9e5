"""How every village came to its first shop: the forest of villages that taught each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.results.tables import Columns

if TYPE_CHECKING:
    from sim.results.result import RunResult

__all__ = ["first_openings", "founding_table"]


def first_openings(events: Columns) -> NDArray[np.int64]:
    """Row of each village's first shop, in the order of villages.

    Of several shops in a village's first month a pioneer's counts as the first, else the one with the lowest
    household number.
    """
    order = np.lexsort((events["local"], ~events["pioneer"], events["month"], events["village"]))
    village = events["village"][order]
    return order[np.r_[True, village[1:] != village[:-1]]] if order.size else order


def founding_table(result: RunResult) -> Columns:
    """One row a village in which a shop was ever opened, in the order of villages.

    Returns
    -------
    ``village``, ``uid``; ``month`` of its first shop and its row, ``opening``, in events; ``source`` of that shop
    as in the table teachers; ``parent``, the village whose shop taught it, -1 for none; ``probability`` of the
    source; ``generation``, 0 without a parent, else one more than the parent's; ``openings`` in the whole run.

    Notes
    -----
    Nobody in the village sold before its first shop, so a first shop that was taught was taught from outside, by a
    village that began in an earlier month: the parents form a forest.
    """
    events, teachers = result.columns("events"), result.columns("teachers")
    first = first_openings(events)
    village, parent = events["village"][first], teachers["teacher_village"][first]
    generation = _generations(village, parent, events["month"][first])
    return {
        "village": village,
        "uid": events["uid"][first],
        "month": events["month"][first],
        "opening": first,
        "source": teachers["source"][first],
        "parent": parent,
        "probability": teachers["probability"][first],
        "generation": generation,
        "openings": np.bincount(events["village"], minlength=village.max(initial=-1) + 1)[village],
    }


def _generations(
    village: NDArray[np.int32], parent: NDArray[np.int32], month: NDArray[np.datetime64]
) -> NDArray[np.int32]:
    """Generation of each village; parents began before their children."""
    place = dict(zip(village.tolist(), range(village.size), strict=True))
    generation = np.zeros(village.size, np.int32)
    for row in np.argsort(month, kind="stable").tolist():
        if parent[row] >= 0:
            generation[row] = generation[place[int(parent[row])]] + 1
    return generation
