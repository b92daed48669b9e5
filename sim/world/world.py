"""The world of a scenario: the columns of its counties, towns and villages, and who knows whom."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.data import observed_villages
from sim.errors import WorldError
from sim.scenario import Scenario
from sim.streams import LOCAL_BITS
from sim.world.columns import Columns, Counties, Towns, Villages
from sim.world.explicit import explicit_graph
from sim.world.graph import AcquaintanceGraph, implicit_graph
from sim.world.real import real_columns
from sim.world.regions import resolve_region
from sim.world.request import WorldRequest, world_request
from sim.world.roll_out import named_openings
from sim.world.synthetic import synthetic_columns

__all__ = ["World", "build_world"]

Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class World:
    """Everything that does not change during a run and does not depend on ``history_seed``.

    Parameters
    ----------
    counties, towns, villages : columns, each level pointing to the one above by index.
    products : names of the products, P of them.
    first_household : (V + 1,) index of each village's first household, then the number of households.
    graph : who knows whom among the households.
    """

    counties: Counties
    towns: Towns
    villages: Villages
    products: tuple[str, ...]
    first_household: Integers
    graph: AcquaintanceGraph

    @property
    def n_counties(self) -> int:
        """Number of counties."""
        return self.counties.code.size

    @property
    def n_towns(self) -> int:
        """Number of towns."""
        return self.towns.code.size

    @property
    def n_villages(self) -> int:
        """Number of villages."""
        return self.villages.uid.size

    @property
    def n_households(self) -> int:
        """Number of rural households."""
        return int(self.first_household[-1])

    @cached_property
    def villages_in_county(self) -> Integers:
        """Number of villages of each county, (C,)."""
        return np.bincount(self.villages.county, minlength=self.n_counties)

    def village_of_household(self, household: int) -> int:
        """Index of the village a household lives in."""
        return self.graph.village_of(household)

    def names_of_villages(self, villages: Integers) -> NDArray[np.object_]:
        """Names of villages where they are known (listed once), else their town and their number there."""
        town, row = self.villages.town[villages], self.villages.observed[villages]
        number = villages - np.searchsorted(self.villages.town, town) + 1
        numbered = zip(self.towns.name_zh[town], number, strict=True)
        names = np.array([f"{name} {place}" for name, place in numbered], dtype=object)
        names[row >= 0] = observed_villages().name_zh[row[row >= 0]]
        return names

    def name_of_village(self, village: int) -> str:
        """Name of one village, see :meth:`names_of_villages`."""
        return str(self.names_of_villages(np.array([village]))[0])


def build_world(scenario: Scenario) -> World:
    """World of a scenario; scenarios that ask for the same world share it within a process.

    Raises
    ------
    ScenarioError : a place of the region is unknown or ambiguous, or a table of the roll-out has mistakes.
    WorldError : the acquaintance graph does not fit.
    """
    request = world_request(scenario, resolve_region(scenario))
    named_openings(scenario)  # a table with mistakes is refused before anything is computed
    return _build(request)


@lru_cache(maxsize=2)
def _build(request: WorldRequest) -> World:
    columns = real_columns(request) if request.synthetic is None else synthetic_columns(request)
    _check_sizes(columns.villages.households)
    first = np.concatenate(([0], np.cumsum(columns.villages.households)))
    first.flags.writeable = False
    graph = _implicit(request, columns, first)
    if request.graph is not None:
        graph = explicit_graph(request.graph, first)
    return World(columns.counties, columns.towns, columns.villages, columns.products, first, graph)


def _check_sizes(households: Integers) -> None:
    """Refuse a village whose households no longer fit the counters that key their luck."""
    largest, limit = int(households.max(initial=0)), 1 << int(LOCAL_BITS)
    if largest >= limit:
        message = (
            f"found a village of {largest} households, allowed are fewer than {limit}; "
            "lower world.household_scale, world.village_size_sd or households_per_village"
        )
        raise WorldError(message)


def _implicit(request: WorldRequest, columns: Columns, first: Integers) -> AcquaintanceGraph:
    villages, county_of_village = columns.villages, columns.villages.county
    prefecture_code = columns.counties.prefecture
    # Counties stand in the order of their prefectures, so a running number names the prefecture's villages.
    prefecture = np.cumsum(np.r_[False, prefecture_code[1:] != prefecture_code[:-1]])
    groups = np.stack(
        [
            np.arange(villages.uid.size),
            villages.town,
            county_of_village,
            prefecture[county_of_village],
        ]
    )
    codes = np.stack(
        [
            villages.uid.astype(np.int64),
            columns.towns.code[villages.town],
            columns.counties.code[county_of_village],
            prefecture_code[county_of_village],
        ]
    )
    levels = ("village", "town", "county", "prefecture")
    return implicit_graph(
        first,
        groups,
        codes,
        ring_reach=int(request["graph.ring_reach"]),
        matchings=np.array([int(request[f"graph.{level}_matchings"]) for level in levels]),
        world_seed=request.world_seed,
    )
