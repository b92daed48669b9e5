"""What a run is asked to remember, and when: every month, every December, and at every event."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.kernel import MonthEvents, Simulation
from sim.kernel.conditions import TERMS
from sim.results.systems import (
    Further,
    columns_recorded,
    county_columns,
    national_columns,
    station_columns,
    village_columns,
)
from sim.state import NEVER
from sim.world import TIE_KINDS, World

__all__ = ["Recorder", "Recording"]

Array = NDArray[Any]

_DECEMBER = 11

_NATIONAL: dict[str, type[np.generic]] = {
    "shops": np.int64,
    "openings": np.int64,
    "closings": np.int64,
    "online_sales_yuan": np.float64,
    "parcels": np.float64,
    "mean_parcel_cost_yuan": np.float64,
    "county_centers": np.int64,
    "stations": np.int64,
    "partners_1_0": np.int64,
    "partners_2_0": np.int64,
    "mean_partner_income_yuan": np.float64,
}
_COUNTY: dict[str, type[np.generic]] = {
    "shops": np.int32,
    "openings": np.int32,
    "closings": np.int32,
    "online_sales_yuan": np.float32,
}
#: Columns of the openings that say what share of the gathered hazard came from where.
_SOURCES = ("by_own_initiative", *(f"by_{kind}" for kind in TIE_KINDS))


@dataclass(frozen=True, eq=False)
class Recording:
    """Everything recorded of one run, as arrays.

    Parameters
    ----------
    world : where the indices point.
    start : absolute number of the first month.
    national : by name, (M,) one value a month.
    county : by name, (M, C).
    villages : by name, one row a village and December; only villages with a shop, a station or recognition.
    openings, closings : by name, one row an event, in the order of months and villages.
    conditions : by name, one row a month and village in which somebody opened a shop, in that order.
    """

    world: World
    start: int
    national: dict[str, Array]
    county: dict[str, Array]
    villages: dict[str, Array]
    openings: dict[str, Array]
    closings: dict[str, Array]
    conditions: dict[str, Array]


@dataclass
class Recorder:
    """Writes down one month after another.

    Parameters
    ----------
    run : the simulation, before its first month; it is read, never changed.
    """

    run: Simulation
    national: dict[str, Array] = field(init=False)
    county: dict[str, Array] = field(init=False)
    _decembers: list[dict[str, Array]] = field(default_factory=list, init=False)
    _events: list[MonthEvents] = field(default_factory=list, init=False)
    _further: Further = field(init=False)

    def __post_init__(self) -> None:
        months, counties = self.run.scenario.n_months, self.run.world.n_counties
        self._further = columns_recorded(self.run.scenario)
        kinds = _NATIONAL | dict.fromkeys((*self._further.stations, *self._further.nation), np.float64)
        self.national = {name: np.zeros(months, kind) for name, kind in kinds.items()}
        kinds = _COUNTY | dict.fromkeys(self._further.county, np.float32)
        self.county = {name: np.zeros((months, counties), kind) for name, kind in kinds.items()}

    def record(self, happened: MonthEvents) -> None:
        """Write down the month just stepped."""
        villages = self.run.state.villages
        active = np.flatnonzero(villages.active_shops() != 0)
        self._events.append(happened)
        self._record_shops(happened, active)
        self._record_programme(happened.month)
        if (self.run.scenario.start + happened.month) % 12 == _DECEMBER:
            self._decembers.append(self._december(happened.month))

    def _record_shops(self, happened: MonthEvents, active: Array) -> None:
        world, villages, month = self.run.world, self.run.state.villages, happened.month
        county, n = world.villages.county, world.n_counties
        sales = villages.sales_yuan[active]
        by_county = {
            "shops": np.bincount(county[active], villages.shops[active], minlength=n),
            "openings": np.bincount(county[happened.village], minlength=n),
            "closings": np.bincount(county[happened.closed_village], minlength=n),
            "online_sales_yuan": np.bincount(county[active], sales, minlength=n),
        }
        for name, values in by_county.items():
            self.county[name][month] = values
            self.national[name][month] = values.sum()
        for name, values in county_columns(self.run, self._further.county).items():
            self.county[name][month] = values
        for name, value in national_columns(self.run, self._further.nation).items():
            self.national[name][month] = value
        self.national["parcels"][month] = self.run.state.counties.parcels.sum()
        self.national["mean_parcel_cost_yuan"][month] = villages.parcel_cost_yuan.mean()

    def _record_programme(self, month: int) -> None:
        state = self.run.state
        staffed = np.flatnonzero(state.villages.station_since != NEVER)
        model = state.villages.partner_model[staffed]
        income = state.villages.partner_income_yuan[staffed]
        values = {
            "county_centers": np.count_nonzero(state.counties.center_since != NEVER),
            "stations": staffed.size,
            "partners_1_0": np.count_nonzero(model == 1),
            "partners_2_0": np.count_nonzero(model == 2),
            "mean_partner_income_yuan": income.mean() if staffed.size else np.nan,
        }
        further = station_columns(self.run, self._further.stations, month, self.national)
        for name, value in {**values, **further}.items():
            self.national[name][month] = value

    def _december(self, month: int) -> dict[str, Array]:
        state, start = self.run.state.villages, self.run.scenario.start
        kept = np.flatnonzero((state.active_shops() > 0) | state.recognised | (state.station_since != NEVER))
        return {
            "year": np.full(kept.size, (start + month) // 12, np.int16),
            "village": kept.astype(np.int32),
            "recognised": state.recognised[kept],
            "recognised_since": state.recognised_since[kept],
            "shops": state.shops[kept],
            "online_sales_yuan": state.sales_by_month[:, kept].sum(axis=0, dtype=np.float64),
            "product": state.product[kept],
            "parcel_cost_yuan": state.parcel_cost_yuan[kept].astype(np.float32),
            "training_stock": state.training_stock[kept].astype(np.float32),
            "crowding": state.crowding[kept].astype(np.float32),
            "station_since": state.station_since[kept],
            "partner_model": state.partner_model[kept],
            "partner_income_yuan": state.partner_income_yuan[kept].astype(np.float32),
            **village_columns(self.run, self._further.village, kept),
        }

    def finish(self) -> Recording:
        """Everything recorded so far."""
        decembers = self._decembers or [self._no_village()]
        return Recording(
            world=self.run.world,
            start=self.run.scenario.start,
            national=self.national,
            county=self.county,
            villages={name: np.concatenate([each[name] for each in decembers]) for name in decembers[0]},
            openings=_openings(self._events, with_awareness="awareness" in self._further.village),
            closings=_closings(self._events),
            conditions=_conditions(self._events),
        )

    def _no_village(self) -> dict[str, Array]:
        """The columns of a December, without rows."""
        return {name: values[:0] for name, values in self._december(0).items()}


def _joined(parts: list[Array], kind: type[np.generic]) -> Array:
    return np.concatenate([part.astype(kind) for part in parts]) if parts else np.zeros(0, kind)


def _months(events: list[MonthEvents], counts: list[int]) -> Array:
    return np.repeat(np.array([each.month for each in events], np.int16), counts)


def _openings(events: list[MonthEvents], *, with_awareness: bool) -> dict[str, Array]:
    columns = {
        "month": _months(events, [each.village.size for each in events]),
        "village": _joined([each.village for each in events], np.int32),
        "local": _joined([each.local for each in events], np.int32),
        "size": _joined([each.size for each in events], np.float32),
        "pioneer": _joined([each.pioneer for each in events], np.bool_),
    }
    parts, sources = [each.parts for each in events], _SOURCES
    if with_awareness:
        parts = [np.column_stack([each.parts, each.by_awareness.astype(np.float32)]) for each in events]
        sources = (*_SOURCES, "by_awareness")
    shares = [_shares(each).astype(np.float32) for each in parts]
    for source, name in enumerate(sources):
        columns[name] = _joined([each[:, source] for each in shares], np.float32)
    return columns


def _shares(parts: Array) -> Array:
    """Share of each source in the hazard a household has gathered; zeros where it gathered none yet."""
    total = parts.sum(axis=1, keepdims=True)
    shares: Array = np.divide(parts, total, out=np.zeros_like(parts), where=total > 0.0)
    return shares


def _closings(events: list[MonthEvents]) -> dict[str, Array]:
    return {
        "month": _months(events, [each.closed_village.size for each in events]),
        "village": _joined([each.closed_village for each in events], np.int32),
        "local": _joined([each.closed_local for each in events], np.int32),
    }


def _conditions(events: list[MonthEvents]) -> dict[str, Array]:
    columns = {
        "month": _months(events, [each.opening_villages.size for each in events]),
        "village": _joined([each.opening_villages for each in events], np.int32),
    }
    for place, name in enumerate(TERMS):
        columns[name] = _joined([each.terms[:, place] for each in events], np.float32)
    return columns
