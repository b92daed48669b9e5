"""Shares of the sources of an opening: hand-worked values and limits."""

from __future__ import annotations

import pytest

from sim.rules.genealogy import own_initiative_share, tie_strength


def test_own_initiative_has_its_share_of_the_hazard():
    assert own_initiative_share(0.001, 0.02, 0.15) == pytest.approx(0.25)
    assert own_initiative_share(0.003, 0.02, 0.15) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("own", "imitation", "imitated", "expected"),
    [(0.1, 0.0, 1.0, 1.0), (0.1, 0.5, 0.0, 1.0), (0.0, 0.5, 0.1, 0.0), (0.0, 0.0, 0.0, 1.0)],
)
def test_limits(own, imitation, imitated, expected):
    assert own_initiative_share(own, imitation, imitated) == expected


@pytest.mark.parametrize(
    ("weight", "threshold", "expected"), [(2.5, 0, 2.5), (0.0, 0, 0.0), (2.5, 3, 1.0), (0.0, 3, 0.0)]
)
def test_a_tie_counts_by_its_weight_or_alike(weight, threshold, expected):
    assert tie_strength(weight, threshold) == expected


@pytest.mark.parametrize(
    ("threshold", "strengths"), [(0, [0.5, 0.0, 4.0]), (1, [1.0, 0.0, 1.0]), (3, [1.0, 0.0, 1.0])]
)
def test_a_tie_of_any_weight_counts_once_under_every_threshold(threshold, strengths):
    assert [tie_strength(weight, threshold) for weight in (0.5, 0.0, 4.0)] == strengths
