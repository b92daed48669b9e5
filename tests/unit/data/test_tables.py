"""Ranges, references and closure for writing of the shipped tables."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from sim import data
from sim.data import columns, tables

LINES = ["code,name", '1,"a, b"', "2,", "3,c"]

LOADERS = ("counties", "towns", "observed_villages", "provinces", "products", "express", "rollout")
SHARES = (
    "emp_manuf_share",
    "emp_trade_share",
    "emp_agri_share",
    "emp_ict_share",
    "emp_transport_share",
    "age15_39_share",
    "inmigrants_other_province_share",
    "rural_share",
)


def arrays(table):
    values = {field.name: getattr(table, field.name) for field in dataclasses.fields(table)}
    return {name: value for name, value in values.items() if isinstance(value, np.ndarray)}


def test_a_table_is_read_by_columns(monkeypatch):
    monkeypatch.setattr(columns, "shipped_bytes", lambda _: "\n".join(LINES).encode())
    assert columns.read_columns("x.csv") == {"code": ("1", "2", "3"), "name": ("a, b", "", "c")}
    monkeypatch.setattr(columns, "shipped_bytes", lambda _: b"code,name\n")
    assert columns.read_columns("x.csv") == {"code": (), "name": ()}


@pytest.mark.parametrize(
    "lines",
    [
        [*LINES, "4"],
        [*LINES, "4,d,e"],
        [*LINES, "4", "5,d,e"],  # as many fields as there should be
        ["code,name", "1,2,3", "", "4,d"],
        ["code,name", '1,"a', "b,c"],
    ],
)
def test_lines_of_another_width_are_refused(monkeypatch, lines):
    monkeypatch.setattr(columns, "shipped_bytes", lambda _: "\n".join(lines).encode())
    with pytest.raises(ValueError, match=r"^x\.csv: lines have other numbers of columns than the 2"):
        columns.read_columns("x.csv")


@pytest.mark.parametrize("name", LOADERS)
def test_columns_are_read_only_and_of_one_length(name):
    table = getattr(data, name)()
    for column, array in arrays(table).items():
        if column != "internet_years":
            assert len(array) == len(table), column
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[0]


@pytest.mark.parametrize("name", LOADERS)
def test_loaders_keep_one_table_and_read_the_same_again(name):
    loader = getattr(tables, name)
    assert loader() is loader()
    again = loader.__wrapped__()
    for column, array in arrays(loader()).items():
        np.testing.assert_array_equal(array, getattr(again, column))


def test_county_totals():
    table = data.counties()
    assert len(table) == 2740
    assert table.n_villages.sum() == 554_108
    assert table.rural_households.sum() == 204_638_877
    assert (np.diff(table.adcode) > 0).all()


@pytest.mark.parametrize("name", SHARES)
def test_shares_lie_between_0_and_1(name):
    share = getattr(data.counties(), name)
    assert ((share >= 0) & (share <= 1)).all()


def test_county_ranges():
    table = data.counties()
    total = sum(getattr(table, name) for name in SHARES if name.startswith("emp_"))
    assert total.max() <= 1.0001
    assert (table.net_outflow_rate <= 1).all()
    assert ((table.lon > 73) & (table.lon < 136) & (table.lat > 18) & (table.lat < 54)).all()
    assert ((table.hh_size > 2) & (table.hh_size < 7)).all()
    assert ((table.school_years >= 2) & (table.school_years < 14)).all()
    for array in arrays(table).values():
        if array.dtype == np.float64:
            assert np.isfinite(array).all()


def test_households_per_village_are_plausible():
    table = data.counties()
    per_village = table.rural_households / table.n_villages
    assert per_village.min() > 10
    assert per_village.max() <= 2000
    assert set(table.rural_households_basis) == {"census", "split", "estimated", "capped"}
    assert (table.rural_households_basis == "census").sum() > 2600


def test_filled_names_columns():
    table = data.counties()
    named = {name for text in table.filled for name in text.split()}
    assert named == {"pop_2010", "emp_trade_share"}


def test_towns_add_up_to_counties():
    county, town = data.counties(), data.towns()
    np.testing.assert_array_equal(county.adcode[town.county_index], town.county_adcode)
    summed = np.bincount(town.county_index, weights=town.n_villages, minlength=len(county))
    np.testing.assert_array_equal(summed, county.n_villages)
    np.testing.assert_array_equal(np.bincount(town.county_index, minlength=len(county)), county.n_towns)
    np.testing.assert_array_equal(town.n_villages, town.n_committees + town.n_added)
    np.testing.assert_array_equal(town.town_code // 1000, town.county_adcode)
    assert town.n_villages.min() >= 1
    assert town.n_added.sum() == 71


def test_codes_nest():
    table = data.counties()
    np.testing.assert_array_equal(table.adcode // 100, table.prefecture_code)
    np.testing.assert_array_equal(table.prefecture_code // 100, table.province_code)
    np.testing.assert_array_equal(table.province_codes, data.provinces().province_code)
    np.testing.assert_array_equal(table.prefecture_codes[table.prefecture_index], table.prefecture_code)


def test_observed_places_exist():
    table = data.observed_villages()
    np.testing.assert_array_equal(data.towns().town_code[table.town_index], table.town_code)
    np.testing.assert_array_equal(data.towns().county_index[table.town_index], table.county_index)


def test_index_of_finds_codes_and_refuses_others():
    table = data.counties()
    assert table.name_zh[table.index_of(371721)] == "曹县"
    assert data.towns().name_zh[data.towns().index_of(320324109)].startswith("沙集")
    for missing in (0, 371799, 999999):
        with pytest.raises(KeyError):
            table.index_of(missing)
        with pytest.raises(KeyError):
            data.towns().index_of(missing)


def test_internet_rises_in_every_province():
    table = data.provinces()
    assert table.internet_percent.shape == (31, 7)
    assert table.internet_years.tolist() == list(range(2010, 2017))
    assert (table.internet_percent[:, -1] > table.internet_percent[:, 0]).all()


def test_express_price_falls():
    table = data.express()
    nation = table.yuan_per_item[table.level == "nation"]
    assert (np.diff(nation) < 0).all()


def test_rollout_names_known_facts_and_counties():
    table = data.rollout()
    assert all(fact in data.facts() for text in table.facts for fact in text.split())
    assert table.stations[table.month == "2015-12"].tolist() == [9278.0]
    for code in table.county_adcode[table.county_adcode > 0]:
        data.counties().index_of(int(code))


def test_facts():
    facts = data.facts()
    assert len(facts) == 211
    assert facts["F123"].number == 10.0
    assert np.isnan(facts["F047"].number)
    assert "F060" not in facts
    assert all(not re.search(r"\d{3}_[0-9a-f]{16}|\.txt", fact.source) for fact in facts.rows)


def test_data_hash_depends_on_every_table(monkeypatch):
    usual = data.data_hash()
    assert re.fullmatch(r"[0-9a-f]{64}", usual)
    assert tables.data_hash.__wrapped__() == usual

    def changed(name):
        return columns.shipped_bytes(name) + (b"x" if name == "towns.csv.gz" else b"")

    monkeypatch.setattr(tables, "shipped_bytes", changed)
    assert tables.data_hash.__wrapped__() != usual
