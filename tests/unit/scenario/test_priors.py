"""A default lies where its own prior puts weight, or the prior says something the default denies."""

from __future__ import annotations

import re

import pytest

from sim.scenario.vocabulary import default_vocabulary

ROWS = [row for row in default_vocabulary().parameters.values() if row.prior]


def bounds(prior):
    """Support of a uniform prior, three standard deviations of a normal one."""
    kind, first, second = re.fullmatch(r"(\w+)\(([^,]+), ([^)]+)\)", prior).groups()
    first, second = float(first), float(second)
    return (first - 3 * second, first + 3 * second) if kind == "normal" else (first, second)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_default_is_within_its_prior(row):
    low, high = bounds(str(row.prior))
    assert low <= row.default <= high
