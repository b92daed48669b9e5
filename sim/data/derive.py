"""Derive the shipped tables: ``python -m sim.data.derive --geography DIR --evidence DIR [--out DIR]``.

The same input gives the same bytes. Ranges, totals and published counts are checked before anything is
written; a violation ends the script with status 2 and a message naming table, row, column and value.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.data.derivation.checks import require_equal
from sim.data.derivation.context import express_rows, fact_rows, province_rows, rollout_rows
from sim.data.derivation.counties import check_counties, county_rows
from sim.data.derivation.files import Row, read_rows, write_rows
from sim.data.derivation.places import check_observed, observed_rows, town_rows
from sim.data.derivation.products import product_rows, word_rows
from sim.data.derivation.romanise import (
    PROVINCES_EN,
    county_english,
    pinyin_speller,
    prefecture_english,
    village_english,
)
from sim.errors import HinterlandError

__all__ = ["derive", "english_names", "main", "village_names"]

SHIPPED = Path(__file__).resolve().parent
Table = list[dict[str, Any]]


def english_names(tree: Iterable[Row], shipped: Path | None = SHIPPED / "counties.csv") -> dict[str, str]:
    """Name counties and prefectures in English by code.

    Parameters
    ----------
    tree : rows with ``adcode``, ``name_zh``, ``prefecture_code``, ``prefecture_zh``.
    shipped : counties.csv to take the names from when ``pypinyin`` is not installed.

    Returns
    -------
    dict
        Six-digit county and four-digit prefecture codes -> names.
    """
    try:
        spell = pinyin_speller()
    except ImportError:
        names: dict[str, str] = {}
        for row in read_rows(shipped) if shipped is not None else ():
            names |= {row["adcode"]: row["name_en"], row["prefecture_code"]: row["prefecture_en"]}
        return names
    names = {}
    for row in tree:
        names[row["adcode"]] = county_english(row["name_zh"], spell)
        province = PROVINCES_EN[row["adcode"][:2]]
        names[row["prefecture_code"]] = prefecture_english(row["prefecture_zh"], province, spell)
    return names


def village_names(observed: Iterable[Row], shipped: Path = SHIPPED / "village_names.csv") -> Table:
    """Every name of a listed village once, with its English name.

    Parameters
    ----------
    observed : rows with ``name_zh``.
    shipped : village_names.csv to take the names from when ``pypinyin`` is not installed.
    """
    try:
        spell = pinyin_speller()
    except ImportError:
        known = {row["name_zh"]: row["name_en"] for row in read_rows(shipped)}
    else:
        known = {row["name_zh"]: village_english(row["name_zh"], spell) for row in observed}
    return [{"name_zh": name, "name_en": known[name]} for name in sorted(known)]


def derive(geography: Path, evidence: Path) -> dict[str, Table]:
    """Make and check every table.

    Parameters
    ----------
    geography : folder with counties.csv, towns.csv.gz, county_census2010.csv and the other area tables.
    evidence : folder with taobao_villages_2014_2015.csv and facts.csv.

    Returns
    -------
    dict
        File name -> rows.

    Raises
    ------
    WorldError
        At the first violation of a range, a total or a published count.
    """
    tree = read_rows(geography / "counties.csv")
    listed = read_rows(evidence / "taobao_villages_2014_2015.csv")
    observed = observed_rows(listed)
    towns = town_rows(read_rows(geography / "towns.csv.gz"), observed)
    check_observed(observed, {town["town_code"] for town in towns})
    counties = county_rows(
        tree,
        read_rows(geography / "county_census2010.csv"),
        read_rows(geography / "county_distances.csv"),
        read_rows(geography / "poverty_counties_832.csv"),
        towns,
        english_names(tree),
        PROVINCES_EN,
    )
    check_counties(counties)
    committees = sum(town["n_committees"] for town in towns)
    require_equal("towns.csv.gz: villagers' committees", committees, sum(int(r["n_villages"]) for r in tree))
    listed_2014 = [row for row in listed if row["year"] == "2014"]
    facts = fact_rows(read_rows(evidence / "facts.csv"))
    provinces = read_rows(geography / "province_covariates.csv")
    return {
        "counties.csv": counties,
        "towns.csv.gz": towns,
        "observed_villages.csv": observed,
        "village_names.csv": village_names(observed),
        "products.csv": product_rows(listed_2014),
        "product_words.csv": word_rows(listed_2014),
        "provinces.csv": province_rows(provinces, observed, PROVINCES_EN),
        "express.csv": express_rows(read_rows(geography / "express_points.csv")),
        "rollout.csv": rollout_rows(row["id"] for row in facts),
        "facts.csv": facts,
    }


def _totals(tables: Mapping[str, Table]) -> str:
    counties = tables["counties.csv"]
    lines = [f"{name}: {len(rows)} rows" for name, rows in tables.items()]
    lines.append(f"villages: {sum(row['n_villages'] for row in counties)}")
    lines.append(f"rural households: {sum(row['rural_households'] for row in counties)}")
    bases = sorted({row["rural_households_basis"] for row in counties})
    for basis in bases:
        rows = [row for row in counties if row["rural_households_basis"] == basis]
        lines.append(f"  {basis}: {len(rows)} counties, {sum(r['rural_households'] for r in rows)} households")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script; return 0, or 2 if a check failed."""
    parser = argparse.ArgumentParser(prog="python -m sim.data.derive", description="Derive the shipped tables.")
    parser.add_argument("--geography", type=Path, required=True, help="folder of the area tables")
    parser.add_argument("--evidence", type=Path, required=True, help="folder of the lists and facts")
    parser.add_argument("--out", type=Path, default=SHIPPED, help="folder to write (default: the package's own)")
    options = parser.parse_args(arguments)
    try:
        tables = derive(options.geography, options.evidence)
    except HinterlandError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    options.out.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        write_rows(options.out / name, list(rows[0]), rows)
    sys.stdout.write(_totals(tables) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
