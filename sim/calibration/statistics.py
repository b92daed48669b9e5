"""How each target is computed from a history, be it a run or the published lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from sim.calibration.history import COVARIATE_PLACE, History, Places
from sim.experiments.outcomes import MONTHLY, YEARLY
from sim.metrics.concentration import rank_size
from sim.metrics.spatial import morans_i
from sim.scenario.values import plain_number

__all__ = ["PLACED", "STATISTICS", "Statistic", "span", "statistic"]

Computed: TypeAlias = Callable[[History, Places, int, str], float]


@dataclass(frozen=True, slots=True)
class Statistic:
    """One statistic of a history.

    Parameters
    ----------
    meaning : in words. compute : from history, places, year and the text of the column ``place``.
    place : what stands in that column; blank if nothing does.
    """

    meaning: str
    compute: Computed
    place: str = ""


def _count(name: str) -> Computed:
    return lambda history, _places, year, _place: history.counts.get((name, year), np.nan)


def _share(part: str, whole: str) -> Computed:
    def share(history: History, _places: Places, year: int, _place: str) -> float:
        of = history.counts.get((whole, year), np.nan)
        return history.counts.get((part, year), np.nan) / of if of > 0 else np.nan

    return share


def _in_province(history: History, places: Places, year: int, place: str) -> float:
    inside = places.province == int(place)
    return float(history.villages[year][inside].sum()) if year in history.villages and inside.any() else np.nan


def _in_county(history: History, places: Places, year: int, place: str) -> float:
    if year not in history.villages or int(place) not in places.code:
        return np.nan
    return float(history.villages[year][np.searchsorted(places.code, int(place))])


def _of_rank(history: History, places: Places, year: int, place: str) -> float:
    if year not in history.villages or int(place) > places.n:
        return np.nan
    return float(rank_size(history.villages[year])[int(place) - 1])


def _moran(history: History, places: Places, year: int, _place: str) -> float:
    if year not in history.villages or places.neighbours is None:
        return np.nan
    return morans_i(history.villages[year], places.neighbours).statistic


def _where_listed(history: History, places: Places, year: int, place: str) -> float:
    if year not in history.villages:
        return np.nan
    low, high = span(place)
    inside = (places.listed_2014 >= low) & (places.listed_2014 <= high)
    return float(history.villages[year][inside].sum()) if inside.any() else np.nan


def span(text: str) -> tuple[int, int]:
    """Least and greatest number of a text such as "3" or "3-4".

    Raises
    ------
    ValueError : another text, or a span that ends before it begins.
    """
    low, _, high = text.partition("-")
    first, last = plain_number(low), plain_number(high or low)
    if first is None or last is None or first > last:
        raise ValueError(text)
    return first, last


def _mean_covariate(history: History, places: Places, year: int, place: str) -> float:
    if year not in history.villages or not history.villages[year].any():
        return np.nan
    return float(np.average(places.covariates[:, COVARIATE_PLACE[place]], weights=history.villages[year]))


#: Every statistic by name: the counts that experiments keep, and those made from the counts of counties.
STATISTICS: Mapping[str, Statistic] = {
    **{outcome.name: Statistic(outcome.meaning, _count(outcome.name)) for outcome in YEARLY},
    **{outcome.name: Statistic(outcome.meaning, _count(outcome.name)) for outcome in MONTHLY.values()},
    "middle_share": Statistic(
        "share of Taobao villages selling 10-30 million", _share("middle_villages", "villages")
    ),
    "province_villages": Statistic("Taobao villages of the province", _in_province, "code of a province"),
    "county_villages": Statistic("Taobao villages of the county", _in_county, "code of a county"),
    "county_of_rank": Statistic("Taobao villages of the county of that rank", _of_rank, "rank"),
    "where_listed": Statistic(
        "Taobao villages of the counties with so many on the list of 2014",
        _where_listed,
        "a number of villages or a span such as 3-4",
    ),
    "county_moran": Statistic("Moran's I of the counties' villages", _moran),
    "mean_covariate": Statistic(
        "mean of the covariate over Taobao villages", _mean_covariate, f"one of {', '.join(COVARIATE_PLACE)}"
    ),
}
#: Statistics that need something in the column ``place``.
PLACED = frozenset(name for name, each in STATISTICS.items() if each.place)


def statistic(history: History, places: Places, name: str, year: int, place: str = "") -> float:
    """Value of a statistic in the December of a year; nan where the history does not tell.

    Parameters
    ----------
    name : a name of ``STATISTICS``. place : code of a province or county, a rank, a number or span of villages, or
        a covariate's name.

    Notes
    -----
    Limits: no Taobao village in the year gives counts of 0, and nan for shares, means and Moran's I.
    """
    return STATISTICS[name].compute(history, places, year, place)
