"""The one form of a scenario that says what is simulated, its fingerprint, and its way back to YAML."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.scenario.fields import Region
from sim.scenario.months import format_month
from sim.scenario.values import Value
from sim.scenario.vocabulary import Vocabulary

if TYPE_CHECKING:
    from sim.scenario.model import Scenario

__all__ = ["differences", "fingerprint", "flat", "resolve", "scenario_file", "text_without_seeds", "to_yaml"]


def _outside(vocabulary: Vocabulary, values: Mapping[str, Value]) -> dict[str, Any]:
    """Values as a file would give them: months as texts."""
    rows = vocabulary.parameters
    return {
        name: format_month(int(value)) if rows[name].type == "month" else value for name, value in values.items()
    }


def _region(region: Region, *, ordered: bool) -> Any:
    """Region as a file would give it; the order of names says nothing, so the canonical form sorts them."""
    if region.kind == "china":
        return "china"
    if region.synthetic is not None:
        return {"synthetic": region.synthetic.model_dump()}
    names = sorted(set(region.names), key=lambda name: (isinstance(name, str), name)) if ordered else region.names
    return {region.kind: list(names)}


def resolve(scenario: Scenario) -> dict[str, Any]:
    """Everything that decides what is simulated, in JSON types, nothing left out and nothing else.

    A timeline appears as the changes that change something; an own graph and an own roll-out as the
    digests of their files.
    """
    graph = scenario.acquaintances
    return {
        "start": format_month(scenario.start),
        "end": format_month(scenario.end),
        "world_seed": scenario.world_seed,
        "history_seed": scenario.history_seed,
        "region": _region(scenario.region, ordered=True),
        "acquaintances": None if graph is None else {"format": graph.format, "sha256": graph.sha256},
        "roll_out": None if scenario.roll_out is None else {"sha256": scenario.roll_out.sha256},
        "mechanisms": dict(scenario.mechanisms),
        "parameters": _outside(scenario.vocabulary, scenario.values),
        "timeline": _timeline(scenario),
    }


def _timeline(scenario: Scenario) -> list[dict[str, Any]]:
    return [
        {
            "from": format_month(change.month),
            "set": _outside(scenario.vocabulary, change.set),
            "switch": dict(change.switch),
        }
        for change in scenario.stages.effective()
    ]


def text_without_seeds(resolved: Mapping[str, Any]) -> str:
    """Canonical JSON (sorted keys, no blanks) of a resolved scenario, null in place of its seeds."""
    empty = {**resolved, "world_seed": None, "history_seed": None}
    return json.dumps(empty, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def fingerprint(text: str, world_seed: int, history_seed: int) -> str:
    """SHA-256 of the canonical JSON of a resolved scenario with these seeds.

    Parameters
    ----------
    text : from :func:`text_without_seeds`. Quotes within its texts are escaped, so a key stands there once.
    """
    for name, seed in (("world_seed", world_seed), ("history_seed", history_seed)):
        text = text.replace(f'"{name}":null', f'"{name}":{seed}')
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def scenario_file(scenario: Scenario) -> dict[str, Any]:
    """Mapping of a scenario file that says everything; ``Scenario.from_mapping`` reads it back."""
    resolved = resolve(scenario)
    words = {"name": scenario.name, "title": scenario.title, "description": scenario.description}
    content: dict[str, Any] = {key: text for key, text in words.items() if text}
    content |= {key: resolved[key] for key in ("start", "end", "world_seed", "history_seed")}
    content["region"] = _region(scenario.region, ordered=False)
    graph = scenario.acquaintances
    if graph is not None:
        content["acquaintances"] = {"file": _relative(graph.path, scenario.folder), "format": graph.format}
    if scenario.roll_out is not None:
        content["roll_out"] = _relative(scenario.roll_out.path, scenario.folder)
    content["mechanisms"] = resolved["mechanisms"]
    for name, value in resolved["parameters"].items():
        section, _, key = name.partition(".")
        content.setdefault(section, {})[key] = value
    content["timeline"] = [{key: item for key, item in entry.items() if item} for entry in resolved["timeline"]]
    beside = {"sweep": scenario.sweep, "costs": scenario.costs}
    content |= {key: entry.to_mapping() for key, entry in beside.items() if entry is not None}
    return content


def _relative(path: Path, folder: Path) -> str:
    inside = folder.resolve()
    return path.relative_to(inside).as_posix() if path.is_relative_to(inside) else str(path)


def to_yaml(scenario: Scenario) -> str:
    """Scenario file as text, every value written out with its unit behind it."""
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap

    content = CommentedMap(scenario_file(scenario))
    for section, rows in scenario.vocabulary.sections.items():
        block = CommentedMap(content[section])
        for row in rows:
            block.yaml_add_eol_comment(row.unit, row.key)
        content[section] = block
    writer = YAML(typ="rt", pure=True)
    writer.allow_unicode = True
    writer.width = 10_000
    stream = io.StringIO()
    writer.dump(content, stream)
    return stream.getvalue()


def flat(resolved: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Pairs (dotted path, value) of a resolved scenario; parameters under their own names."""
    for key, value in resolved.items():
        if key == "parameters":
            yield from value.items()
        elif key == "mechanisms":
            yield from ((f"mechanisms.{name}", on) for name, on in value.items())
        elif key == "timeline":
            yield from _flat_timeline(value)
        else:
            yield key, value


def _flat_timeline(entries: list[dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    for entry in entries:
        at = f"timeline.{entry['from']}"
        yield from ((f"{at}.{name}", value) for name, value in entry["set"].items())
        yield from ((f"{at}.mechanisms.{name}", on) for name, on in entry["switch"].items())


def differences(left: Mapping[str, Any], right: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Triples (path, left value, right value) where two resolved scenarios differ; absent is ``None``."""
    ours, theirs = dict(flat(left)), dict(flat(right))
    paths = [*ours, *(path for path in theirs if path not in ours)]
    return [(path, ours.get(path), theirs.get(path)) for path in paths if ours.get(path) != theirs.get(path)]
