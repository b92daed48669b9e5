"""A mapping nobody can write into, so that what a scenario says cannot drift from its fingerprint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

__all__ = ["FrozenMapping"]

Value = TypeVar("Value")


class FrozenMapping(Mapping[str, Value]):
    """Read-only mapping in the order given; equal to any mapping of the same items; can be pickled.

    Examples
    --------
    >>> FrozenMapping({"a": 1}) == {"a": 1}
    True
    """

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, Value]) -> None:
        self._items = dict(items)

    def __getitem__(self, key: str) -> Value:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return repr(self._items)

    def __reduce__(self) -> tuple[Any, ...]:
        return (FrozenMapping, (self._items,))
