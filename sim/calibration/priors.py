"""The free parameters: which, why, and where they may lie."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, qmc

from sim.errors import Place, Problem, ScenarioError
from sim.scenario import Scenario
from sim.scenario.parameters import Parameter, read_table
from sim.scenario.problems import nearest

__all__ = ["FREE_FILE", "MOST_FREE", "Prior", "free_parameters", "priors_of", "scrambled", "values_at"]

Array = NDArray[np.float64]

FREE_FILE: Final = Path(__file__).with_name("free.csv")
#: More would not be told apart by the facts there are, nor by the runs of an hour.
MOST_FREE: Final = 12
_COLUMNS = ("name", "informed_by")
_WRITTEN = re.compile(r"(uniform|loguniform|normal)\(\s*([^,\s]+)\s*,\s*([^)\s]+)\s*\)")


@dataclass(frozen=True, slots=True)
class Prior:
    """Where a parameter may lie before anything is fitted.

    Parameters
    ----------
    name : of the parameter. kind : uniform, loguniform or normal (cut off at low and high).
    first, second : the two numbers of the distribution: bounds, or mean and standard deviation.
    low, high : bounds of the values. whole : whether only whole numbers are allowed.
    """

    name: str
    kind: str
    first: float
    second: float
    low: float
    high: float
    whole: bool = False

    def value(self, share: float) -> float | int:
        """Value at a share (0 to 1) of the prior's mass, its quantile.

        Examples
        --------
        >>> Prior("x", "loguniform", 1.0, 100.0, 1.0, 100.0).value(0.5)
        10.0
        """
        value = float(min(max(self._quantile(share), self.low), self.high))
        return round(value) if self.whole else float(f"{value:.12g}")

    def share(self, value: float) -> float:
        """Share of the prior's mass below a value; the inverse of :meth:`value` for numbers that are not whole."""
        here = min(max(float(value), self.low), self.high)
        if self.kind == "normal":
            bottom, top = (float(norm.cdf(b, self.first, self.second)) for b in (self.low, self.high))
            return float((norm.cdf(here, self.first, self.second) - bottom) / (top - bottom))
        if self.kind == "loguniform":
            return (math.log(here) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
        return (here - self.low) / (self.high - self.low)

    def _quantile(self, share: float) -> float:
        if self.kind == "normal":
            bottom, top = (norm.cdf(b, self.first, self.second) for b in (self.low, self.high))
            return float(norm.ppf(bottom + share * (top - bottom), self.first, self.second))
        if self.kind == "loguniform":
            return math.exp(math.log(self.low) + share * (math.log(self.high) - math.log(self.low)))
        return self.low + share * (self.high - self.low)

    def __str__(self) -> str:
        return f"{self.kind}({self.first:g}, {self.second:g})"


def free_parameters(path: Path = FREE_FILE) -> dict[str, str]:
    """Names of the free parameters and which facts inform them, from the shipped table."""
    return {cells["name"]: cells["informed_by"] for _, cells in read_table(path, _COLUMNS)}


def priors_of(scenario: Scenario, names: Sequence[str] | None = None) -> tuple[Prior, ...]:
    """Priors of the free parameters, from the column ``prior`` of the parameter table.

    Parameters
    ----------
    names : the free ones, by default those of the shipped table; ``NAME=uniform(0, 1)`` gives another prior.

    Raises
    ------
    ScenarioError : an unknown name, one without a prior or whose mechanism is off, one twice, more than twelve,
        or a prior beyond the range of its parameter.
    """
    asked = list(free_parameters() if names is None else names)
    problems: list[Problem] = []
    made: dict[str, Prior] = {}
    for text in asked:
        name, _, given = (part.strip() for part in text.partition("="))
        row = scenario.vocabulary.parameters.get(name)
        try:
            if row is None:
                meant = nearest(name, scenario.vocabulary.parameters)
                message = f"found parameter {name!r}" + (
                    f", did you mean {meant}?" if meant else ", there is none"
                )
                raise ValueError(message)  # noqa: TRY301 -- all mistakes are gathered in one place
            _check_acting(scenario, row, name in made)
            made[name] = _prior(row, given or row.prior)
        except ValueError as error:
            problems.append(Problem(str(error), Place("python")))
    if len(asked) > MOST_FREE:
        problems.append(Problem(f"found {len(asked)} free parameters, allowed are {MOST_FREE}", Place("python")))
    if not asked:
        problems.append(Problem("no parameter is free", Place("python")))
    if problems:
        raise ScenarioError(problems)
    return tuple(made.values())


def _check_acting(scenario: Scenario, row: Parameter, twice: bool) -> None:
    if twice:
        message = f"{row.name} stands twice"
        raise ValueError(message)
    if row.mechanism is not None and not scenario.mechanisms[row.mechanism]:
        message = f"{row.name} has no effect: the mechanism {row.mechanism} is off"
        raise ValueError(message)


def _prior(row: Parameter, text: str | None) -> Prior:
    if row.type not in {"float", "int"}:
        message = f"{row.name}: a {row.type} cannot be fitted"
        raise ValueError(message)
    found = _WRITTEN.fullmatch(text or "")
    if found is None:
        message = f"{row.name}: found prior {text!r}, allowed is one such as uniform(0, 1), loguniform(1e-6, 1e-4)"
        raise ValueError(message)
    kind = found[1]
    try:
        first, second = float(found[2]), float(found[3])
    except ValueError:
        message = f"{row.name}: found prior {text!r}, its numbers cannot be read"
        raise ValueError(message) from None
    least, most = (-math.inf if row.low is None else row.low), (math.inf if row.high is None else row.high)
    if kind == "normal":
        if second <= 0.0:
            message = f"{row.name}: found standard deviation {second:g}, allowed is one above 0"
            raise ValueError(message)
        return Prior(row.name, kind, first, second, float(least), float(most), row.type == "int")
    if not first < second or (kind == "loguniform" and first <= 0.0):
        message = f"{row.name}: found {text}, the first must be smaller" + (
            " and above 0" * (kind == "loguniform")
        )
        raise ValueError(message)
    if first < least or second > most:
        message = f"{row.name}: found {text}, allowed is {least:g} to {most:g} {row.unit}"
        raise ValueError(message)
    return Prior(row.name, kind, first, second, first, second, row.type == "int")


def values_at(priors: Sequence[Prior], shares: Array) -> list[dict[str, Any]]:
    """Values of the parameters at points of the unit cube, (N, D)."""
    return [
        {prior.name: prior.value(float(share)) for prior, share in zip(priors, row, strict=True)} for row in shares
    ]


def scrambled(dimensions: int, first: int, n: int, seed: int) -> Array:
    """Points number ``first`` to ``first + n`` of a scrambled Sobol sequence in the unit cube, (n, D).

    Every point depends on the seed and its number only, so a longer design begins with the shorter one.
    """
    engine = qmc.Sobol(dimensions, seed=seed)
    if first:
        engine.fast_forward(first)
    # The first by itself: the sequence is balanced for powers of two, and scipy warns where it begins with others.
    return np.concatenate([engine.random(1), engine.random(n - 1)]) if n else np.zeros((0, dimensions))
