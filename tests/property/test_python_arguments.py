"""Whatever is handed to the Python interface: a scenario, or an error that names what was found."""

# ruff: noqa: E501 -- the odd values stand together

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.errors import HinterlandError, ResultError, RunError, ScenarioError
from sim.scenario.vocabulary import default_vocabulary

TINY = sim.Scenario.from_mapping(
    {
        "start": "2012-01",
        "end": "2012-03",
        "region": {"synthetic": {"villages": 2, "households_per_village": 10, "towns": 1, "counties": 1}},
        "pioneers.placement": "none",
    }
)
VOCABULARY = default_vocabulary()
KEYS = [*VOCABULARY.parameters, *VOCABULARY.sections, *(f"mechanisms.{name}" for name in VOCABULARY.mechanisms)]
KEYS += [
    "start",
    "end",
    "region",
    "timeline",
    "sweep",
    "costs",
    "policy",
    "roll_out",
    "acquaintances",
    "history_seed",
]
ODD = st.sampled_from(
    [
        *(float("nan"), float("inf"), -float("inf"), -1, 10**400, -(10**400), Fraction(10**400, 3), 1j, b"x", "", "nan"),
        *("\0", "../x", "1", "2012-13", "²", "9" * 5000, None, True, [], {}, (), [[]], {1: 2}, {"": 1}, {"a": {"b": 1}}, set(), object()),
        *(np.array([1, 2]), np.array(3.0), np.float64("nan"), np.int64(-5), np.str_("x"), np.bool_(True), Path("x")),
        *(dt.date(2012, 1, 1), dt.datetime(2012, 1, 1, tzinfo=dt.UTC), range(3), lambda: 1, Exception("x"), "a" * 5000, "\x1b[31m"),
        *({"vary": np.array([1])}, {"vary": {"adoption.imitation": np.array([0.1, 0.2])}}, [{"from": "2012-02"}], [None]),
    ]
)  # fmt: skip
ANYTHING = ODD | st.integers() | st.floats() | st.text(max_size=5) | st.lists(ODD, max_size=2)


@settings(max_examples=120)
@given(st.sampled_from(KEYS) | st.text(max_size=12), ANYTHING)
def test_replace_gives_a_scenario_or_says_what_was_found(key, value):
    try:
        changed = TINY.replace({key: value})
    except ScenarioError as error:
        text = str(error)
    else:
        text = changed.fingerprint
    assert text
    assert len(text) < 5000
    assert all(line.isprintable() for line in text.split("\n"))


@settings(max_examples=15)
@given(ANYTHING)
def test_seeds_and_limits_of_a_run(value):
    for name in ("seed", "world_seed", "most_shops"):
        try:
            result = sim.run(TINY, **{name: value})
        except (ScenarioError, RunError):
            continue  # said in words
        assert len(result.national) == 3


@settings(max_examples=30)
@given(st.sampled_from(["replicates", "workers", "design", "points", "vary_seeds"]), ODD)
def test_arguments_of_a_sweep(name, value):
    if name == "workers" and isinstance(value, str):
        return  # the address of a cluster
    if value is None or (isinstance(value, bool | np.bool_) and name == "points"):
        return
    with pytest.raises((ScenarioError, ResultError)):
        sim.sweep(TINY, {"adoption.imitation": [0.1]}, **{"replicates": 1, name: value})


@settings(max_examples=30)
@given(st.sampled_from(KEYS), ODD)
def test_what_a_sweep_varies(name, value):
    if value is None:
        return
    with pytest.raises(ScenarioError):
        sim.sweep(TINY, {name: value}, replicates=1, design="lhs", points=2)


@settings(max_examples=60)
@given(ANYTHING)
def test_what_is_no_mapping_is_no_scenario(value):
    if isinstance(value, dict):
        return
    for make in (sim.Scenario.from_mapping, TINY.replace):
        with pytest.raises(ScenarioError, match="allowed is a mapping"):
            make(value)


@settings(max_examples=40)
@given(ODD)
def test_what_an_analysis_is_asked_for(value):
    if value is None:
        return  # the default
    for ask in (
        lambda: sim.sensitivity(TINY, value, size=4, replicates=1, method="sobol"),
        lambda: sim.sensitivity(TINY, ["adoption.imitation"], size=4, replicates=1, method=value),
        lambda: sim.sensitivity(TINY, ["adoption.imitation"], size=value, replicates=1),
        lambda: sim.sensitivity(TINY, ["adoption.imitation"], size=4, span=value, replicates=1),
        lambda: sim.attribute(TINY, value, replicates=1),
        lambda: sim.attribute(TINY, outcome=value, replicates=1),
    ):
        with pytest.raises((ScenarioError, ResultError)) as caught:
            ask()
        assert all(line.isprintable() for line in str(caught.value).split("\n"))


@pytest.fixture(scope="module")
def result():
    return sim.run(TINY)


@given(value=ODD)
def test_what_a_result_is_asked_for(result, value):
    for ask in (result.explain, result.genealogy, lambda place: result.genealogy(county=place)):
        with suppress(HinterlandError):
            ask(value)


@pytest.mark.parametrize("replicates", [0, -1, 1.5, "3", True, 10**12, None])
def test_replicates_of_an_ensemble(replicates):
    with pytest.raises(ScenarioError, match="replicates"):
        sim.run_ensemble(TINY, replicates)


@pytest.mark.parametrize("workers", [0, -1, 1.5, True, None])
def test_workers(workers):
    with pytest.raises(ScenarioError, match="workers"):
        sim.run_ensemble(TINY, 1, workers=workers)
