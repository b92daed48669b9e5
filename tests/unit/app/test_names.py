"""Names of places with and without Chinese characters."""

from __future__ import annotations

import pytest

from sim.app.names import has_hanzi, latin, spelt_story, unit_names, village_name
from sim.plotting.maps import map_units
from sim.runner import run
from sim.scenario import Scenario


@pytest.fixture(scope="module")
def town():
    """Some months of one real county."""
    return run(
        Scenario.from_mapping(
            {"start": "2014-11", "end": "2014-12", "region": {"counties": [371721]}, "world.household_scale": 0.01}
        )
    )


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Cao County", "Cao County"),
        ("丁楼村 (Dinglou Village), 大集镇, Cao County", "Dinglou Village, Cao County"),
        ("Cao County 曹县, Shandong", "Cao County, Shandong"),
        ("曹县", ""),
    ],
)
def test_latin_letters_alone(text, left):
    assert latin(text) == left


def test_a_listed_village_has_its_name_in_latin_letters_another_its_number(town):
    world = town.world
    listed = int((world.villages.observed >= 0).argmax())
    other = int((world.villages.observed < 0).argmax())
    for village in (listed, other):
        assert has_hanzi(village_name(world, village, hanzi=True))
        words = village_name(world, village, hanzi=False)
        assert not has_hanzi(words)
        assert words.endswith(", Cao County")
    code = world.towns.code[world.villages.town[other]]
    assert f"of town {code}" in village_name(world, other, hanzi=False)
    assert "of town" not in village_name(world, listed, hanzi=False)


def test_units_of_the_map_have_names(town):
    units = map_units(town)
    assert units.level == "town"
    assert all(has_hanzi(name) for name in unit_names(town, units, hanzi=True))
    assert not any(has_hanzi(name) for name in unit_names(town, units, hanzi=False))


def test_a_story_has_no_character_left(town):
    world = town.world
    village = int((world.villages.observed >= 0).argmax())
    content = {
        "village": {"index": village, "words": village_name(world, village, hanzi=True), "name": "丁楼村"},
        "lineage": [
            {"village": village + 1, "words": village_name(world, village + 1, hanzi=True), "month": "2010-01"}
        ],
        "openings": 3,
    }
    spelt = spelt_story(world, content, hanzi=False)
    assert not has_hanzi(repr(spelt))
    assert spelt["openings"] == 3
    assert spelt["lineage"][0]["month"] == "2010-01"
    assert spelt["village"]["words"] == village_name(world, village, hanzi=False)
    assert spelt_story(world, content, hanzi=True) is content
