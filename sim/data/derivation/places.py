"""Ever-listed Taobao villages and the towns they lie in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sim.data.derivation.checks import require_equal, require_known, require_ranges, require_unique
from sim.data.derivation.files import Row
from sim.data.derivation.products import category_of, first_word
from sim.errors import WorldError

__all__ = ["check_observed", "name_key", "observed_rows", "town_rows", "zone_code"]

# Towns of the lists which the tree of 2016 has under a longer name: (county, printed town) -> town code.
TOWN_NAMES = {
    ("371721", "大集乡"): "371721121",  # 曹县大集镇; villages of equal name in other towns are not it
    ("371721", "大集镇"): "371721121",
    ("371721", "朱洪庙乡"): "371721207",  # 曹县朱洪庙乡
    ("130926", "留善寺乡"): "130926203",  # 河北留善寺乡
}
# Places of the lists which are no town of the tree: (county, printed town) -> name of the added zone.
ZONES = {
    ("130684", "白沟新城"): "白沟新城",
    ("130684", "-"): "白沟新城",
    ("320684", "海门镇"): "海门镇",
    ("430304", "易家湾镇"): "易家湾镇",
}
# Two rows of the 2015 list whose names differ only by the final 村: two villages, as the list counts them.
SECOND_OF_PAIR = {("371721", "孙庄", "2015")}
# Village of the list -> (year of its first shop, fact, category of what that shop sold if the fact tells).
PIONEERS = {
    ("320324", "东风"): ("2006", "F154", "furniture"),
    ("371721", "丁楼"): ("2009", "F160", "clothing"),
    ("371721", "张庄"): ("2009", "F160", "clothing"),
    ("330782", "青岩刘"): ("2007", "F150", ""),
    ("532932", "新华"): ("2007", "F198", "crafts"),
}
COMMITTEE_ENDINGS = ("社区", "居委会", "居")


def name_key(name_zh: str) -> str:
    """Return a village name without the asterisk of the list and without a final ``村``."""
    name = name_zh.rstrip("*")
    return name[:-1] if name.endswith("村") and len(name) > 1 else name


def zone_code(county: str, names: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Give the zones of one county unused town codes ``county`` + 9xx, in order of name."""
    zones = sorted({ZONES[key] for key in names if key in ZONES and key[0] == county})
    return {zone: f"{county}{900 + i}" for i, zone in enumerate(zones)}


def _town_of(row: Row, zones: Mapping[str, Mapping[str, str]]) -> str:
    """Return the town code of one printed row: known names, then zones, then the matched codes."""
    key = (row["county_adcode"], row["town_zh"])
    if key in TOWN_NAMES:
        return TOWN_NAMES[key]
    if key in ZONES:
        return zones[key[0]][ZONES[key]]
    return row["town_code"] or row["village_code"][:9]


def _grouped(listed: Iterable[Row]) -> dict[tuple[str, ...], dict[str, Row]]:
    """Group the rows of the two lists by village: county and name without a final ``村``."""
    villages: dict[tuple[str, ...], dict[str, Row]] = {}
    for row in listed:
        key: tuple[str, ...] = (row["county_adcode"], name_key(row["village_zh"]))
        if (row["county_adcode"], row["village_zh"], row["year"]) in SECOND_OF_PAIR:
            key = (*key, "second")
        rows = villages.setdefault(key, {})
        if row["year"] in rows:
            message = f"lists of {row['year']}: {row['village_zh']} stands twice in county {row['county_adcode']}"
            raise WorldError(message)
        rows[row["year"]] = row
    return villages


def _is_residents_committee(row: Row, village_code: str) -> bool:
    """Tell residents' committees by the code (last three digits below 200), else by the printed name."""
    if village_code:
        return village_code[9:] < "200"
    return row["village_zh"].rstrip("*").endswith(COMMITTEE_ENDINGS)


def observed_rows(listed: Iterable[Row]) -> list[dict[str, Any]]:
    """Make one row per village ever listed from the lists of 2014 and 2015.

    Parameters
    ----------
    listed : rows of both lists, matched to the tree of 2016-07-31.

    Returns
    -------
    list of dict
        In order of county, town, village code and name. The town is the one of the tree whose name was
        found; where both lists name different towns, the one in which the village was found.
    """
    villages = _grouped(listed)
    by_county: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for rows in villages.values():
        for row in rows.values():
            by_county[row["county_adcode"]].append((row["county_adcode"], row["town_zh"]))
    zones = {county: zone_code(county, names) for county, names in by_county.items()}
    made = [_observed_row(key, rows, zones) for key, rows in villages.items()]
    return sorted(made, key=lambda r: (r["county_adcode"], r["town_code"], r["village_code"] or "9", r["name_zh"]))


