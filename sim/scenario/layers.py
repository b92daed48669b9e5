"""One layer of a scenario (a file, or values given in Python): what it sets, in checked form.

Layers are laid over each other by name. A section and the switches merge key by key; region, acquaintances,
roll_out, timeline, sweep and costs are each taken whole from the topmost layer that has them. Words about a file,
its policy among them, are its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from sim.errors import Place, Problem, ScenarioError
from sim.scenario.document import document_model
from sim.scenario.fields import Acquaintances
from sim.scenario.policy import policy_of
from sim.scenario.problems import describe_errors, nearest
from sim.scenario.values import found, quoted
from sim.scenario.vocabulary import FILE_KEYS, Vocabulary
from sim.scenario.yaml_source import KeyPath, Source, read_source

__all__ = ["PYTHON", "Given", "Layer", "file_layers", "python_layer", "scenario_folder"]

PYTHON = "python"
_WHOLE = ("region", "acquaintances", "timeline", "sweep", "costs", "policy")
_OWN_WORDS = ("name", "title", "description", "extends", "policy")


@dataclass(frozen=True, slots=True)
class Given:
    """A value somebody wrote, in checked form, and where it stands.

    Parameters
    ----------
    value : for ``timeline`` a tuple of entries, for ``acquaintances`` an absolute path and a format,
        for ``roll_out`` an absolute path.
    places : places at and below the value, by the rest of the path; a value from Python has none below.
    """

    value: Any
    places: Mapping[KeyPath, Place]

    def place(self, path: KeyPath = ()) -> Place:
        """Place at ``path`` below the value, or of the nearest value around it."""
        while path not in self.places:
            path = path[:-1]
        return self.places[path]


@dataclass(frozen=True, slots=True)
class Layer:
    """What one source sets, by dotted name, and the mistakes found in it; ``is_own`` if it is not inherited."""

    given: Mapping[str, Given]
    problems: tuple[Problem, ...]
    attempted: frozenset[str] = frozenset()
    is_own: bool = False


def scenario_folder(path: Path) -> Path:
    """Folder that ``extends`` may not leave: the nearest one called ``scenarios``, else the file's own."""
    folder = path.resolve().parent
    return next((parent for parent in (folder, *folder.parents) if parent.name == "scenarios"), folder)


def file_layers(path: Path, vocabulary: Vocabulary) -> list[Layer]:
    """Layers of a file and of all it extends, the deepest base first."""
    layers: list[Layer] = []
    seen: list[Path] = []
    label: str | None = str(path)
    current: Path = path
    while label is not None:
        try:
            source = read_source(current, label)
        except ScenarioError as error:
            layers.append(Layer({}, error.problems, frozenset({"start", "end"})))
            break
        seen.append(current.resolve())
        layer = _layer(source, vocabulary, current.parent, top=len(seen) == 1)
        following, problem = _following(source, current, scenario_folder(path), seen)
        if problem is not None:
            # what the missing base would have given is not reported as missing too
            attempted = layer.attempted | {"start", "end"}
            layer = Layer(layer.given, (*layer.problems, problem), attempted, layer.is_own)
        layers.append(layer)
        if following is None:
            break
        label = os.path.normpath(Path(label).parent / str(source.values["extends"]))
        current = following
    return layers[::-1]


def _following(source: Source, path: Path, root: Path, seen: list[Path]) -> tuple[Path | None, Problem | None]:
    """File named by ``extends``, or what is wrong with it."""
    text = source.values.get("extends")
    if not isinstance(text, str):
        return None, None
    place = source.place(("extends",))
    target, problem = _file_beside("extends", text, path.parent, root, place)
    if target in seen:
        chain = " -> ".join(item.name for item in (*seen[seen.index(target) :], target))
        return None, Problem(f"extends: the files extend each other in a circle ({chain})", place, "break it")
    return target, problem


