"""Loaders of the shipped tables, each read once and kept.

Columns are numpy arrays which cannot be written to; text columns are object arrays of ``str``. The columns
are described in `sim.data.records`, origin and gaps of every table in ``SOURCES.md`` beside this module.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import numpy as np

from sim.data.columns import codes, flags, floats, frozen, ints, positions, read_columns, shipped_bytes, texts
from sim.data.records import (
    CountyTable,
    ExpressTable,
    Fact,
    FactTable,
    ObservedTable,
    ProductTable,
    ProvinceTable,
    RolloutTable,
    TownTable,
)

__all__ = [
    "counties",
    "data_hash",
    "express",
    "facts",
    "observed_villages",
    "product_words",
    "products",
    "provinces",
    "rollout",
    "towns",
    "village_names",
]

_COUNTY_INTS = {"adcode", "prefecture_code", "province_code", "n_villages", "n_towns", "rural_households"}
_COUNTY_TEXTS = {"filled", "rural_households_basis"}


@lru_cache(maxsize=1)
def counties() -> CountyTable:
    """Load the counties."""
    text = read_columns("counties.csv")
    columns: dict[str, Any] = {}
    for name, column in text.items():
        if name in _COUNTY_INTS:
            columns[name] = ints(column)
        elif name == "national_poverty":
            columns[name] = flags(column)
        elif name in _COUNTY_TEXTS or name.endswith(("_zh", "_en")):
            columns[name] = texts(column)
        else:
            columns[name] = floats(column)
    return CountyTable(**columns)


@lru_cache(maxsize=1)
def towns() -> TownTable:
    """Load the towns."""
    text = read_columns("towns.csv.gz")
    county = ints(text["county_adcode"])
    return TownTable(
        town_code=codes(text["town_code"]),
        name_zh=texts(text["name_zh"]),
        county_adcode=county,
        county_index=positions(county, counties().adcode),
        town_type=texts(text["town_type"]),
        n_villages=ints(text["n_villages"]),
        n_committees=ints(text["n_committees"]),
        n_added=ints(text["n_added"]),
    )


@lru_cache(maxsize=1)
def observed_villages() -> ObservedTable:
    """Load the villages ever listed."""
    text = read_columns("observed_villages.csv")
    county, town = ints(text["county_adcode"]), codes(text["town_code"])
    columns: dict[str, Any] = {
        "county_adcode": county,
        "county_index": positions(county, counties().adcode),
        "town_code": town,
        "town_index": positions(town, towns().town_code),
        "village_code": codes(text["village_code"]),
        "pioneer_year": ints(text["pioneer_year"]),
    }
    for name in ("listed_2014", "listed_2015", "product_known", "is_residents_committee", "same_name_pair"):
        columns[name] = flags(text[name])
    for name in (
        "name_zh",
        "placed_by",
        "product_zh",
        "products_zh",
        "product",
        "pioneer_fact",
        "pioneer_product",
    ):
        columns[name] = texts(text[name])
    return ObservedTable(**columns)


@lru_cache(maxsize=1)
def village_names() -> Mapping[str, str]:
    """English names of the villages ever listed, by Chinese name: mechanical pinyin."""
    text = read_columns("village_names.csv")
    return MappingProxyType(dict(zip(text["name_zh"], text["name_en"], strict=True)))


@lru_cache(maxsize=1)
def provinces() -> ProvinceTable:
    """Load the provinces."""
    text = read_columns("provinces.csv")
    years = tuple(name.removeprefix("internet_") for name in text if name.startswith("internet_"))
    shares = np.stack([floats(text[f"internet_{year}"]) for year in years], axis=1)
    return ProvinceTable(
        province_code=ints(text["province_code"]),
        name_zh=texts(text["name_zh"]),
        name_en=texts(text["name_en"]),
        region=texts(text["region"]),
        internet_years=ints(years),
        internet_percent=frozen(shares),
        observed_2014=ints(text["observed_2014"]),
        observed_2015=ints(text["observed_2015"]),
        rural_income_2014_yuan=floats(text["rural_income_2014_yuan"]),
    )


@lru_cache(maxsize=1)
def products() -> ProductTable:
    """Load the product categories."""
    text = read_columns("products.csv")
    return ProductTable(
        product=texts(text["product"]),
        name_en=texts(text["name_en"]),
        name_zh=texts(text["name_zh"]),
        villages_2014=ints(text["villages_2014"]),
        rank_2015_outcome=ints(text["rank_2015_outcome"], blank="0"),
    )


@lru_cache(maxsize=1)
def product_words() -> Mapping[str, str]:
    """Load the category of each main product as printed in the 2014 list."""
    text = read_columns("product_words.csv")
    return MappingProxyType(dict(zip(text["products_zh"], text["product"], strict=True)))


@lru_cache(maxsize=1)
def express() -> ExpressTable:
    """Load the express points."""
    text = read_columns("express.csv")
    numeric = ("volume_10k_items", "yuan_per_item")
    columns: dict[str, Any] = {n: floats(c) if n in numeric else texts(c) for n, c in text.items()}
    return ExpressTable(**columns)


@lru_cache(maxsize=1)
def rollout() -> RolloutTable:
    """Load the known points of the roll-out."""
    text = read_columns("rollout.csv")
    columns: dict[str, Any] = {name: floats(text[name]) for name in ("counties", "stations", "partners")}
    columns |= {name: texts(text[name]) for name in ("month", "event", "facts", "source")}
    return RolloutTable(county_adcode=ints(text["county_adcode"]), **columns)


@lru_cache(maxsize=1)
def facts() -> FactTable:
    """Load the facts."""
    text = read_columns("facts.csv")
    rows = [dict(zip(text, values, strict=True)) for values in zip(*text.values(), strict=True)]
    return FactTable(tuple(Fact(number=_number(row["value"]), **row) for row in rows))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


@lru_cache(maxsize=1)
def data_hash() -> str:
    """SHA-256 over names and contents of the shipped tables, in order of name; part of the provenance."""
    digest = hashlib.sha256()
    tables = sorted(
        entry.name for entry in files("sim.data").iterdir() if entry.name.endswith((".csv", ".csv.gz"))
    )
    for name in tables:
        content = shipped_bytes(name)
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()
