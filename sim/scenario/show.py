"""A resolved scenario as lines for people: every value with unit, where it was set, and its source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.errors import counted
from sim.scenario.canonical import scenario_file
from sim.scenario.model import Scenario
from sim.scenario.months import format_month
from sim.scenario.settings import Settings
from sim.scenario.values import number_text

__all__ = ["ShownValue", "describe_region", "describe_span", "header", "shown_values", "timeline_lines"]


@dataclass(frozen=True, slots=True)
class ShownValue:
    """One line: a parameter or switch, its value, unit, where it was set, source of the default."""

    name: str
    value: str
    unit: str
    set_at: str
    source: str


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(value) if isinstance(value, int | float) else str(value)


def shown_values(scenario: Scenario) -> list[ShownValue]:
    """Parameters in the order of the table, then the switches."""
    rows = scenario.vocabulary.parameters
    lines = [
        ShownValue(name, _text(value), rows[name].unit, scenario.source_of(name), rows[name].source)
        for name, value in scenario.resolved()["parameters"].items()
    ]
    for name, on in scenario.mechanisms.items():
        path = f"mechanisms.{name}"
        lines.append(ShownValue(path, _text(on), "switch", scenario.source_of(path), ""))
    return lines


def describe_span(scenario: Scenario) -> str:
    """First and last month and their number."""
    return (
        f"{format_month(scenario.start)} to {format_month(scenario.end)} ({counted(scenario.n_months, 'month')})"
    )


def describe_region(scenario: Scenario) -> str:
    """Region in one line; long lists of places are cut."""
    region = scenario.region
    if region.synthetic is not None:
        size = region.synthetic
        counts = ((size.villages, "village", ""), (size.towns, "town", ""), (size.counties, "county", "counties"))
        return f"synthetic: {', '.join(counted(*each) for each in counts)}"
    if region.kind == "china":
        return "china"
    first = ", ".join(map(str, region.names[:5]))
    more = len(region.names) - 5
    return f"{region.kind}: {first}" + (f" and {more} more" if more > 0 else "")


def header(scenario: Scenario) -> list[tuple[str, str]]:
    """Pairs of word and text: what the scenario is, before its parameters."""
    content = scenario_file(scenario)
    graph = content.get("acquaintances")
    pairs = [
        ("title", scenario.title),
        ("span", describe_span(scenario)),
        ("region", describe_region(scenario)),
        ("world seed", str(scenario.world_seed)),
        ("history seed", str(scenario.history_seed)),
        ("acquaintances", "generated" if graph is None else f"{graph['file']} ({graph['format']})"),
        ("sweep", "" if scenario.sweep is None else str(scenario.sweep)),
        ("costs", "" if scenario.costs is None else str(scenario.costs)),
        ("roll-out", content.get("roll_out", "")),
        *_policy_lines(scenario),
        ("fingerprint", scenario.fingerprint),
    ]
    return [(word, text) for word, text in pairs if text]


def _policy_lines(scenario: Scenario) -> list[tuple[str, str]]:
    policy = scenario.policy
    if policy is None:
        return []
    return [
        ("question", policy.question),
        ("compared with", policy.compared_with),
        ("expected", policy.expected),
        ("look at", policy.look_at),
    ]


def timeline_lines(scenario: Scenario) -> list[tuple[str, str, str, str]]:
    """Quadruples (month, name, value before, value after) of every change in force."""
    return [
        (format_month(month), *line)
        for month in scenario.change_months()
        for line in _changes(scenario, scenario.settings(month - 1), scenario.settings(month))
    ]


def _changes(scenario: Scenario, before: Settings, after: Settings) -> Iterator[tuple[str, str, str]]:
    for name, row in scenario.vocabulary.parameters.items():
        if after[name] != before[name]:
            show = (lambda value: format_month(int(value))) if row.type == "month" else _text
            yield name, show(before[name]), show(after[name])
    for name, on in after.mechanisms.items():
        if on != before.enabled(name):
            yield f"mechanisms.{name}", _text(before.enabled(name)), _text(on)
