"""From pydantic's list of errors to problems with place, finding, allowance and the nearest known name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sim.errors import Problem
from sim.scenario.document import known_keys
from sim.scenario.values import found
from sim.scenario.vocabulary import Vocabulary
from sim.scenario.yaml_source import Source

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["describe_errors", "nearest", "path_text"]

Path = tuple[str | int, ...]
_LONGEST_LIST = 12


def path_text(path: Path) -> str:
    """Path as people write it: ``timeline[0].set: logistics.parcel_cost``"""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Known name most like ``name``, or ``None``; capitals do not count."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    close = difflib.get_close_matches(name.lower()[:100], by_lower, n=1, cutoff=0.6)
    return by_lower[close[0]] if close else None


def describe_errors(errors: Iterable[ErrorDetails], source: Source, vocabulary: Vocabulary) -> list[Problem]:
    """Problems in the order of the file."""
    problems = [_describe(error, source, vocabulary) for error in errors]
    return sorted(
        problems, key=lambda problem: (problem.place.line, problem.place.column) if problem.place else (0, 0)
    )


def _describe(error: ErrorDetails, source: Source, vocabulary: Vocabulary) -> Problem:
    path: Path = tuple(error["loc"])
    name = path_text(path)
    place = source.place(path)
    context: Mapping[str, Any] = error.get("ctx", {})
    if error["type"] == "mistake":
        hint = context["hint"]
        return Problem(f"{name}: {context['message']}", place, hint)
    if error["type"] == "extra_forbidden":
        return _unknown_key(path, source, vocabulary)
    if error["type"] == "missing":
        return Problem(f"{path_text(path[:-1])}: {path[-1]} is missing", place, f"add {path[-1]}: ...")
    if error["type"] == "literal_error":
        allowed = context["expected"].replace("'", "")
        return Problem(f"{name}: found {found(error['input'])}, allowed is {allowed}", place)
    return Problem(f"{name}: found {found(error['input'])}; {error['msg']}", place)


def _unknown_key(path: Path, source: Source, vocabulary: Vocabulary) -> Problem:
    parent, key = path[:-1], str(path[-1])
    known = known_keys(vocabulary, parent)
    message = f"{path_text(path)} is not known"
    if len(known) <= _LONGEST_LIST:
        message += f", known here: {', '.join(known)}"
    return Problem(message, source.place(path), _advice(parent, key, known, vocabulary))


def _advice(parent: Path, key: str, known: tuple[str, ...], vocabulary: Vocabulary) -> str | None:
    """What the writer of an unknown key probably meant."""
    inside = nearest(key, known)
    if inside is not None:
        return f"did you mean {inside}?"
    if parent and (parent[0] not in vocabulary.sections and parent[-1] != "set"):
        return None
    full = key if "." in key or not parent else f"{parent[-1]}.{key}"
    short = {row.key: row.name for row in reversed(tuple(vocabulary.parameters.values()))}
    match = nearest(full, vocabulary.parameters) if "." in full else None
    elsewhere = nearest(key, short)
    name = match or (short[elsewhere] if elsewhere is not None else None)
    if name is None:
        return "see 'hinterland scenario schema' for every key"
    if parent and parent[-1] == "set":
        return f"did you mean {name}?"
    section, _, last = name.partition(".")
    return f"did you mean {last} under {section}?"
