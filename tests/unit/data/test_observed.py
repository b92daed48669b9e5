"""The shipped lists give the published counts at every level."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from sim.data import counties, observed_villages, products, provinces, towns


def listed(year: int) -> np.ndarray:
    table = observed_villages()
    return {2014: table.listed_2014, 2015: table.listed_2015}[year]


@pytest.mark.parametrize(("year", "n"), [(2014, 212), (2015, 780)])
def test_villages(year, n):
    assert listed(year).sum() == n


def test_villages_of_both_lists_and_new_ones():
    assert (listed(2014) & listed(2015)).sum() == 210
    assert (~listed(2014)).sum() == 570
    assert (~listed(2014) & ~observed_villages().same_name_pair).sum() == 569
    assert (listed(2014) | listed(2015)).all()


@pytest.mark.parametrize(("year", "n"), [(2014, 19), (2015, 71)])
def test_towns_with_three_or_more(year, n):
    per_town = Counter(observed_villages().town_code[listed(year)].tolist())
    assert sum(count >= 3 for count in per_town.values()) == n


@pytest.mark.parametrize(("year", "expected"), [(2014, (80, 0, 0)), (2015, (180, 25, 2))])
def test_counties_with_any_ten_and_thirty(year, expected):
    per_county = Counter(observed_villages().county_adcode[listed(year)].tolist())
    found = tuple(sum(count >= least for count in per_county.values()) for least in (1, 10, 30))
    assert found == expected


@pytest.mark.parametrize(("year", "n_prefectures", "n_provinces"), [(2014, 40, 10), (2015, 73, 17)])
def test_prefectures_and_provinces(year, n_prefectures, n_provinces):
    county = observed_villages().county_index[listed(year)]
    assert len(np.unique(counties().prefecture_index[county])) == n_prefectures
    assert len(np.unique(counties().province_index[county])) == n_provinces


def test_new_villages_where_2014_had_one():
    table, new = observed_villages(), ~listed(2014)
    county = table.county_index
    levels = (table.town_index, county, counties().prefecture_index[county])
    assert [int(np.isin(place[new], place[listed(2014)]).sum()) for place in levels] == [211, 362, 510]


def test_provinces_repeat_the_counts():
    for year, column in ((2014, provinces().observed_2014), (2015, provinces().observed_2015)):
        place = counties().province_index[observed_villages().county_index[listed(year)]]
        np.testing.assert_array_equal(np.bincount(place, minlength=31), column)


def test_every_listed_village_is_a_distinct_village_of_its_town():
    table, town = observed_villages(), towns()
    per_town = np.bincount(table.town_index, minlength=len(town))
    assert (per_town <= town.n_villages).all()
    extra = table.is_residents_committee | (table.placed_by == "zone")
    committees = np.bincount(table.town_index[~extra], minlength=len(town))
    beyond = np.maximum(committees - town.n_committees, 0)
    assert beyond.sum() == 1
    added = np.bincount(table.town_index[extra], minlength=len(town))
    np.testing.assert_array_equal(added + beyond, town.n_added)
    codes = table.village_code[table.village_code > 0]
    assert len(np.unique(codes)) == len(codes)
    np.testing.assert_array_equal(codes // 1000, table.town_code[table.village_code > 0])


def test_products_are_known_exactly_for_the_2014_list():
    table = observed_villages()
    np.testing.assert_array_equal(table.product_known, table.listed_2014)
    assert set(table.product[~table.listed_2014]) == {""}
    counts = Counter(table.product[table.listed_2014].tolist())
    assert counts == Counter(dict(zip(products().product, products().villages_2014.tolist(), strict=True)))


def test_pioneers():
    table = observed_villages()
    known = table.pioneer_year > 0
    found = {
        (name, int(year), bool(flag))
        for name, year, flag in zip(
            table.name_zh[known], table.pioneer_year[known], table.listed_2014[known], strict=True
        )
    }
    assert dict(zip(table.name_zh[known], table.pioneer_product[known], strict=True)) == {
        "东风村": "furniture",
        "青岩刘村": "",
        "丁楼村": "clothing",
        "张庄村": "clothing",
        "新华村": "crafts",
    }
    assert set(table.pioneer_product[~known]) == {""}
    assert found == {
        ("东风村", 2006, True),
        ("青岩刘村", 2007, True),
        ("丁楼村", 2009, True),
        ("张庄村", 2009, True),
        ("新华村", 2007, False),
    }
