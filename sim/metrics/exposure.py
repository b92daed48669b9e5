"""How many acquaintances sold when a household opened, and how long others had as many without opening."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.compiled import compiled
from sim.metrics.selling import Spells, selling_spell
from sim.world.graph import AcquaintanceGraph, acquaintances_of

__all__ = ["MOST_SELLERS", "Exposures", "TimeAtRisk", "exposures", "ties_between", "time_at_risk"]

Integers = NDArray[np.int64]
Array = NDArray[np.float64]

#: So many selling acquaintances or more are counted together.
MOST_SELLERS = 8
_MONTHS_A_YEAR = 12


@dataclass(frozen=True, eq=False, slots=True)
class Exposures:
    """Selling acquaintances in the month of opening, and acquaintances in all, (n,) each.

    Two ties between the same pair count twice, as they do in the model.
    """

    sellers: Integers
    acquaintances: Integers

    @property
    def share(self) -> Array:
        """Exposure in Valente's sense: share of acquaintances who sell; nan for a household without any."""
        known = self.acquaintances > 0
        share: Array = np.full(self.sellers.size, np.nan)
        share[known] = self.sellers[known] / self.acquaintances[known]
        return share


def exposures(
    household: Integers, village: Integers, month: Integers, spells: Spells, graph: AcquaintanceGraph
) -> Exposures:
    """Selling acquaintances of households in given months.

    Parameters
    ----------
    household, village, month : (n,). spells : of the whole run. graph : who knows whom.
    """
    sellers, known = np.zeros(household.size, np.int64), np.zeros(household.size, np.int64)
    room = graph.max_degree
    near = np.empty(room, np.int64), np.empty(room, np.int8)
    _count(household, village, month, spells, graph.columns, *near, sellers, known)
    return Exposures(sellers, known)


@compiled
def _count(household, village, month, spells, graph, neighbour, kinds, sellers, known):  # type: ignore[no-untyped-def]
    for i in range(household.size):
        n = acquaintances_of(household[i], village[i], graph, neighbour, kinds)
        known[i] = n
        for j in range(n):
            sellers[i] += selling_spell(neighbour[j], month[i], spells) >= 0


