"""Months as whole numbers inside the code, as "YYYY-MM" outside."""

from __future__ import annotations

import re

__all__ = ["format_month", "parse_month"]

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


def parse_month(text: str) -> int:
    """Month number ``12 * year + (month - 1)`` of a text "YYYY-MM".

    Raises
    ------
    ValueError : the text is not a year, a hyphen and a month from 01 to 12.

    Examples
    --------
    >>> parse_month("2015-12") - parse_month("2009-01")
    83
    """
    match = _MONTH.fullmatch(text)
    if match is None:
        message = f"{text!r} is not a month; write year and month as 2009-01"
        raise ValueError(message)
    return 12 * int(match[1]) + int(match[2]) - 1


def format_month(month: int) -> str:
    """Text "YYYY-MM" of a month number; the inverse of :func:`parse_month`.

    Examples
    --------
    >>> format_month(parse_month("2015-05"))
    '2015-05'
    """
    year, index = divmod(month, 12)
    return f"{year:04d}-{index + 1:02d}"
