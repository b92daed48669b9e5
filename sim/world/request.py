"""What of a scenario decides its world: a key under which equal worlds are shared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.scenario import GraphFile, Scenario

__all__ = ["SyntheticSize", "WorldRequest", "world_request"]


@dataclass(frozen=True)
class SyntheticSize:
    """Size of an invented world."""

    villages: int
    households_per_village: int
    towns: int
    counties: int


@dataclass(frozen=True)
class WorldRequest:
    """The part of a scenario that builds the world; ``request["graph.ring_reach"]`` reads a parameter."""

    county_rows: tuple[int, ...]
    synthetic: SyntheticSize | None
    world_seed: int
    values: tuple[tuple[str, Any], ...]
    graph: GraphFile | None

    def __getitem__(self, name: str) -> Any:
        return dict(self.values)[name]


def world_request(scenario: Scenario, county_rows: NDArray[np.int64]) -> WorldRequest:
    """Key of a scenario's world: region, world seed, parameters of scope ``world`` and own graph."""
    parameters = scenario.vocabulary.parameters
    values = tuple((name, value) for name, value in scenario.values.items() if parameters[name].scope == "world")
    size = scenario.region.synthetic
    synthetic = None
    if size is not None:
        synthetic = SyntheticSize(size.villages, size.households_per_village, size.towns, size.counties)
    rows = tuple(int(row) for row in county_rows)
    return WorldRequest(rows, synthetic, scenario.world_seed, values, scenario.acquaintances)
