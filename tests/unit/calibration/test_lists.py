"""A user's list is read as counts or as villages, and its mistakes are told with their lines."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.calibration.history import list_counts, places_of
from sim.calibration.lists import earlier_counts, read_list
from sim.errors import ScenarioError


@pytest.fixture(scope="module")
def places():
    return places_of(
        sim.Scenario.from_mapping({"start": "2013-01", "end": "2015-12", "region": {"counties": [371721, 330782]}})
    )


def written(tmp_path, text):
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_counts_and_villages_give_the_same(tmp_path, places):
    counts = written(tmp_path, "county_adcode,count\n371721,2\n330782,1\n350583,0\n")
    expected = np.where(places.code == 371721, 2.0, 1.0)
    np.testing.assert_array_equal(read_list(counts, places, 2016), expected)
    rows = "name,county_adcode,listed_2016\na,371721,1\nb,371721,true\nc,330782,yes\nd,330782,0\ne,350583,1\n"
    np.testing.assert_array_equal(read_list(written(tmp_path, rows), places, 2016), expected)


def test_the_shipped_list_reads_as_a_list_of_a_user(tmp_path, places):
    from importlib.resources import files

    text = files("sim.data").joinpath("observed_villages.csv").read_text(encoding="utf-8")
    found = read_list(written(tmp_path, text), places, 2014)
    np.testing.assert_array_equal(found, list_counts(places, 2014))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("county,count\n371721,2\n", r"list.csv:1:1: found columns county, count, needed is county_adcode"),
        ("county_adcode,count\n371799,2\n", r"list.csv:2:1: found county '371799'"),
        ("county_adcode,count\n371721,2\n371721,3\n", r"list.csv:3:1: county 371721 stands twice"),
        ("county_adcode,count\n371721,two\n", r"list.csv:2:1: found 'two' villages"),
        ("county_adcode,listed_2016\n371721,maybe\n", r"list.csv:2:1: found listed_2016 'maybe'"),
        ("", "found columns none"),
        ("county_adcode,count,count\n371721,2,3\n", r"list.csv:1:1: the column count stands twice; remove one"),
        ("county_adcode,count\n371721\n", r"list.csv:2:1: found a row of another length, allowed are 2 cells"),
        ("county_adcode,count\n371721,1,2\n", r"list.csv:2:1: found a row of another length"),
        ("county_adcode,listed_2016,name\n371721\n", r"list.csv:2:1: found a row of another length"),
        (
            "county_adcode,count\n371721,-1\n",
            r"list.csv:2:1: found '-1' villages, allowed is a whole number from 0",
        ),
        ("county_adcode,count\n371721,nan\n", r"list.csv:2:1: found 'nan' villages"),
        ("county_adcode,count\n371721,inf\n", r"list.csv:2:1: found 'inf' villages"),
        ("county_adcode,count\n371721,1e3\n", r"list.csv:2:1: found '1e3' villages"),
        ("county_adcode,count\n371721,²\n", r"list.csv:2:1: found '²' villages"),
        ("county_adcode,count\n371721,１\n", r"list.csv:2:1: found '１' villages"),
        (f"county_adcode,count\n371721,{'9' * 5000}\n", r"list.csv:2:1: found '999+\.\.\.' villages"),
        ("county_adcode,count\n３71721,1\n", r"list.csv:2:1: found county '３71721'"),
        ("county_adcode,count\nnan,1\n", r"list.csv:2:1: found county 'nan'"),
        ("county_adcode,count\n-371721,1\n", r"list.csv:2:1: found county '-371721'"),
        (f"county_adcode,count\n371721,{'x' * 200_000}\n", r"list.csv:1:1: is no table separated by commas"),
        ('county_adcode,count\n"371721,1\n', r"list.csv:1:1: is no table separated by commas"),
        ("county_adcode,count\n371721,1\n" * 2 + "x" * 20_000_000, "found more than 20,000,000 bytes"),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path, places, text, told):
    with pytest.raises(ScenarioError, match=told):
        read_list(written(tmp_path, text), places, 2016)


def test_every_mistake_is_told_at_once(tmp_path, places):
    with pytest.raises(ScenarioError) as caught:
        read_list(written(tmp_path, "county_adcode,count\nx,1\n371721,-1\n"), places, 2016)
    assert [problem.place.line for problem in caught.value.problems] == [2, 3]
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(ScenarioError, match="cannot be read"):
            read_list(path, places, 2016)
    (tmp_path / "list.csv").write_bytes("county_adcode,count\n371721,1\n曹县".encode("gbk"))
    with pytest.raises(ScenarioError, match="no text in UTF-8"):
        read_list(tmp_path / "list.csv", places, 2016)


def test_a_cell_in_quotes_may_hold_line_ends(tmp_path, places):
    text = 'name,county_adcode\r\n"a\nb",371721\r\n"c\u2028d",371721\r\n'
    assert (
        read_list(written(tmp_path, text), places, 2016).tolist() == np.where(places.code == 371721, 2, 0).tolist()
    )


def test_the_earlier_list_is_the_last_one_before_the_year(places):
    assert earlier_counts(places, 2015)[0] == 2014
    year, counts = earlier_counts(places, 2018)
    assert (year, counts.sum()) == (2015, 37 + 34)
    assert earlier_counts(places, 2014) is None
