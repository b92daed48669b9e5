"""What can be moved: parameters of the table with a span for their slider, in words for people."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sim.scenario import Scenario
from sim.scenario.months import format_month
from sim.scenario.parameters import Parameter
from sim.scenario.values import Value, allowed

__all__ = [
    "MAIN",
    "Knob",
    "knob",
    "knobs_by_section",
    "label",
    "main_knobs",
    "section_words",
    "shown",
    "tooltip",
    "unit",
]

#: Shown from the start, in this order, where their mechanism is on; every other parameter can be added.
MAIN = (
    "logistics.parcel_cost",
    "logistics.sorting_saving",
    "adoption.imitation",
    "adoption.own_initiative",
    "adoption.crowding_effect",
    "training.course_rate",
    "programme.first_month",
    "programme.counties_per_month",
    "programme.stations_per_county",
    "market.demand_growth",
    "exit.monthly_rate",
    "guidance.effect",
    "credit.bank_share",
)
_STEPS, _ACROSS = 100, 4.0
#: A prior whose ends are further apart than this is moved along on a logarithmic scale.
_LOGARITHMIC = 30.0
#: Below this a power of ten is easier to read.
_SMALL = 1e-3
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_PRIOR = re.compile(r"([a-z]+)\((.*)\)")


@dataclass(frozen=True, slots=True)
class Knob:
    """A parameter that can be moved.

    Parameters
    ----------
    parameter : its row of the table.
    value : in the scenario, at the start of its run.
    positions : values the slider stops at, ascending; ``value`` is one of them. Empty for what has no slider.
    """

    parameter: Parameter
    value: Value
    positions: tuple[float | int, ...]

    @property
    def name(self) -> str:
        """Name of the parameter."""
        return self.parameter.name


def knob(scenario: Scenario, name: str) -> Knob:
    """The knob of a parameter at the scenario's value."""
    row, value = scenario.vocabulary.parameters[name], scenario.values[name]
    if row.type == "month":
        months = {*range(scenario.start, scenario.end + 1), int(value)}
        return Knob(row, value, tuple(sorted(months)))
    if row.type in {"float", "int"}:
        return Knob(row, value, _positions(row, float(value)))
    return Knob(row, value, ())


def main_knobs(scenario: Scenario) -> list[Knob]:
    """The main parameters that act in this scenario at some time."""
    on = {name for name, is_on in scenario.mechanisms.items() if is_on}
    on |= {name for change in scenario.timeline for name, is_on in change.switch.items() if is_on}
    rows = scenario.vocabulary.parameters
    names = [name for name in MAIN if name in rows and rows[name].mechanism in {None, *on}]
    return [knob(scenario, name) for name in names]


def knobs_by_section(scenario: Scenario) -> Iterator[tuple[str, list[str]]]:
    """Every parameter of the table by section, in its order."""
    for section, rows in scenario.vocabulary.sections.items():
        yield section, [row.name for row in rows]


def label(row: Parameter) -> str:
    """A parameter in words, under its section: "Parcel cost"."""
    words = row.key.replace("_", " ")
    return words[0].upper() + words[1:]


def section_words(section: str) -> str:
    """A section of the table in words."""
    return section.replace("_", " ")


def unit(row: Parameter) -> str:
    """Unit of a parameter; blank where it has none."""
    return "" if row.unit in {"dimensionless", "month"} else row.unit


def shown(row: Parameter, value: Value) -> str:
    """A value as people read it, in at most four digits and without its unit.

    Examples
    --------
    >>> from sim.scenario.vocabulary import default_vocabulary
    >>> rows = default_vocabulary().parameters
    >>> shown(rows["adoption.own_initiative"], 1.4e-7), shown(rows["recognition.sales_min_yuan"], 1e7)
    ('1.4×10⁻⁷', '10,000,000')
    """
    if row.type == "month":
        return format_month(int(value))
    if row.type not in {"float", "int"}:
        return str(value)
    number = float(f"{float(value):.4g}")
    if number == 0.0 or abs(number) >= _SMALL:
        return f"{number:,.0f}" if number == int(number) else f"{number:,g}"
    mantissa, _, power = f"{number:e}".partition("e")
    return f"{float(mantissa):g}×10{str(int(power)).translate(_RAISED)}"


def tooltip(one: Knob) -> str:
    """What it is, its value in the scenario, what is allowed, where the default comes from."""
    row = one.parameter
    lines = [
        f"{row.description[0].upper()}{row.description[1:]}.",
        f"{row.name}{f' ({row.symbol})' if row.symbol else ''}",
        f"In the scenario: {shown(row, one.value)} {unit(row)}".rstrip() + ".",
        f"Allowed: {allowed(row)}.",
        f"Default {shown(row, row.default)}: {row.source}.",
    ]
    return "\n".join(lines)


def _positions(row: Parameter, value: float) -> tuple[float | int, ...]:
    """Stops of a slider: the span of the prior, widened around the value, within what is allowed."""
    least = -math.inf if row.low is None else float(row.low)
    most = math.inf if row.high is None else float(row.high)
    span = _prior_span(row)
    if span is not None and row.prior is not None and row.prior.startswith("loguniform"):
        low, high = min(span[0], value / _ACROSS or span[0]), max(span[1], value * _ACROSS)
        if high / low > _LOGARITHMIC:
            return _rounded(row, value, _logarithmic(max(low, least), min(high, most)))
    low, high = _linear_span(value, span)
    low, high = max(low, least), min(high, most)
    step = _round_step((high - low) / _STEPS)
    if row.type == "int":
        step = max(step, 1.0)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return _rounded(row, value, [low, high, *(step * k for k in range(first, last + 1))])


def _linear_span(value: float, span: tuple[float, float] | None) -> tuple[float, float]:
    size = abs(value)
    if span is not None:
        return min(span[0], value - 0.5 * size), max(span[1], value + 0.5 * size)
    if size == 0.0:
        return (-1.0, 1.0)
    return (0.0, _ACROSS * size) if value > 0.0 else (-_ACROSS * size, _ACROSS * size)


def _prior_span(row: Parameter) -> tuple[float, float] | None:
    if row.prior is None or (match := _PRIOR.fullmatch(row.prior)) is None:
        return None
    kind, (one, other) = match[1], map(float, match[2].split(","))
    return (one - 2.0 * other, one + 2.0 * other) if kind == "normal" else (one, other)


def _logarithmic(low: float, high: float) -> list[float]:
    ratio = math.log(high / low) / (_STEPS // 2)
    return [low * math.exp(ratio * k) for k in range(_STEPS // 2 + 1)]


def _round_step(raw: float) -> float:
    """The smallest of 1, 2, 5 and 10 times a power of ten that is not below."""
    power = 10.0 ** math.floor(math.log10(raw)) if raw > 0.0 else 1.0
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= raw * (1 - 1e-9))


def _rounded(row: Parameter, value: float, stops: list[float]) -> tuple[float | int, ...]:
    """Ascending, three or four digits each, the value itself among them as it is."""
    if row.type == "int":
        return tuple(sorted({int(value), *(round(stop) for stop in stops)}))
    digits = 3 if len(stops) <= _STEPS // 2 + 1 else 6
    neat = {float(f"{stop:.{digits}g}") for stop in stops}
    near = {stop for stop in neat if math.isclose(stop, value, rel_tol=1e-9, abs_tol=0.0)}
    return tuple(sorted((neat - near) | {value}))
