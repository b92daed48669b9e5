"""The columns of the shipped tables: one frozen record of read-only arrays per table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.data.columns import Codes, Flags, Floats, Ints, Texts, frozen, positions
from sim.data.names import name_index, search_key

__all__ = [
    "CountyTable",
    "ExpressTable",
    "Fact",
    "FactTable",
    "ObservedTable",
    "ProductTable",
    "ProvinceTable",
    "RolloutTable",
    "TownTable",
]


@dataclass(frozen=True, eq=False)
class CountyTable:
    """Counties which have villages, in order of ``adcode``; every column has one entry per county.

    Attributes
    ----------
    adcode : int32, six digits, as of 2016-07-31.
    name_zh, name_en : official Chinese name; mechanical pinyin ("Cao County", "Yiwu City").
    prefecture_code, prefecture_zh, prefecture_en, province_code, province_zh, province_en : the units above.
    lon, lat : degrees, of the county seat.
    n_villages, n_towns : villages (committees and listed places) and towns which have any.
    rural_households : households, census of 2010.
    rural_households_basis : "census", "split", "estimated" or "capped".
    hh_size : persons per household. school_years : years.
    emp_manuf_share, emp_trade_share, emp_agri_share, emp_ict_share, emp_transport_share : share of the
        employed, 0 to 1.
    age15_39_share, inmigrants_other_province_share, rural_share : share of residents, 0 to 1.
    net_outflow_rate : (registered - resident) / registered, at most 1, negative where people come in.
    pop_2010 : residents. pop_potential : sum of population over distance, persons per km.
    dist_hangzhou_km, dist_yiwu_km, dist_guangzhou_km, dist_shanghai_km, dist_capital_km : great circle, km.
    national_poverty : whether it is one of the 832 national-level poverty counties.
    filled : names of the covariates which stand for a median, separated by blanks.
    """

    adcode: Ints
    name_zh: Texts
    name_en: Texts
    prefecture_code: Ints
    prefecture_zh: Texts
    prefecture_en: Texts
    province_code: Ints
    province_zh: Texts
    province_en: Texts
    lon: Floats
    lat: Floats
    n_villages: Ints
    n_towns: Ints
    rural_households: Ints
    rural_households_basis: Texts
    hh_size: Floats
    emp_manuf_share: Floats
    emp_trade_share: Floats
    emp_agri_share: Floats
    emp_ict_share: Floats
    emp_transport_share: Floats
    school_years: Floats
    age15_39_share: Floats
    net_outflow_rate: Floats
    inmigrants_other_province_share: Floats
    pop_2010: Floats
    rural_share: Floats
    pop_potential: Floats
    dist_hangzhou_km: Floats
    dist_yiwu_km: Floats
    dist_guangzhou_km: Floats
    dist_shanghai_km: Floats
    dist_capital_km: Floats
    national_poverty: Flags
    filled: Texts

    def __len__(self) -> int:
        return len(self.adcode)

    @cached_property
    def prefecture_codes(self) -> Ints:
        """Codes of the prefectures, sorted, each once."""
        return frozen(np.unique(self.prefecture_code))

    @cached_property
    def prefecture_index(self) -> Ints:
        """Position of each county's prefecture in `prefecture_codes`."""
        return positions(self.prefecture_code, self.prefecture_codes)

    @cached_property
    def province_codes(self) -> Ints:
        """Codes of the provinces, sorted, each once: the order of ``provinces()``."""
        return frozen(np.unique(self.province_code))

    @cached_property
    def province_index(self) -> Ints:
        """Position of each county's province in `province_codes`."""
        return positions(self.province_code, self.province_codes)

    def index_of(self, adcode: int) -> int:
        """Return the position of a county code.

        Raises
        ------
        KeyError
            If no county with villages has this code.
        """
        position = int(np.searchsorted(self.adcode, adcode))
        if position == len(self) or self.adcode[position] != adcode:
            raise KeyError(adcode)
        return position

    def find(self, name: str | int) -> list[int]:
        """Return the positions of the counties with this name or code; more than one if ambiguous.

        Names may be Chinese or English, with or without the suffix (曹县, 曹, "Cao County", "cao");
        case, blanks, hyphens and apostrophes do not count. ``find("白云区")`` gives two positions.
        """
        return list(self._by_county.get(search_key(str(name)), ()))

    def find_prefecture(self, name: str | int) -> list[int]:
        """Return the positions of all counties of the prefecture(s) with this name or four-digit code."""
        return list(self._by_prefecture.get(search_key(str(name)), ()))

    def find_province(self, name: str | int) -> list[int]:
        """Return the positions of all counties of the province with this name or two-digit code."""
        return list(self._by_province.get(search_key(str(name)), ()))

    @cached_property
    def _by_county(self) -> Mapping[str, tuple[int, ...]]:
        return name_index(self.adcode, self.name_zh, self.name_en)

    @cached_property
    def _by_prefecture(self) -> Mapping[str, tuple[int, ...]]:
        return name_index(self.prefecture_code, self.prefecture_zh, self.prefecture_en)

    @cached_property
    def _by_province(self) -> Mapping[str, tuple[int, ...]]:
        return name_index(self.province_code, self.province_zh, self.province_en)


