"""Columns that a run records only where its scenario switches the mechanism on that fills them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.kernel import Simulation
from sim.scenario import Scenario

__all__ = ["VILLAGE_COLUMNS", "columns_recorded", "county_columns", "village_columns"]

Array = NDArray[Any]

#: Mechanism -> columns by county; ``suppliers`` are those of all products.
_OF_COUNTY = {
    "guidance": ("guidance", "acting_guidance"),
    "credit": ("loan_share",),
    "chain": ("suppliers",),
    "consumption": ("buyer_share",),
}
_OF_VILLAGE = {"migration": ("incomers",), "consumption": ("station_orders",)}
#: Every column that a village may have beside the usual ones.
VILLAGE_COLUMNS = tuple(name for names in _OF_VILLAGE.values() for name in names)


def columns_recorded(scenario: Scenario) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the further columns by county and by village: of mechanisms that are on in any month."""
    months = [scenario.start, *scenario.change_months()]
    on = {name for month in months for name, value in scenario.settings(month).mechanisms.items() if value}

    def of(table: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        return tuple(name for mechanism, names in table.items() if mechanism in on for name in names)

    return of(_OF_COUNTY), of(_OF_VILLAGE)


def county_columns(run: Simulation, names: tuple[str, ...]) -> dict[str, Array]:
    """These columns of the month just stepped, (C,) each."""
    columns = {name: getattr(run.state.counties, name) for name in names}
    return {name: values.sum(axis=1) if values.ndim > 1 else values for name, values in columns.items()}


def village_columns(run: Simulation, names: tuple[str, ...], kept: Array) -> dict[str, Array]:
    """These columns of some villages."""
    return {name: getattr(run.state.villages, name)[kept].astype(np.float32) for name in names}
