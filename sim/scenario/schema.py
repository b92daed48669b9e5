"""JSON Schema of scenario files (draft 2020-12), for completion and hints in editors."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel

from sim.scenario.document import document_model
from sim.scenario.policy import PolicyPart
from sim.scenario.sweeps import sweep_model
from sim.scenario.vocabulary import Vocabulary, default_vocabulary

__all__ = ["json_schema"]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_WORDS: Final = {
    "name": "Short name of the scenario, used for folders; the file's name by default.",
    "title": "One line for figures and reports.",
    "description": "What the scenario asks, for people.",
    "extends": "Scenario file this one changes, relative to this file.",
    "start": "First month of the run, such as 2009-01.",
    "end": "Last month of the run, such as 2015-12.",
    "world_seed": "Seed of villages' unobserved differences, household counts and ties.",
    "history_seed": "Seed of thresholds, shop sizes and closures.",
    "region": "Part of the country: china, or one of provinces, prefectures, counties, synthetic.",
    "acquaintances": "Own acquaintance graph instead of the generated one.",
    "roll_out": "Own table (CSV) of where and when county centers open, in place of the drawn order.",
    "mechanisms": "Switches: false turns a mechanism off.",
    "timeline": "Changes of parameters and switches from a month on.",
    "sweep": "What a sweep of this scenario varies; a single run does not look at it.",
    "policy": "Which question the scenario asks, what it is compared with, and what it should move.",
    "costs": "What the policy costs, in yuan, for comparisons; stated by the author with a source.",
}
_DEFAULTS: Final = {"world_seed": 0, "history_seed": 0, "region": "china", "timeline": []}


def json_schema(vocabulary: Vocabulary | None = None) -> dict[str, Any]:
    """Schema generated from the parameter and mechanism tables.

    Units stand in the descriptions and under ``x-unit``. What holds between values (months in order,
    mechanisms that need others, names of places) is checked when a file is loaded, not here.
    """
    vocabulary = default_vocabulary() if vocabulary is None else vocabulary
    schema = document_model(vocabulary).model_json_schema(by_alias=True)
    definitions = schema.pop("$defs")
    definitions |= _sweep(vocabulary)
    schema["properties"]["sweep"] = {"$ref": "#/$defs/Sweep"}
    definitions |= _nested("Policy", PolicyPart)
    schema["properties"]["policy"] = {"$ref": "#/$defs/Policy"}
    definitions["Region"] = _region(definitions["Region"])
    for definition in definitions.values():
        for terms in definition.get("properties", {}).values():
            terms.pop("title", None)
    for row in vocabulary.mechanisms.values():
        definitions["Mechanisms"]["properties"][row.name]["description"] = row.description
    properties = {key: _property(key, terms) for key, terms in schema["properties"].items()}
    settable = definitions["Set"]
    settable["properties"] = {name: _plain(terms) for name, terms in settable["properties"].items()}
    entry = definitions["TimelineEntry"]
    entry["properties"] = {key: _plain(terms) for key, terms in entry["properties"].items()}
    entry["anyOf"] = [{"required": ["set"]}, {"required": ["switch"]}]
    return {
        "$schema": _DIALECT,
        "title": "Hinterland scenario",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "anyOf": [{"required": ["extends"]}, {"required": ["start", "end"]}],
        "$defs": definitions,
    }


def _sweep(vocabulary: Vocabulary) -> dict[str, Any]:
    return _nested("Sweep", sweep_model(vocabulary))


def _nested(name: str, part: type[BaseModel]) -> dict[str, Any]:
    """Definitions of a part whose model the document builds only where a file has it."""
    model = part.model_json_schema(by_alias=True)
    inner: dict[str, Any] = model.pop("$defs")
    for definition in (model, *inner.values()):
        definition["properties"] = {key: _plain(terms) for key, terms in definition["properties"].items()}
    return {**inner, name: {key: item for key, item in model.items() if key != "title"}}


def _plain(terms: dict[str, Any]) -> dict[str, Any]:
    """Terms without the stand-in defaults and made-up titles of the models."""
    return {key: item for key, item in terms.items() if key not in {"default", "title"}}


def _property(key: str, terms: dict[str, Any]) -> dict[str, Any]:
    terms = _plain(terms)
    words = {"description": _WORDS.get(key, f"Parameters of the section {key}.")}
    return terms | words | ({"default": _DEFAULTS[key]} if key in _DEFAULTS else {})


def _region(model: dict[str, Any]) -> dict[str, Any]:
    """``china`` or a mapping with exactly one kind of place."""
    kinds = {kind: next(iter(terms["anyOf"])) for kind, terms in model["properties"].items()}
    for terms in kinds.values():
        if "items" in terms:
            terms["minItems"] = 1
    mappings = [
        {"type": "object", "properties": {kind: terms}, "required": [kind], "additionalProperties": False}
        for kind, terms in kinds.items()
    ]
    return {"oneOf": [{"const": "china"}, *mappings]}
