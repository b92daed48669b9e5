"""A scenario: what is simulated, checked, complete and unchangeable."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sim.errors import Place, Problem, ScenarioError
from sim.scenario import canonical
from sim.scenario.checks import cross_problems
from sim.scenario.contradictions import contradictions
from sim.scenario.costs import Costs
from sim.scenario.fields import Region
from sim.scenario.frozen import FrozenMapping
from sim.scenario.layers import PYTHON, Given, Layer, python_layer
from sim.scenario.policy import Policy
from sim.scenario.settings import Change, Settings, Stages
from sim.scenario.sweeps import SweepPlan
from sim.scenario.values import Value
from sim.scenario.vocabulary import Vocabulary, default_vocabulary

__all__ = ["GraphFile", "RollOutFile", "Scenario", "assemble", "diff"]

_SEEDS = {"world_seed", "history_seed"}
#: What a scenario keeps once it is computed, and shares with its copies under other seeds.
_WITHOUT_SEEDS = ("stages", "_canonical_text")


@dataclass(frozen=True, slots=True)
class GraphFile:
    """An acquaintance graph brought along: where it lies, its format, and the SHA-256 of its bytes."""

    path: Path
    format: str
    sha256: str


@dataclass(frozen=True, slots=True)
class RollOutFile:
    """A table of the roll-out brought along: where it lies, and the SHA-256 of its bytes."""

    path: Path
    sha256: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Scenario:
    """Everything that decides what is simulated; made by :func:`load_scenario` or :meth:`from_mapping`.

    Two scenarios are equal when their fingerprints are: they simulate the same, whatever they are called.

    Parameters
    ----------
    name, title, description : words for people; they do not enter the fingerprint.
    start, end : first and last month of the run, as month numbers (``12 * year + month - 1``).
    world_seed, history_seed : 0 to 2**63 - 1.
    region : part of the country (``region.kind``, ``region.names``, ``region.synthetic``).
    acquaintances : own graph, or ``None`` for the generated one.
    roll_out : own table of where and when county centers open, or ``None`` for the drawn order.
    mechanisms : every switch at the start of the run.
    values : every parameter at the start of the run.
    timeline : changes in the order of their months.
    sweep, costs : what a sweep varies and what the policy costs, if the file says so; a run looks at neither.
    policy : which question the scenario asks and what it should move, if its own file says so.
    folder : where relative paths start.
    vocabulary : the tables the scenario was read with.
    """

    name: str
    title: str
    description: str
    start: int
    end: int
    world_seed: int
    history_seed: int
    region: Region
    acquaintances: GraphFile | None
    mechanisms: Mapping[str, bool]
    values: Mapping[str, Value]
    timeline: tuple[Change, ...]
    folder: Path = field(repr=False)
    vocabulary: Vocabulary = field(repr=False)
    given: Mapping[str, Given] = field(repr=False)
    roll_out: RollOutFile | None = None
    sweep: SweepPlan | None = None
    costs: Costs | None = None
    policy: Policy | None = None

    @classmethod
    def from_mapping(
        cls,
        mapping: Mapping[str, Any],
        *,
        folder: Path | str | None = None,
        vocabulary: Vocabulary | None = None,
    ) -> Scenario:
        """Scenario from the mapping a file would hold; keys may also be dotted names.

        Parameters
        ----------
        mapping : keys of a scenario file, except ``extends``.
        folder : where a relative graph path starts; the working folder by default.
        vocabulary : the tables; those of the package by default.

        Raises
        ------
        ScenarioError : with every mistake found.
        """
        folder = Path.cwd() if folder is None else Path(folder)
        vocabulary = default_vocabulary() if vocabulary is None else vocabulary
        layer = python_layer(mapping, vocabulary, folder, top=True)
        return assemble([layer], folder, vocabulary, label=PYTHON, name="scenario")

    def replace(self, changes: Mapping[str, Any]) -> Scenario:
        """Copy with other values, checked as a file would be.

        Parameters
        ----------
        changes : by dotted name, such as ``{"logistics.parcel_cost": 7, "end": "2014-12",
            "mechanisms.training": False}``; region, acquaintances and timeline are replaced whole.

        Raises
        ------
        ScenarioError : with every mistake found.
        """
        layer = python_layer(changes, self.vocabulary, self.folder, top=True)
        if layer.given.keys() == changes.keys() <= _SEEDS and not layer.problems:
            return self._with_seeds(layer.given)
        base = Layer(self.given, ())
        return assemble([base, layer], self.folder, self.vocabulary, label=PYTHON, name=self.name)

    def _with_seeds(self, seeds: Mapping[str, Given]) -> Scenario:
        """Copy with checked seeds: they contradict nothing, so all that does not depend on them is kept."""
        values = {name: item.value for name, item in seeds.items()}
        copy = replace(self, given=FrozenMapping({**self.given, **seeds}), **values)
        copy.__dict__.update({name: getattr(self, name) for name in _WITHOUT_SEEDS})
        return copy

    @property
    def n_months(self) -> int:
        """Number of months of the run, first and last included."""
        return self.end - self.start + 1

    @functools.cached_property
    def stages(self) -> Stages:
        """Settings between the changes of the timeline."""
        return Stages(Settings(self.values, self.mechanisms), self.timeline)

    def settings(self, month: int) -> Settings:
        """Parameters and switches in force in a month; months of equal settings share one object."""
        return self.stages.at(month)

    def change_months(self) -> list[int]:
        """Months whose settings differ from those of the month before, ascending."""
        return self.stages.change_months

    def resolved(self) -> dict[str, Any]:
        """Everything that decides what is simulated, in JSON types (a new mapping at each call)."""
        return canonical.resolve(self)

    @functools.cached_property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of the canonical JSON of :meth:`resolved`."""
        return canonical.fingerprint(self._canonical_text, self.world_seed, self.history_seed)

    @functools.cached_property
    def _canonical_text(self) -> str:
        return canonical.text_without_seeds(self.resolved())

    def to_mapping(self) -> dict[str, Any]:
        """Mapping of a scenario file with every value written out."""
        return canonical.scenario_file(self)

    def to_yaml(self) -> str:
        """Text of a scenario file with every value written out; reading it gives an equal scenario."""
        return canonical.to_yaml(self)

    def source_of(self, name: str) -> str:
        """Where a value comes from: "default", "python" or "file.yaml:12:3".

        Parameters
        ----------
        name : a parameter, ``mechanisms.NAME`` or a key of the file such as ``start``.
        """
        place = self.place_of(tuple(name.split(".")))
        return "default" if place is None else str(place)

    def place_of(self, path: tuple[str | int, ...]) -> Place | None:
        """Place of what a file says at ``path``, or of the nearest value around it.

        Parameters
        ----------
        path : keys and list positions, such as ``("region", "counties", 0)``.

        Returns
        -------
        the place; ``Place("python")`` for a value given in Python; ``None`` for a default.
        """
        for length in (2, 1):
            item = self.given.get(".".join(map(str, path[:length])))
            if item is not None:
                return item.place(path[length:])
        return None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Scenario):
            return NotImplemented
        return self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name not in _WITHOUT_SEEDS}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)


