"""Lists of Taobao villages by year: the published ones, and a later one that a user brings."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.calibration.history import Places, counted, list_counts
from sim.data import counties
from sim.errors import Place, Problem, ScenarioError
from sim.results.comparison import OBSERVED_YEARS
from sim.scenario.values import plain_number, quoted

__all__ = ["earlier_counts", "read_list"]

Array = NDArray[np.float64]
_CODE, _COUNT = "county_adcode", "count"
#: Name of the cells that a row has beyond the header's.
_REST = "\n"
_LARGEST_BYTES = 20_000_000
_TRUE, _FALSE = frozenset({"1", "true", "yes"}), frozenset({"0", "false", "no", ""})


def read_list(path: Path, places: Places, year: int) -> Array:
    """Taobao villages of each county from a user's CSV file.

    Parameters
    ----------
    path : either ``county_adcode,count`` with one row a county, or a list of villages with one row each and a
        column ``county_adcode``; a column ``listed_YEAR`` there, if it exists, says which are on that year's list.
    places : counties simulated; rows of other counties of China are left out.

    Raises
    ------
    ScenarioError : every mistake with its line: no such column, a column twice, an unknown county, a county twice,
        no number, a row of another length.
    """
    rows = csv.DictReader(io.StringIO(_text(path), newline=""), restkey=_REST, strict=True)
    try:
        found = _found(rows, str(path), f"listed_{year}")
    except csv.Error as error:
        problem = Problem(
            f"is no table separated by commas from here on ({error})", Place(str(path), max(rows.line_num, 1), 1)
        )
        raise ScenarioError(problem) from error
    out = np.zeros(places.n)
    for code, number in found.items():
        out += number * counted(places, [code])
    return out


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST_BYTES + 1)
        if len(content) > _LARGEST_BYTES:
            message = f"found more than {_LARGEST_BYTES:,} bytes, allowed is a list of villages or counties"
            raise ScenarioError(Problem(message, Place(str(path))))
        return content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text in UTF-8"
        raise ScenarioError(Problem(f"the list cannot be read ({reason})", Place(str(path)))) from error


def _found(rows: csv.DictReader[str], file: str, flag: str) -> dict[int, int]:
    """Villages by county, of all counties named."""
    columns = rows.fieldnames or []
    if _CODE not in columns:
        message = f"found columns {', '.join(columns) or 'none'}, needed is {_CODE}"
        hint = f"write {_CODE},{_COUNT} with a row a county, or a list of villages with {_CODE}"
        raise ScenarioError(Problem(message, Place(file, 1, 1), hint))
    twice = [name for name in columns if columns.count(name) > 1]
    if twice:
        raise ScenarioError(Problem(f"the column {twice[0]} stands twice", Place(file, 1, 1), "remove one"))
    problems: list[Problem] = []
    reader = _counts if _COUNT in columns else _villages
    found = dict(reader(rows, file, flag, problems))
    if problems:
        raise ScenarioError(problems)
    return found


def _is_whole(cells: Mapping[str, str], columns: int, place: Place, problems: list[Problem]) -> bool:
    """Whether a row has as many cells as the header."""
    if _REST not in cells and None not in cells.values():
        return True
    problems.append(Problem(f"found a row of another length, allowed are {columns} cells as in the header", place))
    return False


def _code(cells: Mapping[str, str], place: Place, problems: list[Problem]) -> int | None:
    text = cells[_CODE].strip()
    code = plain_number(text)
    if code is None or code not in counties().adcode:
        wanted = "the code of a county with villages in 2016, such as 371721"
        problems.append(Problem(f"found county {quoted(text)}, allowed is {wanted}", place))
        return None
    return code


def _counts(
    rows: csv.DictReader[str], file: str, _flag: str, problems: list[Problem]
) -> Iterator[tuple[int, int]]:
    seen: set[int] = set()
    for cells in rows:
        place = Place(file, rows.line_num, 1)
        if not _is_whole(cells, len(rows.fieldnames or []), place, problems):
            continue
        code, text = _code(cells, place, problems), cells[_COUNT].strip()
        number = plain_number(text)
        if number is None:
            problems.append(Problem(f"found {quoted(text)} villages, allowed is a whole number from 0", place))
        elif code in seen:
            problems.append(Problem(f"county {code} stands twice", place))
        elif code is not None:
            seen.add(code)
            yield code, number


def _villages(
    rows: csv.DictReader[str], file: str, flag: str, problems: list[Problem]
) -> Iterator[tuple[int, int]]:
    numbers: dict[int, int] = {}
    flagged = flag in (rows.fieldnames or [])
    for cells in rows:
        place = Place(file, rows.line_num, 1)
        if not _is_whole(cells, len(rows.fieldnames or []), place, problems):
            continue
        code = _code(cells, place, problems)
        word = cells[flag].strip().lower() if flagged else "1"
        if word not in _TRUE | _FALSE:
            problems.append(Problem(f"found {flag} {quoted(word)}, allowed is 1 or 0", place))
        elif code is not None and word in _TRUE:
            numbers[code] = numbers.get(code, 0) + 1
    yield from numbers.items()


def earlier_counts(places: Places, year: int) -> tuple[int, Array] | None:
    """The last published list before a year and its counts by county; ``None`` if there is none.

    >>> earlier_counts(None, 2014) is None
    True
    """
    before = [listed for listed in OBSERVED_YEARS if listed < year]
    return (before[-1], list_counts(places, before[-1])) if before else None
