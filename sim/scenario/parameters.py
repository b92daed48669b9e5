"""The parameter table: every coefficient once, with symbol, unit, range, scope and source."""

from __future__ import annotations

import csv
import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sim.errors import Place, Problem, ScenarioError
from sim.scenario.frozen import FrozenMapping
from sim.scenario.months import parse_month
from sim.scenario.values import NotAllowedError, Value, read_value

__all__ = ["COLUMNS", "PARAMETER_FILE", "SCOPES", "TYPES", "Parameter", "read_parameters", "read_table"]

PARAMETER_FILE: Final = Path(__file__).with_name("parameters.csv")
TYPES: Final = ("float", "int", "bool", "choice", "month")
SCOPES: Final = ("world", "start", "month")
COLUMNS: Final = (
    *("name", "symbol", "unit", "type", "default", "low", "high"),
    *("choices", "scope", "mechanism", "prior", "source", "description"),
)
_NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_NUMBER = r"\s*[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?\s*"
_PRIOR = re.compile(rf"[a-z]+\({_NUMBER}(?:,{_NUMBER})*\)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One row of the table.

    Parameters
    ----------
    name : "section.key".
    symbol : letter in the equations; may be blank.
    unit : of the value and of its range.
    type : float, int, bool, choice or month (months are held as month numbers).
    default, low, high : in the parameter's own type; bounds are inclusive, ``None`` means none.
    choices : allowed texts of a choice.
    scope : "world" (builds the world), "start" (the starting state) or "month" (may change on a timeline).
    mechanism : the mechanism that switches it off, ``None`` if it always acts.
    prior : distribution for calibration such as "uniform(0, 1)", or ``None``.
    source : fact ids, "calibrated", "assumption: ..." or "definition".
    description : one line.
    """

    name: str
    symbol: str
    unit: str
    type: str
    default: Value
    low: float | int | None
    high: float | int | None
    choices: tuple[str, ...]
    scope: str
    mechanism: str | None
    prior: str | None
    source: str
    description: str

    @property
    def section(self) -> str:
        """Part of the name before the dot."""
        return self.name.partition(".")[0]

    @property
    def key(self) -> str:
        """Part of the name after the dot."""
        return self.name.partition(".")[2]


def read_table(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[Place, dict[str, str]]]:
    """Rows of a CSV table with their places; a wrong header or a row of another length is an error."""
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        if tuple(reader.fieldnames or ()) != columns:
            message = f"found columns {reader.fieldnames}, allowed is {list(columns)}"
            raise ScenarioError(Problem(message, Place(str(path), 1, 1)))
        for row in reader:
            place = Place(str(path), reader.line_num, 1)
            if None in row or None in row.values():
                raise ScenarioError(Problem(f"a row needs {len(columns)} columns", place))
            yield place, {name: text.strip() for name, text in row.items()}


def read_parameters(path: Path = PARAMETER_FILE) -> Mapping[str, Parameter]:
    """Load and check the table; keys are the names, in the order of the file.

    Raises
    ------
    ScenarioError : with every faulty cell of the table and its line.
    """
    rows: dict[str, Parameter] = {}
    problems: list[Problem] = []
    for place, cells in read_table(path, COLUMNS):
        mistakes = _cell_mistakes(cells)
        if cells["name"] in rows:
            mistakes.append("the name stands twice")
        if not mistakes:
            try:
                rows[cells["name"]] = _typed(cells)
            except ValueError as error:
                mistakes.append(str(error))
        problems += [Problem(f"{cells['name']}: {mistake}", place) for mistake in mistakes]
    if problems:
        raise ScenarioError(problems)
    return FrozenMapping(rows)


def _cell_mistakes(cells: dict[str, str]) -> list[str]:
    mistakes = []
    if not _NAME.fullmatch(cells["name"]) or any(map(keyword.iskeyword, cells["name"].split("."))):
        mistakes.append("a name is 'section.key' in small letters")
    mistakes += [f"the {column} is blank" for column in ("unit", "source", "description") if not cells[column]]
    if cells["type"] not in TYPES:
        mistakes.append(f"type {cells['type']!r} is not one of {', '.join(TYPES)}")
    if cells["scope"] not in SCOPES:
        mistakes.append(f"scope {cells['scope']!r} is not one of {', '.join(SCOPES)}")
    if (cells["type"] == "choice") != bool(cells["choices"]):
        mistakes.append("choices are given exactly for type choice")
    if cells["type"] in {"bool", "choice"} and (cells["low"] or cells["high"]):
        mistakes.append("only numbers and months have a range")
    if cells["prior"] and not _PRIOR.fullmatch(cells["prior"]):
        mistakes.append(f"prior {cells['prior']!r} is not written like uniform(0, 1)")
    return mistakes


def _number(kind: str, text: str) -> float | int | None:
    if not text:
        return None
    if kind == "month":
        return parse_month(text)
    return int(text) if kind == "int" else float(text)


def _default(kind: str, text: str) -> object:
    """Default as a scenario file would give it: the same reader then judges both."""
    if kind == "bool":
        return {"true": True, "false": False}.get(text, text)
    return text if kind in {"choice", "month"} else _number(kind, text)


def _typed(cells: dict[str, str]) -> Parameter:
    kind = cells["type"]
    low, high = _number(kind, cells["low"]), _number(kind, cells["high"])
    if low is not None and high is not None and not low <= high:
        message = "low is above high"
        raise ValueError(message)
    fields: dict[str, Any] = {**cells, "low": low, "high": high, "default": None}
    fields["choices"] = tuple(cells["choices"].split("|")) if cells["choices"] else ()
    fields["mechanism"] = cells["mechanism"] or None
    fields["prior"] = cells["prior"] or None
    bare = Parameter(**fields)
    try:
        default = read_value(bare, _default(kind, cells["default"]))
    except NotAllowedError as mistake:
        message = f"default: {mistake.message}"
        raise ValueError(message) from None
    return Parameter(**{**fields, "default": default})
