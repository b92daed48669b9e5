"""One diffusion that this engine and its peers all run: the same households, the same ties, the same chances.

Households live in villages of 400. In a village they stand on a ring and each begins a tie to the next four, one
in ten of which goes to a household of the village drawn at random instead (Watts and Strogatz 1998); each also
begins one tie to a household drawn at random in one of the six nearest villages, which stand on a ring themselves.
Doubled ties count once, so a household has a little under ten. In each of 84 months, all at once, a household
that has not yet adopted adopts with probability

    1 - exp(-(own + IMITATION k / d))

where ``k`` of its ``d`` ties lead to households that had adopted before the month. Nothing else acts. Recorded
each month: adopters by village. The ties are drawn by counter, so everybody who draws them draws the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

VILLAGE = 400
MONTHS = 84
OWN = 2e-4
IMITATION = 0.08
RING = 4
REWIRED = 0.1
#: Villages that count as near: how far along their ring.
NEAR_VILLAGES = np.array([-3, -2, -1, 1, 2, 3])
#: With ties that this engine computes itself, as many villages make a town as are near above, one's own included.
VILLAGES_PER_TOWN = 7
GRAPH_SEED = 1
_SLOTS = 8


class Task(NamedTuple):
    """Ties as compressed rows (where a household's begin, to whom they lead), and the hazard of one's own."""

    indptr: np.ndarray
    neighbour: np.ndarray
    own: float = OWN

    @property
    def households(self) -> int:
        return self.indptr.size - 1

    @property
    def villages(self) -> int:
        return self.households // VILLAGE

    @property
    def degree(self) -> np.ndarray:
        return np.diff(self.indptr)

    @property
    def pairs(self) -> np.ndarray:
        """Each tie once, (m, 2)."""
        source = np.repeat(np.arange(self.households, dtype=np.int32), self.degree)
        once = source < self.neighbour
        return np.column_stack((source[once], self.neighbour[once]))


def given_ties(households: int, own: float = OWN) -> Task:
    """The ties of the workload, the same whoever runs it."""
    from sim.streams import stream_key, uniform

    if households % VILLAGE or households < 7 * VILLAGE:
        message = f"found {households} households, allowed is a multiple of {VILLAGE} from {7 * VILLAGE} on"
        raise ValueError(message)
    everybody = np.arange(households)
    village, place = np.divmod(everybody, VILLAGE)

    def drawn(purpose, slot):
        return uniform(stream_key(GRAPH_SEED, purpose), everybody * _SLOTS + slot)

    others = []
    for distance in range(1, RING + 1):
        anywhere = 1 + (drawn("place in the village", distance) * (VILLAGE - 1)).astype(np.int64)
        step = np.where(drawn("rewired", distance) < REWIRED, anywhere, distance)
        others.append(village * VILLAGE + (place + step) % VILLAGE)
    offset = NEAR_VILLAGES[(drawn("near village", 0) * NEAR_VILLAGES.size).astype(np.int64)]
    elsewhere = (village + offset) % (households // VILLAGE)
    others.append(elsewhere * VILLAGE + (drawn("place elsewhere", 0) * VILLAGE).astype(np.int64))
    return _rows(np.tile(everybody, len(others)), np.concatenate(others), households, own)


def _rows(one: np.ndarray, other: np.ndarray, households: int, own: float) -> Task:
    """Compressed rows of ties in both directions, each pair once."""
    code = np.concatenate((one * households + other, other * households + one))
    code.sort()
    code = code[np.concatenate(([True], code[1:] != code[:-1]))]
    source, neighbour = np.divmod(code, households)
    indptr = np.concatenate(([0], np.cumsum(np.bincount(source, minlength=households))))
    return Task(indptr, neighbour.astype(np.int32), own)


def computed_ties(households: int, own: float = OWN) -> Task:
    """The ties this engine computes itself where it is given none, written out."""
    from sim.world import build_world

    graph = build_world(scenario(households, 0, own)).graph
    found = [graph.acquaintances(household)[0] for household in range(households)]
    indptr = np.concatenate(([0], np.cumsum([each.size for each in found])))
    return Task(indptr, np.concatenate(found).astype(np.int32), own)


def scenario(households: int, seed: int, own: float = OWN) -> Any:
    """The workload as a scenario of this engine: every other mechanism off, every household alike."""
    from sim.scenario import Scenario

    villages = households // VILLAGE
    towns = max(villages // VILLAGES_PER_TOWN, 1)
    size = {
        "villages": villages,
        "households_per_village": VILLAGE,
        "towns": towns,
        "counties": 1,  # households are shared out by county: with one, every village has as many
    }
    covariates = ("manufacturing", "trade", "potential", "schooling", "incomers", "hub_distance")
    lasting = ("nearness_effect", "town_effect", "listed_effect", "county_sd", "town_sd", "village_sd")
    ties = {"village": 0, "town": 2, "county": 0, "prefecture": 0}
    return Scenario.from_mapping(
        {
            "start": "2009-01",
            "end": "2015-12",
            "history_seed": seed,
            "region": {"synthetic": size},
            "mechanisms": dict.fromkeys(("logistics", "training", "crowding", "programme", "exit"), False),
            "pioneers.placement": "none",
            "world.village_size_sd": 0.0,
            "graph.ring_reach": RING,
            **{f"graph.{level}_matchings": number for level, number in ties.items()},
            "adoption.own_initiative": own,
            "adoption.imitation": IMITATION,
            "adoption.propensity_sd": 0.0,
            "adoption.internet_effect": 0.0,
            **{f"adoption.weight_{kind}": 1.0 for kind in ("ring", "village", "town", "county", "prefecture")},
            **{f"base.{name}": 0.0 for name in (*covariates, *lasting)},
        }
    )


def world_with(task: Task, wanted: Any) -> Any:
    """World of a scenario in which these ties replace the computed ones."""
    from sim.world import build_world

    world = build_world(wanted)
    graph = replace(
        world.graph,
        indptr=task.indptr.astype(np.int64),
        neighbour=task.neighbour.astype(np.int64),
        kind=np.zeros(task.neighbour.size, np.int8),
    )
    return replace(world, graph=graph)
