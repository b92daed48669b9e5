"""Simulated beside observed."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.data import counties
from sim.metrics.observed import observed_patterns
from sim.results.comparison import PATTERN_WORDS, december_years, observed_in
from sim.scenario import Scenario


def test_observed_of_all_counties_is_the_national_list():
    assert observed_in({"county": counties().adcode}) == observed_patterns()


def test_every_pattern_has_words():
    assert {name for name, _, _ in observed_patterns().rows()} == set(PATTERN_WORDS)


def test_observed_of_one_county(cao_result):
    table = cao_result.observed_comparison.set_index(["pattern", "year"])
    assert table.loc[("villages", 2014), "observed"] == 7
    assert table.loc[("villages", 2015), "observed"] == 34
    assert table.loc[("large_cluster_counties", 2015), "observed"] == 1
    assert table.loc[("new_villages", 2015), "observed"] == 26  # of the 34, one is counted under two spellings
    row = table.loc[("villages", 2015)]
    assert row["difference"] == row["simulated"] - row["observed"]
    assert set(table.index.get_level_values("year")) == {2014, 2015}


def test_patterns_count_the_villages_of_the_table(cao_result):
    villages = cao_result.villages.query("recognised and year == 2015")
    patterns = cao_result.patterns.query("year == 2015").set_index("pattern")["simulated"]
    assert patterns["villages"] == len(villages) > 0
    assert patterns["taobao_towns"] == (villages.groupby("town").size() >= 3).sum()
    before = set(cao_result.villages.query("recognised and year == 2014")["uid"])
    assert patterns["staying_villages"] == villages["uid"].isin(before).sum()
    towns = cao_result.towns.query("year == 2015")
    assert towns["taobao_villages"].sum() == len(villages)
    assert towns["taobao_town"].sum() == patterns["taobao_towns"]


def test_provinces(cao_result):
    table = cao_result.provinces.set_index("year")
    assert table["province_en"].unique().tolist() == ["Shandong"]
    assert table.loc[[2014, 2015], "observed"].tolist() == [7, 34]
    assert np.isnan(table.loc[2013, "observed"])
    assert table.loc[2015, "simulated"] == cao_result.villages.query("recognised and year == 2015").shape[0]


def test_a_place_without_listed_villages_was_observed_to_have_none():
    mapping = {"start": "2014-11", "end": "2015-12", "region": {"provinces": ["Tibet"]}}
    result = sim.run(Scenario.from_mapping(mapping))
    assert result.patterns["observed"].dropna().unique().tolist() == [0.0]
    assert len(result.observed_comparison) == len(result.patterns) > 0


def test_an_invented_world_has_nothing_observed(small_result):
    assert small_result.patterns["observed"].isna().all()
    assert small_result.observed_comparison.empty
    later = sim.run(small_result.scenario.replace({"start": "2014-12", "end": "2015-12"}))
    assert set(later.patterns["year"]) == {2014, 2015}
    assert later.patterns["observed"].isna().all()
    assert later.provinces["observed"].isna().all()


@pytest.mark.parametrize(
    ("start", "end", "years"), [("2009-01", "2010-11", [2009]), ("2009-12", "2010-12", [2009, 2010])]
)
def test_december_years(start, end, years):
    assert december_years(Scenario.from_mapping({"start": start, "end": end})) == years
