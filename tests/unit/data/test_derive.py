"""The derivation refuses tables which cannot be right, and its rules do what they say."""

from __future__ import annotations

import gzip

import pytest

from sim.data import derive
from sim.data.derivation.checks import (
    require_equal,
    require_known,
    require_ranges,
    require_sum,
    require_unique,
)
from sim.data.derivation.context import fact_rows
from sim.data.derivation.counties import check_counties, rural_households
from sim.data.derivation.files import read_rows, write_rows
from sim.data.derivation.places import name_key, observed_rows, town_rows
from sim.data.derivation.products import category_of, word_rows
from sim.errors import WorldError


def printed(year, county, town_zh, name, **more):
    row = {"year": year, "county_adcode": county, "town_zh": town_zh, "village_zh": name, "town_code": ""}
    row |= {"village_code": "", "match": "town_only", "main_product_zh": "鞋" if year == "2014" else ""}
    return row | more


def town(code, n, kind="town"):
    return {
        "town_code": code,
        "town_name": "镇",
        "county_adcode": code[:6],
        "town_type": kind,
        "n_villages": str(n),
    }


def test_range_violation_names_table_row_column_and_range():
    rows = [{"adcode": "411122", "emp_trade_share": "-0.05"}]
    with pytest.raises(WorldError, match=r"counties\.csv: adcode 411122: emp_trade_share is -0\.05.*0 to 1"):
        require_ranges("counties.csv", rows, "adcode", {"emp_trade_share": (0.0, 1.0)})
    with pytest.raises(WorldError, match="not a number"):
        require_ranges("counties.csv", [{"adcode": 1, "x": ""}], "adcode", {"x": (0.0, 1.0)})
    with pytest.raises(WorldError, match="outside"):
        require_ranges("counties.csv", [{"adcode": 1, "x": "nan"}], "adcode", {"x": (0.0, 1.0)})


def test_other_checks_reject():
    with pytest.raises(WorldError, match="more than 1"):
        require_sum("t", [{"k": 1, "a": 0.6, "b": 0.5}], "k", ("a", "b"), 1.0)
    with pytest.raises(WorldError, match="two rows"):
        require_unique("t", [{"k": 1}, {"k": 1}], "k")
    with pytest.raises(WorldError, match="line 2"):
        require_known("t", [{"k": 1}], "k", {2})
    with pytest.raises(WorldError, match="found 3, expected 4"):
        require_equal("villages", 3, 4)


def test_check_counties_rejects_one_bad_cell():
    rows = read_rows(derive.SHIPPED / "counties.csv")[:3]
    check_counties(rows)
    rows[1]["emp_agri_share"] = "1.2"
    with pytest.raises(WorldError, match=r"emp_agri_share is 1\.2"):
        check_counties(rows)


def test_name_key():
    assert name_key("曹海村*") == name_key("曹海") == "曹海"
    assert name_key("村") == "村"


def test_observed_joins_the_lists_by_name_within_the_county():
    rows = observed_rows(
        [
            printed("2014", "100001", "甲镇", "东村", town_code="100001100"),
            printed("2015", "100001", "甲镇", "东*", town_code="100001100"),
            printed("2015", "100002", "甲镇", "东村", town_code="100002100"),
        ]
    )
    assert [(r["county_adcode"], r["listed_2014"], r["listed_2015"]) for r in rows] == [
        ("100001", 1, 1),
        ("100002", 0, 1),
    ]
    assert [r["product"] for r in rows] == ["shoes", ""]


def test_observed_rejects_a_village_listed_twice():
    twice = [printed("2015", "100001", "甲镇", name, town_code="100001100") for name in ("东村", "东")]
    with pytest.raises(WorldError, match="stands twice"):
        observed_rows(twice)


def test_code_of_another_town_is_not_taken_for_the_village():
    (row,) = observed_rows(
        [printed("2015", "100001", "甲镇", "东村", town_code="100001100", village_code="100001101205")]
    )
    assert (row["town_code"], row["village_code"], row["placed_by"]) == ("100001100", "", "town")


