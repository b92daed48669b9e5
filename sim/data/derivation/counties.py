"""The table of counties: names, coordinates, villages, rural households and covariates."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from statistics import median
from typing import Any

from sim.data.derivation.checks import require_ranges, require_sum, require_unique
from sim.data.derivation.files import Row

__all__ = ["COLUMNS", "check_counties", "county_rows", "rural_households"]

# column of counties.csv -> (column of the source, decimals, low, high)
CENSUS = {
    "hh_size": ("hh_size_2010", 2, 1.5, 8.0),
    "emp_manuf_share": ("emp_manuf_share_2010", 5, 0.0, 1.0),
    "emp_trade_share": ("emp_trade_share_2010", 5, 0.0, 1.0),
    "emp_agri_share": ("emp_agri_share_2010", 5, 0.0, 1.0),
    "emp_ict_share": ("emp_ict_share_2010", 5, 0.0, 1.0),
    "emp_transport_share": ("emp_transport_post_share_2010", 5, 0.0, 1.0),
    "school_years": ("school_years_2010", 2, 1.0, 16.0),
    "age15_39_share": ("age15_39_share_2010", 5, 0.0, 1.0),
    "net_outflow_rate": ("net_outflow_rate_2010", 5, -5.0, 1.0),
    "inmigrants_other_province_share": ("inmigr_other_province_share_2010", 5, 0.0, 1.0),
    "pop_2010": ("pop_2010", 0, 500.0, 1e7),
    "rural_share": ("rural_share_2010", 5, 0.0, 1.0),
}
DISTANCES = {
    "pop_potential": ("pop_potential_2010", 0, 1e4, 1e7),
    "dist_hangzhou_km": ("dist_hangzhou_km", 1, 0.0, 6000.0),
    "dist_yiwu_km": ("dist_yiwu_km", 1, 0.0, 6000.0),
    "dist_guangzhou_km": ("dist_guangzhou_km", 1, 0.0, 6000.0),
    "dist_shanghai_km": ("dist_shanghai_km", 1, 0.0, 6000.0),
    "dist_capital_km": ("dist_province_capital_km", 1, 0.0, 3000.0),
}
COVARIATES = CENSUS | DISTANCES
COLUMNS = (
    "adcode", "name_zh", "name_en", "prefecture_code", "prefecture_zh", "prefecture_en",
    "province_code", "province_zh", "province_en", "lon", "lat", "n_villages", "n_towns",
    "rural_households", "rural_households_basis", *COVARIATES, "national_poverty", "filled",
)  # fmt: skip

# Units cut from another after the census of 2010: they share its counts by number of villages.
CUT_FROM = {
    "150603": "150602", "320214": "320211", "340506": "340521", "341504": "341522", "360482": "360426",
    "450406": "450421", "450903": "450902", "511603": "511602", "511903": "511902", "520115": "520112",
    "542431": "542430", "654004": "654023",
}  # fmt: skip
FEWEST_PER_VILLAGE = 60.0
MOST_PER_VILLAGE = 2000.0
URBAN_TYPES = ("district", "city")


def rural_households(
    villages: Mapping[str, int], census: Mapping[str, float | None], urban: Mapping[str, bool]
) -> dict[str, tuple[int, str]]:
    """Estimate the rural households of each county, with the basis of the figure.

    Parameters
    ----------
    villages : county -> villagers' committees (at least 1).
    census : county -> rural population / household size of 2010, None if unknown.
    urban : county -> whether it is a district or a city.

    Returns
    -------
    dict
        county -> (households, basis). ``census``: as counted. ``split``: the count of a unit divided
        over it and the units cut from it since, by number of villages. ``estimated``: unknown, or a
        district or city with fewer than 60 a village (the census counts people of built-up villages as
        urban): villages times the median households per village of the prefecture's other counties,
        else the province's. ``capped``: 2,000 a village, where most villages of 2010 have become
        residents' committees by 2016.
    """
    counts = dict(census)
    basis = dict.fromkeys(villages, "census")
    families: dict[str, list[str]] = defaultdict(list)
    for child, parent in CUT_FROM.items():
        if child in villages and parent in villages and counts.get(child) is None:
            families[parent].append(child)
    for parent, children in families.items():
        total, family = counts.get(parent), [parent, *children]
        if total is not None:
            everyone = sum(villages[code] for code in family)
            for code in family:
                counts[code], basis[code] = total * villages[code] / everyone, "split"
    per_village: dict[str, float] = {}
    for code, count in counts.items():
        if code in villages and count is not None and not _implausible(count / villages[code], urban[code]):
            per_village[code] = min(count / villages[code], MOST_PER_VILLAGE)
            if count / villages[code] > MOST_PER_VILLAGE:
                basis[code] = "capped"
    result = {}
    for code, n in villages.items():
        if code in per_village:
            result[code] = (round(per_village[code] * n), basis[code])
        else:
            result[code] = (round(_typical(code, per_village) * n), "estimated")
    return result


def _implausible(per_village: float, urban: bool) -> bool:
    return urban and per_village < FEWEST_PER_VILLAGE


def _typical(code: str, known: Mapping[str, float]) -> float:
    """Median of the prefecture's known values, else of the province's, else of all."""
    for digits in (4, 2, 0):
        values = [value for other, value in known.items() if other[:digits] == code[:digits]]
        if values:
            return median(values)
    return 250.0


def _filled(rows: list[dict[str, Any]]) -> None:
    """Fill blank covariates with the median of the prefecture, else of the province; name them."""
    for column in COVARIATES:
        known = {row["adcode"]: float(row[column]) for row in rows if row[column] != ""}
        for row in rows:
            if row[column] == "":
                decimals = COVARIATES[column][1]
                row[column] = f"{_typical(row['adcode'], known):.{decimals}f}"
                row["filled"] = f"{row['filled']} {column}".strip()


def county_rows(
    tree: Iterable[Row],
    census: Iterable[Row],
    distances: Iterable[Row],
    poverty: Iterable[Row],
    towns: Iterable[Mapping[str, Any]],
    english: Mapping[str, str],
    provinces_en: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Make the table of counties which have villages.

    Parameters
    ----------
    tree, census, distances, poverty : rows of the source tables, keyed by ``adcode``.
    towns : rows of towns.csv.gz.
    english : county or prefecture code -> English name.
    provinces_en : province code -> English name.

    Returns
    -------
    list of dict
        In order of code. ``n_villages`` is the sum over the towns.
    """
    n_villages: Counter[str] = Counter()
    n_committees: Counter[str] = Counter()
    n_towns: Counter[str] = Counter()
    for town in towns:
        n_villages[town["county_adcode"]] += town["n_villages"]
        n_committees[town["county_adcode"]] += town["n_committees"]
        n_towns[town["county_adcode"]] += 1
    units = sorted((row for row in tree if n_villages[row["adcode"]] > 0), key=lambda row: row["adcode"])
    counted = {row["adcode"]: row for row in census}
    located = {row["adcode"]: row for row in distances}
    poor = {row["adcode"] for row in poverty}
    households = rural_households(
        {row["adcode"]: max(1, n_committees[row["adcode"]]) for row in units},
        {code: _number(row["rural_households_est_2010"]) for code, row in counted.items()},
        {row["adcode"]: row["unit_type"] in URBAN_TYPES for row in units},
    )
    rows = []
    for unit in units:
        code = unit["adcode"]
        source = counted[code] | located[code]
        row: dict[str, Any] = {column: unit[column] for column in ("adcode", "name_zh", "lon", "lat")}
        row |= {"name_en": english[code], "n_villages": n_villages[code], "n_towns": n_towns[code]}
        row |= {"prefecture_en": english[unit["prefecture_code"]], "province_en": provinces_en[code[:2]]}
        row |= {c: unit[c] for c in ("prefecture_code", "prefecture_zh", "province_code", "province_zh")}
        row["rural_households"], row["rural_households_basis"] = households[code]
        row |= {column: source[spec[0]] for column, spec in COVARIATES.items()}
        row |= {"national_poverty": int(code in poor), "filled": ""}
        rows.append(row)
    _filled(rows)
    return [{column: row[column] for column in COLUMNS} for row in rows]


def _number(text: str) -> float | None:
    return float(text) if text else None


def check_counties(rows: list[dict[str, Any]]) -> None:
    """Require unique codes, every covariate in its range, shares of employment adding to at most 1."""
    ranges: dict[str, tuple[float, float]] = {name: spec[2:] for name, spec in COVARIATES.items()}
    ranges |= {"lon": (73.0, 136.0), "lat": (3.0, 54.0), "n_villages": (1, 2000), "n_towns": (1, 100)}
    ranges |= {"rural_households": (1, 500_000), "national_poverty": (0, 1)}
    require_unique("counties.csv", rows, "adcode")
    require_ranges("counties.csv", rows, "adcode", ranges)
    shares = [name for name in CENSUS if name.startswith("emp_")]
    require_sum("counties.csv", rows, "adcode", shares, 1.0 + 1e-4)
