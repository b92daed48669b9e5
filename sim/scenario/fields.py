"""Keys of a scenario file that are not parameters: names, months, seeds, region, acquaintances."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema, create_model, model_validator
from pydantic_core import PydanticCustomError

from sim.errors import counted
from sim.scenario.values import (
    MONTH_PATTERN,
    SEED_LIMIT,
    NotAllowedError,
    read_month,
    read_switch,
    read_whole,
)

__all__ = [
    "Acquaintances",
    "Month",
    "Name",
    "Part",
    "Region",
    "Seed",
    "Switch",
    "Synthetic",
    "Text",
    "Title",
    "custom_error",
    "numbered",
    "reader",
]

_NAME = re.compile(r"[^\W_][\w.-]{0,99}")
_REGION_KINDS: Final = ("provinces", "prefectures", "counties", "synthetic")
_REGION_ALLOWED: Final = "china, or a mapping with one of " + ", ".join(_REGION_KINDS)


def custom_error(mistake: NotAllowedError) -> PydanticCustomError:
    """Pydantic error that carries our own words through unchanged."""
    context = {"message": mistake.message, "hint": mistake.hint}
    return PydanticCustomError("mistake", "{message}", context)


def reader(read: Any) -> BeforeValidator:
    """Validator from a function that returns the value or raises :class:`NotAllowedError`."""

    def validate(value: Any) -> Any:
        try:
            return read(value)
        except NotAllowedError as mistake:
            raise custom_error(mistake) from None

    return BeforeValidator(validate)


def _read_text(value: object, allowed_text: str) -> str:
    if not isinstance(value, str):
        hint = "put it in quotes" if isinstance(value, int | float) else None
        raise NotAllowedError.of(value, allowed_text, hint)
    return value


def _read_name(value: object) -> str:
    wanted = "a name of letters, digits, '-', '_' and '.', at most 100"
    text = _read_text(value, wanted)
    if not _NAME.fullmatch(text):
        raise NotAllowedError.of(value, wanted)
    return text


def _read_title(value: object) -> str:
    text = _read_text(value, "one line of text")
    if len(text.splitlines()) > 1:
        raise NotAllowedError.of(value, "one line of text", "use description for more")
    return text.strip()


def _read_seed(value: object) -> int:
    return read_whole(value, 0, SEED_LIMIT - 1, "a whole number from 0 to 2**63 - 1")


def _read_place_name(value: object) -> int | str:
    """Code or name of a place; a code given as text is the same code."""
    wanted = "a name or a code of the statistics bureau"
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise NotAllowedError.of(value, wanted)
    if isinstance(value, int):
        return read_whole(value, 1, 999_999, wanted + " of at most six digits")
    text = value.strip()
    if not text:
        raise NotAllowedError.of(value, wanted)
    if text.isascii() and text.isdigit():
        return read_whole(int(text[:7]), 1, 999_999, wanted + " of at most six digits")
    return text


def _read_places(value: object) -> object:
    wanted = "a list of at least one name or code"
    if not isinstance(value, list | tuple):
        raise NotAllowedError.of(value, wanted, "write it as [name, name]")
    if not value:
        message = f"found an empty list, allowed is {wanted}"
        raise NotAllowedError(message)
    return value


def _count(high: int) -> Any:
    wanted = f"a whole number from 1 to {high}"
    schema = {"type": "integer", "minimum": 1, "maximum": high}
    return Annotated[int, reader(lambda value: read_whole(value, 1, high, wanted)), WithJsonSchema(schema)]


Month = Annotated[int, reader(read_month), WithJsonSchema({"type": "string", "pattern": MONTH_PATTERN})]
Switch = Annotated[bool, reader(read_switch)]
Name = Annotated[str, reader(_read_name)]
Title = Annotated[str, reader(_read_title)]
Text = Annotated[str, reader(lambda value: _read_text(value, "text"))]
Seed = Annotated[
    int, reader(_read_seed), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": SEED_LIMIT - 1})
]
_PlaceName = Annotated[int | str, reader(_read_place_name)]
_Places = Annotated[tuple[_PlaceName, ...], reader(_read_places)]


class Part(BaseModel):
    """A mapping whose keys are all known."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    @model_validator(mode="before")
    @classmethod
    def _is_mapping(cls, value: Any) -> Any:
        if isinstance(value, Mapping):
            return dict(value)
        hint = "remove the key, or write what it holds below it" if value is None else None
        raise custom_error(NotAllowedError.of(value, "a mapping", hint))


def numbered(name: str, fields: Mapping[str, tuple[Any, Any]]) -> type[BaseModel]:
    """Model whose attribute names cannot meet those of pydantic; the keys of the file are its aliases."""
    attributes = {f"field_{index}": field for index, field in enumerate(fields.values())}
    return create_model(name, __base__=Part, **attributes)  # type: ignore[call-overload, no-any-return]


class Synthetic(Part):
    """Size of an invented world.

    Limits: every county holds a town and every town a village.
    """

    villages: _count(1_000_000)  # type: ignore[valid-type]
    households_per_village: _count(100_000)  # type: ignore[valid-type]
    towns: _count(1_000_000)  # type: ignore[valid-type]
    counties: _count(10_000)  # type: ignore[valid-type]

    @model_validator(mode="after")
    def _nested(self) -> Synthetic:
        if not self.counties <= self.towns <= self.villages:
            counties = counted(self.counties, "county", "counties")
            shown = f"{counties}, {counted(self.towns, 'town')}, {counted(self.villages, 'village')}"
            wanted = "at least one village in every town and one town in every county"
            raise custom_error(NotAllowedError(f"found {shown}, allowed is {wanted}"))
        return self


class Region(BaseModel):
    """The part of the country a scenario is about: all of it, or exactly one of the four keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    provinces: _Places | None = None
    prefectures: _Places | None = None
    counties: _Places | None = None
    synthetic: Synthetic | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_kind(cls, value: Any) -> Any:
        if isinstance(value, str) and value == "china":
            return {}
        if not isinstance(value, Mapping):
            hint = "write it as {provinces: [...]}" if isinstance(value, str) else None
            hint = "did you mean china?" if str(value).lower() == "china" else hint
            raise custom_error(NotAllowedError.of(value, _REGION_ALLOWED, hint))
        kinds = [kind for kind in _REGION_KINDS if kind in value]
        if len(kinds) > 1:
            message = f"found {' and '.join(kinds)}, allowed is one of them"
            raise custom_error(NotAllowedError(message, "keep one kind of region"))
        if not value:
            raise custom_error(NotAllowedError(f"found an empty mapping, allowed is {_REGION_ALLOWED}"))
        if kinds and value[kinds[0]] is None:
            raise custom_error(NotAllowedError(f"found nothing under {kinds[0]}, allowed is {_REGION_ALLOWED}"))
        return value

    @property
    def kind(self) -> str:
        """``china``, ``provinces``, ``prefectures``, ``counties`` or ``synthetic``."""
        return next((kind for kind in _REGION_KINDS if getattr(self, kind) is not None), "china")

    @property
    def names(self) -> tuple[int | str, ...]:
        """Names and codes as given (codes as numbers); empty for china and synthetic."""
        return () if self.kind in {"china", "synthetic"} else tuple(getattr(self, self.kind))


class Acquaintances(Part):
    """A graph file brought along: its path as written, and its format."""

    file: Text
    format: Literal["graphml", "edgelist"]
