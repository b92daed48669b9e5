"""Awareness by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.rules.information import next_awareness, telling_households, telling_share

#: By kind of tie: ring, village, town, county, prefecture.
WEIGHT = np.array([6.0, 1.0, 0.5, 0.5, 0.0])


@pytest.mark.parametrize(("passing", "telling"), [(0.0, [5.0, 0.0]), (0.25, [16.25, 2.5]), (1.0, [50.0, 10.0])])
def test_sellers_tell_and_some_of_those_who_know(passing, telling):
    shops, awareness, households = np.array([5.0, 0.0]), np.array([0.5, 0.1]), np.array([100.0, 100.0])
    assert telling_households(shops, awareness, households, passing_share=passing) == pytest.approx(telling)


def test_each_kind_of_tie_weighs_as_it_does():
    shares = np.array([[0.4, 0.0], [0.4, 0.0], [0.2, 0.8], [0.0, 0.4], [1.0, 1.0]])
    assert telling_share(shares, WEIGHT) == pytest.approx([(2.8 + 0.1) / 8, 0.6 / 8])


def test_everybody_tells_or_nobody_is_known():
    assert telling_share(np.ones((5, 2)), WEIGHT) == pytest.approx([1.0, 1.0])
    assert telling_share(np.ones((5, 2)), np.zeros(5)).tolist() == [0.0, 0.0]


def month_later(awareness, shops=0.0, online=0.0, told=0.0, *, mu=0.0, rate=0.0):
    columns = (np.array([value]) for value in (awareness, shops, online, told))
    return next_awareness(*columns, first_exposure=mu, telling_rate=rate)[0]


def test_those_who_do_not_know_hear_by_the_internet_and_from_tellers():
    assert month_later(0.2, online=0.5, told=0.25, mu=0.1, rate=0.4) == pytest.approx(1 - 0.8 * np.exp(-0.15))
    assert month_later(0.2) == 0.2
    assert month_later(1.0, told=1.0, rate=2.0) == 1.0


def test_sellers_know():
    assert month_later(0.0, shops=0.3) == 0.3
    assert month_later(0.5, shops=0.3) == 0.5


def test_the_first_news_is_not_rounded_away():
    assert month_later(0.0, told=1e-18, rate=0.5) == pytest.approx(5e-19)


def test_light_ties_tell_as_heavy_ones_do():
    # Only the relation of the weights counts, also where they add up to less than one.
    share = np.array([[0.5], [0.1], [0.0], [0.0], [0.0]])
    assert telling_share(share, WEIGHT / 100) == pytest.approx(telling_share(share, WEIGHT))
    assert telling_share(share, WEIGHT / 100)[0] > 0
