"""``sweep:`` of a scenario file: what a sweep of the scenario varies, how often, and with which seeds.

It is no part of what a single run simulates, so it does not enter the fingerprint.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema, create_model

from sim.errors import Place, Problem
from sim.scenario.fields import Part, Seed, Switch, custom_error, numbered, reader
from sim.scenario.frozen import FrozenMapping
from sim.scenario.months import format_month
from sim.scenario.parameters import Parameter
from sim.scenario.values import SEED_LIMIT, NotAllowedError, Value, found, read_value, read_whole
from sim.scenario.vocabulary import Vocabulary

__all__ = ["PRIOR", "SweepPlan", "file_value", "read_plan", "sweep_model", "sweep_problems"]

#: In place of bounds: the prior of the parameter table.
PRIOR: Final = "prior"
_FILLING: Final = ("lhs", "sobol")
_SEEDS: Final = ("world_seed", "history_seed")
_VALUES: Final = "a list of at least one value, or prior"
_PAIR: Final = 2
_MOST_POINTS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """What a file says under ``sweep``, checked; ``None`` where it says nothing.

    Parameters
    ----------
    vary : by dotted name, the values of a grid, or a pair of bounds, or nothing for the prior.
    listed : points of the user's own, each a value by dotted name.
    design : grid, lhs or sobol; points : how many of the latter two.
    """

    vary: Mapping[str, tuple[Value, ...]]
    listed: tuple[Mapping[str, Value], ...]
    design: str
    points: int | None
    design_seed: int | None
    replicates: int | None
    vary_seeds: str | None
    by_county: bool | None
    by_village: bool | None

    def to_mapping(self) -> dict[str, Any]:
        """The same as a file would say it."""
        words: dict[str, Any] = {}
        if self.vary:
            words["vary"] = {name: list(values) or PRIOR for name, values in self.vary.items()}
            words["design"] = self.design
        else:
            words["list"] = [dict(point) for point in self.listed]
        numbers = ("points", "design_seed", "replicates", "vary_seeds", "by_county", "by_village")
        return words | {name: getattr(self, name) for name in numbers if getattr(self, name) is not None}

    def __str__(self) -> str:
        names = ", ".join(self.vary or (self.listed[0] if self.listed else ()))
        kind = f"{len(self.listed)} points" if self.listed else f"{self.points or ''} {self.design}".strip()
        return f"{kind} over {names}"


def file_value(row: Parameter) -> Any:
    """Type of one value, as a file would give it: months stay texts."""

    def read(value: Any) -> Value:
        checked = read_value(row, value)
        return format_month(int(checked)) if row.type == "month" else checked

    return Annotated[Any, reader(read)]


def _values(value: Any) -> Any:
    if isinstance(value, str) and value == PRIOR:
        return ()
    if not isinstance(value, list | tuple):
        hint = "write it as [6, 8, 10]"
        raise custom_error(NotAllowedError.of(value, _VALUES, hint))
    if not value:
        raise custom_error(NotAllowedError(f"found an empty list, allowed is {_VALUES}"))
    return value


_AXIS_SCHEMA = WithJsonSchema({"oneOf": [{"type": "array", "minItems": 1}, {"const": PRIOR}]})


def read_plan(value: Any, vocabulary: Vocabulary) -> SweepPlan:
    """What stands under ``sweep``, checked, names in the order of the file.

    Raises
    ------
    ValidationError : with every mistake; pydantic puts it at its place when a validator raises it.
    """
    model: Any = sweep_model(vocabulary).model_validate(value)

    def given(name: str) -> Any:
        return getattr(model, name) if name in model.model_fields_set else None

    return SweepPlan(
        vary=FrozenMapping(_in_order(model.vary, value.get("vary"))),
        listed=tuple(
            FrozenMapping(_in_order(*pair))
            for pair in zip(model.list_ or (), value.get("list") or (), strict=True)
        ),
        design=model.design,
        points=given("points"),
        design_seed=given("design_seed"),
        replicates=given("replicates"),
        vary_seeds=given("vary_seeds"),
        by_county=given("by_county"),
        by_village=given("by_village"),
    )


def _in_order(model: BaseModel | None, written: Any) -> dict[str, Any]:
    """Checked values in the order in which they were written."""
    if model is None:
        return {}
    attribute = {field.alias: name for name, field in type(model).model_fields.items()}
    return {name: getattr(model, attribute[name]) for name in written}


def _whole(low: int, high: int) -> Any:
    wanted = f"a whole number from {low} to {high}"
    schema = WithJsonSchema({"type": "integer", "minimum": low, "maximum": high})
    return Annotated[int, reader(lambda value: read_whole(value, low, high, wanted)), schema]


def _points(value: Any) -> Any:
    if not isinstance(value, list | tuple) or not value:
        shown = "an empty list" if value in ([], ()) else found(value)
        hint = "start each with '- logistics.parcel_cost: 8'"
        raise custom_error(NotAllowedError(f"found {shown}, allowed is a list of points", hint))
    return value


@functools.lru_cache(maxsize=16)
def sweep_model(vocabulary: Vocabulary) -> type[BaseModel]:
    """Model of what stands under ``sweep``."""
    items = {row.name: file_value(row) for row in vocabulary.parameters.values()}
    items |= {f"mechanisms.{name}": Switch for name in vocabulary.mechanisms}
    items |= dict.fromkeys(_SEEDS, Seed)
    axes: Any = numbered(
        "SweptValues", {name: (_axis(item), Field((), alias=name)) for name, item in items.items()}
    )
    point: Any = numbered("SweptPoint", {name: (item, Field(None, alias=name)) for name, item in items.items()})
    fields: dict[str, Any] = {
        "vary": (axes | None, Field(None)),
        "list_": (Annotated[tuple[point, ...] | None, BeforeValidator(_points)], Field(None, alias="list")),
        "design": (Literal["grid", "lhs", "sobol"], Field("grid")),
        "points": (_whole(1, _MOST_POINTS), Field(None)),
        "design_seed": (_whole(0, SEED_LIMIT - 1), Field(None)),
        "replicates": (_whole(1, _MOST_POINTS), Field(None)),
        "vary_seeds": (Literal["history", "world", "both"], Field(None)),
        "by_county": (Switch, Field(None)),
        "by_village": (Switch, Field(None)),
    }
    return create_model("Sweep", __base__=Part, **fields)


def _axis(item: Any) -> Any:
    return Annotated[tuple[item, ...], BeforeValidator(_values), _AXIS_SCHEMA]


def sweep_problems(plan: SweepPlan, place_of: Any) -> Iterator[Problem]:
    """Mistakes between the keys of a sweep.

    Parameters
    ----------
    place_of : the place of a path below ``sweep``.
    """

    def problem(path: tuple[str | int, ...], message: str, hint: str | None = None) -> Problem:
        place: Place = place_of(path)
        return Problem(f"sweep{''.join(f'.{part}' for part in path)}: {message}", place, hint)

    written = any(place_of((key,)) != place_of(()) for key in ("vary", "list"))
    if (plan.vary and plan.listed) or not (plan.vary or plan.listed or written):
        seen = "vary and list" if plan.vary else "neither vary nor list"
        yield problem((), f"found {seen}, allowed is one of them", "write vary: {logistics.parcel_cost: [6, 8]}")
    if plan.listed and any(point.keys() != plan.listed[0].keys() for point in plan.listed):
        yield problem(("list",), "the points name different parameters", "give each point the same names")
    filling = plan.design in _FILLING
    if filling and plan.points is None:
        yield problem(("design",), f"{plan.design} needs points", "add points: 32")
    if not filling and plan.points is not None:
        yield problem(("points",), "are for the designs lhs and sobol", "add design: lhs, or remove points")
    for name, values in plan.vary.items():
        mistake = _pair_mistake(values) if filling else _grid_mistake(values)
        if mistake is not None:
            yield problem(("vary", name), mistake)


def _pair_mistake(values: tuple[Value, ...]) -> str | None:
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    if not values or (len(values) == _PAIR and numbers and values[0] < values[1]):  # type: ignore[operator]
        return None
    return f"found {list(values)}, allowed is a pair [low, high], the first smaller, or prior"


def _grid_mistake(values: tuple[Value, ...]) -> str | None:
    if not values:
        return "found prior, allowed in a grid is a list of values"
    texts = [repr(value) for value in values]
    return None if len(set(texts)) == len(texts) else f"a value stands twice in {list(values)}"
