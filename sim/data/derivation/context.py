"""Small tables: provinces, express prices, the roll-out of Rural Taobao, and the facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from sim.data.derivation.checks import require_known, require_ranges, require_unique
from sim.data.derivation.files import Row

__all__ = ["ROLLOUT", "express_rows", "fact_rows", "province_rows", "rollout_rows"]

YEARS = range(2010, 2017)
REGIONS = {
    "east": "11 12 13 31 32 33 35 37 44 46",
    "central": "14 34 36 41 42 43",
    "west": "15 45 50 51 52 53 54 61 62 63 64 65",
    "northeast": "21 22 23",
}
REPORT = "AliResearch, report on Taobao villages, 2015"
SOURCES = {
    "003": REPORT,
    "001": "UNCTAD, slides on rural e-commerce in China, November 2016",
    "000": "Alibaba, case story on Rural Taobao, early 2016",
    "002": "China Daily, article on Rural Taobao, 2016",
    "004": "World Bank, event note on e-commerce for rural development, February 2019",
}
# Left out: a unit error of the printed translation.
UNUSABLE_FACTS = {"F060"}
REWORDED = {
    "F023": "Share of the six leading provinces in all villages",
    "F075": "Planned investment in US dollars (case story)",
    "F146": "Cross-border express parcels sent from Yiwu each day",
    "F170": "Sales of Daji around Children's Day; read as the season, not one day",
}

PRESS = "press page, read as a search excerpt"
# month, event, counties, stations, partners, county, facts, source
ROLLOUT: tuple[tuple[str, ...], ...] = (
    ("2014-10", "programme announced", "", "", "", "", "F068", REPORT),
    ("2014-10", "first county: Tonglu", "1", "", "", "330122", "", PRESS),
    ("2015-05", "second mode: specialised partners, returning youth", "", "", "", "", "F090 F091", REPORT),
    ("2015-10", "first county of Fuzhou prefecture: Minqing", "", "", "", "350124", "", PRESS),
    ("2015-12", "stations counted on 9 December", "202", "9278", "5870", "", "F082 F083 F094", REPORT),
    ("2016-02", "mid-February: more than", "300", "14000", "", "", "F085 F086", SOURCES["000"]),
    ("2016-05", "May: more than", "", "16000", "", "", "F088", SOURCES["001"]),
    ("2019-10", "target: upper end of the horizon", "1000", "100000", "", "", "F071 F072 F073", REPORT),
)


def province_rows(
    source: Iterable[Row], observed: Iterable[Mapping[str, Any]], provinces_en: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Make the table of provinces; the counts of villages are counted here from the lists."""
    villages = list(observed)
    counts = {
        year: Counter(row["county_adcode"][:2] for row in villages if row[f"listed_{year}"])
        for year in ("2014", "2015")
    }
    region_of = {code: region for region, codes in REGIONS.items() for code in codes.split()}
    rows = []
    for row in source:
        code = row["province_code"]
        made: dict[str, Any] = {"province_code": code, "name_zh": row["province_zh"]}
        made |= {"name_en": provinces_en[code], "region": region_of[code]}
        made |= {f"internet_{year}": row[f"internet_penetration_{year}_pct"] for year in YEARS}
        made |= {f"observed_{year}": counts[year][code] for year in counts}
        made["rural_income_2014_yuan"] = row["rural_income_2014_yuan"]
        rows.append(made)
    require_unique("provinces.csv", rows, "province_code")
    ranges: dict[str, tuple[float, float]] = {f"internet_{year}": (10.0, 100.0) for year in YEARS}
    ranges |= {"rural_income_2014_yuan": (3000.0, 40000.0)}
    require_ranges("provinces.csv", rows, "province_code", ranges)
    return rows


def express_rows(source: Iterable[Row]) -> list[dict[str, Any]]:
    """Keep the express points which have a price per item."""
    rows = [
        {
            "level": row["level"],
            "code": row["code"],
            "name_zh": row["name_zh"],
            "period": row["period"],
            "volume_10k_items": row["volume_10k_items"],
            "yuan_per_item": row["yuan_per_item"],
            "note": row["note"].split("(copy of")[0].strip(),
        }
        for row in source
        if row["yuan_per_item"]
    ]
    require_known("express.csv", rows, "level", ("nation", "region3", "province", "prefecture"))
    ranges = {"yuan_per_item": (5.0, 40.0), "volume_10k_items": (100.0, 5e6)}
    require_ranges("express.csv", rows, "name_zh", ranges)
    return rows


def rollout_rows(fact_ids: Iterable[str]) -> list[dict[str, Any]]:
    """Make the known points of the roll-out; every fact named must be in facts.csv."""
    names = ("month", "event", "counties", "stations", "partners", "county_adcode", "facts", "source")
    rows: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in ROLLOUT]
    known = set(fact_ids)
    for row in rows:
        require_known("rollout.csv", [{"facts": fact} for fact in row["facts"].split()], "facts", known)
    return rows


def fact_rows(source: Iterable[Row]) -> list[dict[str, Any]]:
    """Copy the usable facts, with the public document in place of its file name."""
    rows = [
        {
            "id": row["id"],
            "value": row["value"],
            "unit": row["unit"],
            "date": row["date"],
            "statement": REWORDED.get(row["id"], row["statement"]),
            "qualifier": row["qualifier"],
            "category": row["category"],
            "source": SOURCES[row["source_file"][:3]],
        }
        for row in source
        if row["id"] not in UNUSABLE_FACTS
    ]
    require_unique("facts.csv", rows, "id")
    return rows
