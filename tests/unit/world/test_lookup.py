"""Villages and counties found by what people call them."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import WorldError
from sim.scenario import Scenario
from sim.world import build_world
from sim.world.lookup import find_county, find_village, village_words


@pytest.fixture(scope="module")
def world():
    """Suining, Cao, Yiwu, and two counties with a village of one name (花园村)."""
    region = {"counties": [320324, 371721, 330381, 370281, 330782]}
    return build_world(Scenario.from_mapping({"start": "2014-01", "end": "2014-12", "region": region}))


@pytest.mark.parametrize(
    "place",
    [
        "东风村",
        "东风",
        "Dongfeng Village",
        "dongfeng",
        "东风村, 睢宁县",
        "Dongfeng, Suining",
        "东风，沙集镇",
        "东风村, 沙集",
    ],
)
def test_one_village_by_many_names(world, place):
    village = find_village(world, place)
    assert world.name_of_village(village) == "东风村"
    assert village_words(world, village) == "东风村 (Dongfeng Village), 沙集镇, Suining County"


def test_by_index_lasting_number_and_code(world):
    village = find_village(world, "东风村")
    town = int(world.towns.code[world.villages.town[village]])
    uid = int(world.villages.uid[village])
    places = (village, str(village), np.int64(village), uid, f"{town} 东风村", f"{town // 1000} Dongfeng")
    assert [find_village(world, place) for place in places] == [village] * len(places)


def test_a_village_never_listed_is_called_by_town_and_number(world):
    village = int(np.flatnonzero(world.villages.observed < 0)[5])
    name = world.name_of_village(village)
    where = int(world.counties.code[world.villages.county[village]])
    assert find_village(world, f"{name}, {where}") == village
    assert village_words(world, village).startswith(f"{name}, ")


def test_an_unknown_name_is_told_the_nearest(world):
    with pytest.raises(WorldError, match=r"found Dongfen, no village .* did you mean Dongfeng Village"):
        find_village(world, "Dongfen")
    with pytest.raises(WorldError, match=r"found 东风村, Yiwu, no village of this world"):
        find_village(world, "东风村, Yiwu")
    with pytest.raises(WorldError, match=r"found village 99999999, allowed is an index from 0 to \d+ or"):
        find_village(world, 99999999)
    with pytest.raises(WorldError, match="no village"):
        find_village(world, f"{world.towns.name_zh[0]} 9999")


@pytest.mark.parametrize("digits", ["²", "²" * 12, "9" * 30, "9" * 5000, "３" * 13])
def test_signs_that_are_no_number_and_numbers_beyond_reason_are_told(world, digits):
    for place in (digits, f"沙集镇 {digits}", f"东风村, {digits}", f"{digits} 东风村"):
        with pytest.raises(WorldError, match=r"no village of this world|found village"):
            find_village(world, place)
    with pytest.raises(WorldError, match="allowed is a county"):
        find_county(world, digits)


def test_digits_of_chinese_writing_are_digits(world):
    assert find_village(world, "１２") == 12
    assert find_village(world, "东风村, ３２０３２４") == find_village(world, "320324 东风村")


def test_a_village_of_another_county_is_told_to_lie_outside(world):
    told = (
        r"found 湾头村, a village of Boxing County \(371625, Shandong\), which lies outside the region of this run"
    )
    with pytest.raises(WorldError, match=told):
        find_village(world, "湾头村")


def test_a_name_of_several_lists_them_with_town_and_county(world):
    listed = np.flatnonzero(world.villages.observed >= 0)
    names = world.names_of_villages(listed)
    name = next(each for each in names if (names == each).sum() > 1)
    with pytest.raises(
        WorldError, match=rf"found {name}, the name of \d villages; write one of: \d{{9}} {name} \(.*;"
    ):
        find_village(world, name)
    chosen = listed[names == name]
    codes = world.towns.code[world.villages.town[chosen]]
    assert [find_village(world, f"{code} {name}") for code in codes] == chosen.tolist()


def test_counties(world):
    code = world.counties.code.tolist()
    for place in (371721, "371721", "曹县", "曹", "Cao County", "cao"):
        assert code[find_county(world, place)] == 371721
    with pytest.raises(WorldError, match=r"found Coa County, allowed is .*; did you mean Cao County"):
        find_county(world, "Coa County")
