"""Columns that a run records only where its scenario switches the mechanism on that fills them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.kernel import Simulation
from sim.scenario import Scenario

__all__ = ["VILLAGE_COLUMNS", "columns_recorded", "county_columns", "national_columns", "village_columns"]

Array = NDArray[Any]

#: Mechanism -> columns by county; ``suppliers`` are those of all products.
_OF_COUNTY = {
    "guidance": ("guidance", "acting_guidance"),
    "credit": ("loan_share",),
    "chain": ("suppliers",),
    "consumption": ("buyer_share",),
}
_OF_VILLAGE = {"migration": ("incomers",), "consumption": ("station_orders",), "information": ("awareness",)}
#: Of the whole region.
_OF_NATION = {"information": ("awareness",)}
#: Every column that a village may have beside the usual ones.
VILLAGE_COLUMNS = tuple(name for names in _OF_VILLAGE.values() for name in names)


def columns_recorded(scenario: Scenario) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Names of the further columns by county, by village and national.

    They are those of mechanisms that are on, and of the rule of imitation in force, in any month.
    """
    months = [scenario.start, *scenario.change_months()]
    on = {name for month in months for name, value in scenario.settings(month).mechanisms.items() if value}
    on |= {str(scenario.settings(month).adoption.rule) for month in months}

    def of(table: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        return tuple(name for mechanism, names in table.items() if mechanism in on for name in names)

    return of(_OF_COUNTY), of(_OF_VILLAGE), of(_OF_NATION)


def county_columns(run: Simulation, names: tuple[str, ...]) -> dict[str, Array]:
    """These columns of the month just stepped, (C,) each."""
    columns = {name: getattr(run.state.counties, name) for name in names}
    return {name: values.sum(axis=1) if values.ndim > 1 else values for name, values in columns.items()}


def village_columns(run: Simulation, names: tuple[str, ...], kept: Array) -> dict[str, Array]:
    """These columns of some villages."""
    return {name: getattr(run.state.villages, name)[kept].astype(np.float32) for name in names}


def national_columns(run: Simulation, names: tuple[str, ...]) -> dict[str, float]:
    """These columns of the month just stepped; a share of households is one of all households simulated."""
    households = run.world.villages.households
    columns = {name: getattr(run.state.villages, name) for name in names}
    return {name: float(values @ households / households.sum()) for name, values in columns.items()}
