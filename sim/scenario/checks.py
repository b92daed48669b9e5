"""What must hold between the values of a scenario, whichever layer gave them."""

from __future__ import annotations

from collections.abc import Mapping, Set
from itertools import groupby

from sim.errors import Place, Problem
from sim.scenario.layers import Given
from sim.scenario.mechanisms import broken_needs
from sim.scenario.months import format_month
from sim.scenario.sweeps import sweep_problems
from sim.scenario.vocabulary import Vocabulary

__all__ = ["cross_problems"]


def cross_problems(
    given: Mapping[str, Given], vocabulary: Vocabulary, attempted: Set[str], label: str
) -> list[Problem]:
    """Mistakes that only show when all layers are together.

    Parameters
    ----------
    given : values by dotted name.
    vocabulary : the tables.
    attempted : keys written somewhere, even wrongly: these are not reported as missing.
    label : name of the scenario's source, for what stands nowhere.
    """
    problems = [
        Problem(f"{key} is missing, allowed is a month", Place(label), f"add {key}: 2009-01")
        for key in ("start", "end")
        if key not in given and key not in attempted
    ]
    problems += [*_run_order(given), *_timeline_months(given), *_needs(given, vocabulary)]
    return [*problems, *_sweep(given), *_cost_month(given)]


def _run_order(given: Mapping[str, Given]) -> list[Problem]:
    if "start" not in given or "end" not in given:
        return []
    start, end = given["start"].value, given["end"].value
    if end >= start:
        return []
    message = f"end: found {format_month(end)}, allowed is a month from start ({format_month(start)}) on"
    return [Problem(message, given["end"].place(), "are start and end exchanged?")]


def _timeline_months(given: Mapping[str, Given]) -> list[Problem]:
    if not {"start", "end", "timeline"} <= given.keys():
        return []
    start, end = given["start"].value, given["end"].value
    if end < start:
        return []
    span = f"{format_month(start)} to {format_month(end)}"
    return [
        Problem(
            f"timeline[{index}].from: found {format_month(month)}, allowed is a month of the run ({span})",
            given["timeline"].place((index, "from")),
            "move the entry, or change start or end",
        )
        for index, (month, _, _) in enumerate(given["timeline"].value)
        if not start <= month <= end
    ]


def _needs(given: Mapping[str, Given], vocabulary: Vocabulary) -> list[Problem]:
    """Mechanisms that are on while one they need is off, in the base and at every month of the timeline."""
    names = vocabulary.mechanisms
    base = {name: given[f"mechanisms.{name}"] for name in names if f"mechanisms.{name}" in given}
    switches = {**vocabulary.default_switches, **{name: item.value for name, item in base.items()}}
    written = {name: item.place() for name, item in base.items()}
    known = broken_needs(names, switches)
    problems = [_need_problem(pair, written, "") for pair in known]
    if "timeline" not in given:
        return problems
    entries = sorted(enumerate(given["timeline"].value), key=lambda item: item[1][0])
    for month, together in groupby(entries, key=lambda item: item[1][0]):
        for index, (_, _, switch) in together:
            switches |= switch
            written |= {name: given["timeline"].place((index, "switch", name)) for name in switch}
        broken = broken_needs(names, switches)
        fresh = [pair for pair in broken if pair not in known]
        problems += [_need_problem(pair, written, f" from {format_month(month)} on") for pair in fresh]
        known = broken
    return problems


def _sweep(given: Mapping[str, Given]) -> list[Problem]:
    entry = given.get("sweep")
    return [] if entry is None or entry.value is None else list(sweep_problems(entry.value, entry.place))


def _cost_month(given: Mapping[str, Given]) -> list[Problem]:
    entry = given.get("costs")
    if entry is None or entry.value is None or entry.value.from_ is None or not {"start", "end"} <= given.keys():
        return []
    month, start, end = entry.value.from_, given["start"].value, given["end"].value
    if start <= month <= end:
        return []
    span = f"{format_month(start)} to {format_month(end)}"
    message = f"costs.from: found {format_month(month)}, allowed is a month of the run ({span})"
    return [Problem(message, entry.place(("from",)), "move it, or change start or end")]


def _need_problem(pair: tuple[str, str], written: Mapping[str, Place], when: str) -> Problem:
    """Problem at the switch that was turned off, or else at the one that was turned on."""
    name, need = pair
    message = f"mechanisms: {name} is on{when} but needs {need}, which is off"
    return Problem(message, written.get(need, written.get(name)), f"switch {need} on or {name} off")
