"""Reading one value against what its parameter allows, and saying so in words."""

from __future__ import annotations

import datetime as dt
import math
import numbers
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sim.scenario.months import format_month, parse_month

if TYPE_CHECKING:
    from sim.scenario.parameters import Parameter

__all__ = [
    "MONTH_PATTERN",
    "SEED_LIMIT",
    "NotAllowedError",
    "Value",
    "allowed",
    "editor_terms",
    "found",
    "number_text",
    "plain_number",
    "quoted",
    "read_month",
    "read_switch",
    "read_value",
    "read_whole",
    "several",
]

Value: TypeAlias = float | int | bool | str

SEED_LIMIT: Final = 2**63
MONTH_PATTERN: Final = "^[0-9]{4}-(0[1-9]|1[0-2])$"
_LONGEST_QUOTE = 60
_LARGEST_IN_FULL = 1e15
_MONTH_ALLOWED = "a month such as 2009-01"
_MONTH_HINT = "write year and month as 2009-01"


class NotAllowedError(ValueError):
    """A value that is not allowed: what was found and what is allowed, and perhaps what to do."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @classmethod
    def of(cls, value: object, allowed_text: str, hint: str | None = None) -> NotAllowedError:
        """NotAllowedError with the usual wording."""
        return cls(f"found {found(value)}, allowed is {allowed_text}", hint)


def plain_number(text: str, most_digits: int = 9) -> int | None:
    """Whole number from 0 written in plain digits; none for other signs that count as digits, or too many.

    >>> plain_number("371721"), plain_number("²"), plain_number("9" * 5000), plain_number("-1")
    (371721, None, None, None)
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= most_digits else None


def number_text(value: float) -> str:
    """Shortest text of a number that still says it exactly; whole numbers in full.

    Examples
    --------
    >>> number_text(10_000_000.0), number_text(1e-6), number_text(0.1 + 0.2)
    ('10000000', '1e-06', '0.30000000000000004')
    """
    if abs(value) < _LARGEST_IN_FULL and value == int(value):
        return str(int(value))
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


def quoted(text: str) -> str:
    """Text in quotes, every sign printable, the end of a long one left out."""
    return repr(text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "...")


def found(value: object) -> str:
    """Say in words what a user wrote."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"the text {quoted(value)}"
    if isinstance(value, dt.date):
        return f"the date {value.isoformat()}"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, Sequence | set) and not isinstance(value, bytes):
        return "a list"
    if isinstance(value, numbers.Real):
        return _found_number(value)
    return f"a value of type {type(value).__name__}"


def _found_number(value: numbers.Real) -> str:
    if isinstance(value, numbers.Integral):
        bits = int(value).bit_length()
        return str(int(value)) if bits <= 4 * _LONGEST_QUOTE else f"a whole number of {bits} bits"
    try:
        text = float(value)
    except OverflowError:
        return "a number too large to be one here"
    if math.isnan(text):
        return "not-a-number"
    return ("-" if text < 0 else "") + "infinity" if math.isinf(text) else repr(text)


def several(value: Any) -> list[Any]:
    """Members of a collection; of anything else, a text too, the thing itself alone."""
    is_one = isinstance(value, str | bytes) or not isinstance(value, Iterable) or getattr(value, "ndim", 1) == 0
    return [value] if is_one else list(value)


def _span(low: str | None, high: str | None) -> str:
    if low is not None and high is not None:
        return f" from {low} to {high}"
    if low is not None:
        return f" of at least {low}"
    return "" if high is None else f" of at most {high}"


def allowed(parameter: Parameter) -> str:
    """Say in words which values a parameter takes, with its unit."""
    if parameter.type == "bool":
        return "true or false"
    if parameter.type == "choice":
        return "one of " + ", ".join(parameter.choices)
    is_month = parameter.type == "month"

    def show(bound: float | None) -> str | None:
        if bound is None:
            return None
        return format_month(int(bound)) if is_month else number_text(bound)

    low, high = show(parameter.low), show(parameter.high)
    if is_month:
        return _MONTH_ALLOWED + _span(low, high)
    kind = "a whole number" if parameter.type == "int" else "a number"
    return f"{kind}{_span(low, high)} ({parameter.unit})"


def editor_terms(parameter: Parameter) -> dict[str, Any]:
    """JSON Schema of a parameter's value: type, range, choices, default, and unit and symbol in words."""
    symbol = f" ({parameter.symbol})" if parameter.symbol else ""
    text = f"{parameter.description}{symbol}. Unit: {parameter.unit}. Source: {parameter.source}."
    terms: dict[str, Any] = {"description": text, "x-unit": parameter.unit}
    if parameter.type == "month":
        default = format_month(int(parameter.default))
        return {**terms, "type": "string", "pattern": MONTH_PATTERN, "default": default}
    if parameter.type == "choice":
        return {**terms, "enum": list(parameter.choices), "default": parameter.default}
    terms["type"] = {"float": "number", "int": "integer", "bool": "boolean"}[parameter.type]
    bounds = {"minimum": parameter.low, "maximum": parameter.high}
    terms |= {word: bound for word, bound in bounds.items() if bound is not None}
    return {**terms, "default": parameter.default}


