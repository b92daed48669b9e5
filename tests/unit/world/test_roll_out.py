"""A user's table of the roll-out: what it may say, and every mistake at its line and column."""

# ruff: noqa: E501, ISC004 -- messages stand as a user sees them

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.errors import ScenarioError
from sim.scenario import Scenario, parse_month
from sim.world import build_world, named_openings

RUN = {"start": "2014-01", "end": "2015-12", "region": {"counties": [330122]}}
TONGLU, MINQING, CAO = 330122, 350124, 371721
ALLOWED = "allowed is a county by code, Chinese or English name"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def scenario_of(content, **changes):
    raw = content if isinstance(content, bytes) else content.encode()
    Path("mine.csv").write_bytes(raw)
    return Scenario.from_mapping(RUN | {"roll_out": "mine.csv"} | changes)


def messages(content):
    with pytest.raises(ScenarioError) as caught:
        named_openings(scenario_of(content))
    return [str(problem) for problem in caught.value.problems]


def test_counties_by_code_chinese_and_english_name_in_any_order_of_columns():
    text = 'stations,month,county,source\n4,2014-10,330122,"press, page 3"\n,2015-01,闽清县,\n0,2015-02,cao county,x\n'
    openings = named_openings(scenario_of(text))
    assert openings.code.tolist() == [TONGLU, MINQING, CAO]
    assert openings.month.tolist() == [parse_month(month) for month in ("2014-10", "2015-01", "2015-02")]
    assert np.array_equal(openings.stations, [4, np.nan, 0], equal_nan=True)
    assert np.isnan(openings.months_to_fill).all()


def test_windows_line_ends_a_mark_at_the_start_and_empty_lines_are_read():
    raw = b"\xef\xbb\xbfcounty,month,months_to_fill\r\n\r\n330122 , 2014-10,2.5\r\n\r\n"
    openings = named_openings(scenario_of(raw))
    assert (openings.code.tolist(), openings.months_to_fill.tolist()) == ([TONGLU], [2.5])


def test_all_mistakes_at_once_in_the_order_of_the_file():
    text = (
        "county,month,station,months_to_fill\n"
        "Tonglu,2014-13,4,\n"
        "Tongluu,2014-10,,-3\n"
        "330122,2015-01,,\n"
        "白云区,2014-10,,abc\n"
        "Minqing,,1\n"
    )
    assert messages(text) == [
        "mine.csv:1:14: found the column 'station', which is not known; did you mean stations?",
        "mine.csv:2:8: month: found the text '2014-13', allowed is a month such as 2009-01; write year and month as "
        "2009-01",
        f"mine.csv:3:1: county: found Tongluu, {ALLOWED}; did you mean Tonglu County?",
        "mine.csv:3:18: months_to_fill: found -3, allowed is a number from 0.1 to 120 (months)",
        "mine.csv:4:1: the county 330122 stands twice, first in line 2; remove one",
        "mine.csv:5:1: county: found 白云区, the name of 2 counties; use one of the codes 440111 (Guangzhou, "
        "Guangdong), 520113 (Guiyang, Guizhou)",
        "mine.csv:5:14: months_to_fill: found the text 'abc', allowed is a number from 0.1 to 120 (months)",
        "mine.csv:6:10: found 3 cells, allowed are 4 as in the header; is a comma too many or missing?",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", ["mine.csv: found an empty file, allowed is a table with the columns county, month"]),
        (
            "county,month\n330122,2014-10,8\n",
            ["mine.csv:2:16: found 3 cells, allowed are 2 as in the header; is a comma too many or missing?"],
        ),
        ("county,month\n", ["mine.csv: found no county below the header; add a line"]),
        (
            "county\n330122\n",
            [
                "mine.csv:1:1: the column month is missing; the columns are county, month, stations, months_to_fill, "
                "source; the first two must be there"
            ],
        ),
        (
            "county,month,month\n330122,2014-10,2014-11\n",
            ["mine.csv:1:14: the column month stands twice; remove one"],
        ),
        (
            "county,month,stations\n330122,2014-10,1.5\n",
            ["mine.csv:2:16: stations: found the text '1.5', allowed is a whole number of stations"],
        ),
        (
            "county,month,stations\n330122,2014-10,nan\n",
            ["mine.csv:2:16: stations: found not-a-number, allowed is a number from 0 to 2000 (stations)"],
        ),
        ('county,month\n330122,"2014-10\n', ["mine.csv:2:8: found a quote that is never closed"]),
        (
            "county,month\n闽清".encode("gbk"),
            ["mine.csv:2:1: found the byte 0xc3, allowed is text in UTF-8; save the file as UTF-8"],
        ),
    ],
)
def test_the_message_of(content, expected):
    assert messages(content) == expected


def test_semicolons_are_named_as_the_cause():
    assert messages("county;month\n330122;2014-10\n")[0] == (
        "mine.csv:1:1: found the column 'county;month', which is not known; separate columns by commas"
    )


def test_a_cell_after_a_quoted_one_over_two_lines_has_its_own_line():
    text = 'source,county,month\n"two\nlines",Tongluu,2014-10\n'
    assert messages(text) == [f"mine.csv:3:8: county: found Tongluu, {ALLOWED}; did you mean Tonglu County?"]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("other.csv", "python: roll_out: there is no file 'other.csv'; check the path"),
        ("../mine.csv", "allowed are files beside the scenario or below it; copy the table there"),
        ("/etc/hosts", "allowed is a path relative to the scenario file"),
        (3, "python: roll_out: found 3, allowed is text; put it in quotes"),
    ],
)
def test_a_path_that_leads_nowhere_or_away(path, told):
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_mapping(RUN | {"roll_out": path})
    assert told in str(caught.value)


def test_a_table_needs_a_real_region_and_the_programme():
    text = "county,month\n330122,2014-10\n"
    invented = {"synthetic": {"villages": 4, "households_per_village": 50, "towns": 2, "counties": 1}}
    with pytest.raises(ScenarioError, match="roll_out: names counties of China, but the region is invented"):
        build_world(scenario_of(text, region=invented))
    with pytest.raises(ScenarioError, match="roll_out: has no effect, because programme is off in every month"):
        scenario_of(text, mechanisms={"programme": False})
    with pytest.raises(ScenarioError, match=r"programme\.first_month: has no effect, because roll_out says"):
        scenario_of(text, **{"programme.first_month": "2014-01"})
    # Switching off what a file has is no contradiction.
    assert not scenario_of(text).replace({"mechanisms.programme": False}).mechanisms["programme"]
    assert scenario_of(text).replace({"roll_out": None}).roll_out is None


def test_the_content_and_not_the_name_decides_the_fingerprint(folder):
    text = "county,month\n330122,2014-10\n"
    one = scenario_of(text)
    (folder / "same.csv").write_text(text, encoding="utf-8")
    assert one.replace({"roll_out": "same.csv"}).fingerprint == one.fingerprint
    assert scenario_of(text.replace("10", "11")).fingerprint != one.fingerprint
    assert one.replace({"roll_out": None}).fingerprint != one.fingerprint


def test_mistakes_are_told_before_a_world_is_built():
    with pytest.raises(ScenarioError, match=r"mine\.csv:2:1: county"):
        build_world(scenario_of("county,month\nNowhere,2014-10\n"))
