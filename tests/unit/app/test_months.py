"""What a result says of each month agrees with its tables."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from sim.app.months import Months
from sim.app.numbers import caption, lines, table


@pytest.fixture(scope="module")
def months(result, units):
    return Months(result, units)


def test_months_have_names_and_ends(months):
    assert (months.label(0), months.label(months.n_months - 1)) == ("2009-03", "2011-06")
    assert months.decimal_year[9] == pytest.approx(2010.0)  # the end of December 2009


def test_the_last_december_is_the_one_that_is_over(months):
    assert [int(months.december[month]) for month in (0, 8, 9, 20, 21, 27)] == [0, 0, 2009, 2009, 2010, 2010]


def test_shops_by_unit_and_village_add_up_to_the_national_number(months):
    shops = months.national("shops")
    assert shops[-1] > shops[0]
    assert np.array_equal(months.shops_by_unit.sum(axis=1), shops)
    assert months.shops_by_village(13).sum() == shops[13]
    last = months.shops_by_village(months.n_months - 1)
    assert np.array_equal(last[np.argsort(months.result.world.villages.uid)], months.shops_by_unit[-1])


@pytest.mark.parametrize("level", ["county", "town"])
def test_units_may_be_counties_or_towns(months, units, level):
    lists = {"county": ("county_list", "county"), "town": ("town_list", "town")}
    table_name, column = lists[level]
    code = months.result.columns(table_name)[column][::-1]  # units need not be in order
    other = Months(months.result, dataclasses.replace(units, level=level, code=code))
    assert np.array_equal(other.shops_by_unit.sum(axis=1), months.national("shops"))
    if level == "county":
        counties = months.result.columns("counties")
        mine = counties["shops"][counties["county"] == code[0]]
        assert np.array_equal(other.shops_by_unit[:, 0], mine)


def test_taobao_villages_are_those_of_the_last_december(months):
    assert months.villages_by_unit(8).sum() == 0
    recognised = months.result.columns("villages")
    for month, year in ((9, 2009), (20, 2009), (27, 2010)):
        n = np.count_nonzero(recognised["recognised"] & (recognised["year"] == year))
        assert months.villages_by_unit(month).sum() == n == months.counted("villages", month)[0]
    assert months.counted("villages", 27)[0] > 0
    assert np.isnan(months.counted("villages", 0)[0])


def test_the_busiest_village_has_most_shops_of_its_unit(months, units):
    towns = months.result.columns("town_list")["town"]
    by_town = Months(months.result, dataclasses.replace(units, level="town", code=towns))
    shops = by_town.shops_by_village(27)
    inside = np.flatnonzero(by_town.unit_of_village == 1)
    assert shops[by_town.busiest_village(1, 27)] == shops[inside].max() > 0


def test_the_table_has_both_runs_and_their_difference(months, cheaper, units):
    other = Months(cheaper, units)
    rows = {line.words: line for line in lines(months, other, 27)}
    assert rows["active shops"].baseline == months.national("shops")[27]
    assert rows["active shops"].policy == other.national("shops")[27]
    assert rows["mean parcel cost"].policy < rows["mean parcel cost"].baseline
    text = table(lines(months, other, 27), caption(months, 27), with_observed=False)
    assert "observed" not in text
    assert "as counted in December 2010" in text
    by = int(rows["active shops"].policy - rows["active shops"].baseline)
    assert f"<td>{by:+,} <small>(".replace("-", "−") in text
    none = table(lines(months, other, 0), caption(months, 0), with_observed=True)
    assert "none is over yet" in none
    assert "<td class='observed'>–</td>" in none
