"""The information rule: how many households of each village know, and what of the hazard that gives.

Every household of a village then has the same share to imitate, so the village clock carries the whole hazard and
the law of households is one unit of hazard a unit of clock.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.kernel.run import Floats, Run
from sim.rules import adoption, information
from sim.world import TIE_KINDS, World

__all__ = ["informed_hazard", "run_awareness"]

# Written for scalars and without annotations, as the compiled event loop needs it.
_monthly_hazard: Callable[[Floats, float, Floats], Floats] = adoption.monthly_hazard


def informed_hazard(run: Run, part: slice) -> tuple[Floats, Floats]:
    """Hazard of opening at propensity one and eta 0, and what of it awareness gives, (n,) each."""
    own = run.settings.adoption
    initiative = own.own_initiative * run.rooting[part]
    awareness = run.state.villages.awareness[part]
    hazard = _monthly_hazard(initiative, own.imitation, awareness)
    return hazard, hazard - initiative


def run_awareness(run: Run) -> None:
    """Sellers and those who know tell their acquaintances, who know from next month on."""
    if not run.is_informed:
        return
    section, villages, world = run.settings.information, run.state.villages, run.world
    households = world.villages.households.astype(np.float64)
    shops = villages.shops.astype(np.float64)
    known = np.maximum(villages.awareness, shops / households)
    tellers = information.telling_households(shops, known, households, passing_share=section.passing_share)
    villages.awareness[:] = information.next_awareness(
        known,
        shops / households,
        run.internet_share[world.villages.county],
        information.telling_share(_share_by_kind(world, tellers, households), run.law.weights * _ties(world)),
        first_exposure=section.first_exposure,
        telling_rate=section.telling_rate,
    )


def _share_by_kind(world: World, tellers: Floats, households: Floats) -> Floats:
    """Share of tellers in the region of each kind of tie, (K, V): village twice, town, county, prefecture."""
    in_town = np.stack([np.bincount(world.villages.town, each, world.n_towns) for each in (tellers, households)])
    in_county = np.stack([np.bincount(world.towns.county, each, world.n_counties) for each in in_town])
    _, prefecture = np.unique(world.counties.prefecture, return_inverse=True)
    in_prefecture = np.stack([np.bincount(prefecture, each) for each in in_county])
    local = tellers / households
    county = world.villages.county
    return np.stack(
        [
            local,
            local,
            (in_town[0] / np.maximum(in_town[1], 1.0))[world.villages.town],
            (in_county[0] / np.maximum(in_county[1], 1.0))[county],
            (in_prefecture[0] / np.maximum(in_prefecture[1], 1.0))[prefecture[county]],
        ]
    )


def _ties(world: World) -> Floats:
    """Ties of each kind that a household has, (K,); of a brought graph, on average."""
    graph = world.graph
    if graph.is_explicit:
        return np.bincount(graph.kind, minlength=len(TIE_KINDS)) / graph.n_households
    return np.concatenate(([2.0 * graph.half_ring], graph.matchings))
