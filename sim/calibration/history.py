"""What a run and the published lists have in common: counts by year, by month's end and by county."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.data import counties, observed_villages
from sim.experiments.outcomes import BY_COUNTY, MONTHLY, YEARLY, Layout, Summary, observed_counts
from sim.metrics.poverty import observed_poverty_villages
from sim.metrics.spatial import county_weights
from sim.results.comparison import OBSERVED_YEARS
from sim.scenario import Scenario
from sim.world import build_world
from sim.world.columns import COVARIATES
from sim.world.regions import resolve_region
from sim.world.tree import county_frame

__all__ = ["NEIGHBOURS", "History", "Places", "history_of_run", "list_counts", "listed_history", "places_of"]

Array = NDArray[np.float64]
_DECEMBER, _MONTHS_A_YEAR = 11, 12
#: Nearest counties that count as neighbours in Moran's I.
NEIGHBOURS = 8
_VILLAGES_OF_COUNTY = [outcome.name for outcome in BY_COUNTY].index("county_villages")


@dataclass(frozen=True, eq=False)
class Places:
    """The counties of a region, C of them, in the order of their codes.

    Parameters
    ----------
    code, province : codes. name : English names. lon, lat : degrees of the seats.
    rural_households : of 2010. covariates : (C, 6) national standard deviations, in the order of ``COVARIATES``.
    """

    code: NDArray[np.int64]
    province: NDArray[np.int64]
    name: NDArray[np.object_]
    lon: Array
    lat: Array
    rural_households: Array
    covariates: Array

    @property
    def n(self) -> int:
        """Number of counties."""
        return self.code.size

    @cached_property
    def neighbours(self) -> Any:
        """Graph of each county's nearest others (``sim.metrics.spatial``); ``None`` for too few counties."""
        return county_weights(self.lon, self.lat, NEIGHBOURS) if self.n > NEIGHBOURS else None

    @cached_property
    def listed_2014(self) -> Array:
        """Villages of each county on the published list of 2014, (C,)."""
        return list_counts(self, OBSERVED_YEARS[0])


@dataclass(frozen=True, eq=False)
class History:
    """One history: the numbers of its Decembers.

    Parameters
    ----------
    counts : by (outcome, year). villages : Taobao villages of the counties by year, (C,).
    """

    counts: Mapping[tuple[str, int], float]
    villages: Mapping[int, Array]


def places_of(scenario: Scenario) -> Places:
    """Counties of a scenario's region; the world is built only where it is invented."""
    if scenario.region.synthetic is not None:
        made = build_world(scenario).counties
        return Places(
            made.code, made.province, made.name_en, made.lon, made.lat, made.rural_households, made.covariates
        )
    rows, table = resolve_region(scenario), counties()
    return Places(
        table.adcode[rows].astype(np.int64),
        table.province_code[rows].astype(np.int64),
        table.name_en[rows],
        table.lon[rows],
        table.lat[rows],
        table.rural_households[rows].astype(np.float64),
        county_frame(rows).covariates,
    )


def history_of_run(summary: Summary, layout: Layout) -> History:
    """History of one run from its stored outcomes, those of counties included."""
    counts = {
        (outcome.name, year): float(summary.yearly[number, position])
        for number, outcome in enumerate(YEARLY)
        for position, year in enumerate(layout.years)
    }
    for number, outcome in enumerate(MONTHLY.values()):
        for year in layout.years:
            month = year * _MONTHS_A_YEAR + _DECEMBER - layout.start
            counts[outcome.name, year] = float(summary.monthly[number, month])
    villages = {
        year: summary.by_county[_VILLAGES_OF_COUNTY, position] for position, year in enumerate(layout.years)
    }
    return History(counts, villages)


def list_counts(places: Places, year: int) -> Array:
    """Villages of each county on the published list of 2014 or 2015."""
    table = observed_villages()
    listed = table.listed_2014 if year == OBSERVED_YEARS[0] else table.listed_2015
    return counted(places, table.county_adcode[listed])


def counted(places: Places, codes: Iterable[int]) -> Array:
    """How often each county's code occurs; codes of other counties are left out."""
    found = np.fromiter((int(code) for code in codes), np.int64)
    found = found[np.isin(found, places.code)]
    return np.bincount(np.searchsorted(places.code, found), minlength=places.n).astype(np.float64)


def listed_history(scenario: Scenario) -> History:
    """What the published lists say about a scenario's region; nothing for an invented world.

    Villages in poor counties are those of the lists as matched to the tree, counted for the whole country only.
    """
    if scenario.region.synthetic is not None:
        return History({}, {})
    places = places_of(scenario)
    counts: dict[tuple[str, int], float] = {key: float(value) for key, value in observed_counts(scenario).items()}
    if scenario.region.kind == "china":
        counts |= {("poverty_villages", year): float(n) for year, n in observed_poverty_villages().items()}
    return History(counts, {year: list_counts(places, year) for year in OBSERVED_YEARS})


#: Names by which a covariate's mean is asked for.
COVARIATE_PLACE = {name: position for position, name in enumerate(COVARIATES)}
