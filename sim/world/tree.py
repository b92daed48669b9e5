"""The real administrative tree of the chosen counties: towns, villages, and who was listed in 2014."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.data import CountyTable, counties, observed_villages, provinces, towns
from sim.streams import normal, stream_key

__all__ = [
    "CountyFrame",
    "ListedVillages",
    "VillageFrame",
    "county_frame",
    "listed_villages",
    "village_frame",
]

#: A village's lasting number is its town's code times this plus its place in the town.
UID_STEP = 1000
_LAST_OBSERVED_YEAR = 2014


@dataclass(frozen=True)
class CountyFrame:
    """Standardised covariates (C, 6), internet shares (C, Y) and the years (Y,) they belong to."""

    covariates: NDArray[np.float64]
    internet_share: NDArray[np.float64]
    internet_years: NDArray[np.float64]


@dataclass(frozen=True)
class VillageFrame:
    """Towns kept (rows of the town table, index of their county) and, village by village, town and number."""

    town_rows: NDArray[np.int64]
    town_county: NDArray[np.int64]
    town: NDArray[np.int64]
    place: NDArray[np.int64]
    uid: NDArray[np.uint64]


@dataclass(frozen=True)
class ListedVillages:
    """Rows of the observed table inside the world and the village each one is."""

    row: NDArray[np.int64]
    village: NDArray[np.int64]


def _raw_covariates(table: CountyTable) -> NDArray[np.float64]:
    hub = np.minimum.reduce(
        [table.dist_hangzhou_km, table.dist_yiwu_km, table.dist_guangzhou_km, table.dist_shanghai_km]
    )
    return np.stack(
        [
            np.log(table.emp_manuf_share + 0.01),
            np.log(table.emp_trade_share + 0.01),
            np.log(table.pop_potential),
            table.school_years,
            np.log(table.inmigrants_other_province_share + 0.001),
            np.log(hub + 20.0),
        ],
        axis=1,
    )


def county_frame(rows: NDArray[np.int64]) -> CountyFrame:
    """Covariates of the chosen counties, standardised over all counties of the country by rural households.

    The internet shares end with the last year that may be known (2014).
    """
    table = counties()
    raw = _raw_covariates(table)
    weight = table.rural_households / table.rural_households.sum()
    mean = weight @ raw
    sd = np.sqrt(weight @ (raw - mean) ** 2)
    shares = provinces()
    known = shares.internet_years <= _LAST_OBSERVED_YEAR
    province_row = table.province_index[rows]
    # A share "of 2013" is that of the year's end, the beginning of 2014 in decimal years.
    return CountyFrame(
        covariates=(raw[rows] - mean) / sd,
        internet_share=shares.internet_percent[province_row][:, known] / 100.0,
        internet_years=shares.internet_years[known].astype(np.float64) + 1.0,
    )


def village_frame(county_rows: NDArray[np.int64]) -> VillageFrame:
    """Villages of the chosen counties, town by town in the order of the codes."""
    table = towns()
    index_of_county = np.full(counties().adcode.size, -1, np.int64)
    index_of_county[county_rows] = np.arange(county_rows.size)
    kept = np.flatnonzero(index_of_county[table.county_index] >= 0)
    kept = kept[np.lexsort((table.town_code[kept], index_of_county[table.county_index[kept]]))]
    n_villages = table.n_villages[kept].astype(np.int64)
    town = np.repeat(np.arange(kept.size), n_villages)
    first = np.concatenate(([0], np.cumsum(n_villages)[:-1])) if kept.size else np.zeros(0, np.int64)
    place = np.arange(town.size) - first[town]
    uid = table.town_code[kept][town].astype(np.uint64) * np.uint64(UID_STEP) + place.astype(np.uint64)
    return VillageFrame(kept, index_of_county[table.county_index[kept]], town, place, uid)


def listed_villages(frame: VillageFrame) -> ListedVillages:
    """Which village each row of the observed table is: the first places of its town, those of 2014 before others.

    The tree gives towns the number of their villages, not their names; so a listed village takes a place of its
    town that no other listed village has. Nothing of 2015 moves a village of 2014 to another place.
    """
    observed = observed_villages()
    code = towns().town_code[frame.town_rows]
    order = np.argsort(code)
    slot = np.searchsorted(code[order], observed.town_code)
    slot = np.minimum(slot, max(code.size - 1, 0))
    inside = code[order][slot] == observed.town_code if code.size else np.zeros(observed.town_code.size, bool)
    rows = np.flatnonzero(inside)
    town = order[slot[rows]]
    by_town = np.lexsort((rows, ~observed.listed_2014[rows], town))
    rows, town = rows[by_town], town[by_town]
    head = np.flatnonzero(np.r_[True, town[1:] != town[:-1]]) if town.size else np.zeros(0, np.int64)
    rank = np.arange(town.size) - np.repeat(head, np.diff(np.r_[head, town.size]))
    first = np.searchsorted(frame.town, town)
    return ListedVillages(rows, first + rank)


def deviates(world_seed: int, purpose: str, code: NDArray[np.int64] | NDArray[np.uint64]) -> NDArray[np.float64]:
    """Standard normal deviates keyed by lasting codes (purpose ``"county effect"`` and the like)."""
    return normal(stream_key(world_seed, purpose), code.astype(np.uint64))
