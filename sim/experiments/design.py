"""Designs: which scenarios an experiment runs, and with which seeds."""

from __future__ import annotations

import itertools
import math
import numbers
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import Problem, ScenarioError, refuse
from sim.scenario import Scenario
from sim.scenario.contradictions import WithoutEffect
from sim.scenario.values import found

__all__ = ["VARIED", "Point", "Range", "Seeds", "filled", "grid", "listed", "ranges_of", "replicate_seeds"]

VARIED = ("history", "world", "both")
_SEED_LIMIT = 2**63 - 1
_MOST_REPLICATES = 1_000_000
_PRIOR = re.compile(r"([a-z]+)\(\s*([^,\s]+)\s*,\s*([^)\s]+)\s*\)")
#: A normal prior is explored over this many standard deviations on either side of its mean.
_NORMAL_SPAN = 2.0


@dataclass(frozen=True, eq=False, slots=True)
class Point:
    """One scenario of a design and the values that tell it from the others."""

    values: Mapping[str, Any]
    scenario: Scenario

    @property
    def label(self) -> str:
        """The values in words."""
        return ", ".join(f"{name}={value}" for name, value in self.values.items())


@dataclass(frozen=True, slots=True)
class Seeds:
    """Seeds of one replicate."""

    world: int
    history: int


def replicate_seeds(scenario: Scenario, replicates: int, vary: str = "history") -> list[Seeds]:
    """Seeds of the replicates: those of the scenario, counted up; replicate 0 is the scenario's own run.

    Draws are keyed by a hash of the seed, so neighbouring seeds are as unlike as any two. All points of a design
    get the same seeds (common random numbers), and a larger ensemble begins with the smaller one.

    Parameters
    ----------
    vary : which luck differs: "history" (thresholds, sizes, closures), "world" (heterogeneity, ties) or "both".

    Raises
    ------
    ScenarioError : no replicate, an unknown ``vary``, or seeds beyond the greatest.
    """
    asked: Any = replicates
    is_whole = isinstance(asked, numbers.Integral) and not isinstance(asked, bool)
    if not is_whole or replicates > _MOST_REPLICATES:
        refuse(f"found {found(asked)} for replicates, allowed is a whole number from 1 to {_MOST_REPLICATES}")
    if replicates < 1:
        refuse(f"found {replicates} replicates, allowed is 1 or more")
    if vary not in VARIED:
        refuse(f"vary: found {vary!r}, allowed is one of {', '.join(VARIED)}")
    world = [scenario.world_seed + (r if vary in {"world", "both"} else 0) for r in range(replicates)]
    history = [scenario.history_seed + (r if vary in {"history", "both"} else 0) for r in range(replicates)]
    if max(world[-1], history[-1]) > _SEED_LIMIT:
        refuse(f"replicates count seeds up beyond {_SEED_LIMIT}", "start from a smaller seed")
    return [Seeds(w, h) for w, h in zip(world, history, strict=True)]


def listed(scenario: Scenario, points: Iterable[Mapping[str, Any]]) -> list[Point]:
    """One scenario for each mapping of dotted names to values.

    A value may lie idle at points that switch its mechanism off, if it acts at others: such points are runs of one
    scenario.

    Raises
    ------
    ScenarioError : with every mistake of every point, each told once.
    """
    made: list[Point] = []
    problems: dict[Problem, None] = {}
    idle_problems: dict[WithoutEffect, None] = {}
    acting: set[str] = set()
    for values in map(dict, points):
        kept = values
        try:
            made.append(Point(values, scenario.replace(kept) if kept else scenario))
        except ScenarioError as error:
            idle = [each for each in error.problems if isinstance(each, WithoutEffect) and each.name in kept]
            idle_problems |= dict.fromkeys(idle)
            problems |= dict.fromkeys(each for each in error.problems if each not in idle)
            kept = {name: value for name, value in kept.items() if name not in {each.name for each in idle}}
            made.append(Point(values, scenario.replace(kept) if len(idle) == len(error.problems) else scenario))
        acting |= kept.keys()
    problems |= dict.fromkeys(each for each in idle_problems if each.name not in acting)
    if problems:
        raise ScenarioError(problems)
    return made


def grid(scenario: Scenario, axes: Mapping[str, Sequence[Any]]) -> list[Point]:
    """All combinations of values, the last name changing fastest.

    Raises
    ------
    ScenarioError : no name, no value, a value given twice, or values a scenario may not have.
    """
    if not axes:
        refuse("nothing to vary", 'give values by name, such as {"logistics.parcel_cost": [6, 8, 10]}')
    for name, values in axes.items():
        if (
            isinstance(values, str)
            or not isinstance(values, list | tuple | range | np.ndarray)
            or len(values) == 0
        ):
            refuse(f"{name}: found {values!r}, allowed is a list of values")
        texts = [repr(value) for value in values]
        if len(set(texts)) < len(texts):
            refuse(f"{name}: a value stands twice in {list(values)}", "keep one")
    return listed(scenario, _products(axes))