def _observed_row(
    key: tuple[str, ...], rows: Mapping[str, Row], zones: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    found = [row for row in rows.values() if row["match"] == "town"] or list(rows.values())
    row = found[0]
    town = _town_of(row, zones)
    village_code = row["village_code"] if row["village_code"][:9] == town else ""
    products = rows["2014"]["main_product_zh"] if "2014" in rows else ""
    pioneer = PIONEERS.get(key[:2], ("", "", "")) if len(key) == 2 else ("", "", "")
    zone = town[6:] >= "900"
    placed = "code" if village_code else "zone" if zone else "town"
    return {
        "name_zh": row["village_zh"].rstrip("*"),
        "county_adcode": key[0],
        "town_code": town,
        "village_code": village_code,
        "placed_by": placed,
        "listed_2014": int("2014" in rows),
        "listed_2015": int("2015" in rows),
        "product_zh": first_word(products),
        "products_zh": products,
        "product": category_of(first_word(products)) if products else "",
        "product_known": int(bool(products)),
        **dict(zip(("pioneer_year", "pioneer_fact", "pioneer_product"), pioneer, strict=True)),
        "is_residents_committee": int(_is_residents_committee(row, village_code)),
        "same_name_pair": int(len(key) == 3),
    }


def town_rows(tree: Iterable[Row], observed: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Make the table of towns with villages.

    ``n_villages = n_committees + n_added``: villagers' committees of the tree, plus ever-listed places
    which are none of them (residents' committees, villages of zones, names beyond a town's committees).
    """
    listed: dict[str, Counter[bool]] = defaultdict(Counter)
    for village in observed:
        extra = bool(village["is_residents_committee"]) or village["placed_by"] == "zone"
        listed[village["town_code"]][extra] += 1
    towns = [
        (row["town_code"], row["town_name"], row["county_adcode"], row["town_type"], int(row["n_villages"]))
        for row in tree
    ]
    known = {town[0] for town in towns}
    for zone in sorted(set(listed) - known):
        name = next(n for key, n in ZONES.items() if key[0] == zone[:6])
        towns.append((zone, name, zone[:6], "zone", 0))
    rows = []
    for code, name, county, kind, committees in sorted(towns):
        counts = listed[code]
        added = counts[True] + max(0, counts[False] - committees)
        if committees + added > 0:
            rows.append(
                {
                    "town_code": code,
                    "name_zh": name,
                    "county_adcode": county,
                    "town_type": "zone" if code[6:] >= "900" else kind,
                    "n_villages": committees + added,
                    "n_committees": committees,
                    "n_added": added,
                }
            )
    require_unique("towns.csv.gz", rows, "town_code")
    ranges = {"n_villages": (1, 500), "n_committees": (0, 500), "n_added": (0, 20)}
    require_ranges("towns.csv.gz", rows, "town_code", ranges)
    return rows


# What the published lists give: statistic -> (2014, 2015), counted in towns, counties ... of the tree.
PUBLISHED = {
    "villages": (212, 780),
    "towns with three or more": (19, 71),
    "counties with any": (80, 180),
    "counties with ten or more": (0, 25),
    "counties with thirty or more": (0, 2),
    "prefectures": (40, 73),
    "provinces": (10, 17),
}


def check_observed(observed: list[dict[str, Any]], town_codes: set[str]) -> None:
    """Require the counts of the published lists at every level, and every town to exist."""
    for index, year in enumerate(("2014", "2015")):
        rows = [row for row in observed if row[f"listed_{year}"]]
        towns = Counter(row["town_code"] for row in rows)
        counties = Counter(row["county_adcode"] for row in rows)
        found = {
            "villages": len(rows),
            "towns with three or more": sum(n >= 3 for n in towns.values()),
            "counties with any": len(counties),
            "counties with ten or more": sum(n >= 10 for n in counties.values()),
            "counties with thirty or more": sum(n >= 30 for n in counties.values()),
            "prefectures": len({code[:4] for code in counties}),
            "provinces": len({code[:2] for code in counties}),
        }
        for name, value in found.items():
            require_equal(f"observed_villages.csv: {name} in {year}", value, PUBLISHED[name][index])
    both = sum(row["listed_2014"] and row["listed_2015"] for row in observed)
    require_equal("observed_villages.csv: villages of both lists", both, 210)
    new = [row for row in observed if not row["listed_2014"]]
    require_equal("observed_villages.csv: villages new in 2015", len(new), 570)
    names = sum(not row["same_name_pair"] for row in new)
    require_equal("observed_villages.csv: different names new in 2015", names, 569)
    require_known("observed_villages.csv", observed, "town_code", town_codes)
