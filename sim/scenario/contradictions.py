"""Values that can have no effect, because the mechanism they belong to is off in every month.

Only what the asker wrote is judged (the file itself, values laid over it), never what it inherits: a file may
switch off what its base sets. A layer that gives every parameter and every switch is the record of a run, and is
not judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Final

from sim.errors import Place, Problem
from sim.scenario.layers import Given, Layer
from sim.scenario.values import Value
from sim.scenario.vocabulary import Vocabulary

__all__ = ["contradictions"]

_STATIONS: Final = "programme"
#: What a table of the roll-out stands in place of.
_BY_TABLE: Final = frozenset(
    f"programme.{key}" for key in ("first_month", "first_counties", "counties_per_month", "base_weight")
)
#: Who teaches in stations and centers.
_TEACHING: Final = {"training.partner_rate": "partners", "training.center_rate": "centers"}


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
            below = _timeline_values(layers[:number])
            found = [*_of_layer(layer, below, on, vocabulary), *_of_table(layers, number, on)]
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
        elif name in _TEACHING and isinstance(value, float) and value > 0.0 and _STATIONS not in on:
            message = (
                f"{name}: training by {_TEACHING[name]} needs stations, but {_STATIONS} is off in every month"
            )
            yield Problem(message, place, f"switch {_STATIONS} on, or set it to 0")


def _without_effect(name: str, mechanism: str, given: Mapping[str, Given], place: Place) -> Problem:
    switch = given.get(f"mechanisms.{mechanism}")
    if switch is None:
        message = f"{name}: has no effect, because {mechanism} is off in every month"
        return Problem(message, place, f"switch it on with mechanisms.{mechanism}: true, or leave the value out")
    line = switch.place().line
    where = f"here in line {line}" if line > 0 else "together with it"
    message = f"{name}: has no effect, because {mechanism} is switched off {where} and never on again"
    return Problem(message, place, "leave out the one or the other")


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
