"""What an experiment keeps of one run: a few outcomes by year and by month, as numbers in a fixed order."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.data import counties
from sim.errors import ResultError
from sim.metrics.income import seller_income
from sim.metrics.sales import sales_bands
from sim.results import RunResult
from sim.results.comparison import (
    OBSERVED_YEARS,
    PATTERN_WORDS,
    criteria_of,
    december_years,
    observed_in,
    simulated_patterns,
)
from sim.scenario import Scenario
from sim.world.regions import resolve_region

__all__ = [
    "BY_COUNTY",
    "BY_VILLAGE",
    "MONTHLY",
    "YEARLY",
    "Layout",
    "Outcome",
    "Summary",
    "observed_counts",
    "summarise",
]

Array = NDArray[np.float64]
_DECEMBER = 11
_MONTHS_A_YEAR = 12
#: More Taobao villages in a year than China has villages are none.
_MOST_VILLAGES = 1_000_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """One number of a run: its name in datasets, its unit, and words for people."""

    name: str
    unit: str
    meaning: str


_PATTERN_UNITS = {"taobao_towns": "towns", "prefectures": "prefectures", "provinces": "provinces"} | dict.fromkeys(
    ("counties", "cluster_counties", "large_cluster_counties"), "counties"
)

#: Outcomes of each December; counts of change compare with the December before.
YEARLY: tuple[Outcome, ...] = (
    *(Outcome(name, _PATTERN_UNITS.get(name, "villages"), words) for name, words in PATTERN_WORDS.items()),
    Outcome("poverty_villages", "villages", "Taobao villages in poverty counties"),
    Outcome("recognised_shops", "shops", "active shops in Taobao villages"),
    Outcome("middle_villages", "villages", "Taobao villages selling 10-30 million"),
    Outcome("great_villages", "villages", "Taobao villages over 100 million"),
    Outcome("shops", "shops", "active shops"),
    Outcome("villages_with_shops", "villages", "villages with active shops"),
    Outcome("sales_yuan", "yuan", "online sales of the year"),
    Outcome("sales_per_shop_yuan", "yuan", "online sales of the year per shop"),
    Outcome("seller_income_yuan", "yuan", "yearly income of a seller, mean"),
    Outcome("village_income_yuan", "yuan", "yearly income of a seller, median village"),
)
#: Outcomes of each month, by the column of the national table they come from.
MONTHLY: Mapping[str, Outcome] = {
    "shops": Outcome("monthly_shops", "shops", "active shops at the end of the month"),
    "openings": Outcome("monthly_openings", "shops", "shops opened in the month"),
    "closings": Outcome("monthly_closings", "shops", "shops closed in the month"),
    "online_sales_yuan": Outcome("monthly_sales_yuan", "yuan", "online sales of the month"),
    "parcels": Outcome("monthly_parcels", "parcels", "parcels of the month"),
    "mean_parcel_cost_yuan": Outcome("parcel_cost_yuan", "yuan", "mean cost of a parcel over villages"),
    "county_centers": Outcome("county_centers", "counties", "counties with a center"),
    "stations": Outcome("stations", "stations", "village stations"),
    "partners_1_0": Outcome("partners_1_0", "partners", "partners of model 1.0"),
    "partners_2_0": Outcome("partners_2_0", "partners", "partners of model 2.0"),
    "mean_partner_income_yuan": Outcome("partner_income_yuan", "yuan", "mean monthly income of partners"),
}
#: Outcomes of each December and county; kept only where asked for.
BY_COUNTY: tuple[Outcome, ...] = (
    Outcome("county_villages", "villages", "Taobao villages of the county"),
    Outcome("county_shops", "shops", "active shops of the county"),
)
#: Outcomes of each December and Taobao village; kept only where asked for.
BY_VILLAGE: tuple[Outcome, ...] = (
    Outcome("village_shops", "shops", "active shops of the Taobao village"),
    Outcome("village_sales_yuan", "yuan", "online sales of the year of the Taobao village"),
)
_VILLAGE_COLUMNS = ("year", "uid", "county", "shops", "online_sales_yuan")


@dataclass(frozen=True, slots=True)
class Layout:
    """Shape of a summary: which Decembers, how many months from which on, and how many counties (0: none kept).

    ``by_village`` says whether rows of Taobao villages follow.
    """

    years: tuple[int, ...]
    start: int
    n_months: int
    n_counties: int
    by_village: bool = False

    @classmethod
    def of(cls, scenario: Scenario, *, by_county: bool, by_village: bool = False) -> Layout:
        """Layout of the runs of a scenario."""
        years = tuple(december_years(scenario))
        n_counties = _n_counties(scenario) if by_county else 0
        return cls(years, scenario.start, scenario.n_months, n_counties, by_village)

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Shapes of the yearly, monthly and county parts."""
        years = len(self.years)
        return (len(YEARLY), years), (len(MONTHLY), self.n_months), (len(BY_COUNTY), years, self.n_counties)

    def read(self, packed: bytes) -> Summary:
        """Summary from its bytes.

        Raises
        ------
        ResultError : the bytes are not those of a summary of this layout.
        """
        sizes = [int(np.prod(shape)) for shape in self.shapes]
        most = sum(sizes) + self.by_village * len(self.years) * _MOST_VILLAGES * len(_VILLAGE_COLUMNS)
        try:
            values = np.frombuffer(_unpacked(packed, 8 * most), "<f8").astype(np.float64, copy=False)
        except (zlib.error, ValueError) as error:
            message = "a stored summary cannot be unpacked"
            raise ResultError(message) from error
        beyond = values.size - sum(sizes)
        if beyond < 0 or (beyond > 0 and (not self.by_village or beyond % len(_VILLAGE_COLUMNS))):
            message = f"a stored summary holds {values.size} numbers, this experiment keeps {sum(sizes)}"
            raise ResultError(message)
        *parts, rows = np.split(values, np.cumsum(sizes))
        yearly, monthly, by_county = (part.reshape(shape) for part, shape in zip(parts, self.shapes, strict=True))
        by_village = rows.reshape(-1, len(_VILLAGE_COLUMNS))
        if not np.isin(by_village[:, 0], self.years).all():
            message = "a stored summary holds villages of years that this experiment does not reach"
            raise ResultError(message)
        return Summary(yearly, monthly, by_county, by_village)