def ties_between(adopter: Integers, village: Integers, graph: AcquaintanceGraph) -> Integers:
    """Ties among some households, each once, as pairs of their positions.

    Parameters
    ----------
    adopter : (n,) household numbers, ascending and distinct. village : where they live.

    Returns
    -------
    (E, 2); two ties between the same pair stand twice.
    """
    room = graph.max_degree
    near = np.empty(room, np.int64), np.empty(room, np.int8)
    pairs = np.empty((adopter.size * room // 2 + 1, 2), np.int64)
    n = _pairs(adopter, village, graph.columns, *near, pairs)
    return pairs[:n]


@compiled
def _pairs(adopter, village, graph, neighbour, kinds, pairs):  # type: ignore[no-untyped-def]
    count = 0
    for i in range(adopter.size):
        n = acquaintances_of(adopter[i], village[i], graph, neighbour, kinds)
        for j in range(n):
            if neighbour[j] <= adopter[i]:
                continue
            place = np.searchsorted(adopter, neighbour[j])
            if place < adopter.size and adopter[place] == neighbour[j]:
                pairs[count, 0] = i
                pairs[count, 1] = place
                count += 1
    return count


@dataclass(frozen=True, eq=False, slots=True)
class TimeAtRisk:
    """Household-months without a shop, by number of selling acquaintances: exact for all households.

    Parameters
    ----------
    total : (MOST_SELLERS + 1,) household-months with so many selling acquaintances.
    village, year : (S,) strata in which any household had a selling acquaintance; year 0 is the run's first.
    by_stratum : (S, MOST_SELLERS + 1) the same within them.
    """

    total: Integers
    village: Integers
    year: Integers
    by_stratum: Integers


def time_at_risk(
    spells: Spells, is_pioneer: NDArray[np.bool_], graph: AcquaintanceGraph, first_month: int, n_months: int
) -> TimeAtRisk:
    """Household-months at risk of opening a shop.

    A household is at risk in every month in which it does not sell, the month of its opening included; pioneers,
    who open by decree, are not at risk in that month.

    Parameters
    ----------
    is_pioneer : (n,) of each spell. first_month : calendar month, 0 to 11, in which the run begins.
    """
    first_household = graph.first_household
    keys = _changes(spells, graph, n_months)
    village = np.searchsorted(first_household, keys // (2 * (n_months + 1)), side="right") - 1
    touched, place = np.unique(village, return_inverse=True)
    n_years = (first_month + n_months - 1) // _MONTHS_A_YEAR + 1
    risk = np.zeros((touched.size * n_years, MOST_SELLERS + 1), np.int64)
    months_busy = _busy_months(spells, is_pioneer, n_months)
    _walk(keys, place, spells, is_pioneer, n_months, first_month, n_years, risk)
    _fill_none(risk, touched, n_years, spells, is_pioneer, first_household, first_month, n_months)
    total = risk.sum(axis=0)
    total[0] = int(first_household[-1]) * n_months - int(months_busy.sum()) - int(total[1:].sum())
    stratum = np.flatnonzero(risk[:, 1:].any(axis=1))
    return TimeAtRisk(total, touched[stratum // n_years], stratum % n_years, risk[stratum])


def _ends(spells: Spells, n_months: int) -> Integers:
    """First month after each spell in which the household is at risk again."""
    return np.minimum(spells.closed, n_months - 1) + 1  # who still sells closes later than any month


def _busy_months(spells: Spells, is_pioneer: NDArray[np.bool_], n_months: int) -> Integers:
    """Months of each spell in which its household is not at risk."""
    return _ends(spells, n_months) - spells.opened - 1 + is_pioneer


def _changes(spells: Spells, graph: AcquaintanceGraph, n_months: int) -> Integers:
    """Changes of the number of selling acquaintances as sorted keys: household, month, and 1 for one fewer."""
    village = np.searchsorted(graph.first_household, spells.household, side="right") - 1
    room = graph.max_degree
    near = np.empty(room, np.int64), np.empty(room, np.int8)
    keys = np.empty(2 * room * spells.household.size, np.int64)
    n = _write_changes(spells, village, graph.columns, n_months, *near, keys)
    return np.sort(keys[:n])


@compiled
def _write_changes(spells, village, graph, n_months, neighbour, kinds, keys):  # type: ignore[no-untyped-def]
    count, line = 0, 2 * (n_months + 1)
    for i in range(spells.household.size):
        begins, ends = spells.opened[i] + 1, spells.closed[i]
        if begins >= n_months:
            continue
        n = acquaintances_of(spells.household[i], village[i], graph, neighbour, kinds)
        for j in range(n):
            keys[count] = neighbour[j] * line + 2 * begins
            count += 1
            if ends < n_months - 1:
                keys[count] = neighbour[j] * line + 2 * (ends + 1) + 1
                count += 1
    return count


@compiled
def _walk(keys, place, spells, is_pioneer, n_months, first_month, n_years, risk):  # type: ignore[no-untyped-def]
    """Months at risk with one selling acquaintance or more, by stratum."""
    line = 2 * (n_months + 1)
    most = risk.shape[1] - 1
    number = 0
    for i in range(keys.size):
        household, within = keys[i] // line, keys[i] % line
        if i == 0 or keys[i - 1] // line != household:
            number = 0
        number += -1 if within % 2 else 1
        is_last = i + 1 == keys.size or keys[i + 1] // line != household
        until = n_months if is_last else keys[i + 1] % line // 2
        if number == 0 or until == within // 2:
            continue
        spell = np.searchsorted(spells.household, household)
        for month in range(within // 2, until):
            free = True
            row = spell
            while row < spells.household.size and spells.household[row] == household:
                after = spells.opened[row] - is_pioneer[row]
                if after < month <= spells.closed[row]:
                    free = False
                    break
                row += 1
            if free:
                year = (first_month + month) // 12
                risk[place[i] * n_years + year, min(number, most)] += 1


def _fill_none(
    risk: Integers,
    touched: Integers,
    n_years: int,
    spells: Spells,
    is_pioneer: NDArray[np.bool_],
    first_household: Integers,
    first_month: int,
    n_months: int,
) -> None:
    """Months at risk with no selling acquaintance in the strata: all the others of those villages and years."""
    months = np.bincount((first_month + np.arange(n_months)) // _MONTHS_A_YEAR, minlength=n_years)
    households = first_household[touched + 1] - first_household[touched]
    whole = np.multiply.outer(households, months).reshape(-1)
    village = np.searchsorted(first_household, spells.household, side="right") - 1
    place = np.searchsorted(touched, village)
    known = (
        (place < touched.size) & (touched[np.minimum(place, touched.size - 1)] == village) if touched.size else []
    )
    busy = np.zeros(risk.shape[0], np.int64)
    begins, ends = spells.opened + 1 - is_pioneer, _ends(spells, n_months)
    for year in range(n_years):
        low = max(year * _MONTHS_A_YEAR - first_month, 0)
        high = min((year + 1) * _MONTHS_A_YEAR - first_month, n_months)
        inside = np.maximum(np.minimum(ends, high) - np.maximum(begins, low), 0)
        if touched.size:
            np.add.at(busy, place[known] * n_years + year, inside[known])
    risk[:, 0] = whole - busy - risk[:, 1:].sum(axis=1)
