"""Values without effect: their mechanism is off, or another rule of imitation holds, in every month.

Only what the asker wrote is judged (the file itself, values laid over it), never what it inherits: a file may
switch off what its base sets. A layer that gives every parameter and every switch is the record of a run, and is
not judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Final

from sim.errors import Place, Problem
from sim.scenario.layers import Given, Layer
from sim.scenario.values import Value
from sim.scenario.vocabulary import Vocabulary

__all__ = ["WithoutEffect", "contradictions"]

_STATIONS: Final = "programme"
#: What a table of the roll-out stands in place of.
_BY_TABLE: Final = frozenset(
    f"programme.{key}" for key in ("first_month", "first_counties", "counties_per_month", "base_weight")
)
#: What a value above zero needs besides the mechanism it belongs to: words for it, and that other mechanism.
_NEEDED: Final = {
    "training.partner_rate": ("training by partners needs stations", _STATIONS),
    "training.center_rate": ("training by centers needs stations", _STATIONS),
    "limits.park_relief": ("parks come with guidance", "guidance"),
    "limits.loan_relief": ("loans come with credit", "credit"),
    "limits.training_relief": ("talent comes with training", "training"),
    "limits.chain_relief": ("suppliers come with the chain", "chain"),
}
_RULE: Final = "adoption.rule"
#: Rules of imitation that alone read a parameter, or all of a section.
_READ_BY: Final = {"adoption.threshold_sellers": "threshold", "information": "information"}


@dataclass(frozen=True, slots=True)
class WithoutEffect(Problem):
    """A parameter that does nothing in this scenario."""

    name: str = ""


def contradictions(layers: Sequence[Layer], vocabulary: Vocabulary) -> list[Problem]:
    """Values without effect in the layers that are the asker's own, the topmost layer last.

    A mechanism counts as off where it is off in every month both with the layers up to the value's own and with
    all of them, so that a value and the switch that makes it act may stand in different layers.
    """
    if any(_reads_switches(problem) for layer in layers for problem in layer.problems):
        return []  # what is on is not known yet
    problems: list[Problem] = []
    in_the_end = _ever_on(layers, vocabulary)
    for number, layer in enumerate(layers):
        if layer.is_own and not _is_record(layer, vocabulary):
            on = in_the_end | _ever_on(layers[: number + 1], vocabulary)
            rules = _ever_rules(layers, vocabulary) | _ever_rules(layers[: number + 1], vocabulary)
            below = _timeline_values(layers[:number])
            found = [*_of_layer(layer, below, on, vocabulary), *_of_table(layers, number, on)]
            found += _of_rules(layer, below, rules)
            problems += sorted(found, key=_line_and_column)
    return problems


def _line_and_column(problem: Problem) -> tuple[int, int]:
    return (0, 0) if problem.place is None else (problem.place.line, problem.place.column)


def _reads_switches(problem: Problem) -> bool:
    return problem.message.startswith(("mechanisms", "timeline"))


def _is_record(layer: Layer, vocabulary: Vocabulary) -> bool:
    switches = (f"mechanisms.{name}" for name in vocabulary.mechanisms)
    return layer.given.keys() >= {*vocabulary.parameters, *switches}


def _ever_on(layers: Sequence[Layer], vocabulary: Vocabulary) -> Set[str]:
    """Mechanisms that are on in any month of the run with these layers."""
    given: dict[str, Given] = {}
    for layer in layers:
        given |= layer.given
    state = {
        name: bool(given[f"mechanisms.{name}"].value) if f"mechanisms.{name}" in given else default
        for name, default in vocabulary.default_switches.items()
    }
    entries = sorted(given["timeline"].value, key=lambda entry: entry[0]) if "timeline" in given else []
    month = given["start"].value if "start" in given else None
    on: set[str] = set()
    for begins, _, switch in entries:
        if begins != month:
            on |= {name for name, value in state.items() if value}
            month = begins
        state |= switch
    return on | {name for name, value in state.items() if value}


def _timeline_values(layers: Sequence[Layer]) -> Set[tuple[str, Value]]:
    """What the timeline of these layers sets: a timeline that replaces it may carry that on."""
    timelines = [layer.given["timeline"] for layer in layers if "timeline" in layer.given]
    return {pair for _, values, _ in timelines[-1].value for pair in values.items()} if timelines else set()


def _written(layer: Layer, below: Set[tuple[str, Value]]) -> Iterator[tuple[str, Value, Place]]:
    """Parameters that a layer sets, in its sections and on its timeline."""
    for name, item in layer.given.items():
        if name == "timeline":
            for index, (_, values, _) in enumerate(item.value):
                fresh = [(each, value) for each, value in values.items() if (each, value) not in below]
                yield from ((each, value, item.place((index, "set", each))) for each, value in fresh)
        else:
            yield name, item.value, item.place()


def _of_layer(
    layer: Layer, below: Set[tuple[str, Value]], on: Set[str], vocabulary: Vocabulary
) -> Iterator[Problem]:
    for name, value, place in _written(layer, below):
        row = vocabulary.parameters.get(name)
        if row is None:
            continue
        if row.mechanism is not None and row.mechanism not in on:
            yield _without_effect(name, row.mechanism, layer.given, place)
        elif name in _NEEDED and isinstance(value, float) and value > 0.0 and _NEEDED[name][1] not in on:
            words, needed = _NEEDED[name]
            message = f"{name}: {words}, but {needed} is off in every month"
            yield WithoutEffect(message, place, f"switch {needed} on, or set it to 0", name)


def _of_rules(layer: Layer, below: Set[tuple[str, Value]], rules: Set[Value]) -> Iterator[Problem]:
    """Parameters that only another rule of imitation reads."""
    for name, _, place in _written(layer, below):
        rule = _READ_BY.get(name, _READ_BY.get(name.partition(".")[0]))
        if rule is not None and rule not in rules:
            held = " and ".join(sorted(map(str, rules)))
            message = f"{name}: has no effect, because {_RULE} is {held} in every month"
            yield WithoutEffect(message, place, f"set {_RULE} to {rule}, or leave the value out", name)


def _ever_rules(layers: Sequence[Layer], vocabulary: Vocabulary) -> Set[Value]:
    """Rules of imitation that hold in any month of the run with these layers."""
    if _RULE not in vocabulary.parameters:
        return set()
    given: dict[str, Given] = {}
    for layer in layers:
        given |= layer.given
    first = given[_RULE].value if _RULE in given else vocabulary.default_values[_RULE]
    rules, month = {first}, given["start"].value if "start" in given else None
    entries = sorted(given["timeline"].value, key=lambda entry: entry[0]) if "timeline" in given else []
    for begins, values, _ in entries:
        if _RULE in values:
            rules = {values[_RULE]} if begins == month else rules | {values[_RULE]}
    return rules


def _without_effect(name: str, mechanism: str, given: Mapping[str, Given], place: Place) -> Problem:
    switch = given.get(f"mechanisms.{mechanism}")
    if switch is None:
        message = f"{name}: has no effect, because {mechanism} is off in every month"
        hint = f"switch it on with mechanisms.{mechanism}: true, or leave the value out"
        return WithoutEffect(message, place, hint, name)
    line = switch.place().line
    where = f"here in line {line}" if line > 0 else "together with it"
    message = f"{name}: has no effect, because {mechanism} is switched off {where} and never on again"
    return WithoutEffect(message, place, "leave out the one or the other", name)


def _of_table(layers: Sequence[Layer], number: int, on: Set[str]) -> Iterator[Problem]:
    """Mistakes of a layer about a table of the roll-out: its own without the programme, or values it replaces."""
    layer = layers[number]
    table = layer.given.get("roll_out")
    if table is not None and table.value is not None and _STATIONS not in on:
        message = f"roll_out: has no effect, because {_STATIONS} is off in every month"
        yield Problem(message, table.place(), f"switch {_STATIONS} on, or leave the table out")
    if all(_has_table(layers[:upto]) for upto in (number + 1, len(layers))):
        for name in sorted(_BY_TABLE & layer.given.keys()):
            message = f"{name}: has no effect, because roll_out says where and when county centers open"
            yield Problem(message, layer.given[name].place(), "leave out the one or the other")


def _has_table(layers: Sequence[Layer]) -> bool:
    tables = [layer.given["roll_out"].value for layer in layers if "roll_out" in layer.given]
    return bool(tables) and tables[-1] is not None
