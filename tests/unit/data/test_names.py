"""Places are found by every usual spelling, and ambiguity is shown."""

from __future__ import annotations

import pytest

from sim.data import counties, derive, observed_villages, search_key, village_names
from sim.data.derivation.romanise import county_english, prefecture_english


@pytest.mark.parametrize("name", ["曹县", "曹", "Cao County", "cao county", "Cao", 371721, "371721"])
def test_cao_county_by_every_spelling(name):
    assert counties().find(name) == [counties().index_of(371721)]


def test_ambiguous_name_gives_all():
    found = counties().find("白云区")
    assert [counties().prefecture_en[i] for i in found] == ["Guangzhou", "Guiyang"]
    assert counties().find("Baiyun District") == found


def test_unknown_name_gives_none():
    assert counties().find("Atlantis") == []


@pytest.mark.parametrize("name", ["浙江省", "浙江", "Zhejiang", "zhejiang", 33])
def test_province(name):
    table = counties()
    assert set(table.province_code[table.find_province(name)]) == {33}


@pytest.mark.parametrize(
    ("name", "code"), [("内蒙古", 15), ("Inner Mongolia", 15), ("Shaanxi", 61), ("Tibet", 54)]
)
def test_province_names(name, code):
    table = counties()
    assert set(table.province_code[table.find_province(name)]) == {code}


@pytest.mark.parametrize(
    ("name", "code"), [("菏泽市", 3717), ("Heze", 3717), ("锡林郭勒盟", 1525), ("Enshi", 4228)]
)
def test_prefecture(name, code):
    table = counties()
    assert set(table.prefecture_code[table.find_prefecture(name)]) == {code}


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (330782, "Yiwu City"),
        (330382, "Yueqing City"),
        (140421, "Changzhi County"),
        (420528, "Changyang Tujia Autonomous County"),
        (429021, "Shennongjia Forestry District"),
        (441803, "Qingxin District"),
        (310115, "Pudong New Area"),
        (150521, "Horqin Left Wing Middle Banner"),
    ],
)
def test_english_names(code, name):
    assert counties().name_en[counties().index_of(code)] == name


def test_names_have_no_tones_and_are_never_blank():
    table = counties()
    for name in [*table.name_en, *table.prefecture_en, *table.province_en]:
        assert name
        assert name.replace("ü", "u").replace("Lü", "Lu").isascii(), name


def test_search_key_ignores_case_blanks_and_apostrophes():
    assert search_key(" Xi'an ") == search_key("xian") == search_key("XI AN")
    assert search_key("Lüliang") == "luliang"


def test_rules_of_naming():
    spell = {"曹": "Cao", "长阳": "Changyang", "恩施": "Enshi"}.__getitem__
    assert county_english("曹县", spell) == "Cao County"
    assert county_english("东乡族自治县", spell) == "Dongxiang Autonomous County"
    assert county_english("长阳土家族自治县", spell) == "Changyang Tujia Autonomous County"
    assert prefecture_english("恩施土家族苗族自治州", "Hubei", spell) == "Enshi Autonomous Prefecture"
    assert prefecture_english("省直辖县级行政区划", "Hubei", spell) == "Hubei, directly governed"


def test_every_listed_village_has_an_english_name():
    names = village_names()
    assert set(names) == set(observed_villages().name_zh)
    assert (names["东风村"], names["沙集社区"], names["长安村"]) == (
        "Dongfeng Village",
        "Shaji Community",
        "Chang'an Village",
    )


def test_names_of_villages_are_spelt_or_taken_from_the_shipped_table(monkeypatch):
    rows = [{"name_zh": "东风村"}]
    monkeypatch.setattr(derive, "pinyin_speller", lambda: lambda _: "X")
    assert derive.village_names(rows) == [{"name_zh": "东风村", "name_en": "X Village"}]

    def missing():
        raise ImportError

    monkeypatch.setattr(derive, "pinyin_speller", missing)
    assert {"name_zh": "东风村", "name_en": "Dongfeng Village"} in derive.village_names(rows)
