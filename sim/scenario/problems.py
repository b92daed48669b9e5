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
_SHORT_LIST = 6
_LONGEST_NAME = 80


def path_text(path: Path) -> str:
    """Path as people write it: ``timeline[0].set: logistics.parcel_cost``"""
    text = ""
    for part in path:
        name = part if isinstance(part, int) or len(part) <= _LONGEST_NAME else f"{part[:_LONGEST_NAME]}..."
        text += f"[{name}]" if isinstance(part, int) else f".{name}" if text else str(name)
    return text


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Known name most like ``name``, or ``None``; capitals do not count."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    close = difflib.get_close_matches(name.lower()[:100], by_lower, n=1, cutoff=0.6)
    return by_lower[close[0]] if close else None


def describe_errors(errors: Iterable[ErrorDetails], source: Source, vocabulary: Vocabulary) -> list[Problem]:
    """Problems in the order of the file."""
    errors = list(errors)
    misspelt = {_meant(error, vocabulary) for error in errors if error["type"] == "extra_forbidden"}
    problems = [
        _describe(error, source, vocabulary)
        for error in errors
        # a key that is there under a misspelt name is not missing as well
        if error["type"] != "missing" or tuple(error["loc"]) not in misspelt
    ]
    return sorted(problems, key=_line_and_column)


def _meant(error: ErrorDetails, vocabulary: Vocabulary) -> Path:
    *parent, key = error["loc"]
    return (*parent, nearest(str(key), known_keys(vocabulary, tuple(parent))) or "")


def _line_and_column(problem: Problem) -> tuple[int, int]:
    return (0, 0) if problem.place is None else (problem.place.line, problem.place.column)


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
    advice = _advice(parent, key, known, vocabulary)
    message = f"{path_text(path)} is not known"
    if len(known) <= (_LONGEST_LIST if advice is None else _SHORT_LIST):
        message += f", known here: {', '.join(known)}"
    if advice is None and len(known) > _LONGEST_LIST:
        advice = "see 'hinterland scenario schema' for every key"
    return Problem(message, source.place(path), advice)


def _advice(parent: Path, key: str, known: tuple[str, ...], vocabulary: Vocabulary) -> str | None:
    """What the writer of an unknown key probably meant."""
    names = vocabulary.parameters
    is_section = len(parent) == 1 and parent[0] in vocabulary.sections
    if not parent and "." in key:
        return _elsewhere(nearest(key, names))
    inside = nearest(key, known)
    if inside is not None:
        return f"did you mean {inside}?"
    if not parent or is_section or parent[-1] == "set":
        last = {row.key: row.name for row in reversed(tuple(names.values()))}
        name = last.get(nearest(key, last) or "")
        return _elsewhere(name) if parent[-1:] != ("set",) else name and f"did you mean {name}?"
    return None


def _elsewhere(name: str | None) -> str | None:
    """Where in a file a parameter belongs."""
    if name is None:
        return None
    section, _, key = name.partition(".")
    return f"write {key} under {section}"
