"""What the shell offers when somebody presses Tab: scenario files, run folders, names of what can be named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

__all__ = [
    "experiment_folders",
    "mechanism_names",
    "one_of",
    "outcome_names",
    "parameter_names",
    "plain_names",
    "policy_words",
    "run_folders",
    "scenario_files",
    "setting_words",
    "short_villages",
    "village_names",
    "within",
]

Word = str | tuple[str, str]

_ENDINGS = {".yaml", ".yml"}
_MOST_VILLAGES = 50
#: Files by which the folder of a run, of an ensemble, and of any experiment is known.
_RUN, _ENSEMBLE, _EXPERIMENT = "provenance.json", "experiment.json", "experiment.sqlite"


def scenario_files(incomplete: str) -> list[str]:
    """Scenario files, and folders, whose paths begin as typed."""
    return [
        f"{path}/" if entry.is_dir() else path
        for path, entry in _entries(incomplete)
        if entry.is_dir() or entry.suffix in _ENDINGS
    ]


def run_folders(incomplete: str) -> list[str]:
    """Folders of runs and ensembles, and folders that may hold some, whose paths begin as typed."""
    return _folders(incomplete, _RUN, _ENSEMBLE)


def experiment_folders(incomplete: str) -> list[str]:
    """Folders of experiments, and folders that may hold some, whose paths begin as typed."""
    return _folders(incomplete, _EXPERIMENT)


def _folders(incomplete: str, *marks: str) -> list[str]:
    """Folders that hold one of these files as they are, others with a slash, since the search goes on within."""
    return [
        path if any((entry / mark).is_file() for mark in marks) else f"{path}/"
        for path, entry in _entries(incomplete)
        if entry.is_dir()
    ]


def _entries(incomplete: str) -> Iterator[tuple[str, Path]]:
    """What is in the folder typed so far under a name that begins as typed; nothing that is hidden."""
    folder, slash, start = incomplete.rpartition("/")
    try:
        entries = sorted(Path(folder or (slash or ".")).iterdir())
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith(start) and not entry.name.startswith("."):
            yield f"{folder}{slash}{entry.name}", entry


def within(offer: Callable[[str], list[str]]) -> Callable[[str], list[str]]:
    """What offers the contents of a folder in place of the folder where nothing else begins as typed.

    A shell puts a blank after the only word it is offered; behind a folder that had to be taken back.
    """

    def offered(incomplete: str) -> list[str]:
        found = offer(incomplete)
        while len(found) == 1 and found[0].endswith("/") and (inside := offer(found[0])):
            found = inside
        return found

    return offered


def one_of(*words: str) -> Callable[[str], list[str]]:
    """What offers the words that an option allows."""

    def offered(incomplete: str) -> list[str]:
        return [word for word in words if word.startswith(incomplete)]

    return offered


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


def setting_words(incomplete: str) -> list[tuple[str, str]]:
    """As :func:`parameter_names`; where one name is left, what it may be set to, since the word goes on."""
    from sim.scenario.values import editor_terms
    from sim.scenario.vocabulary import default_vocabulary

    found = parameter_names(incomplete)
    if len(found) != 1 or not found[0][0].endswith("="):
        return found
    ((name, meaning),) = found
    if values := parameter_names(name):
        return values
    default = editor_terms(default_vocabulary().parameters[name.removesuffix("=")])["default"]
    return [(name, meaning), (f"{name}{default}", "the default")]


def plain_names(incomplete: str) -> list[tuple[str, str]]:
    """Names of parameters by themselves, for options in which a value or range may be left out."""
    return [(text.removesuffix("="), meaning) for text, meaning in parameter_names(incomplete) if text[-1] == "="]


def policy_words(incomplete: str) -> list[Word]:
    """Scenario files, and once something is typed also names to set."""
    return [*within(scenario_files)(incomplete), *(setting_words(incomplete) if incomplete else [])]


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


def short_villages(incomplete: str) -> list[str]:
    """As :func:`village_names`; a lone name of two words also by its first, which no shell takes for two."""
    found = village_names(incomplete)
    return [found[0].partition(" ")[0], *found] if len(found) == 1 and " " in found[0] else found
