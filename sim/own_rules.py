"""A function of one's own in the place of a rule, for as long as a block of code runs."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Final

import numpy as np

import sim.kernel  # it has loaded every rule that a month calls
import sim.rules
from sim.errors import refuse
from sim.scenario.problems import nearest

__all__ = ["COMPILED", "own_rules", "replace_rule", "replaceable_rules"]

Rule = Callable[..., Any]

#: Rules that the compiled event loop has inside itself, or that only tell what it did: out of reach from Python.
COMPILED: Final = frozenset(
    {
        "adoption.imitation_share",
        "adoption.monthly_hazard",
        "adoption.weighted_share",
        "exit.closing_threshold",
        "genealogy.own_initiative_share",
        "genealogy.tie_strength",
    }
)

_OWN: dict[str, str] = {}


def replaceable_rules() -> tuple[str, ...]:
    """Names of the rules that may be replaced: ``file.function`` of :mod:`sim.rules`."""
    names = [f"{file}.{word}" for file, module in _files() for word in module.__all__]
    return tuple(name for name in names if name not in COMPILED)


def _files() -> list[tuple[str, ModuleType]]:
    return inspect.getmembers(sim.rules, inspect.ismodule)


def own_rules() -> Mapping[str, str]:
    """Rules replaced at this moment, and by which function."""
    return dict(_OWN)


@contextmanager
def replace_rule(name: str, function: Rule) -> Iterator[None]:
    """Put a function of your own in the place of a rule while the block runs.

    The households and their luck stay the same, so what differs between a run inside the block and one outside is
    what the rule does. Runs of this process only: an experiment inside the block takes one worker and no folder.
    A ``DiffusionModel`` has the rule in the months stepped inside. The provenance of each result names the rule
    and your function, and so does its report.

    Parameters
    ----------
    name : of the rule, ``file.function`` of :mod:`sim.rules`, such as ``"logistics.parcel_cost"``.
    function : called with the rule's arguments, those before the star by position and the others by name; gives
        what the rule gives, arrays of the same shapes. It must be pure: the same arguments, the same answer;
        nothing drawn, nothing written into its arguments.

    Raises
    ------
    ScenarioError : there is no such rule, the event loop has it compiled inside itself, or the function takes
        other arguments; and in the block, on its first call, if it gives other shapes.

    Examples
    --------
    Skill that is never lost:

    >>> import sim
    >>> def kept(stock, inflow, *, monthly_decay):
    ...     return stock + inflow
    >>> size = {"villages": 3, "households_per_village": 40, "towns": 1, "counties": 1}
    >>> world = {"start": "2012-01", "end": "2012-06", "region": {"synthetic": size}}
    >>> with sim.replace_rule("training.next_training_stock", kept):
    ...     result = sim.run(world)
    >>> result.provenance["own_rules"]
    {'training.next_training_stock': 'sim.own_rules.kept'}
    """
    module, word = _place_of(name)
    in_force, told = getattr(module, word), _OWN.get(name)
    shipped = inspect.unwrap(in_force)
    _check_arguments(name, shipped, function)
    setattr(module, word, _watched(name, shipped, function))
    _OWN[name] = _called(function)
    try:
        yield
    finally:
        setattr(module, word, in_force)
        if told is None:
            del _OWN[name]
        else:
            _OWN[name] = told


def _place_of(name: str) -> tuple[ModuleType, str]:
    """Module of a rule and its name there."""
    known = replaceable_rules()
    if name in COMPILED:
        message = f"found rule {name}, which is compiled into the event loop and cannot be replaced from Python"
        refuse(message, "change the package instead: docs/adding-a-mechanism.md")
    if name not in known:
        meant = nearest(name, known)
        hint = f"did you mean {meant}?" if meant else "sim.own_rules.replaceable_rules() names them"
        refuse(f"found rule {name!r}, there is none", hint)
    file, word = name.split(".")
    return dict(_files())[file], word


def _check_arguments(name: str, shipped: Rule, function: Rule) -> None:
    """Whether the function takes the rule's arguments: positional ones first, the others by name."""
    by_name = {
        word: each.kind is each.KEYWORD_ONLY for word, each in inspect.signature(shipped).parameters.items()
    }
    only = [word for word, keyword_only in by_name.items() if keyword_only]
    try:
        inspect.signature(function).bind(*[None] * (len(by_name) - len(only)), **dict.fromkeys(only))
    except TypeError as mismatch:
        words = ", ".join(f"{word}=" if keyword_only else word for word, keyword_only in by_name.items())
        refuse(f"{name}: found {_called(function)}, allowed is a function that takes ({words}): {mismatch}")


def _watched(name: str, shipped: Rule, function: Rule) -> Rule:
    """The function, held against the shapes of the shipped rule when it is first called."""
    arguments, is_known = inspect.signature(shipped), False

    @functools.wraps(shipped)  # so that the shipped rule is found again beneath any number of replacements
    def rule(*args: Any, **kwargs: Any) -> Any:
        nonlocal is_known
        bound = arguments.bind(*args, **kwargs)  # the model calls by position and by name
        given = function(*bound.args, **bound.kwargs)
        if not is_known:
            _check_shapes(name, function, given, shipped(*args, **kwargs))
            is_known = True
        return given

    return rule


def _check_shapes(name: str, function: Rule, given: Any, wanted: Any) -> None:
    found, allowed = _shapes(given), _shapes(wanted)
    if found != allowed:
        refuse(f"{name}: {_called(function)} gave {found}, allowed is {allowed}, as the shipped rule gives")


def _shapes(value: Any) -> str:
    if isinstance(value, tuple):
        return f"{len(value)} arrays of shapes {', '.join(str(np.shape(part)) for part in value)}"
    return f"an array of shape {np.shape(value)}" if np.ndim(value) else "a number"


def _called(function: object) -> str:
    """Module and name of a function, as a reader would look for it."""
    name, module = getattr(function, "__qualname__", None), getattr(function, "__module__", None)
    if name is None:
        return repr(function)
    return name if module is None else f"{module}.{name}"