def assemble(layers: Iterable[Layer], folder: Path, vocabulary: Vocabulary, *, label: str, name: str) -> Scenario:
    """Scenario from layers, the topmost last.

    Raises
    ------
    ScenarioError : with the mistakes of all layers and of their combination.
    """
    given: dict[str, Given] = {}
    problems: list[Problem] = []
    attempted: set[str] = set()
    layers = list(layers)
    for layer in layers:
        given |= layer.given
        problems += layer.problems
        attempted |= layer.attempted
    problems += cross_problems(given, vocabulary, attempted, label)
    problems += contradictions(layers, vocabulary)
    if problems:
        raise ScenarioError(problems)
    return _complete(given, folder, vocabulary, name)


def _complete(given: Mapping[str, Given], folder: Path, vocabulary: Vocabulary, name: str) -> Scenario:
    def get(key: str, default: Any) -> Any:
        return given[key].value if key in given else default

    switches = vocabulary.default_switches.items()
    return Scenario(
        name=get("name", name),
        title=get("title", ""),
        description=get("description", ""),
        start=get("start", 0),
        end=get("end", 0),
        world_seed=get("world_seed", 0),
        history_seed=get("history_seed", 0),
        region=get("region", None) or Region.model_validate("china"),
        acquaintances=_graph(get("acquaintances", None)),
        mechanisms=FrozenMapping({key: get(f"mechanisms.{key}", default) for key, default in switches}),
        values=FrozenMapping({key: get(key, default) for key, default in vocabulary.default_values.items()}),
        timeline=_timeline(get("timeline", ())),
        folder=folder,
        vocabulary=vocabulary,
        given=FrozenMapping(given),
        roll_out=_roll_out(get("roll_out", None)),
        sweep=get("sweep", None),
        costs=get("costs", None),
        policy=get("policy", None),
    )


def _graph(entry: tuple[Path, str] | None) -> GraphFile | None:
    if entry is None:
        return None
    path, kind = entry
    return GraphFile(path, kind, _sha256(path))


def _roll_out(path: Path | None) -> RollOutFile | None:
    return None if path is None else RollOutFile(path, _sha256(path))


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:  # piece by piece: a graph may be larger than memory
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _timeline(entries: Iterable[tuple[int, dict[str, Value], dict[str, bool]]]) -> tuple[Change, ...]:
    changes = [Change(month, FrozenMapping(values), FrozenMapping(on)) for month, values, on in entries]
    return tuple(sorted(changes, key=lambda change: change.month))


def diff(left: Scenario, right: Scenario) -> list[tuple[str, Any, Any]]:
    """Triples (dotted path, left, right) where two scenarios differ in what they simulate.

    A path of the timeline reads ``timeline.2013-01.logistics.parcel_cost``; ``None`` stands for "no change".
    """
    return canonical.differences(left.resolved(), right.resolved())
