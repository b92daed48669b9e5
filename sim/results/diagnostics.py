"""How a run diffused: exposure, thresholds, adopter classes, hazards, ties and Bass' curve."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import ResultError
from sim.metrics.bass import BassFit, fit_bass
from sim.metrics.diffusion import (
    ADOPTER_CLASSES,
    Permutation,
    adopter_classes,
    permutation_test,
    rate_interval,
    rate_ratio,
)
from sim.metrics.exposure import MOST_SELLERS, Exposures, TimeAtRisk, exposures, ties_between, time_at_risk
from sim.metrics.selling import Spells
from sim.results.tables import dates
from sim.results.teachers import spells_of

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.result import RunResult

__all__ = ["STRATA", "Diagnostics"]

Integers = NDArray[np.int64]

#: Within what adoption times are permuted.
STRATA = ("village", "town", "county", "county-year", "none")
_MONTHS_A_YEAR = 12


class Diagnostics:
    """Diffusion diagnostics of a run, computed when asked for; all exact, none from a sample.

    ``adoptions`` each household's first opening with its exposure; ``thresholds`` how many acquaintances sold
    then; ``classes`` Rogers' adopter classes; ``hazard`` openings a household-month by number of selling
    acquaintances; ``permutation()`` whether adoption times depend on ties; ``bass`` Bass' curve.

    Parameters
    ----------
    result : the run.

    Notes
    -----
    Sources: Valente, Social Networks 18 (1996) 69 (exposure, thresholds); Rogers 1962 (classes); Bass 1969.
    """

    def __init__(self, result: RunResult) -> None:
        self._result = result

    @cached_property
    def _spells(self) -> Spells:
        return spells_of(self._result)

    @cached_property
    def _first(self) -> Integers:
        """Spells that are the first of their household."""
        household = self._spells.household
        return np.flatnonzero(np.r_[True, household[1:] != household[:-1]]) if household.size else household

    @cached_property
    def _pioneer(self) -> NDArray[np.bool_]:
        """Whether a pioneer opened, by spell."""
        pioneer: NDArray[np.bool_] = self._result.columns("events")["pioneer"][self._spells.event]
        return pioneer

    @cached_property
    def _village(self) -> Integers:
        """Village by spell."""
        return self._result.columns("events")["village"][self._spells.event].astype(np.int64)

    @cached_property
    def _exposures(self) -> Exposures:
        """Of every opening, by spell."""
        spells = self._spells
        return exposures(spells.household, self._village, spells.opened, spells, self._result.world.graph)

    @cached_property
    def _at_risk(self) -> TimeAtRisk:
        scenario = self._result.scenario
        begin = scenario.start % _MONTHS_A_YEAR
        return time_at_risk(self._spells, self._pioneer, self._result.world.graph, begin, scenario.n_months)

    @cached_property
    def adoptions(self) -> pd.DataFrame:
        """One row a household that ever opened a shop, at its first opening.

        ``month``, ``village`` and ``local`` as in events; ``pioneer`` opened by decree; ``sellers`` and
        ``acquaintances`` when it opened, ``exposure`` the share of them who sold (its threshold, as observed);
        ``adopter_class`` after Rogers.
        """
        import pandas as pd

        events, first = self._result.columns("events"), self._first
        row = self._spells.event[first]
        classes, _ = adopter_classes(self._spells.opened[first])
        return pd.DataFrame(
            {
                **{name: events[name][row] for name in ("month", "village", "uid", "local", "pioneer")},
                "sellers": self._exposures.sellers[first],
                "acquaintances": self._exposures.acquaintances[first],
                "exposure": self._exposures.share[first],
                "adopter_class": np.array(ADOPTER_CLASSES, dtype=object)[classes],
            }
        )

    @cached_property
    def thresholds(self) -> pd.DataFrame:
        """One row a number of selling acquaintances: first adopters who had so many, pioneers left out.

        ``share`` of the adopters, ``cumulative`` share with so many or fewer, ``mean_exposure`` their mean share
        of selling acquaintances. Thresholds as observed are upper bounds: a household that would have followed one
        acquaintance may get two in the same month.
        """
        frame = self.adoptions
        frame = frame[~frame["pioneer"]]
        table = frame.groupby("sellers")["exposure"].agg(adopters="size", mean_exposure="mean").reset_index()
        table.insert(2, "share", table["adopters"] / max(len(frame), 1))
        table.insert(3, "cumulative", table["share"].cumsum())
        return table

    @cached_property
    def classes(self) -> pd.DataFrame:
        """One row a class of adopters, by mean and standard deviation of the months of first openings.

        Adopters are those of this run: while diffusion goes on, the classes of today are not those of the end.
        """
        frame = self.adoptions
        own = frame[~frame["pioneer"]]
        rows = []
        for name in ADOPTER_CLASSES:
            inside, taught = frame[frame["adopter_class"] == name], own[own["adopter_class"] == name]
            rows.append(
                {
                    "adopter_class": name,
                    "first_month": inside["month"].min(),
                    "last_month": inside["month"].max(),
                    "adopters": len(inside),
                    "share": len(inside) / max(len(frame), 1),
                    "pioneers": int(inside["pioneer"].sum()),
                    "mean_sellers": taught["sellers"].mean(),
                    "mean_exposure": taught["exposure"].mean(),
                    "without_seller": (taught["sellers"] == 0).mean() if len(taught) else np.nan,
                }
            )
        return _frame(rows)

    @cached_property
    def hazard(self) -> pd.DataFrame:
        """Openings a household-month at risk, by number of selling acquaintances (the last row: so many or more).

        All households of the run count, touched or not, so nothing is estimated from a sample; every opening
        counts but those of pioneers. ``low`` and ``high`` are exact 95 % bounds of a Poisson count.
        ``ratio_to_one`` compares with households with one selling acquaintance in the same village and calendar
        year (Mantel and Haenszel), since villages where many sell are also those where selling is easy.
        """
        at_risk, sellers = self._at_risk, np.minimum(self._exposures.sellers, MOST_SELLERS)
        own = ~self._pioneer
        openings = np.bincount(sellers[own], minlength=MOST_SELLERS + 1)
        rate, low, high = rate_interval(openings, at_risk.total)
        events = self._events_by_stratum(sellers, own)
        rows = []
        for number in range(MOST_SELLERS + 1):
            time, of_one = at_risk.by_stratum[:, number], at_risk.by_stratum[:, 1]
            ratio = rate_ratio(events[:, number], time, events[:, 1], of_one) if number != 1 else (1.0, 1.0, 1.0)
            row = {"sellers": number, "openings": openings[number], "household_months": at_risk.total[number]}
            row |= {"hazard": rate[number], "low": low[number], "high": high[number]}
            rows.append(row | dict(zip(("ratio_to_one", "ratio_low", "ratio_high"), ratio, strict=True)))
        return _frame(rows)

    def _events_by_stratum(self, sellers: Integers, own: NDArray[np.bool_]) -> Integers:
        """Openings by stratum of village and year, and number of selling acquaintances."""
        at_risk, begin = self._at_risk, self._result.scenario.start % _MONTHS_A_YEAR
        n_years = int(at_risk.year.max(initial=0)) + 1
        code = at_risk.village * n_years + at_risk.year
        year = (self._spells.opened + begin) // _MONTHS_A_YEAR
        mine = np.where(year < n_years, self._village * n_years + year, -1)
        place = np.searchsorted(code, mine)
        known = own & (place < code.size)
        known[known] &= code[place[known]] == mine[known]
        events = np.zeros(at_risk.by_stratum.shape, np.int64)
        np.add.at(events, (place[known], sellers[known]), 1)
        return events

    def permutation(self, strata: str = "village", n_permutations: int = 199, seed: int = 0) -> Permutation:
        """Whether first openings of acquaintances lie closer in time than chance within strata would have it.

        Parameters
        ----------
        strata : times are permuted among adopters of one "village", "town", "county", of one "county-year" (of
            adoption, so that only the order within a year is tested), or among all ("none"). Only within villages
            is the test one of imitation alone: elsewhere villages that are alike start together.
        n_permutations : a p value can be no smaller than 1 / (1 + n). seed : of the permutations.

        Raises
        ------
        ResultError : an unknown stratum.
        """
        if strata not in STRATA:
            message = f"strata: found {strata!r}, allowed is one of {', '.join(STRATA)}"
            raise ResultError(message)
        first, places = self._first, self._result.world.villages
        village, month = self._village[first], self._spells.opened[first]
        year = (month + self._result.scenario.start) // _MONTHS_A_YEAR
        stratum = {
            "village": village,
            "town": places.town[village],
            "county": places.county[village],
            "county-year": places.county[village].astype(np.int64) * 10_000 + year,
            "none": np.zeros(village.size, np.int64),
        }[strata]
        pairs = ties_between(self._spells.household[first], village, self._result.world.graph)
        return permutation_test(month, stratum, self._pioneer[first], pairs, n_permutations, seed)

    @cached_property
    def bass(self) -> BassFit | None:
        """Bass' curve of the first openings a month; ``None`` where there are too few."""
        counts = np.bincount(self._spells.opened[self._first], minlength=self._result.scenario.n_months)
        return fit_bass(counts)

    @property
    def adoptions_by_month(self) -> pd.DataFrame:
        """First openings a month, and those Bass' curve expects."""
        import pandas as pd

        scenario, fit = self._result.scenario, self.bass
        counts = np.bincount(self._spells.opened[self._first], minlength=scenario.n_months)
        expected = np.full(counts.size, np.nan)
        if fit is not None:
            expected[fit.first :] = fit.expected()
        month = dates(scenario.start + np.arange(scenario.n_months))
        return pd.DataFrame({"month": month, "adoptions": counts, "bass": expected})

    def __repr__(self) -> str:
        return (
            "diagnostics of a run: adoptions, thresholds, classes, hazard, permutation(), bass, adoptions_by_month"
        )


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows)
