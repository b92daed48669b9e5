"""Lists of Taobao villages by year: the published ones, and a later one that a user brings."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.calibration.history import Places, counted, list_counts
from sim.data import counties
from sim.errors import Place, Problem, ScenarioError
from sim.results.comparison import OBSERVED_YEARS

__all__ = ["earlier_counts", "read_list"]

Array = NDArray[np.float64]
_CODE, _COUNT = "county_adcode", "count"
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
    ScenarioError : every mistake with its line: no such column, an unknown county, a county twice, no number.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text in UTF-8"
        raise ScenarioError(Problem(f"the list cannot be read ({reason})", Place(str(path)))) from error
    rows = csv.DictReader(text.splitlines())
    columns = rows.fieldnames or []
    if _CODE not in columns:
        message = f"found columns {', '.join(columns) or 'none'}, needed is {_CODE}"
        hint = f"write {_CODE},{_COUNT} with a row a county, or a list of villages with {_CODE}"
        raise ScenarioError(Problem(message, Place(str(path), 1, 1), hint))
    problems: list[Problem] = []
    reader = _counts if _COUNT in columns else _villages
    found = dict(reader(rows, str(path), f"listed_{year}", problems))
    if problems:
        raise ScenarioError(problems)
    out = np.zeros(places.n)
    for code, number in found.items():
        out += number * counted(places, [code])
    return out


def _code(cells: Mapping[str, str], place: Place, problems: list[Problem]) -> int | None:
    text = (cells[_CODE] or "").strip()
    if not text.isdigit() or int(text) not in counties().adcode:
        message = f"found county {text!r}, allowed is the code of a county with villages in 2016, such as 371721"
        problems.append(Problem(message, place))
        return None
    return int(text)


def _counts(
    rows: csv.DictReader[str], file: str, _flag: str, problems: list[Problem]
) -> Iterator[tuple[int, int]]:
    seen: set[int] = set()
    for cells in rows:
        place = Place(file, rows.line_num, 1)
        code, number = _code(cells, place, problems), (cells[_COUNT] or "").strip()
        if not number.isdigit():
            problems.append(Problem(f"found {number!r} villages, allowed is a whole number from 0", place))
        elif code in seen:
            problems.append(Problem(f"county {code} stands twice", place))
        elif code is not None:
            seen.add(code)
            yield code, int(number)


def _villages(
    rows: csv.DictReader[str], file: str, flag: str, problems: list[Problem]
) -> Iterator[tuple[int, int]]:
    numbers: dict[int, int] = {}
    flagged = flag in (rows.fieldnames or [])
    for cells in rows:
        place = Place(file, rows.line_num, 1)
        code = _code(cells, place, problems)
        word = (cells[flag] or "").strip().lower() if flagged else "1"
        if word not in _TRUE | _FALSE:
            problems.append(Problem(f"found {flag} {word!r}, allowed is 1 or 0", place))
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
