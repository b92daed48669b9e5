"""Everything a scenario may name: parameters by section, mechanisms, and the keys of the file itself."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Final

from sim.errors import Problem, ScenarioError
from sim.scenario.frozen import FrozenMapping
from sim.scenario.mechanisms import Mechanism, read_mechanisms
from sim.scenario.parameters import Parameter, read_parameters
from sim.scenario.settings import Settings
from sim.scenario.values import Value

__all__ = ["FILE_KEYS", "Vocabulary", "default_vocabulary"]

FILE_KEYS: Final = (
    *("name", "title", "description", "extends", "start", "end", "world_seed", "history_seed"),
    *("region", "acquaintances", "roll_out", "mechanisms", "timeline", "sweep", "costs", "policy"),
)


class Vocabulary:
    """The two tables together, checked against each other.

    Parameters
    ----------
    parameters : rows of the parameter table by name.
    mechanisms : rows of the mechanism table by name.

    Raises
    ------
    ScenarioError : a parameter names an unknown mechanism, or a section has the name of a file key
        or of a method of :class:`Settings`.
    """

    def __init__(self, parameters: Mapping[str, Parameter], mechanisms: Mapping[str, Mechanism]) -> None:
        problems = [
            Problem(f"{row.name}: mechanism {row.mechanism} is not in the mechanism table")
            for row in parameters.values()
            if row.mechanism is not None and row.mechanism not in mechanisms
        ]
        problems += [
            Problem(f"{row.name}: a section cannot be called {row.section}")
            for row in parameters.values()
            if row.section in FILE_KEYS or hasattr(Settings, row.section)
        ]
        if problems:
            raise ScenarioError(problems)
        self.parameters = parameters
        self.mechanisms = mechanisms

    @functools.cached_property
    def sections(self) -> Mapping[str, tuple[Parameter, ...]]:
        """Parameters by section, sections in the order of the table."""
        sections: dict[str, tuple[Parameter, ...]] = {}
        for row in self.parameters.values():
            sections[row.section] = (*sections.get(row.section, ()), row)
        return FrozenMapping(sections)

    @functools.cached_property
    def default_values(self) -> Mapping[str, Value]:
        """Default of every parameter."""
        return FrozenMapping({row.name: row.default for row in self.parameters.values()})

    @functools.cached_property
    def default_switches(self) -> Mapping[str, bool]:
        """Default of every mechanism."""
        return FrozenMapping({row.name: row.default for row in self.mechanisms.values()})

    def __reduce__(self) -> tuple[Any, ...]:
        if self is default_vocabulary():
            return (default_vocabulary, ())
        return (Vocabulary, (self.parameters, self.mechanisms))


@functools.lru_cache(maxsize=1)
def default_vocabulary() -> Vocabulary:
    """Tables shipped with the package."""
    return Vocabulary(read_parameters(), read_mechanisms())
