"""Priors are read from the parameter table, and a mistake in them is told before anything runs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.calibration.priors import MOST_FREE, Prior, free_parameters, priors_of, scrambled, values_at
from sim.errors import ScenarioError


def test_the_shipped_ones_are_at_most_twelve_with_a_prior_and_a_reason(china):
    free = free_parameters()
    assert len(free) <= MOST_FREE
    assert all(free.values())
    priors = priors_of(china)
    assert [prior.name for prior in priors] == list(free)
    for prior in priors:
        assert prior.low <= china.values[prior.name] <= prior.high
        assert 0.01 < prior.share(china.values[prior.name]) < 0.99, (
            f"{prior.name}: default at the edge of its prior"
        )


KINDS = [
    Prior("a", "uniform", -1.0, 3.0, -1.0, 3.0),
    Prior("b", "loguniform", 1e-6, 1e-2, 1e-6, 1e-2),
    Prior("c", "normal", 0.0, 2.0, -3.0, 5.0),
]


@pytest.mark.parametrize("prior", KINDS, ids=str)
@given(share=st.floats(0.0, 1.0))
def test_value_and_share_undo_each_other(prior, share):
    value = prior.value(share)
    assert prior.low <= value <= prior.high
    assert prior.share(value) == pytest.approx(share, abs=1e-6)


def test_known_quantiles():
    assert [prior.value(0.5) for prior in KINDS[:2]] == [1.0, pytest.approx(1e-4)]
    whole = Prior("n", "uniform", 1.0, 40.0, 1.0, 40.0, whole=True)
    assert {
        type(value) for row in values_at([whole], np.linspace(0, 1, 9)[:, None]) for value in row.values()
    } == {int}


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["adoption.imitatoin"], "did you mean adoption.imitation"),
        (["adoption.imitation", "adoption.imitation"], "stands twice"),
        (["adoption.rule"], "a choice cannot be fitted"),
        (["graph.ring_reach"], r"found prior None, allowed is one such as uniform\(0, 1\)"),
        (["guidance.effect"], "the mechanism guidance is off"),
        (["adoption.imitation=uniform(0, 99)"], "allowed is 0 to 10 1/month"),
        (["adoption.imitation=uniform(1, 0.5)"], "the first must be smaller"),
        (["adoption.imitation=loguniform(0, 1)"], "and above 0"),
        (["base.trade=normal(0, 0)"], "standard deviation 0"),
        ([], "no parameter is free"),
        ([f"x{number}" for number in range(13)], "found 13 free parameters, allowed are 12"),
    ],
)
def test_mistakes_are_told(china, names, told):
    with pytest.raises(ScenarioError, match=told):
        priors_of(china, names)


def test_a_longer_design_begins_with_the_shorter():
    whole = scrambled(3, 0, 9, seed=4)
    np.testing.assert_array_equal(whole[:5], scrambled(3, 0, 5, seed=4))
    np.testing.assert_array_equal(whole[5:], scrambled(3, 5, 4, seed=4))
    assert not np.array_equal(whole, scrambled(3, 0, 9, seed=5))
    assert (whole > 0).all()
    assert (whole < 1).all()
