"""Checks which every shipped table must pass; a violation stops the derivation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sim.errors import WorldError

__all__ = ["require_equal", "require_known", "require_ranges", "require_sum", "require_unique"]


def require_ranges(
    table: str, rows: Iterable[Mapping[str, Any]], key: str, ranges: Mapping[str, tuple[float, float]]
) -> None:
    """Require every value of the named columns to be a number in its closed range.

    Parameters
    ----------
    table : file name, for the message.
    rows : rows of the table.
    key : column which names a row in the message.
    ranges : column -> (low, high).

    Raises
    ------
    WorldError
        Names table, row, column, value and range of the first violation.
    """
    for row in rows:
        for column, (low, high) in ranges.items():
            value = row[column]
            try:
                number = float(value)
            except (TypeError, ValueError):
                message = f"{table}: {key} {row[key]}: {column} is {value!r}, not a number"
                raise WorldError(message) from None
            if not low <= number <= high:
                message = f"{table}: {key} {row[key]}: {column} is {value}, outside the range {low:g} to {high:g}"
                raise WorldError(message)


def require_sum(
    table: str, rows: Iterable[Mapping[str, Any]], key: str, parts: Collection[str], most: float
) -> None:
    """Require the named columns to add to at most ``most`` in every row (shares of one whole)."""
    for row in rows:
        total = sum(float(row[part]) for part in parts)
        if total > most:
            message = f"{table}: {key} {row[key]}: {' + '.join(parts)} is {total:.5f}, more than {most:g}"
            raise WorldError(message)


def require_unique(table: str, rows: Iterable[Mapping[str, Any]], key: str) -> None:
    """Require the key column to name each row once."""
    seen: set[Any] = set()
    for row in rows:
        if row[key] in seen:
            message = f"{table}: {key} {row[key]} stands in two rows"
            raise WorldError(message)
        seen.add(row[key])


def require_known(table: str, rows: Iterable[Mapping[str, Any]], column: str, allowed: Collection[Any]) -> None:
    """Require every value of a column to be one of ``allowed`` (referential integrity)."""
    for number, row in enumerate(rows, start=2):
        if row[column] not in allowed:
            message = f"{table}: line {number}: {column} {row[column]!r} is not known"
            raise WorldError(message)


def require_equal(what: str, found: object, expected: object) -> None:
    """Require a count which is known from the published lists."""
    if found != expected:
        message = f"{what}: found {found}, expected {expected}"
        raise WorldError(message)
