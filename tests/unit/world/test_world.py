"""Worlds of real and invented regions: nesting, lasting numbers, who is listed, and what seeds change."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from sim.data import counties, observed_villages, towns
from sim.errors import ScenarioError
from sim.scenario import Scenario
from sim.world import build_world, real, resolve_region

CAO, SUINING = 371721, 320324


def scenario(region, **changes):
    changes = {name.replace("__", "."): value for name, value in changes.items()}
    return Scenario.from_mapping({"start": "2009-01", "end": "2015-12", "region": region} | changes)


def synthetic(villages=40, households_per_village=30, towns=8, counties=3):
    return {
        "synthetic": {
            "villages": villages,
            "households_per_village": households_per_village,
            "towns": towns,
            "counties": counties,
        }
    }


REGIONS = {"real": {"counties": [CAO, SUINING]}, "synthetic": synthetic()}


@pytest.fixture(params=REGIONS.values(), ids=REGIONS.keys())
def world(request):
    return build_world(scenario(request.param))


def test_villages_lie_in_towns_and_towns_in_counties(world):
    villages, places = world.villages, world.towns
    assert (places.county[villages.town] == villages.county).all()
    assert (np.diff(villages.town) >= 0).all()
    assert (np.diff(places.county) >= 0).all()
    assert set(villages.county.tolist()) == set(range(world.n_counties))
    assert world.villages_in_county.sum() == world.n_villages
    first = np.concatenate(([0], np.cumsum(villages.households)))
    assert world.first_household.tolist() == first.tolist()
    for household in (0, int(first[1]) - 1, int(first[1]), world.n_households - 1):
        assert first[world.village_of_household(household)] <= household
        assert household < first[world.village_of_household(household) + 1]


def test_every_column_has_one_length_and_cannot_be_written(world):
    for table, n in ((world.counties, world.n_counties), (world.towns, world.n_towns)):
        check_columns(table, n)
    check_columns(world.villages, world.n_villages)


def check_columns(table, n):
    for column in fields(table):
        values = getattr(table, column.name)
        assert not values.flags.writeable, column.name
        if column.name != "internet_years":
            assert len(values) == n, column.name
        if values.dtype.kind == "f":
            assert np.isfinite(values).all(), column.name


def test_villages_lie_near_their_seat(world):
    assert (world.villages.seat_km < 200).all()
    assert (world.villages.seat_km > 0).any()


def test_a_town_counts_its_listed_villages(world):
    villages = world.villages
    listed_towns = villages.town[villages.listed].tolist()
    expected = [listed_towns.count(town) for town in villages.town.tolist()]
    assert villages.listed_in_town.tolist() == expected
    assert villages.listed.any()


@pytest.mark.parametrize("region", REGIONS.values(), ids=REGIONS.keys())
def test_worlds_are_shared_and_do_not_depend_on_the_history(region):
    base = build_world(scenario(region))
    assert build_world(scenario(region, history_seed=9, adoption__imitation=0.5)) is base
    other = build_world(scenario(region, world_seed=1))
    assert other.villages.households.tolist() != base.villages.households.tolist()
    assert other.villages.uid.tolist() == base.villages.uid.tolist()
    assert np.corrcoef(other.villages.deviate, base.villages.deviate)[0, 1] < 0.6


def test_seats_of_counties_are_looked_at_once_in_a_process(monkeypatch):
    looked, radius = [], real.county_radius_km

    def noted(lon, lat):
        looked.append(lon.size)
        return radius(lon, lat)

    real._county_radius_km.cache_clear()
    monkeypatch.setattr(real, "county_radius_km", noted)
    one, another = (build_world(scenario({"counties": [CAO]}, world_seed=seed)) for seed in (811, 812))
    assert looked == [len(counties())]
    assert one is not another
    assert np.array_equal(one.villages.lon, another.villages.lon)
    assert not real._county_radius_km().flags.writeable


def test_lasting_numbers_of_all_of_china_are_different_and_small_enough():
    table = towns()
    assert int(table.n_villages.max()) <= 1000
    assert np.unique(table.town_code).size == table.town_code.size
    assert int(table.town_code.max()) * 1000 + 999 < 2**40


@pytest.mark.parametrize("size", [{}, {"villages": 300, "towns": 2, "counties": 1}])
def test_lasting_numbers_of_invented_villages_are_different(size):
    world = build_world(scenario(synthetic(**size)))
    assert np.unique(world.villages.uid).size == world.n_villages
    assert np.unique(world.towns.code).size == world.n_towns


@pytest.mark.parametrize(
    "size",
    [{"villages": 2200, "towns": 2, "counties": 1}, {"villages": 2200, "towns": 2200, "counties": 2}],
    ids=["many villages in a town", "many towns in a county"],
)
def test_lasting_numbers_of_many_invented_villages_are_different(size):
    world = build_world(scenario(synthetic(households_per_village=4, **size)))
    assert np.unique(world.villages.uid).size == world.n_villages


def test_lasting_numbers_of_invented_villages_fit_the_counters():
    # household_counter promises distinct counters for numbers below 2**40 only.
    assert int(build_world(scenario(synthetic())).villages.uid.max()) < 2**40


def test_a_village_makes_what_its_known_first_shop_sold_and_its_neighbours_do_not():
    # Xinhua, Heqing: not on the list of 2014, but its silver shop of 2007 is a fact.
    for seed in range(3):
        world = build_world(scenario({"counties": [532932]}, world_seed=seed, world__household_scale=0.05))
        villages = world.villages
        (xinhua,) = np.flatnonzero(villages.pioneer_year > 0)
        assert world.products[villages.product[xinhua]] == "crafts"
        others = (villages.town == villages.town[xinhua]) & (np.arange(world.n_villages) != xinhua)
        assert np.unique(villages.product[others]).size == 1


def test_the_world_is_what_was_known_in_2014():
    world = build_world(scenario(REGIONS["real"]))
    villages, observed = world.villages, observed_villages()
    known = villages.observed[villages.listed]
    assert observed.listed_2014[known].all()
    in_region = np.isin(observed.county_adcode, [CAO, SUINING])
    assert villages.listed.sum() == (observed.listed_2014 & in_region).sum()
    # a village that only the list of 2015 names has nothing of its own: the product is its town's, no pioneer
    late = np.flatnonzero((villages.observed >= 0) & ~villages.listed)
    assert late.size > 0
    assert not villages.pioneer_year[late].any()
    for village in late.tolist():
        others = (villages.town == villages.town[village]) & ~villages.listed
        assert set(villages.product[others].tolist()) == {int(villages.product[village])}
    assert world.counties.internet_years.max() <= 2015.0  # the end of 2014


def test_a_listed_village_is_near_itself():
    villages = build_world(scenario(REGIONS["real"])).villages
    assert villages.nearness[villages.listed].min() > 0.99


def test_a_county_is_the_same_alone_and_in_company():
    both = build_world(scenario(REGIONS["real"]))
    alone = build_world(scenario({"counties": [CAO]}))
    there = both.counties.code[both.villages.county] == CAO
    for name in ("uid", "households", "lon", "lat", "product", "listed", "nearness", "deviate", "pioneer_year"):
        assert np.array_equal(getattr(both.villages, name)[there], getattr(alone.villages, name)), name


def test_names_are_those_of_the_list_or_of_the_town():
    world = build_world(scenario({"counties": [SUINING]}))
    names = {world.name_of_village(village) for village in range(world.n_villages)}
    assert "东风村" in names
    village = int(np.flatnonzero(world.villages.observed < 0)[0])
    town = world.towns.name_zh[world.villages.town[village]]
    assert world.name_of_village(village).startswith(f"{town} ")


def test_households_scale():
    half = build_world(scenario({"counties": [CAO]}, world__household_scale=0.5))
    full = build_world(scenario({"counties": [CAO]}))
    assert half.n_households == pytest.approx(full.n_households / 2, rel=0.01)


def test_regions_by_code_and_name():
    by_code = resolve_region(scenario({"counties": [CAO]}))
    assert counties().adcode[by_code].tolist() == [CAO]
    assert resolve_region(scenario({"counties": ["曹县"]})).tolist() == by_code.tolist()
    assert resolve_region(scenario("china")).tolist() == list(range(len(counties())))
    zhejiang = resolve_region(scenario({"provinces": ["浙江省"]}))
    assert set((counties().adcode[zhejiang] // 10_000).tolist()) == {33}
    assert resolve_region(scenario(synthetic())).size == 0


def test_unknown_places_are_named_together_with_their_nearest():
    with pytest.raises(ScenarioError) as caught:
        resolve_region(scenario({"provinces": ["Zhejian", "Shandong", "Nowhereland"]}))
    first, second = (str(problem) for problem in caught.value.problems)
    assert "found Zhejian, allowed is a province" in first
    assert "did you mean Zhejiang" in first
    assert "Nowhereland" in second


def test_an_ending_in_pinyin_is_read_as_the_tables_write_it():
    for typed, meant in (("Caoxian", "Cao County"), ("Boxing xian", "Boxing County"), ("Yiwushi", "Yiwu City")):
        with pytest.raises(ScenarioError, match=f"found {typed}, allowed is .*; did you mean {meant}"):
            resolve_region(scenario({"counties": [typed]}))
