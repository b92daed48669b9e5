"""The table of targets says what the list of villages says, and a user's mistakes are told with their lines."""

from __future__ import annotations

import csv
import shutil

import numpy as np
import pytest

import sim
from sim.calibration.history import listed_history, places_of
from sim.calibration.targets import COLUMNS, TARGET_FILE, as_seen_in, read_targets, targets_for
from sim.data import facts
from sim.errors import ScenarioError

TARGETS = read_targets()
BY_NAME = {target.name: target for target in TARGETS}


@pytest.fixture(scope="module")
def lists(china):
    return listed_history(china), places_of(china)


@pytest.mark.parametrize("target", [t for t in TARGETS if t.is_listed], ids=lambda target: target.name)
def test_the_list_of_villages_gives_the_stated_value(target, lists):
    assert target.of(*lists) == pytest.approx(target.value, abs=5e-5)


def test_what_the_documents_print_is_within_the_error():
    printed = {
        "villages 2014": 212, "villages 2015": 780, "taobao_towns 2014": 19, "taobao_towns 2015": 71,
        "cluster_counties 2014": 0, "cluster_counties 2015": 25, "large_cluster_counties 2015": 2,
        "counties 2014": 80, "counties 2015": 180, "prefectures 2014": 40, "prefectures 2015": 73,
        "provinces 2014": 10, "provinces 2015": 17, "largest_county 2014": 9, "largest_county 2015": 37,
        "new_villages 2015": 570, "new_in_old_town 2015": 200, "new_in_old_county 2015": 362,
        "new_in_old_prefecture 2015": 507, "staying_villages 2015": 210, "poverty_villages 2014": 4,
        "poverty_villages 2015": 10, "province_villages[33] 2014": 62, "province_villages[33] 2015": 280,
    }  # fmt: skip
    for name, value in printed.items():
        assert abs(BY_NAME[name].value - value) <= BY_NAME[name].error, name


def test_statements_that_cannot_be_counted_are_their_facts_numbers():
    for name, fact in {"recognised_shops 2015": "F038", "great_villages 2015": "F039", "stations 2015": "F082",
                       "county_centers 2015": "F083"}.items():  # fmt: skip
        assert BY_NAME[name].value == facts()[fact].number
        assert fact in BY_NAME[name].source
    assert BY_NAME["middle_share 2015"].value == facts()["F040"].number / 100
    low, high = (facts()[fact].number for fact in ("F095", "F096"))
    income = BY_NAME["partner_income_yuan 2015"]
    assert (income.value - income.error, income.value + income.error) == (low, high)


def test_more_than_is_a_bound_and_not_a_value():
    shops = BY_NAME["recognised_shops 2015"]
    assert shops.is_bound
    assert shops.holds(150_000, 200_001)
    assert not shops.holds(150_000, 200_000)
    assert shops.censored(900_000) == 200_000
    assert shops.censored(150_000) == 150_000
    villages = BY_NAME["villages 2015"]
    assert villages.censored(900) == 900
    assert villages.holds(780, 790)
    assert not villages.holds(781, 900)
    assert not villages.holds(np.nan, 900)


def test_provinces_add_up_to_the_country():
    for year in (2014, 2015):
        parts = [t.value for t in TARGETS if t.statistic == "province_villages" and t.year == year]
        assert len(parts) == 31
        assert sum(parts) == BY_NAME[f"villages {year}"].value


def test_a_county_is_told_by_its_name(tmp_path, lists):
    row = ["county_villages", 2015, 371721, "value", 34, 0, 0.3, "villages", "2015-12", "list", "fit", ""]
    (cao,) = read_targets(written(tmp_path, row))
    assert cao.meaning == "Taobao villages in Cao County"
    assert cao.of(*lists) == 34


def test_a_region_is_counted_inside_and_told_nothing_of_the_country():
    scenario = sim.Scenario.from_mapping(
        {"start": "2013-01", "end": "2015-12", "region": {"counties": [371721, 330782]}}
    )
    found = {target.name: target for target in targets_for(scenario)}
    assert found["villages 2015"].value == 37 + 34
    assert found["province_villages[37] 2015"].value == 34
    assert found["county_of_rank[2] 2015"].value == 34
    for absent in (
        "recognised_shops 2015",
        "poverty_villages 2015",
        "county_of_rank[3] 2015",
        "county_moran 2015",
    ):
        assert absent not in found
    assert "villages 2015" not in {t.name for t in targets_for(scenario.replace({"end": "2014-12"}))}


def test_an_invented_world_has_no_targets_of_its_own(small):
    with pytest.raises(ScenarioError, match=r"no target.*--targets"):
        targets_for(small)


