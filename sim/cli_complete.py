"""What the shell offers when somebody presses Tab: scenario files, names of parameters, mechanisms, villages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

__all__ = ["mechanism_names", "outcome_names", "parameter_names", "scenario_files", "village_names"]

_ENDINGS = {".yaml", ".yml"}
_MOST_VILLAGES = 50


def scenario_files(incomplete: str) -> list[str]:
    """Scenario files, and folders, whose paths begin as typed."""
    folder, slash, start = incomplete.rpartition("/")
    return list(_entries(Path(folder or (slash or ".")), start, folder + slash))


def _entries(folder: Path, start: str, before: str) -> Iterator[str]:
    """Folders and YAML files of a folder whose names begin so."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith(start) and not entry.name.startswith("."):
            if entry.is_dir():
                yield f"{before}{entry.name}/"
            elif entry.suffix in _ENDINGS:
                yield f"{before}{entry.name}"


def parameter_names(incomplete: str) -> list[tuple[str, str]]:
    """Names for --set and --vary with what they mean; after the equals sign what a switch or choice may be."""
    from sim.scenario.vocabulary import default_vocabulary

    known = default_vocabulary()
    name, sign, _ = incomplete.partition("=")
    if sign:
        row = known.parameters.get(name)
        values: tuple[str, ...] = () if row is None else row.choices
        if name.removeprefix("mechanisms.") in known.mechanisms or (row is not None and row.type == "bool"):
            values = ("true", "false")
        return [(text, "") for value in values if (text := f"{name}={value}").startswith(incomplete)]
    words = {f"{row.name}=": f"{row.description} ({row.unit})" for row in known.parameters.values()}
    words |= {f"mechanisms.{row.name}=": row.description for row in known.mechanisms.values()}
    return [(text, meaning) for text, meaning in words.items() if text.startswith(incomplete)]


def mechanism_names(incomplete: str) -> list[tuple[str, str]]:
    """Mechanisms, and what else can be taken out of a scenario."""
    from sim.experiments.switches import NAMED
    from sim.scenario.vocabulary import default_vocabulary

    words = {row.name: row.description for row in default_vocabulary().mechanisms.values()}
    words |= {each.name: each.meaning for each in NAMED.values()}
    return [pair for pair in words.items() if pair[0].startswith(incomplete)]


def outcome_names(incomplete: str) -> list[tuple[str, str]]:
    """Yearly outcomes that policies are judged by."""
    from sim.scenario.policy import OUTCOME_WORDS

    return [pair for pair in OUTCOME_WORDS.items() if pair[0].startswith(incomplete)]


def village_names(incomplete: str) -> list[str]:
    """Villages that were ever listed, in Chinese and English; none before something is typed."""
    from sim.data import village_names as shipped

    names = [name for pair in shipped().items() for name in pair]
    found = [name for name in names if name.lower().startswith(incomplete.lower())] if incomplete else []
    return list(dict.fromkeys(found))[:_MOST_VILLAGES]