def _products(axes: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    plain = [[_plain(value) for value in values] for values in axes.values()]
    return [dict(zip(axes, values, strict=True)) for values in itertools.product(*plain)]


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


@dataclass(frozen=True, slots=True)
class Range:
    """Values a number may take, between two bounds, even or even in the logarithm."""

    name: str
    low: float
    high: float
    logarithmic: bool = False
    whole: bool = False

    def value(self, share: float) -> float | int:
        """Value at a share from 0 (low) to 1 (high) of the range.

        Examples
        --------
        >>> Range("x", 1.0, 100.0, logarithmic=True).value(0.5)
        10.0
        """
        if self.logarithmic:
            value = math.exp(math.log(self.low) + share * (math.log(self.high) - math.log(self.low)))
            value = round(value, 12)
        else:
            value = self.low + share * (self.high - self.low)
        value = min(max(value, self.low), self.high)
        return round(value) if self.whole else value

    def share(self, value: float) -> float:
        """Where a value lies in the range, from 0 to 1; the inverse of :meth:`value`, cut off at the ends."""
        low, high, here = self.low, self.high, min(max(value, self.low), self.high)
        if self.logarithmic:
            low, high, here = math.log(low), math.log(high), math.log(here)
        return (here - low) / (high - low)

    def around(self, value: float, span: float) -> Range:
        """The part of the range that is so wide (a share of the whole) and has the value in its middle.

        At an end it is cut off, and whole numbers keep at least two values. A value beyond the range first widens
        it (but zero has no place in a logarithmic one).

        Examples
        --------
        >>> Range("x", 0.0, 10.0).around(5.0, 0.5)
        Range(name='x', low=2.5, high=7.5, logarithmic=False, whole=False)
        """
        low = self.low if self.logarithmic and value <= 0 else min(self.low, value)
        range_ = replace(self, low=low, high=max(self.high, value))
        here = range_.share(value)
        low, high = range_.value(max(here - span / 2, 0.0)), range_.value(min(here + span / 2, 1.0))
        if self.whole and high == low:
            low, high = max(low - 1, range_.low), min(high + 1, range_.high)
        return replace(self, low=float(low), high=float(high))


def ranges_of(scenario: Scenario, given: Mapping[str, Any] | Sequence[str] | None) -> list[Range]:
    """Ranges by name: as given, else from the prior of the parameter table.

    Parameters
    ----------
    given : names, or pairs (low, high) by name (``None`` for the prior); ``None``: every parameter that has a
        prior and whose mechanism is on.

    Raises
    ------
    ScenarioError : an unknown name, no range, or bounds in the wrong order.
    """
    rows = scenario.vocabulary.parameters
    if given is None:
        acting = {None, *(name for name, on in scenario.mechanisms.items() if on)}
        given = [row.name for row in rows.values() if row.prior is not None and row.mechanism in acting]
    pairs = _pairs(given)
    if not pairs:
        refuse("no parameter to vary", "name some, or give one a prior")
    return [_range(scenario, name, pair) for name, pair in pairs.items()]


def _pairs(given: Any) -> Mapping[str, Any]:
    """What was given by name, whatever it is."""
    if not isinstance(given, Iterable) or isinstance(given, bytes) or getattr(given, "ndim", 1) == 0:
        refuse(f"found {found(given)} as parameters, allowed are names, or pairs by name")
    names = [given] if isinstance(given, str) else list(given)
    strange = [name for name in names if not isinstance(name, str)]
    if strange:
        refuse(f"found {found(strange[0])} as a parameter, allowed are names")
    return given if isinstance(given, Mapping) else dict.fromkeys(names)


def _range(scenario: Scenario, name: str, pair: Any) -> Range:
    row = scenario.vocabulary.parameters.get(name)
    if row is None:
        scenario.replace({name: 0})  # its error names the nearest known parameter
        refuse(f"{name}: only parameters have ranges")
    if row.type not in {"float", "int"}:
        refuse(f"{name}: a {row.type} has no range", "vary it by a list of values")
    kind, low, high = _prior(row.prior)
    if pair is not None:
        try:
            low, high = (float(bound) for bound in pair)
        except (TypeError, ValueError, OverflowError):
            refuse(f"{name}: found {pair!r}, allowed is a pair (low, high)")
        if not (math.isfinite(low) and math.isfinite(high)):
            refuse(f"{name}: found {pair!r}, allowed is a pair (low, high) of finite numbers")
    if low is None or high is None:
        refuse(f"{name}: has no prior", "give its range as a pair (low, high)")
    if not low < high:
        refuse(f"{name}: found {low:g} to {high:g}, the first must be smaller")
    if row.low is not None:
        low = max(low, float(row.low)) if pair is None else low
    if row.high is not None:
        high = min(high, float(row.high)) if pair is None else high
    whole = row.type == "int"
    for bound in (low, high):
        scenario.replace({name: round(bound) if whole else bound})
    return Range(name, low, high, logarithmic=kind == "loguniform" and low > 0, whole=whole)


def _prior(text: str | None) -> tuple[str, float | None, float | None]:
    found = _PRIOR.fullmatch(text or "")
    if found is None:
        return "", None, None
    kind, first, second = found[1], float(found[2]), float(found[3])
    if kind == "normal":
        return kind, first - _NORMAL_SPAN * second, first + _NORMAL_SPAN * second
    return kind, first, second


def filled(ranges: Sequence[Range], points: int, how: str, seed: int) -> list[dict[str, Any]]:
    """Points that fill the ranges evenly.

    Parameters
    ----------
    how : "lhs" (Latin hypercube) or "sobol" (scrambled Sobol sequence, best with a power of two points).
    seed : of the design; equal seeds give equal points.

    Raises
    ------
    ScenarioError : fewer than one point, or an unknown ``how``.
    """
    from scipy.stats import qmc

    if points < 1:
        refuse(f"found {points} points, allowed is 1 or more")
    shares: NDArray[np.float64]
    if how == "lhs":
        shares = qmc.LatinHypercube(len(ranges), seed=seed).random(points)
    elif how == "sobol":
        power = math.ceil(math.log2(points))
        shares = qmc.Sobol(len(ranges), seed=seed).random_base2(power)[:points]
    else:
        refuse(f"design: found {how!r}, allowed is one of grid, lhs, sobol")
    return [
        {part.name: part.value(float(share)) for part, share in zip(ranges, row, strict=True)} for row in shares
    ]
