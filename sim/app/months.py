"""What a result says of each month: national numbers, shops by unit of the map, Taobao villages counted so far."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.scenario.months import format_month

if TYPE_CHECKING:
    from sim.plotting.maps import MapUnits
    from sim.results import RunResult

__all__ = ["Months"]

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
_DECEMBER = 11


@dataclass(frozen=True, eq=False)
class Months:
    """One result read month by month; months count from 0.

    Parameters
    ----------
    result : the run. units : of the map, in which shops and villages are counted.
    """

    result: RunResult
    units: MapUnits

    @property
    def n_months(self) -> int:
        """Months of the run."""
        return self.result.scenario.n_months

    def label(self, month: int) -> str:
        """The month as text, such as 2013-05."""
        return format_month(self.result.scenario.start + month)

    @cached_property
    def decimal_year(self) -> Floats:
        """End of each month, in years, (M,)."""
        return (self.result.scenario.start + 1 + np.arange(self.n_months)).astype(np.float64) / 12.0

    @cached_property
    def december(self) -> Integers:
        """Year of the last December that is over at the end of each month; 0 before the first, (M,)."""
        start = self.result.scenario.start
        year = (start + np.arange(self.n_months) + 1) // 12 - 1
        return np.where(12 * year + _DECEMBER >= start, year, 0)

    def national(self, column: str) -> Floats:
        """A column of the monthly table, (M,)."""
        return self.result.columns("national")[column].astype(np.float64)

    @cached_property
    def _counted(self) -> dict[tuple[str, int], tuple[float, float]]:
        """Simulated and observed counts by pattern and year."""
        table = self.result.columns("patterns")
        rows = zip(table["pattern"], table["year"], table["simulated"], table["observed"], strict=True)
        return {(str(name), int(year)): (float(mine), float(seen)) for name, year, mine, seen in rows}

    def counted(self, pattern: str, month: int) -> tuple[float, float]:
        """Simulated and observed count of the last December at the end of a month; nan where there is none."""
        return self._counted.get((pattern, int(self.december[month])), (np.nan, np.nan))

    def yearly(self, pattern: str) -> tuple[Integers, Floats, Floats]:
        """Years, simulated and observed counts of a pattern."""
        rows = sorted((year, *both) for (name, year), both in self._counted.items() if name == pattern)
        years = np.array([row[0] for row in rows], np.int64)
        return years, np.array([row[1] for row in rows]), np.array([row[2] for row in rows])

    @cached_property
    def unit_of_village(self) -> Integers:
        """Place in ``units`` of each village of the world, (V,)."""
        world = self.result.world
        code = world.villages.uid.astype(np.int64)
        if self.units.level == "county":
            code = world.counties.code[world.villages.county]
        elif self.units.level == "town":
            code = world.towns.code[world.villages.town]
        order = np.argsort(self.units.code)
        return order[np.searchsorted(self.units.code[order], code)]

    @cached_property
    def shops_by_unit(self) -> NDArray[np.int32]:
        """Active shops of each unit at the end of each month, (M, N)."""
        change = np.zeros((self.n_months, self.units.code.size), np.int32)
        start = np.datetime64(format_month(self.result.scenario.start), "M")
        for table, sign in (("events", 1), ("closings", -1)):
            columns = self.result.columns(table)
            month = (columns["month"].astype("datetime64[M]") - start).astype(np.int64)
            np.add.at(change, (month, self.unit_of_village[columns["village"]]), sign)
        return change.cumsum(axis=0, dtype=np.int32)

    def villages_by_unit(self, month: int) -> Integers:
        """Taobao villages of each unit, counted in the last December, (N,)."""
        table, year = self.result.columns("villages"), int(self.december[month])
        chosen = table["recognised"] & (table["year"] == year)
        units = self.unit_of_village[table["village"][chosen]]
        return np.bincount(units, minlength=self.units.code.size).astype(np.int64)

    def busiest_village(self, unit: int, month: int) -> int:
        """Index of the village of a unit with most shops at the end of a month; its first where none has any."""
        inside = np.flatnonzero(self.unit_of_village == unit)
        return int(inside[np.argmax(self.shops_by_village(month)[inside])])

    def shops_by_village(self, month: int) -> Integers:
        """Active shops of each village at the end of a month, (V,)."""
        last = np.datetime64(self.label(month), "M")
        n, shops = self.unit_of_village.size, np.zeros(self.unit_of_village.size, np.int64)
        for table, sign in (("events", 1), ("closings", -1)):
            columns = self.result.columns(table)
            so_far = columns["month"].astype("datetime64[M]") <= last
            shops += sign * np.bincount(columns["village"][so_far], minlength=n)
        return shops