def _unpacked(packed: bytes, most: int) -> bytes:
    """What was packed; ``ValueError`` if it is cut short, or longer than can be: then it is not unpacked whole."""
    unpacker = zlib.decompressobj()
    content = unpacker.decompress(packed, most + 1)
    if len(content) > most or not unpacker.eof:
        message = f"found more than {most} bytes, or no end"
        raise ValueError(message)
    return content


@dataclass(frozen=True, eq=False, slots=True)
class Summary:
    """Outcomes of one run: (outcomes, years), (outcomes, months) and (outcomes, years, counties).

    ``by_village`` has one row a December and Taobao village, where asked for: year, lasting number, county, shops,
    online sales.
    """

    yearly: Array
    monthly: Array
    by_county: Array
    by_village: Array = field(default_factory=lambda: np.zeros((0, len(_VILLAGE_COLUMNS))))

    def packed(self) -> bytes:
        """The numbers as compressed little-endian doubles; equal summaries give equal bytes."""
        arrays = (self.yearly, self.monthly, self.by_county, self.by_village)
        parts = [part.astype("<f8").tobytes() for part in arrays]
        return zlib.compress(b"".join(parts), 1)


def _n_counties(scenario: Scenario) -> int:
    """Counties of the region, without building the world."""
    synthetic = scenario.region.synthetic
    return resolve_region(scenario).size if synthetic is None else int(synthetic.counties)


def summarise(result: RunResult, *, by_county: bool = False, by_village: bool = False) -> Summary:
    """Outcomes of a finished run; nan where a year has none (no December before, no full year, no shop)."""
    scenario, national = result.scenario, result.columns("national")
    layout = Layout.of(scenario, by_county=by_county)
    monthly = np.array([national[name] for name in MONTHLY], np.float64)
    rows = {outcome.name: np.full(len(layout.years), np.nan) for outcome in YEARLY}
    _count_patterns(result, layout.years, rows)
    _sum_years(scenario, national, layout.years, rows)
    _village_incomes(result, layout.years, rows)
    yearly = np.array([rows[outcome.name] for outcome in YEARLY], np.float64)
    counted = _count_by_county(result, layout) if by_county else np.zeros(layout.shapes[2])
    if not by_village:
        return Summary(yearly, monthly, counted)
    villages = result.columns("villages")
    listed = [villages[name][villages["recognised"]].astype(np.float64) for name in _VILLAGE_COLUMNS]
    return Summary(yearly, monthly, counted, np.stack(listed, axis=1))