def read_month(value: object, allowed_text: str = _MONTH_ALLOWED) -> int:
    """Month number of a text such as "2009-01"; dates and bare years are refused with a hint."""
    if not isinstance(value, str):
        hint = f"write {value:%Y-%m}" if isinstance(value, dt.date) else _MONTH_HINT
        raise NotAllowedError.of(value, allowed_text, hint)
    try:
        return parse_month(value)
    except ValueError:
        raise NotAllowedError.of(value, allowed_text, _MONTH_HINT) from None


def read_switch(value: object) -> bool:
    """``true`` or ``false``, nothing that merely resembles them."""
    if type(value).__name__ in {"bool", "bool_"}:
        return bool(value)
    hint = "write it without quotes" if str(value) in {"true", "false"} else None
    raise NotAllowedError.of(value, "true or false", hint)


def read_whole(value: object, low: int, high: int, allowed_text: str) -> int:
    """Whole number within inclusive bounds; no truth values, no texts, no 10.0."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise NotAllowedError.of(value, allowed_text, _unquote_hint(value))
    if not low <= int(value) <= high:
        raise NotAllowedError.of(value, allowed_text)
    return int(value)


def _unquote_hint(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    try:
        float(value)
    except ValueError:
        return None
    return "write it without quotes"


def _read_number(parameter: Parameter, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise NotAllowedError.of(value, allowed(parameter), _unquote_hint(value))
    try:
        number = float(value)
    except OverflowError:
        raise NotAllowedError.of(value, allowed(parameter)) from None
    if not math.isfinite(number):
        raise NotAllowedError.of(value, allowed(parameter))
    return number + 0.0  # -0.0 becomes 0.0: one number, one fingerprint


def _read_whole_number(parameter: Parameter, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise NotAllowedError.of(value, allowed(parameter), _unquote_hint(value))
    if int(value).bit_length() >= SEED_LIMIT.bit_length():
        raise NotAllowedError.of(value, allowed(parameter))
    return int(value)


def _read_choice(parameter: Parameter, value: object) -> str:
    if not isinstance(value, str) or value not in parameter.choices:
        raise NotAllowedError.of(value, allowed(parameter))
    return value


def read_value(parameter: Parameter, value: Any) -> Value:
    """Value of a parameter in its own type.

    Raises
    ------
    NotAllowedError : wrong type, not finite, or outside the inclusive range of the table.
    """
    if parameter.type == "bool":
        return read_switch(value)
    if parameter.type == "choice":
        return _read_choice(parameter, value)
    number: float | int
    if parameter.type == "float":
        number = _read_number(parameter, value)
    elif parameter.type == "int":
        number = _read_whole_number(parameter, value)
    else:
        number = read_month(value, allowed(parameter))
    too_low = parameter.low is not None and number < parameter.low
    too_high = parameter.high is not None and number > parameter.high
    if too_low or too_high:
        raise NotAllowedError.of(value, allowed(parameter))
    return number
