"""The shape of a scenario file as pydantic models, generated from the vocabulary.

One model for each section of the parameter table, one for the switches, one for a timeline entry and one for
the file. Every key is optional here: a file that extends another may say only what it changes.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    WithJsonSchema,
    create_model,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

from sim.scenario.costs import Costs
from sim.scenario.fields import (
    Acquaintances,
    Month,
    Name,
    Part,
    Region,
    Seed,
    Switch,
    Text,
    Title,
    custom_error,
    numbered,
    reader,
)
from sim.scenario.parameters import Parameter
from sim.scenario.policy import policy_keys, read_policy
from sim.scenario.sweeps import read_plan, sweep_model
from sim.scenario.values import NotAllowedError, editor_terms, found, read_value
from sim.scenario.vocabulary import Vocabulary

__all__ = ["document_model", "known_keys"]

_HIDDEN: Any = SkipJsonSchema()  # type: ignore[type-arg]
_TYPES: Mapping[str, type] = {"float": float, "int": int, "bool": bool, "choice": str, "month": int}


def _field(row: Parameter, *, on_timeline: bool = False) -> tuple[Any, Any]:
    """Field definition of a parameter; on the timeline only those of scope month are open."""

    def refuse(_value: object) -> object:
        reason = "builds the world" if row.scope == "world" else "sets the starting state"
        message = f"{reason} (scope {row.scope}), the timeline may set only parameters of scope month"
        raise custom_error(NotAllowedError(message, f"set it under {row.section} instead"))

    kind: Any = _TYPES[row.type]
    alias = row.name if on_timeline else row.key
    if on_timeline and row.scope != "month":
        return Annotated[kind, _HIDDEN, BeforeValidator(refuse)], Field(default=row.default, alias=alias)
    check = reader(functools.partial(read_value, row))
    extra = editor_terms(row)
    schema = WithJsonSchema({key: item for key, item in extra.items() if key != "default"})
    return Annotated[kind, check, schema], Field(default=row.default, alias=alias, json_schema_extra=extra)


def _entry_model(vocabulary: Vocabulary, switches: type[BaseModel]) -> type[BaseModel]:
    rows = vocabulary.parameters.values()
    settable = numbered("Set", {row.name: _field(row, on_timeline=True) for row in rows})

    def changes_something(entry: Any) -> Any:
        if not entry.model_fields_set & {"set", "switch"}:
            raise custom_error(NotAllowedError("found no change, allowed is an entry with set or switch"))
        return entry

    validator: Any = model_validator(mode="after")(changes_something)
    return create_model(
        "TimelineEntry",
        __base__=Part,
        __validators__={"changes": validator},
        from_=(Month, Field(alias="from")),
        set=(settable, Field(default=None)),
        switch=(switches, Field(default=None)),
    )


def _a_list(value: Any) -> Any:
    if not isinstance(value, list | tuple):
        hint = "start each entry with '- from: 2013-01'"
        raise custom_error(NotAllowedError(f"found {found(value)}, allowed is a list of entries", hint))
    return value


@functools.lru_cache(maxsize=16)
def document_model(vocabulary: Vocabulary) -> type[BaseModel]:
    """Model of one scenario file; fields carry the keys of the file as aliases."""
    rows = vocabulary.mechanisms.values()

    def read_sweep(value: Any) -> Any:
        # its model is as large as the rest together, and few files have a sweep
        return None if value is None else read_plan(value, vocabulary)

    def read_question(value: Any) -> Any:
        return None if value is None else read_policy(value, vocabulary)

    switches = numbered(
        "Mechanisms", {row.name: (Switch, Field(default=row.default, alias=row.name)) for row in rows}
    )
    entry: Any = _entry_model(vocabulary, switches)
    entries = Annotated[tuple[entry, ...], BeforeValidator(_a_list)]
    fields: dict[str, tuple[Any, Any]] = {
        "name": (Name, Field(default="", alias="name")),
        "title": (Title, Field(default="", alias="title")),
        "description": (Text, Field(default="", alias="description")),
        "extends": (Text, Field(default="", alias="extends")),
        "start": (Month, Field(default=0, alias="start")),
        "end": (Month, Field(default=0, alias="end")),
        "world_seed": (Seed, Field(default=0, alias="world_seed")),
        "history_seed": (Seed, Field(default=0, alias="history_seed")),
        "region": (Region, Field(default=None, alias="region")),
        "acquaintances": (Acquaintances | None, Field(default=None, alias="acquaintances")),
        "roll_out": (Text | None, Field(default=None, alias="roll_out")),
        "mechanisms": (switches, Field(default=None, alias="mechanisms")),
        "timeline": (entries, Field(default=(), alias="timeline")),
        "sweep": (Annotated[Any, BeforeValidator(read_sweep)], Field(default=None, alias="sweep")),
        "costs": (Costs | None, Field(default=None, alias="costs")),
        "policy": (Annotated[Any, BeforeValidator(read_question)], Field(default=None, alias="policy")),
    }
    for section, parameters in vocabulary.sections.items():
        model = numbered(f"{section.capitalize()}Section", {row.name: _field(row) for row in parameters})
        fields[section] = (model, Field(default=None, alias=section))
    return numbered("ScenarioFile", fields)


def known_keys(vocabulary: Vocabulary, path: tuple[str | int, ...]) -> tuple[str, ...]:
    """Keys allowed in the mapping at ``path`` of a scenario file; empty if there is no mapping there."""
    if path[:1] == ("policy",):
        return policy_keys(vocabulary, path[1:])
    model: Any = document_model(vocabulary)
    for part in path:
        if isinstance(part, str):
            model = sweep_model(vocabulary) if path[:1] == (part,) == ("sweep",) else _inner(model, part)
        if model is None:
            return ()
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _inner(model: Any, key: str) -> Any:
    """Model below ``key``; looks through optional and tuple types."""
    for name, field in model.model_fields.items():
        if (field.alias or name) == key:
            return next((kind for kind in _types_in(field.annotation) if hasattr(kind, "model_fields")), None)
    return None


def _types_in(annotation: Any) -> Iterator[Any]:
    """An annotation and everything it is made of."""
    yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _types_in(part)
