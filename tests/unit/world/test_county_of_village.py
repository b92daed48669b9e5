"""The county of a village told from the shipped tables, without a world."""

from __future__ import annotations

import pytest

from sim.errors import WorldError
from sim.world.lookup import county_of_village


@pytest.mark.parametrize(
    ("place", "county"),
    [
        ("丁楼村", 371721),
        ("dinglou", 371721),
        ("Dongfeng, Suining", 320324),
        ("东风村, 沙集镇", 320324),
        ("320324109 东风村", 320324),
        ("371625 东风", 371625),
        ("320324109002", 320324),
        ("沙集镇 3", 320324),
    ],
)
def test_known(place, county):
    assert county_of_village(place) == county


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("东风村", r"villages in 2 counties; write one of: 320324 东风村 \(Suining County\); 371625"),
        ("东风村, Yiwu", "no listed village"),
        ("990000000001", "allowed is a name or a twelve-digit number"),
        ("Dongfen", "did you mean Dongfeng Village"),
    ],
)
def test_refused(place, message):
    with pytest.raises(WorldError, match=message):
        county_of_village(place)
