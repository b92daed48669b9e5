"""The mechanism table: what can be switched off by name, and what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sim.errors import Problem, ScenarioError
from sim.scenario.frozen import FrozenMapping
from sim.scenario.parameters import read_table

__all__ = ["MECHANISM_FILE", "Mechanism", "broken_needs", "read_mechanisms"]

MECHANISM_FILE: Final = Path(__file__).with_name("mechanisms.csv")
_COLUMNS: Final = ("name", "default", "needs", "description")


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One row of the table: its name, whether it is on by default, and the mechanisms it needs on."""

    name: str
    default: bool
    needs: tuple[str, ...]
    description: str


def broken_needs(mechanisms: Mapping[str, Mechanism], switches: Mapping[str, bool]) -> list[tuple[str, str]]:
    """Pairs (mechanism that is on, mechanism it needs that is off), in the order of the table."""
    return [
        (row.name, need)
        for row in mechanisms.values()
        for need in row.needs
        if switches[row.name] and not switches[need]
    ]


def read_mechanisms(path: Path = MECHANISM_FILE) -> Mapping[str, Mechanism]:
    """Load and check the table; keys are the names, in the order of the file.

    Raises
    ------
    ScenarioError : a name stands twice or is no word, a default is not true or false, a description is
        blank, a need is unknown, or a default breaks a need.
    """
    rows: dict[str, Mechanism] = {}
    problems: list[Problem] = []
    places = {}
    for place, cells in read_table(path, _COLUMNS):
        name = cells["name"]
        if name in rows or not name.isidentifier():
            problems.append(Problem(f"{name}: a name is one word and stands once", place))
        if cells["default"] not in {"true", "false"}:
            problems.append(Problem(f"{name}: default is not true or false", place))
        if not cells["description"]:
            problems.append(Problem(f"{name}: the description is blank", place))
        needs = tuple(cells["needs"].split())
        rows[name] = Mechanism(name, cells["default"] == "true", needs, cells["description"])
        places[name] = place
    for row in rows.values():
        unknown = [need for need in row.needs if need not in rows]
        problems += [Problem(f"{row.name}: needs {need}, not a mechanism", places[row.name]) for need in unknown]
    if not problems:
        pairs = broken_needs(rows, {row.name: row.default for row in rows.values()})
        problems += [Problem(f"{name}: on by default but needs {need}", places[name]) for name, need in pairs]
    if problems:
        raise ScenarioError(problems)
    return FrozenMapping(rows)