def test_a_run_can_stand_in_for_the_lists(lists):
    history, places = lists
    altered = as_seen_in(TARGETS, type(history)({("villages", 2015): 5.0}, {}), places)
    assert [(target.name, target.value) for target in altered] == [("villages 2015", 5.0)]


def written(tmp_path, *rows):
    path = tmp_path / "targets.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([COLUMNS, *rows])
    return path


def row(**changes):
    written = "villages", "2015", "", "value", "780", "0", "0.05", "villages", "2015", "list", "fit", ""
    cells = dict(zip(COLUMNS, written, strict=True))
    return list((cells | changes).values())


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"statistic": "vilages"}, "did you mean villages"),
        ({"statistic": "county_villages", "place": "Cao"}, "allowed is code of a county"),
        ({"place": "33"}, "villages has none"),
        ({"statistic": "mean_covariate", "place": "wealth"}, "allowed is one of manufacturing"),
        ({"kind": "about"}, "allowed is one of value, at_least, more_than"),
        ({"value": "many"}, "found value 'many'"),
        ({"error": "-1"}, "found error '-1', allowed is a number from 0"),
        ({"discrepancy": "-1"}, "found discrepancy '-1', allowed is a number from 0"),
        ({"discrepancy": ""}, "found discrepancy '', allowed is a number from 0"),
        ({"year": "late"}, "found year 'late'"),
        ({"year": "²"}, "found year '²'"),
        ({"year": "9" * 5000}, r"found year '9{60}\.\.\.'"),
        ({"statistic": "province_villages", "place": "²"}, "found place '²', allowed is"),
        ({"statistic": "county_villages", "place": "9" * 5000}, "allowed is code of a county"),
        ({"statistic": "where_listed", "place": "²-3"}, "found place '²-3', allowed is"),
        ({"value": "nan"}, "found value 'nan', allowed is a number"),
        ({"value": "9" * 5000}, "allowed is a number"),
        ({"discrepancy": "inf"}, "found discrepancy 'inf', allowed is a number from 0"),
        ({"unit": ""}, "the unit is blank"),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path, changes, told):
    with pytest.raises(ScenarioError, match=told) as caught:
        read_targets(written(tmp_path, row(), row(**changes)))
    assert caught.value.problems[0].place.line == 3


@pytest.mark.parametrize(
    ("content", "line", "told"),
    [
        (b"", 0, "found an empty file, allowed is a table with the columns statistic, year"),
        (b"\xff\xfe" + bytes(99), 1, "found the byte 0xff, allowed is text in UTF-8"),
        (b"year,statistic\n", 1, "found columns 'year, statistic', allowed are statistic, year"),
        (b"x" * 2_000_000, 0, "found more than 1 MB"),
        (",".join(COLUMNS).encode() + b"\nvillages,2015\n", 2, "found 2 cells, allowed are 12"),
        (",".join(COLUMNS).encode() + b'\n"villages,2015\n', 2, "a quote that is never closed"),
        (",".join(COLUMNS).encode() + b"\nvilla\0ges" + b",a" * 11, 2, r"found statistic 'villa\\x00ges'"),
    ],
    ids=["empty", "another encoding", "other columns", "large", "short row", "open quote", "nothing"],
)
def test_what_is_no_table_is_told(tmp_path, content, line, told):
    path = tmp_path / "targets.csv"
    path.write_bytes(content)
    with pytest.raises(ScenarioError, match=told) as caught:
        read_targets(path)
    assert caught.value.problems[0].place.line == line


def test_a_name_longer_than_a_file_may_have_is_told(tmp_path):
    with pytest.raises(ScenarioError, match=r"cannot be read \(File name too long\)"):
        read_targets(tmp_path / ("x" * 300))


def test_a_table_of_a_spreadsheet_is_read(tmp_path):
    path = written(tmp_path, row())
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))  # a mark at the start
    assert [target.name for target in read_targets(path)] == ["villages 2015"]


def test_a_target_stands_once(tmp_path):
    with pytest.raises(ScenarioError, match="stands twice"):
        read_targets(written(tmp_path, row(), row(value="779")))


def test_an_unknown_county_or_year_is_told(tmp_path, china):
    county = row(statistic="county_villages", place="371799")
    with pytest.raises(ScenarioError, match=r"371799 is no county.*\n.*counts in 2009 to 2015"):
        targets_for(china, written(tmp_path, county, row(year="2019")))
    with pytest.raises(ScenarioError, match="99 is no province of this scenario's region"):
        targets_for(china, written(tmp_path, row(statistic="province_villages", place="99")))
    with pytest.raises(ScenarioError, match="no such file"):
        targets_for(china, tmp_path / "none.csv")


def test_the_shipped_table_can_be_given_as_a_users_own(tmp_path, china):
    copy = tmp_path / "mine.csv"
    shutil.copy(TARGET_FILE, copy)
    assert targets_for(china, copy) == targets_for(china)
