"""A user's table of where and when county centers open, and how many stations they come to have."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.data import counties
from sim.errors import Place, Problem, ScenarioError
from sim.scenario import RollOutFile, Scenario
from sim.scenario.csv_source import Cell, Table, read_csv
from sim.scenario.problems import nearest
from sim.scenario.values import NotAllowedError, read_month, read_value
from sim.scenario.vocabulary import default_vocabulary
from sim.world.regions import place_mistake

__all__ = ["Openings", "named_openings"]

_NEEDED: Final = ("county", "month")
_NUMBERS: Final = {"stations": "programme.stations_per_county", "months_to_fill": "programme.months_to_fill"}
#: ``source`` is for readers: where a date comes from.
_COLUMNS: Final = (*_NEEDED, *_NUMBERS, "source")


@dataclass(frozen=True, eq=False)
class Openings:
    """Centers that a table names, one row a county.

    Parameters
    ----------
    code : of the counties. month : absolute month in which the center opens.
    stations : that the county is to have in the end. months_to_fill : until it has them. Both nan where the table
        says nothing.
    """

    code: NDArray[np.int64]
    month: NDArray[np.int64]
    stations: NDArray[np.float64]
    months_to_fill: NDArray[np.float64]


def named_openings(scenario: Scenario) -> Openings | None:
    """Openings of a scenario's own table, of all counties it names, in the region or not; ``None`` without one.

    Raises
    ------
    ScenarioError : with every mistake of the table at its line and column, or a table beside an invented region.
    """
    if scenario.roll_out is None:
        return None
    if scenario.region.synthetic is not None:
        message = "roll_out: names counties of China, but the region is invented"
        hint = "leave the table out, or name a real region"
        raise ScenarioError(Problem(message, scenario.place_of(("roll_out",)), hint))
    return _read(scenario.roll_out)


@lru_cache(maxsize=8)
def _read(source: RollOutFile) -> Openings:
    label = str(source.path)
    if source.path.is_relative_to(Path.cwd()):
        label = os.path.relpath(source.path)
    table = read_csv(source.path, label, f"a table with the columns {', '.join(_NEEDED)}")
    problems = [*table.problems, *_header_mistakes(table)]
    if not set(_NEEDED) <= set(table.columns):
        raise ScenarioError(sorted(problems, key=_line_and_column))
    openings = _Rows(problems).read(table)
    if problems:
        raise ScenarioError(sorted(problems, key=_line_and_column))
    return openings


def _line_and_column(problem: Problem) -> tuple[int, int]:
    return (0, 0) if problem.place is None else (problem.place.line, problem.place.column)


def _header_mistakes(table: Table) -> Iterator[Problem]:
    seen: set[str] = set()
    for cell in table.header:
        if cell.text in seen:
            yield Problem(f"the column {cell.text} stands twice", table.place(cell), "remove one")
        elif cell.text not in _COLUMNS:
            close = nearest(cell.text, _COLUMNS)
            hint = f"known are {', '.join(_COLUMNS)}" if close is None else f"did you mean {close}?"
            if any(sign in cell.text for sign in (";", "\t")):
                hint = "separate columns by commas"
            yield Problem(f"found the column {cell.text!r}, which is not known", table.place(cell), hint)
        seen.add(cell.text)
    for name in _NEEDED:
        if name not in seen:
            hint = f"the columns are {', '.join(_COLUMNS)}; the first two must be there"
            yield Problem(f"the column {name} is missing", Place(table.label, 1, 1), hint)


@dataclass
class _Rows:
    """Reads the rows; mistakes join the problems."""

    problems: list[Problem]

    def read(self, table: Table) -> Openings:
        first: dict[int, int] = {}
        rows: list[tuple[int, int, float, float]] = []
        for row in table.rows:
            county = self._county(table, row["county"])
            month = self._month(table, row["month"])
            stations, fill = (self._number(table, name, row.get(name)) for name in _NUMBERS)
            if county is not None and county in first:
                message = f"the county {row['county'].text} stands twice, first in line {first[county]}"
                self.problems.append(Problem(message, table.place(row["county"]), "remove one"))
            elif county is not None:
                first[county] = row["county"].line
                rows.append((county, month or 0, stations, fill))
        if not table.rows and not table.problems:
            self.problems.append(Problem("found no county below the header", Place(table.label), "add a line"))
        code, months, stations_of, fill_of = np.array(rows, np.float64).reshape(-1, 4).T
        return Openings(code.astype(np.int64), months.astype(np.int64), stations_of, fill_of)

    def _county(self, table: Table, cell: Cell) -> int | None:
        """Code of a county, or ``None`` if it is not known or has several meanings."""
        known = counties()
        found = known.find(cell.text)
        codes = {int(known.adcode[row]) for row in found}
        if len(codes) == 1:
            return codes.pop()
        message, hint = place_mistake("counties", cell.text or "nothing", found)
        self.problems.append(Problem(f"county: {message}", table.place(cell), hint))
        return None

    def _month(self, table: Table, cell: Cell) -> int | None:
        try:
            return read_month(cell.text or None)
        except NotAllowedError as mistake:
            self.problems.append(Problem(f"month: {mistake.message}", table.place(cell), mistake.hint))
            return None

    def _number(self, table: Table, name: str, cell: Cell | None) -> float:
        """Number within the range of the parameter it stands for; nan where nothing is said."""
        if cell is None or not cell.text:
            return np.nan
        row = default_vocabulary().parameters[_NUMBERS[name]]
        try:
            value = float(read_value(row, _plain_number(cell.text)))
            if name == "stations" and value != int(value):
                raise NotAllowedError.of(cell.text, "a whole number of stations")
        except NotAllowedError as mistake:
            self.problems.append(Problem(f"{name}: {mistake.message}", table.place(cell), mistake.hint))
            return np.nan
        return value


def _plain_number(text: str) -> float | str:
    """The number a text says, or the text itself, which is then refused in words."""
    for read in (int, float):
        try:
            return read(text)
        except ValueError:
            continue
    return text