@dataclass(frozen=True, eq=False)
class TownTable:
    """Towns which have villages, in order of ``town_code``.

    Attributes
    ----------
    town_code : int64, nine digits; codes ending in 900 and above are zones added for listed places.
    name_zh : Chinese name.
    county_adcode, county_index : the county, as code and as position in ``counties()``.
    town_type : "street", "town", "township", "other" or "zone".
    n_villages : villages, equal to ``n_committees + n_added``.
    n_committees : villagers' committees of 2016-07-31.
    n_added : listed Taobao villages which are none of these (residents' committees, villages of zones).
    """

    town_code: Codes
    name_zh: Texts
    county_adcode: Ints
    county_index: Ints
    town_type: Texts
    n_villages: Ints
    n_committees: Ints
    n_added: Ints

    def __len__(self) -> int:
        return len(self.town_code)

    def index_of(self, town_code: int) -> int:
        """Return the position of a town code; KeyError if it has no villages."""
        position = int(np.searchsorted(self.town_code, town_code))
        if position == len(self) or self.town_code[position] != town_code:
            raise KeyError(town_code)
        return position


@dataclass(frozen=True, eq=False)
class ObservedTable:
    """Villages ever listed as Taobao villages in 2014 or 2015, in order of county and town.

    Attributes
    ----------
    name_zh : name as printed, without the asterisk of the list.
    county_adcode, county_index, town_code, town_index : place, as codes and as positions.
    village_code : int64, twelve digits; -1 if the village is no committee of the tree.
    placed_by : "code" (found in its town), "town" (only the town was found), "zone" (added zone).
    listed_2014, listed_2015 : whether on the list. **2015 is an outcome: never part of a starting state.**
    product_zh, products_zh : first main product and all of them, list of 2014; blank if only in 2015.
    product : category of ``product_zh``, a name of ``products()``; blank if not known.
    product_known : whether the product is known from the 2014 list.
    pioneer_year : year of the first online shop where a fact gives it, else -1.
    pioneer_fact : the fact's id; a row with a pioneer and ``listed_2014`` False first appears in 2015.
    pioneer_product : category of what that shop sold, where the fact tells; blank if not known.
    is_residents_committee : whether it is an urban residents' committee.
    same_name_pair : the one second row (孙庄 beside 孙庄村) counted twice by the 2015 list.
    """

    name_zh: Texts
    county_adcode: Ints
    county_index: Ints
    town_code: Codes
    town_index: Ints
    village_code: Codes
    placed_by: Texts
    listed_2014: Flags
    listed_2015: Flags
    product_zh: Texts
    products_zh: Texts
    product: Texts
    product_known: Flags
    pioneer_year: Ints
    pioneer_fact: Texts
    pioneer_product: Texts
    is_residents_committee: Flags
    same_name_pair: Flags

    def __len__(self) -> int:
        return len(self.town_code)


@dataclass(frozen=True, eq=False)
class ProvinceTable:
    """The 31 provinces, in order of ``province_code``.

    Attributes
    ----------
    province_code : int32, two digits. name_zh, name_en : names.
    region : "east", "central", "west" or "northeast".
    internet_years : the years of the columns of ``internet_percent``, 2010 to 2016.
    internet_percent : float, shape (31, 7), internet users in percent of residents.
    observed_2014, observed_2015 : Taobao villages on the lists (2015: outcome).
    rural_income_2014_yuan : disposable income per head of rural residents.
    """

    province_code: Ints
    name_zh: Texts
    name_en: Texts
    region: Texts
    internet_years: Ints
    internet_percent: Floats
    observed_2014: Ints
    observed_2015: Ints
    rural_income_2014_yuan: Floats

    def __len__(self) -> int:
        return len(self.province_code)


@dataclass(frozen=True, eq=False)
class ProductTable:
    """Product categories: name, English and Chinese name, 2014 villages, rank of 2015 (outcome; 0 = none)."""

    product: Texts
    name_en: Texts
    name_zh: Texts
    villages_2014: Ints
    rank_2015_outcome: Ints

    def __len__(self) -> int:
        return len(self.product)


@dataclass(frozen=True, eq=False)
class ExpressTable:
    """Express points: level, code, period, volume (10,000 items) and revenue per item (yuan)."""

    level: Texts
    code: Texts
    name_zh: Texts
    period: Texts
    volume_10k_items: Floats
    yuan_per_item: Floats
    note: Texts

    def __len__(self) -> int:
        return len(self.level)


@dataclass(frozen=True, eq=False)
class RolloutTable:
    """Known points of Rural Taobao's roll-out: month, event, counts (nan if not said), county (-1), facts."""

    month: Texts
    event: Texts
    counties: Floats
    stations: Floats
    partners: Floats
    county_adcode: Ints
    facts: Texts
    source: Texts

    def __len__(self) -> int:
        return len(self.month)


@dataclass(frozen=True)
class Fact:
    """One fact of the documents; ``number`` is nan where ``value`` is text."""

    id: str
    value: str
    number: float
    unit: str
    date: str
    statement: str
    qualifier: str
    category: str
    source: str


@dataclass(frozen=True, eq=False)
class FactTable:
    """All facts in order of id."""

    rows: tuple[Fact, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, fact_id: str) -> Fact:
        """Return the fact with this id, for example ``facts()["F123"]``; KeyError if there is none."""
        return self._by_id[fact_id]

    def __contains__(self, fact_id: object) -> bool:
        return fact_id in self._by_id

    @cached_property
    def _by_id(self) -> Mapping[str, Fact]:
        return {fact.id: fact for fact in self.rows}
