"""The parameters and switches in force in one month, and the stages of a timeline."""

from __future__ import annotations

import bisect
import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.scenario.frozen import FrozenMapping
from sim.scenario.values import Value

__all__ = ["Change", "Section", "Settings", "Stages"]


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of a timeline: from ``month`` on these parameters and switches have these values."""

    month: int
    set: Mapping[str, Value]
    switch: Mapping[str, bool]


class Section:
    """Parameters of one section, read as attributes: Python finds them without a call, some fifty a month."""

    __slots__ = ("__dict__", "_name", "_values")

    _name: str
    _values: Mapping[str, Value]

    def __init__(self, name: str, values: Mapping[str, Value]) -> None:
        object.__setattr__(self, "_name", name)
        object.__setattr__(self, "_values", values)
        self.__dict__.update(values)

    def __getattr__(self, key: str) -> Any:
        if key.startswith("_"):
            raise AttributeError(key)
        raise AttributeError(_unknown(f"{self._name}.{key}", f"{self._name}.", self._values))

    def __setattr__(self, key: str, value: object) -> None:
        message = f"settings cannot be written; use scenario.replace({{'{self._name}.{key}': ...}})"
        raise AttributeError(message)

    def __dir__(self) -> list[str]:
        return list(self._values)

    def __repr__(self) -> str:
        return f"{self._name}({', '.join(f'{key}={value!r}' for key, value in self._values.items())})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (Section, (self._name, self._values))


def _unknown(name: str, prefix: str, keys: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(name, [prefix + key for key in keys], n=1)
    return f"{name} is not a parameter" + (f"; did you mean {close[0]}?" if close else "")


class Settings(Mapping[str, Value]):
    """Every parameter and switch in force in one month.

    ``settings["logistics.parcel_cost"]`` and ``settings.logistics.parcel_cost`` are the same value;
    ``settings.enabled("logistics")`` tells whether a mechanism is on.

    Parameters
    ----------
    values : every parameter by its full name.
    mechanisms : every switch.
    """

    __slots__ = ("__dict__", "_sections", "_values", "mechanisms")

    _sections: dict[str, Section]
    _values: dict[str, Value]
    mechanisms: Mapping[str, bool]

    def __init__(self, values: Mapping[str, Value], mechanisms: Mapping[str, bool]) -> None:
        grouped: dict[str, dict[str, Value]] = {}
        for name, value in values.items():
            section, _, key = name.partition(".")
            grouped.setdefault(section, {})[key] = value
        sections = {name: Section(name, FrozenMapping(items)) for name, items in grouped.items()}
        object.__setattr__(self, "_values", dict(values))
        object.__setattr__(self, "_sections", sections)
        object.__setattr__(self, "mechanisms", FrozenMapping(mechanisms))
        self.__dict__.update(sections)

    def __getitem__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise KeyError(_unknown(name, "", self._values)) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __getattr__(self, section: str) -> Section:
        if section.startswith("_"):
            raise AttributeError(section)
        raise AttributeError(_unknown(section, "", self._sections))

    def __setattr__(self, name: str, value: object) -> None:
        message = "settings cannot be written; use scenario.replace"
        raise AttributeError(message)

    def enabled(self, mechanism: str) -> bool:
        """Whether a mechanism is on; an unknown name is a ``KeyError``."""
        return self.mechanisms[mechanism]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Settings):
            return NotImplemented
        return self._values == other._values and self.mechanisms == other.mechanisms

    def __hash__(self) -> int:
        return hash((tuple(self._values.items()), tuple(self.mechanisms.items())))

    def __repr__(self) -> str:
        switches = ", ".join(name for name, on in self.mechanisms.items() if not on)
        return f"Settings({', '.join(map(repr, self._sections.values()))}; off: {switches or 'none'})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (Settings, (self._values, self.mechanisms))


class Stages:
    """Settings of every stage between changes; months of equal settings share one object.

    Parameters
    ----------
    base : settings before the first change.
    timeline : changes in the order of their months; those of one month apply one after the other.
    """

    def __init__(self, base: Settings, timeline: Sequence[Change]) -> None:
        known = {base: base}
        self._months: list[int] = []
        self._stages = [base]
        for change in timeline:
            before = self._stages[-1]
            after = Settings({**before, **change.set}, {**before.mechanisms, **change.switch})
            if self._months and self._months[-1] == change.month:
                self._stages.pop()
                self._months.pop()
            if after != self._stages[-1]:
                self._months.append(change.month)
                self._stages.append(known.setdefault(after, after))

    @property
    def change_months(self) -> list[int]:
        """Months whose settings differ from those of the month before, ascending."""
        return list(self._months)

    def at(self, month: int) -> Settings:
        """Settings in force in ``month``; before the first change the base, after the last the last."""
        return self._stages[bisect.bisect_right(self._months, month)]

    def effective(self) -> list[Change]:
        """Changes that change something, one for each of :attr:`change_months`."""
        changes = []
        for month, before, after in zip(self._months, self._stages, self._stages[1:], strict=False):
            values = {name: value for name, value in after.items() if value != before[name]}
            switches = {name: on for name, on in after.mechanisms.items() if on != before.mechanisms[name]}
            changes.append(Change(month, FrozenMapping(values), FrozenMapping(switches)))
        return changes
