"""What a village sells: drawn with its town, or taken from its neighbours when its first shop opens."""

from __future__ import annotations

import numpy as np

from sim.kernel.run import Floats, Integers, Run
from sim.rules import copying
from sim.state import NEVER
from sim.streams import stream_key, uniform

__all__ = ["choose_products", "each_once"]


def each_once(ordered: Integers) -> Integers:
    """The numbers of an ascending array, each once: what ``np.unique`` gives, without its hash table."""
    return ordered[np.r_[True, ordered[1:] != ordered[:-1]]] if ordered.size else ordered


def choose_products(run: Run, village: Integers) -> None:
    """Villages whose first shop opens this month settle on a product, by the shops of the month before.

    ``village`` (n,) of this month's openings, ascending.
    """
    villages, world = run.state.villages, run.world
    begun = each_once(village[villages.selling_since[village] == NEVER])
    villages.selling_since[begun] = run.months_done
    if not run.settings.enabled("copying") or begun.size == 0:
        return
    villages.product[begun] = copying.product_taken(
        _shops_by_town_and_product(run)[world.villages.town[begun]],
        run.shops_of_product[world.villages.county[begun]],
        villages.product[begun].astype(np.int64),
        uniform(stream_key(run.scenario.history_seed, "copying"), world.villages.uid[begun]),
        probability=run.settings.copying.probability,
    )


def _shops_by_town_and_product(run: Run) -> Floats:
    """Active shops, (T, P)."""
    villages, world, n_products = run.state.villages, run.world, len(run.world.products)
    active = np.flatnonzero(villages.active_shops() != 0)
    place = world.villages.town[active] * n_products + villages.product[active]
    shops = np.bincount(place, villages.active_shops()[active].astype(np.float64), world.n_towns * n_products)
    return np.asarray(shops, np.float64).reshape(world.n_towns, n_products)
