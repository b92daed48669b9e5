"""Internet access by province, on hand-worked values."""

from __future__ import annotations

import numpy as np
import pytest

from sim.rules.internet import internet_share

YEARS = np.array([2011.0, 2013.0, 2015.0])
SHARE = np.array([[0.2, 0.3, 0.5], [0.9, 0.5, 0.95]])


@pytest.mark.parametrize("observed", range(3))
def test_an_observed_moment_gives_the_observed_share(observed):
    assert internet_share(YEARS[observed], YEARS, SHARE) == pytest.approx(SHARE[:, observed])


@pytest.mark.parametrize(
    ("year", "shares"),
    [
        (2012.0, [0.25, 0.7]),
        (2014.5, [0.45, 0.8375]),
        (2016.0, [0.6, 1.0]),  # 1.175 is clipped
        (2010.0, [0.15, 1.0]),  # 1.1 is clipped
        (2020.1, [1.0, 1.0]),
        (2006.0, [0.0, 1.0]),
    ],
)
def test_between_and_beyond_the_observations(year, shares):
    assert internet_share(year, YEARS, SHARE) == pytest.approx(shares)


def test_two_observations_are_enough():
    assert internet_share(2014.0, YEARS[:2], SHARE[:1, :2]) == pytest.approx([0.35])