def _count_patterns(result: RunResult, years: tuple[int, ...], rows: dict[str, Array]) -> None:
    villages, places = result.columns("villages"), result.columns("county_list")
    for name, year, value in simulated_patterns(result.scenario, villages, places).rows():
        rows[name][years.index(year)] = value
    selling, shops = villages["shops"] > 0, _all_shops(villages)
    poor = result.world.counties.national_poverty[np.searchsorted(places["county"], villages["county"])]
    chosen = villages["recognised"] & poor
    for position, year in enumerate(years):
        there = villages["year"] == year
        rows["poverty_villages"][position] = np.count_nonzero(chosen & there)
        bands = sales_bands(villages["recognised"] & there, shops, villages["online_sales_yuan"])
        rows["recognised_shops"][position] = bands.shops
        rows["middle_villages"][position], rows["great_villages"][position] = bands.middle, bands.great
        rows["villages_with_shops"][position] = np.count_nonzero(selling & there)


def _sum_years(
    scenario: Scenario, national: Mapping[str, NDArray[Any]], years: tuple[int, ...], rows: dict[str, Array]
) -> None:
    for position, year in enumerate(years):
        december = year * _MONTHS_A_YEAR + _DECEMBER - scenario.start
        rows["shops"][position] = national["shops"][december]
        if december < _DECEMBER:
            continue
        months = slice(december - _DECEMBER, december + 1)
        sales, shops = national["online_sales_yuan"][months].sum(), _all_shops(national)[months].mean()
        rows["sales_yuan"][position] = sales
        rows["sales_per_shop_yuan"][position] = sales / shops if shops > 0 else np.nan
        margin = _margin(scenario, year)
        rows["seller_income_yuan"][position] = seller_income(sales, shops, margin=margin)


def _all_shops(columns: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    """Shops of households and, with migration, of incoming merchants: online sales are those of both."""
    shops = columns["shops"]
    return shops + columns["incoming_shops"] if "incoming_shops" in columns else shops


def _margin(scenario: Scenario, year: int) -> float:
    return float(scenario.settings(year * _MONTHS_A_YEAR + _DECEMBER).poverty.margin)


def _village_incomes(result: RunResult, years: tuple[int, ...], rows: dict[str, Array]) -> None:
    """Median over villages that have a shop in December, from the sales of their last twelve months."""
    villages, scenario = result.columns("villages"), result.scenario
    shops = _all_shops(villages)
    for position, year in enumerate(years):
        chosen = (villages["year"] == year) & (shops > 0)
        if not chosen.any() or year * _MONTHS_A_YEAR + _DECEMBER - scenario.start < _DECEMBER:
            continue
        incomes = seller_income(
            villages["online_sales_yuan"][chosen], shops[chosen], margin=_margin(scenario, year)
        )
        rows["village_income_yuan"][position] = np.median(incomes)


def _count_by_county(result: RunResult, layout: Layout) -> Array:
    villages, places = result.columns("villages"), result.columns("county_list")
    counted = np.zeros(layout.shapes[2])
    shops = result.columns("counties")["shops"].reshape(layout.n_months, layout.n_counties)
    county = np.searchsorted(places["county"], villages["county"])
    for position, year in enumerate(layout.years):
        chosen = villages["recognised"] & (villages["year"] == year)
        counted[0, position] = np.bincount(county[chosen], minlength=layout.n_counties)
        counted[1, position] = shops[year * _MONTHS_A_YEAR + _DECEMBER - layout.start]
    return counted


def observed_counts(scenario: Scenario) -> dict[tuple[str, int], int]:
    """Counts of the published lists in the scenario's region by pattern and year; none for a synthetic world."""
    years = set(december_years(scenario)) & set(OBSERVED_YEARS)
    if scenario.region.synthetic is not None:
        return {}
    places = {"county": counties().adcode[resolve_region(scenario)]}
    rows = observed_in(places, criteria_of(scenario)).rows()
    return {(name, year): value for name, year, value in rows if year in years}
