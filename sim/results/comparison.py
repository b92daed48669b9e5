"""A run beside the published lists of 2014 and 2015: the same counts on both, in the same places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.data import counties, observed_villages
from sim.metrics.criteria import REPORT_2015, Criteria
from sim.metrics.observed import observed_patterns
from sim.metrics.patterns import Patterns, pattern_counts
from sim.results.tables import Columns
from sim.scenario import Scenario

__all__ = [
    "OBSERVED_YEARS",
    "PATTERN_WORDS",
    "december_years",
    "observed_in",
    "observed_mask",
    "pattern_table",
    "province_table",
    "simulated_patterns",
    "town_table",
]

OBSERVED_YEARS = (2014, 2015)
_DECEMBER = 11

#: Pattern -> words for people, short enough for a terminal, in the order of tables. An "old" town, county or
#: prefecture had a Taobao village the year before.
PATTERN_WORDS = {
    "villages": "Taobao villages",
    "taobao_towns": "Taobao towns",
    "counties": "counties with any",
    "cluster_counties": "counties with a cluster",
    "large_cluster_counties": "counties with a large one",
    "largest_county": "villages of largest county",
    "prefectures": "prefectures with any",
    "provinces": "provinces with any",
    "new_villages": "new villages",
    "new_in_old_town": "new in an old town",
    "new_in_old_county": "new in an old county",
    "new_in_old_prefecture": "new in an old prefecture",
    "staying_villages": "villages that stay",
    "left_villages": "villages that leave",
}


def december_years(scenario: Scenario) -> list[int]:
    """Years whose December the run reaches."""
    return [month // 12 for month in range(scenario.start, scenario.end + 1) if month % 12 == _DECEMBER]


def criteria_of(scenario: Scenario) -> Criteria:
    """Thresholds for towns and clusters as the scenario sets them at its end."""
    return Criteria.from_values(scenario.settings(scenario.end))


def simulated_patterns(scenario: Scenario, villages: Columns, county_list: Columns) -> Patterns:
    """Pattern counts over the Decembers of a run.

    Parameters
    ----------
    villages : the yearly village table. county_list : the counties simulated, in the order of their codes.
    """
    rows = {name: villages[name][villages["recognised"]] for name in ("year", "uid", "town", "county")}
    uid, first = np.unique(rows["uid"], return_index=True)
    county = rows["county"][first]
    place = np.searchsorted(county_list["county"], county)
    masks = {year: np.isin(uid, rows["uid"][rows["year"] == year]) for year in december_years(scenario)}
    return pattern_counts(
        masks,
        rows["town"][first],
        county,
        county_list["prefecture"][place],
        county_list["province"][place],
        criteria=criteria_of(scenario),
    )


def observed_mask(county_list: Columns) -> NDArray[np.bool_]:
    """Rows of the observed table that lie in these counties."""
    return np.isin(observed_villages().county_adcode, county_list["county"])


def observed_in(county_list: Columns, criteria: Criteria = REPORT_2015) -> Patterns:
    """Patterns of the lists in these counties; see :func:`sim.metrics.observed.observed_patterns`."""
    return observed_patterns(criteria, observed_mask(county_list))


def pattern_table(scenario: Scenario, villages: Columns, county_list: Columns) -> Columns:
    """One row a pattern and year: pattern, year, simulated, observed (nan where nothing was observed)."""
    simulated = simulated_patterns(scenario, villages, county_list)
    observed: Mapping[tuple[str, int], int] = {}
    if scenario.region.kind != "synthetic":
        lists = observed_in(county_list, criteria_of(scenario))
        observed = {(name, year): value for name, year, value in lists.rows()}
    order = list(PATTERN_WORDS)
    rows = sorted(simulated.rows(), key=lambda row: (order.index(row[0]), row[1]))
    return {
        "pattern": _texts([name for name, _, _ in rows]),
        "year": np.array([year for _, year, _ in rows], np.int16),
        "simulated": np.array([value for _, _, value in rows], np.int64),
        "observed": np.array([observed.get(row[:2], np.nan) for row in rows], np.float64),
    }


def _texts(values: Sequence[str]) -> NDArray[np.object_]:
    return np.array(list(values), dtype=object)


def province_table(scenario: Scenario, villages: Columns, county_list: Columns) -> Columns:
    """One row a province and December: Taobao villages simulated, and observed where there was a list."""
    code, first = np.unique(county_list["province"], return_index=True)
    years = december_years(scenario)
    place = np.searchsorted(county_list["county"], villages["county"])
    of_village = np.searchsorted(code, county_list["province"][place])
    inside = np.zeros((len(years), code.size), np.int64)
    seen = np.full((len(years), code.size), np.nan)
    real = scenario.region.kind != "synthetic"
    for row, year in enumerate(years):
        chosen = villages["recognised"] & (villages["year"] == year)
        inside[row] = np.bincount(of_village[chosen], minlength=code.size)
        if real and year in OBSERVED_YEARS:
            seen[row] = _observed_by_province(code, county_list, year)
    return {
        "year": np.repeat(np.array(years, np.int16), code.size),
        "province": np.tile(code, len(years)),
        "province_en": np.tile(county_list["province_en"][first], len(years)),
        "simulated": inside.reshape(-1),
        "observed": seen.reshape(-1),
    }


def _observed_by_province(code: NDArray[np.int64], county_list: Columns, year: int) -> NDArray[np.int64]:
    table = observed_villages()
    listed = (table.listed_2014 if year == OBSERVED_YEARS[0] else table.listed_2015) & observed_mask(county_list)
    province = counties().province_code[table.county_index[listed]]
    return np.array([np.count_nonzero(province == each) for each in code], np.int64)


def town_table(scenario: Scenario, villages: Columns, town_list: Columns) -> Columns:
    """One row a December and town with a recognised village: how many, and whether it is a Taobao town."""
    chosen = villages["recognised"]
    pairs, count = np.unique(
        np.stack([villages["year"][chosen].astype(np.int64), villages["town"][chosen]]),
        axis=1,
        return_counts=True,
    )
    order = np.argsort(town_list["town"])
    place = order[np.searchsorted(town_list["town"][order], pairs[1])]
    return {
        "year": pairs[0].astype(np.int16),
        "town": pairs[1],
        "town_zh": town_list["town_zh"][place],
        "county": town_list["county"][place],
        "taobao_villages": count,
        "taobao_town": count >= criteria_of(scenario).town_villages_min,
    }