def _file_beside(
    key: str, text: str, folder: Path, root: Path, place: Place
) -> tuple[Path | None, Problem | None]:
    """File that a key names relative to a folder and inside another, or what is wrong with it."""
    if "\0" in text or not text.strip() or Path(text).is_absolute():
        hint = f"write it as {key.rpartition('.')[2]}: base.yaml"
        return None, Problem(f"{key}: found {quoted(text)}, allowed is a path relative to this file", place, hint)
    target = _resolved(folder / text)
    if target is None:
        return None, Problem(f"{key}: {quoted(text)} cannot be a file", place, "check the path")
    if not target.is_relative_to(root):
        message = f"{key}: found {quoted(text)}, allowed are files inside the folder {root.name}"
        return None, Problem(message, place, "copy the base file into that folder")
    if not target.is_file():
        beside = target.parent.glob("*.y*ml") if target.parent.is_dir() else ()
        hint = _did_you_mean(target.name, [item.name for item in beside])
        return None, Problem(f"{key}: there is no file {quoted(text)}", place, hint)
    return target, None


def _resolved(path: Path) -> Path | None:
    """Path without links and dots; ``None`` for a circle of links or a name no file system takes."""
    try:
        resolved = path.resolve()
        resolved.is_file()
    except (OSError, RuntimeError, ValueError):
        return None
    return resolved


def _did_you_mean(name: str, known: list[str]) -> str:
    close = nearest(name, known)
    return "check the path" if close is None else f"did you mean {close}?"


def python_layer(values: Any, vocabulary: Vocabulary, folder: Path, *, top: bool) -> Layer:
    """Layer of values given in Python; keys may be dotted ("logistics.parcel_cost") or nested."""
    if not isinstance(values, Mapping):
        problem = Problem(f"found {found(values)}, allowed is a mapping of names to values", Place(PYTHON))
        raise ScenarioError(problem)
    nested: dict[str, Any] = {}
    problems = []
    for key, value in values.items():
        if not isinstance(key, str):
            problems.append(Problem(f"found the key {found(key)}, allowed are names", Place(PYTHON)))
        elif key == "extends":
            problems.append(Problem("extends: is for files only", Place(PYTHON), "use load_scenario and replace"))
        else:
            _put(nested, key, value)
    source = Source(PYTHON, nested, {(): Place(PYTHON)}, tuple(problems))
    return _layer(source, vocabulary, folder, top=top)


def _put(nested: dict[str, Any], key: str, value: Any) -> None:
    first, dot, rest = key.partition(".")
    inside = nested.get(first)
    if dot:
        nested[first] = {**(inside if isinstance(inside, dict) else {}), rest: value}
    elif isinstance(inside, dict) and isinstance(value, Mapping):
        nested[first] = {**inside, **value}
    else:
        nested[first] = dict(value) if isinstance(value, Mapping) else value


def _layer(source: Source, vocabulary: Vocabulary, folder: Path, *, top: bool) -> Layer:
    document, problems = _checked(source, vocabulary)
    given: dict[str, Given] = {}
    for path, value in _written(document):
        if path[0] in _OWN_WORDS and not top:
            continue
        places = {}
        if path[0] in _WHOLE:
            places = {key[1:]: place for key, place in source.places.items() if key[:1] == path}
        given[".".join(path)] = Given(value, {(): source.place(path), **places})
    for key, resolved in (("acquaintances", _graph_path), ("roll_out", _table_path)):
        entry = given.get(key)
        if entry is not None and entry.value is not None:
            try:
                given[key] = Given(resolved(entry, folder), entry.places)
            except ScenarioError as error:
                del given[key]
                problems = [*problems, *error.problems]
    policy = given.get("policy")
    if policy is not None and policy.value is not None:
        base, problem = _base_path(policy, folder)
        given["policy"] = Given(policy_of(policy.value, base), policy.places)
        problems = problems if problem is None else [*problems, problem]
    return Layer(given, (*source.problems, *problems), source.attempted, top)


