"""Every rule reads its arguments only, gives a new array and the same answer twice.

Arguments are made from the signatures, so a new rule is tested as soon as it is public.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import numpy as np
import pytest

import sim.rules

V = 6
GENERATOR = np.random.default_rng(20140201)
#: A value for each kind of argument, by its annotation.
KINDS = {
    "Array": lambda: GENERATOR.uniform(0.1, 0.9, V),
    "NDArray[np.float64]": lambda: GENERATOR.uniform(0.1, 0.9, V),
    "float | Array": lambda: GENERATOR.uniform(0.1, 0.9, V),
    "NDArray[np.bool_]": lambda: GENERATOR.random(V) < 0.5,
    "NDArray[np.int64]": lambda: np.arange(V) % 3,
    "float": lambda: 0.5,
    "int": lambda: 2,
    "bool": lambda: True,
}
#: Arguments that are no column over villages.
SPECIAL = {
    "limits.relieved_capacity": {
        "relieving": lambda: GENERATOR.uniform(0, 1, (3, V)),
        "relief": lambda: np.ones(3),
    },
    "limits.scarcity": {"capacities": lambda: GENERATOR.uniform(1, 9, (3, V)), "weights": lambda: np.ones(3)},
    "base.revealed_base": {"listed_in_town": lambda: np.arange(V) % 3},
    "base.industry": {"covariates": lambda: GENERATOR.normal(size=(V, 3)), "coefficients": lambda: np.ones(3)},
    "copying.leading_product": {"shops_by_product": lambda: GENERATOR.uniform(0, 9, (V, 3))},
    "copying.product_taken": {
        "in_town": lambda: GENERATOR.uniform(0, 9, (V, 3)),
        "in_county": lambda: GENERATOR.uniform(0, 9, (V, 3)),
    },
    "internet.internet_share": {
        "observed_years": lambda: np.array([2011.0, 2015.0]),
        "observed_share": lambda: GENERATOR.uniform(0, 1, (V, 2)),
    },
}


def public_rules():
    """Every public function of the rules, as file.function."""
    files = [module.name for module in pkgutil.iter_modules(sim.rules.__path__)]
    return [f"{file}.{name}" for file in files for name in importlib.import_module(f"sim.rules.{file}").__all__]


def rule(name):
    file, function = name.split(".")
    return getattr(importlib.import_module(f"sim.rules.{file}"), function)


def takes_arrays(name):
    return any("Array" in str(p.annotation) for p in inspect.signature(rule(name)).parameters.values())


def arguments(name):
    """Positional and keyword arguments of a rule."""
    args, kwargs = [], {}
    for parameter in inspect.signature(rule(name)).parameters.values():
        make = SPECIAL.get(name, {}).get(parameter.name) or KINDS[parameter.annotation]
        if parameter.kind is parameter.KEYWORD_ONLY:
            kwargs[parameter.name] = make()
        else:
            args.append(make())
    return args, kwargs


RULES = [name for name in public_rules() if takes_arrays(name)]


def test_most_rules_take_arrays():
    # Written for scalars are only those that the event loop runs, and counts over the whole country.
    assert len(RULES) >= 20
    assert "adoption.monthly_hazard" not in RULES


@pytest.mark.parametrize("name", RULES)
def test_rules_never_write_into_their_arguments(name):
    args, kwargs = arguments(name)
    arrays = [value for value in (*args, *kwargs.values()) if isinstance(value, np.ndarray)]
    before = [array.copy() for array in arrays]
    first = np.array(rule(name)(*args, **kwargs))
    for array, copy in zip(arrays, before, strict=True):
        assert np.array_equal(array, copy)
    again = rule(name)(*args, **kwargs)
    assert np.array_equal(again, first)
    assert np.isfinite(first).all()
    assert not any(np.shares_memory(again, array) for array in arrays)


@pytest.mark.parametrize("name", RULES)
def test_rules_take_columns_that_may_not_be_written(name):
    def locked(value):
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
        return value

    args, kwargs = arguments(name)
    rule(name)(*map(locked, args), **{key: locked(value) for key, value in kwargs.items()})


def test_the_index_names_every_rule():
    text = sim.rules.__doc__
    assert [name for name in public_rules() if f"``{name.split('.')[1]}``" not in text] == []
