"""Spells of selling: openings matched with closings, and found by household and month."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import ResultError
from sim.metrics.selling import STILL_SELLING, selling_spell, selling_spells

N = 1000


def spells(openings, closings):
    def column(rows, place):
        return np.array([row[place] for row in rows], np.int64)

    columns = [column(rows, place) for rows in (openings, closings) for place in (0, 1)]
    return selling_spells(*columns, N)


def test_a_household_closes_and_opens_again():
    found = spells([(700, 1), (3, 2), (3, 6), (700, 9)], [(3, 4), (700, 5)])
    assert found.household.tolist() == [3, 3, 700, 700]
    assert found.opened.tolist() == [2, 6, 1, 9]
    assert found.closed.tolist() == [4, STILL_SELLING, 5, STILL_SELLING]
    assert found.event.tolist() == [1, 2, 0, 3]
    assert {column.dtype for column in found} == {np.dtype(np.int64)}
    assert found.bucket.tolist() == [0, 2, 2, 4, 4], "one mark for each 256 households, and the end"
    in_one_month = spells([(3, 2), (3, 4)], [(3, 4)])
    assert in_one_month.closed.tolist() == [4, STILL_SELLING]


@pytest.mark.parametrize(("month", "expected"), [(2, -1), (3, 0), (4, 0), (5, -1), (6, -1), (7, 1), (10**6, 1)])
def test_what_opens_or_closes_is_felt_from_the_next_month_on(month, expected):
    found = spells([(3, 2), (3, 6)], [(3, 4)])
    assert selling_spell(3, month, found) == expected


def test_who_never_sold_is_not_found():
    found = spells([(3, 2), (5, 2), (256, 2), (N - 1, 2)], [])
    assert [selling_spell(h, 9, found) for h in (0, 4, 6, 255, 257, N - 2)] == [-1] * 6
    assert [selling_spell(h, 9, found) for h in (3, 5, 256, N - 1)] == [0, 1, 2, 3]
    assert selling_spell(0, 1, spells([], [])) == -1


@pytest.mark.parametrize(
    ("openings", "closings"),
    [
        ([(1, 3)], [(1, 3)]),
        ([(1, 3)], [(2, 5)]),
        ([(1, 3), (1, 4)], []),
        ([(1, 3), (2, 3), (2, 4)], []),
        ([(1, 3), (1, 4)], [(1, 6)]),
        ([(1, 3)], [(1, 4), (1, 5)]),
    ],
)
def test_what_cannot_be_is_refused(openings, closings):
    with pytest.raises(ResultError, match=r"^openings and closings do not match: "):
        spells(openings, closings)


@given(st.lists(st.tuples(st.integers(0, N - 1), st.lists(st.integers(0, 40), unique=True)), max_size=30))
def test_found_as_by_looking_at_everybody(histories):
    openings, closings, selling = [], [], {}
    for household, moments in dict(histories).items():
        for place, month in enumerate(sorted(moments)):
            (closings if place % 2 else openings).append((household, month))
        pairs = [*sorted(moments), *([10**6] if len(moments) % 2 else [])]
        selling[household] = list(zip(pairs[::2], pairs[1::2], strict=True))
    found = spells(openings, closings)
    for household, times in selling.items():
        for month in range(42):
            spell = selling_spell(household, month, found)
            there = [(begin, end) for begin, end in times if begin < month <= end]
            assert (spell >= 0) == bool(there)
            if there:
                assert found.opened[spell] == there[0][0]
                assert found.household[spell] == household
