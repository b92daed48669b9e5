"""The numbers of one month: baseline, changed policy, their difference, and what was observed."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator
from dataclasses import dataclass

from sim.app.months import Months

__all__ = ["Line", "caption", "lines", "table"]

_MILLION = 1e6


@dataclass(frozen=True, slots=True)
class Line:
    """One row: words, unit, digits after the point, values of both runs, what was observed (nan where nothing)."""

    words: str
    unit: str
    digits: int
    baseline: float
    policy: float
    observed: float = math.nan


def lines(baseline: Months, policy: Months, month: int) -> Iterator[Line]:
    """The rows at the end of a month; villages and towns are those counted in the last December."""
    for pattern, words in (
        ("villages", "Taobao villages"),
        ("taobao_towns", "Taobao towns"),
        ("counties", "counties with Taobao villages"),
    ):
        mine, observed = baseline.counted(pattern, month)
        yield Line(words, "", 0, mine, policy.counted(pattern, month)[0], observed)
    for column, words, unit, scale, digits in (
        ("shops", "active shops", "", 1.0, 0),
        ("openings", "opened this month", "", 1.0, 0),
        ("online_sales_yuan", "online sales this month", "million yuan", _MILLION, 1),
        ("mean_parcel_cost_yuan", "mean parcel cost", "yuan", 1.0, 2),
        ("stations", "stations", "", 1.0, 0),
    ):
        pair = (float(each.national(column)[month]) / scale for each in (baseline, policy))
        yield Line(words, unit, digits, *pair)


def caption(months: Months, month: int) -> str:
    """When villages, towns and counties were counted."""
    year = int(months.december[month])
    if year == 0:
        return "Taobao villages are counted each December; none is over yet."
    return f"Taobao villages, and towns and counties with them: as counted in December {year}."


def table(rows: Iterator[Line], below: str, *, with_observed: bool) -> str:
    """The rows as an HTML table, with a line below it."""
    heads = ["", "baseline", "changed", "difference", *(["observed"] if with_observed else [])]
    head = "".join(f"<th>{word}</th>" for word in heads)
    body = "".join(_row(line, with_observed=with_observed) for line in rows)
    parts = f"<caption>{html.escape(below)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f"<table class='numbers'>{parts}</table>"


def _row(line: Line, *, with_observed: bool) -> str:
    unit = f" <small>{html.escape(line.unit)}</small>" if line.unit else ""
    observed = _number(line.observed, line.digits) if with_observed else None
    cells = [
        f"<td class='baseline'>{_number(line.baseline, line.digits)}</td>",
        f"<td class='changed'>{_number(line.policy, line.digits)}</td>",
        f"<td>{_difference(line)}</td>",
        *([f"<td class='observed'>{observed}</td>"] if observed is not None else []),
    ]
    return f"<tr><th>{html.escape(line.words)}{unit}</th>{''.join(cells)}</tr>"


def _number(value: float, digits: int) -> str:
    return "–" if math.isnan(value) else f"{value:,.{digits}f}"


def _difference(line: Line) -> str:
    """The difference with its sign, and in percent where the baseline is not 0."""
    if math.isnan(line.baseline) or math.isnan(line.policy):
        return ""
    by = round(line.policy, line.digits) - round(line.baseline, line.digits)
    if by == 0.0:
        return "0"
    text = f"{by:+,.{line.digits}f}".replace("-", "−")
    share = 100.0 * by / line.baseline if line.baseline else math.nan
    if math.isnan(share):
        return text
    percent = f"{share:+,.0f}".replace("-", "−")
    return f"{text} <small>({percent} %)</small>"
