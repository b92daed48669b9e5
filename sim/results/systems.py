"""Columns that a run records only where its scenario switches the mechanism on that fills them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernel import Simulation
from sim.kernel.programme import parcels_sorted, singles_day_turnover
from sim.rules import consumption
from sim.scenario import Scenario
from sim.state import NEVER

__all__ = [
    "VILLAGE_COLUMNS",
    "Further",
    "columns_recorded",
    "county_columns",
    "national_columns",
    "station_columns",
    "village_columns",
]

Array = NDArray[Any]

_NOVEMBER = 10
#: Mechanism -> what stations and centers of the whole region do.
_OF_STATIONS = {
    "programme": ("highest_partner_income_yuan", "parcels_sorted"),
    "consumption": ("orders_per_station_and_day", "singles_day_turnover_yuan", "applicants"),
}
#: Mechanism -> columns by county; ``suppliers`` are those of all products.
_OF_COUNTY = {
    "programme": ("parcels_sorted",),
    "guidance": ("guidance", "acting_guidance"),
    "credit": ("loan_share",),
    "chain": ("suppliers",),
    "consumption": ("buyer_share",),
}
_OF_VILLAGE = {
    "migration": ("incomers", "incoming_shops"),
    "consumption": ("station_orders",),
    "information": ("awareness",),
}
#: Of the whole region.
_OF_NATION = {"information": ("awareness",), "migration": ("incoming_shops",)}
#: Every column that a village may have beside the usual ones.
VILLAGE_COLUMNS = tuple(name for names in _OF_VILLAGE.values() for name in names)


class Further(NamedTuple):
    """Names of the further columns: by county, by village, of the whole region, and of its stations."""

    county: tuple[str, ...]
    village: tuple[str, ...]
    nation: tuple[str, ...]
    stations: tuple[str, ...]


def columns_recorded(scenario: Scenario) -> Further:
    """Names of the further columns: of mechanisms that are on, and of the rule of imitation, in any month."""
    months = [scenario.start, *scenario.change_months()]
    on = {name for month in months for name, value in scenario.settings(month).mechanisms.items() if value}
    on |= {str(scenario.settings(month).adoption.rule) for month in months}

    def of(table: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        return tuple(name for mechanism, names in table.items() if mechanism in on for name in names)

    return Further(of(_OF_COUNTY), of(_OF_VILLAGE), of(_OF_NATION), of(_OF_STATIONS))


def county_columns(run: Simulation, names: tuple[str, ...]) -> dict[str, Array]:
    """These columns of the month just stepped, (C,) each."""
    columns = {
        name: parcels_sorted(run) if name == "parcels_sorted" else getattr(run.state.counties, name)
        for name in names
    }
    return {name: values.sum(axis=1) if values.ndim > 1 else values for name, values in columns.items()}


def village_columns(run: Simulation, names: tuple[str, ...], kept: Array) -> dict[str, Array]:
    """These columns of some villages."""
    columns = {name: getattr(run.state.villages, name)[kept] for name in names}
    return {name: each.astype(np.float32) if each.dtype.kind == "f" else each for name, each in columns.items()}


def national_columns(run: Simulation, names: tuple[str, ...]) -> dict[str, float]:
    """These columns of the month just stepped; shares are of all households simulated, counts are summed."""
    households = run.world.villages.households
    columns = {name: getattr(run.state.villages, name) for name in names}
    return {
        name: float(values @ households / households.sum()) if values.dtype.kind == "f" else float(values.sum())
        for name, values in columns.items()
    }


def station_columns(
    run: Simulation, names: tuple[str, ...], month: int, before: Mapping[str, Array]
) -> dict[str, float]:
    """What stations, partners and centers did in the month just stepped, one number each.

    Parameters
    ----------
    month : of the run. before : the columns so far, (M,) each: applicants add up over the months.
    """
    villages, settings = run.state.villages, run.settings
    staffed = villages.station_since != NEVER
    found: dict[str, float] = {}
    if "parcels_sorted" in names:
        found["parcels_sorted"] = float(parcels_sorted(run).sum())
        incomes = villages.partner_income_yuan[staffed]
        found["highest_partner_income_yuan"] = float(incomes.max()) if incomes.size else np.nan
    if "applicants" not in names:
        return found
    is_on, is_november = settings.enabled("consumption"), (run.scenario.start + month) % 12 == _NOVEMBER
    daily = consumption.orders_per_day(villages.station_orders[staffed])
    new = np.count_nonzero(staffed & (villages.station_since == month) & (villages.partner_model == 2))
    so_far = float(before["applicants"][month - 1]) if month else 0.0
    return found | {
        "orders_per_station_and_day": float(daily.mean()) if is_on and daily.size else np.nan,
        "singles_day_turnover_yuan": float(singles_day_turnover(run).sum()) if is_on and is_november else np.nan,
        "applicants": so_far + (new * float(settings.consumption.applicants) if is_on else 0.0),
    }