def _base_path(policy: Given, folder: Path) -> tuple[Path | None, Problem | None]:
    """File that a policy is compared with, or what is wrong with it."""
    text, place = policy.value.base, policy.place(("base",))
    if text is None:
        return None, None
    return _file_beside("policy.base", text, folder, scenario_folder(folder / "policy"), place)


def _checked(source: Source, vocabulary: Vocabulary) -> tuple[BaseModel, list[Problem]]:
    """Document without its faulty parts, and what is wrong with them.

    Taking the faulty parts out lets the rest still be checked, so that one run shows every mistake.
    """
    model = document_model(vocabulary)
    values: Any = source.values
    problems: list[Problem] | None = None
    while True:
        try:
            return model.model_validate(values), problems or []
        except ValidationError as error:
            details = error.errors(include_url=False)
            if problems is None:
                problems = describe_errors(details, source, vocabulary)
            for path in sorted((_faulty(detail) for detail in details), key=_last_first, reverse=True):
                values = _without(values, path)


def _faulty(detail: Any) -> KeyPath:
    path: KeyPath = tuple(detail["loc"])
    return path[:-1] if detail["type"] == "missing" else path


def _last_first(path: KeyPath) -> tuple[tuple[int, str | int], ...]:
    """Sort key that takes later list items out before earlier ones."""
    return tuple((0, part) if isinstance(part, int) else (1, part) for part in path)


def _without(values: Any, path: KeyPath) -> Any:
    """Copy of nested values without the item at ``path``; the values themselves stay as they are."""
    if not path:
        return {}
    head, rest = path[0], path[1:]
    if isinstance(values, Mapping) and head in values:
        if not rest:
            return {key: value for key, value in values.items() if key != head}
        return {**values, head: _without(values[head], rest)}
    if isinstance(values, list | tuple) and isinstance(head, int) and head < len(values):
        middle = [_without(values[head], rest)] if rest else []
        return [*values[:head], *middle, *values[head + 1 :]]
    return values


def _written(document: BaseModel) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Values somebody wrote; sections and switches key by key, everything else whole."""
    for key, value in _items(document):
        if key == "timeline":
            yield (key,), tuple(_entry(entry) for entry in value)
        elif key in FILE_KEYS and key != "mechanisms":
            yield (key,), value
        else:
            yield from (((key, inner), item) for inner, item in _items(value))


def _items(model: BaseModel) -> Iterator[tuple[str, Any]]:
    for name, field in type(model).model_fields.items():
        if name in model.model_fields_set:
            yield field.alias or name, getattr(model, name)


def _entry(entry: Any) -> tuple[int, dict[str, Any], dict[str, bool]]:
    changes = {key: dict(_items(value)) for key, value in _items(entry) if key in {"set", "switch"}}
    return entry.from_, changes.get("set", {}), changes.get("switch", {})


def _graph_path(given: Given, folder: Path) -> tuple[Path, str]:
    entry: Acquaintances = given.value
    target = _beside("acquaintances.file", entry.file, given.place(("file",)), folder, "the graph")
    return target, entry.format


def _table_path(given: Given, folder: Path) -> Path:
    return _beside("roll_out", given.value, given.place(), folder, "the table")


def _beside(key: str, text: str, place: Place, folder: Path, what: str) -> Path:
    """File that a key names, which may not leave the folder of the scenario."""
    inside = folder.resolve()
    if "\0" in text or not text.strip() or Path(text).is_absolute():
        message = f"{key}: found {quoted(text)}, allowed is a path relative to the scenario file"
        raise ScenarioError(Problem(message, place))
    target = _resolved(inside / text)
    if target is None:
        raise ScenarioError(Problem(f"{key}: {quoted(text)} cannot be a file", place, "check the path"))
    if not target.is_relative_to(inside):
        message = f"{key}: found {quoted(text)}, allowed are files beside the scenario or below it"
        raise ScenarioError(Problem(message, place, f"copy {what} there"))
    if not target.is_file():
        raise ScenarioError(Problem(f"{key}: there is no file {quoted(text)}", place, "check the path"))
    return target