def test_towns_make_room_for_listed_places():
    observed = observed_rows(
        [
            printed("2015", "100001", "甲镇", "东村", town_code="100001100"),
            printed("2015", "100001", "甲镇", "西村", town_code="100001100"),
            printed("2015", "100001", "甲镇", "南社区", town_code="100001100"),
            printed("2015", "130684", "白沟新城", "北村"),
        ]
    )
    rows = town_rows([town("100001100", 1), town("100001101", 7), town("100001102", 0)], observed)
    found = {r["town_code"]: (r["n_villages"], r["n_committees"], r["n_added"]) for r in rows}
    assert found == {"100001100": (3, 1, 2), "100001101": (7, 7, 0), "130684900": (1, 0, 1)}
    assert rows[-1]["town_type"] == "zone"


def test_rural_households_by_basis():
    villages = {"100001": 10, "100002": 10, "100003": 10, "100004": 1, "100005": 10}
    census = {"100001": 3000.0, "100002": 100.0, "100003": 100.0, "100004": 9000.0, "100005": None}
    urban = {"100001": True, "100002": True, "100003": False, "100004": True, "100005": False}
    found = rural_households(villages, census, urban)
    # known per village: 300, 10 (a county: kept), 2000 (capped); their median is 300
    assert found == {
        "100001": (3000, "census"),
        "100002": (3000, "estimated"),
        "100003": (100, "census"),
        "100004": (2000, "capped"),
        "100005": (3000, "estimated"),
    }


def test_rural_households_split_keeps_the_total():
    found = rural_households(
        {"511602": 30, "511603": 10}, {"511602": 8000.0, "511603": None}, {"511602": True, "511603": True}
    )
    assert found == {"511602": (6000, "split"), "511603": (2000, "split")}


def test_product_without_category_is_an_error():
    assert category_of("牛仔裤") == "clothing"
    with pytest.raises(WorldError, match="no category"):
        category_of("飞船")
    (row,) = word_rows([{"main_product_zh": "数码配件、演出服饰"}])
    assert (row["product_zh"], row["product"], row["also"]) == ("数码配件", "electronics", "clothing")


def test_facts_name_public_documents_and_leave_out_the_unit_error():
    row = {
        "id": "F001",
        "value": "1",
        "unit": "",
        "date": "",
        "statement": "s",
        "qualifier": "",
        "category": "",
    }
    rows = fact_rows([row | {"source_file": "003_a.txt"}, row | {"id": "F060", "source_file": "003_a.txt"}])
    assert [(r["id"], r["source"]) for r in rows] == [("F001", "AliResearch, report on Taobao villages, 2015")]


def test_written_bytes_do_not_depend_on_time_or_name(tmp_path):
    for name in ("a.csv.gz", "b.csv.gz"):
        write_rows(tmp_path / name, ["x", "y"], [{"x": 1, "y": None}])
    first, second = ((tmp_path / name).read_bytes() for name in ("a.csv.gz", "b.csv.gz"))
    assert first == second
    assert first[4:8] == bytes(4)
    assert gzip.decompress(first) == b"x,y\n1,\n"
    assert read_rows(tmp_path / "a.csv.gz") == [{"x": "1", "y": ""}]


def test_missing_folder_is_reported_without_traceback(tmp_path, capsys):
    status = derive.main(["--geography", str(tmp_path), "--evidence", str(tmp_path), "--out", str(tmp_path)])
    assert status == 2
    assert "counties.csv: file not found" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_names_come_from_the_shipped_table_without_pypinyin(monkeypatch):
    def missing():
        raise ImportError

    monkeypatch.setattr(derive, "pinyin_speller", missing)
    names = derive.english_names([])
    assert (names["371721"], names["3717"]) == ("Cao County", "Heze")
