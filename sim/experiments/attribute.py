"""What each mechanism contributed to growth: switched off on the same luck, one by one or in all combinations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import ResultError, refuse
from sim.experiments.accessors import Drawn, in_html
from sim.experiments.design import Point, replicate_seeds
from sim.experiments.intervals import mean_interval, ratio_interval
from sim.experiments.labelled import labelled, write_tables
from sim.experiments.outcomes import YEARLY
from sim.experiments.perform import Conditions, Plan, Runs, perform
from sim.experiments.progress import OnProgress
from sim.experiments.shapley import coalitions, shapley_values
from sim.experiments.switches import Switch, chosen_switches, taken_along, without
from sim.results.comparison import december_years
from sim.scenario import Scenario, load_scenario
from sim.scenario.values import found

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = ["METHODS", "MOST_SHAPLEY", "AttributionResult", "attribute"]

Array = NDArray[np.float64]

#: Method -> what is done, in words.
METHODS: Mapping[str, str] = {
    "single": "each switched off alone",
    "shapley": "mean over all orders of switching on (Shapley)",
}
#: Mechanisms that may be combined: k of them ask for 2**k runs a history.
MOST_SHAPLEY = 6
_NOTHING = "nothing"


class AttributionResult(Drawn):
    """How much of the growth of an outcome goes away without each mechanism.

    ``table`` has one row a mechanism, ``rest`` what none of them accounts for, ``dataset`` every outcome by what
    was off and replicate; ``plot.shares()`` draws bars. ``shares`` asks for another outcome without new runs.

    Parameters
    ----------
    runs : the outcomes, by what is off: nothing first, then each switch (single) or each combination (Shapley).
    switches : what was taken out. method, outcome, start_year : as asked for.
    """

    def __init__(self, runs: Runs, switches: Sequence[Switch], method: str, outcome: str, start_year: int) -> None:
        self.scenario: Scenario = runs.plan.points[0].scenario
        self.method, self.outcome, self.start_year = method, outcome, start_year
        self.year = runs.plan.layout.years[-1]
        self.mechanisms: tuple[str, ...] = tuple(switch.name for switch in switches)
        self.n_replicates = len(runs.plan.seeds)
        self.n_failed, self.failures = runs.n_failed, runs.messages
        self._runs, self._switches = runs, tuple(switches)
        title = self.scenario.title or self.scenario.name
        names = [point.values["off"] for point in runs.plan.points]
        self.dataset: xr.Dataset = labelled(runs, {"off": names}, title)

    def _counts(self, outcome: str, start_year: int) -> Array:
        """(2, points, histories) of the two Decembers, of the histories in which every run has both."""
        names, years = [each.name for each in YEARLY], self._runs.plan.layout.years
        _check_outcome(outcome, start_year, years)
        both = self._runs.yearly[:, :, names.index(outcome)][:, :, [years.index(start_year), len(years) - 1]]
        whole = np.isfinite(both).all(axis=(0, 2))
        if not whole.any():
            message = f"no history has {outcome} in {start_year} and {self.year} in every run"
            raise ResultError(message)
        counts: Array = np.moveaxis(both[:, whole], 2, 0)
        return counts

    def shares(self, outcome: str | None = None, start_year: int | None = None) -> pd.DataFrame:
        """One row a mechanism, the largest share first.

        ``start_without`` and ``end_without`` are means of the two Decembers without it; ``growth`` and
        ``growth_without`` their differences; ``contribution`` is the growth that goes with it (single) or its
        Shapley value, in units of the outcome; ``share`` that of the growth; each with Student's 95 % interval
        over histories. With Shapley ``as_first`` and ``as_last`` are the shares it has where none or all of the
        others are on: where they differ, mechanisms work through each other. ``takes_along`` names mechanisms that
        need it.

        Parameters
        ----------
        outcome : one of the yearly outcomes. start_year : of the first December. As asked for by default.

        Raises
        ------
        ResultError : no such outcome or year, or no history without failures.
        """
        import pandas as pd

        start, end = self._counts(outcome or self.outcome, start_year or self.start_year)
        growth = end - start
        given = self._given(growth)
        rows = []
        for number, switch in enumerate(self._switches):
            off = self._alone_off(number)
            mean, low, high = mean_interval(given[number])
            share, share_low, share_high = ratio_interval(given[number], growth[0])
            row: dict[str, Any] = {
                "mechanism": switch.name,
                "meaning": switch.meaning,
                "start_without": start[off].mean(),
                "end_without": end[off].mean(),
                "growth": growth[0].mean(),
                "growth_without": growth[off].mean(),
                "contribution": mean,
                "contribution_low": low,
                "contribution_high": high,
                "share": share,
                "low": share_low,
                "high": share_high,
            }
            if self.method == "shapley":
                none = len(growth) - 1
                row["as_first"] = ratio_interval(growth[none ^ (1 << number)] - growth[none], growth[0])[0]
                row["as_last"] = ratio_interval(growth[0] - growth[off], growth[0])[0]
            row["takes_along"] = " ".join(taken_along(self.scenario, switch.mechanisms))
            rows.append(row)
        return pd.DataFrame(rows).sort_values("contribution", ascending=False, kind="stable", ignore_index=True)

    def _alone_off(self, number: int) -> int:
        """Point at which one switch alone is off."""
        return 1 << number if self.method == "shapley" else 1 + number

    def _given(self, growth: Array) -> Array:
        """(mechanisms, histories): what each gave; points of Shapley count in bits what is off."""
        if self.method == "shapley":
            return shapley_values(growth[::-1])
        return growth[:1] - growth[1:]

    @property
    def table(self) -> pd.DataFrame:
        """Shares of the outcome asked for; see :meth:`shares`."""
        return self.shares()

    @property
    def rest(self) -> tuple[float, float, float]:
        """Share of the growth left without all of them, with its interval; nan where they were not combined."""
        if self.method != "shapley":
            return (np.nan, np.nan, np.nan)
        start, end = self._counts(self.outcome, self.start_year)
        growth = end - start
        return ratio_interval(growth[-1], growth[0])

    @property
    def counted(self) -> tuple[float, float]:
        """Mean outcome of the two Decembers with everything on."""
        start, end = self._counts(self.outcome, self.start_year)
        return float(start[0].mean()), float(end[0].mean())

    @property
    def _digits(self) -> int:
        """Digits after the point that a mean of counts is worth."""
        return 1 if self.counted[1] < 100 else 0

    @property
    def meaning(self) -> str:
        """The outcome in words."""
        return next(each.meaning for each in YEARLY if each.name == self.outcome)

    def save(self, path: str | PathLike[str]) -> Path:
        """Write ``results.nc`` and tidy tables into a folder.

        Raises
        ------
        ResultError : it cannot be written.
        """
        write_tables(self.dataset, Path(path), self.scenario, {"table": self.table})
        return Path(path)

    def __repr__(self) -> str:
        first, last = self.counted
        name, span = self.scenario.title or self.scenario.name, f"{self.start_year} to {self.year}"
        growth = f"{self.meaning} {first:,.{self._digits}f} to {last:,.{self._digits}f}"
        lines = [f"{name}: {growth}, {span}; {METHODS[self.method]}, {self.n_replicates} histories"]
        rows = [(row["mechanism"], row["share"], row["low"], row["high"]) for row in self.table.to_dict("records")]
        if self.method == "shapley":
            rows.append(("the rest", *self.rest))
        if np.isnan(rows[0][1]):
            return f"{lines[0]}; no growth to share out"
        lines += [
            f"{name}: {100 * share:.0f} % [{100 * low:.0f}, {100 * high:.0f}]" for name, share, low, high in rows
        ]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return in_html(self, self.table)


def attribute(
    scenario: Scenario | str | PathLike[str],
    mechanisms: Sequence[str] | None = None,
    *,
    method: str = "single",
    replicates: int = 16,
    outcome: str = "villages",
    start_year: int | None = None,
    vary_seeds: str = "history",
    out: str | PathLike[str] | None = None,
    resume: bool = False,
    retry_failed: bool = False,
    workers: int | str = 1,
    progress: bool | OnProgress | None = None,
) -> AttributionResult:
    """Take mechanisms out on the same luck, and tell what share of an outcome's growth goes with each.

    A mechanism that needs one that is off goes off too: the programme takes online buying along, and gets the
    credit for it unless both are chosen and Shapley shares it out. Then a combination in which something is on
    without what it needs counts as the same combination without it, so the credit is shared between the two.

    Parameters
    ----------
    scenario : a scenario or the path of its file.
    mechanisms : of the mechanism table, or of ``sim.experiments.switches.NAMED`` (imitation, own_initiative,
        pioneers, internet, ties_beyond_village, ties_town, ...). By default all that are on.
    method : "single" switches each off alone: one run more a mechanism and history. Such shares need not sum to
        one, since what is grown by two together goes with either. "shapley" runs all combinations of up to six
        (2**k runs a history); its shares and the rest sum to one.
    replicates : histories; their seeds count up from the scenario's.
    outcome : one of the yearly outcomes. start_year : December from which growth counts to the last; by default
        the December before the last.
    vary_seeds, out, resume, retry_failed, workers, progress : as for :func:`sim.run_ensemble`.

    Raises
    ------
    ScenarioError : an unknown name, or a mechanism that is off already; too many to combine; fewer than two
        Decembers.
    ResultError : the store cannot be used.

    Notes
    -----
    A share is counterfactual: what would be missing, in this model, with the rest as it is. Source of the second
    method: Shapley (1953); with needs, the permission value of Gilles, Owen and van den Brink, Int. J. Game Theory
    20 (1992) 277 (the conjunctive one).
    """
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    conditions = Conditions.of(out, resume=resume, retry_failed=retry_failed, workers=workers, progress=progress)
    first = _checked_start(scenario, outcome, start_year)
    switches = chosen_switches(scenario, mechanisms)
    points = [_point(scenario, off) for off in _combinations(switches, method)]
    plan = Plan({"scenario": scenario}, points, replicate_seeds(scenario, replicates, vary_seeds))
    result = AttributionResult(perform(plan, conditions), switches, method, outcome, first)
    if conditions.out is not None:
        result.save(conditions.out)
    return result


def _check_outcome(outcome: str, start_year: int, years: Sequence[int]) -> None:
    names = [each.name for each in YEARLY]
    if str(outcome) not in names:
        refuse(f"outcome: found {found(outcome).removeprefix('the text ')}, allowed is one of {', '.join(names)}")
    if start_year not in years[:-1]:
        refuse(f"start_year: found {start_year}, allowed is one of {', '.join(map(str, years[:-1]))}")


def _checked_start(scenario: Scenario, outcome: str, start_year: int | None) -> int:
    """First December of the growth; mistakes are told before anything runs."""
    years = december_years(scenario)
    if len(years) < 2:
        refuse(f"{scenario.name}: growth needs two Decembers, found {len(years)}", "let it end later")
    first = years[-2] if start_year is None else start_year
    _check_outcome(outcome, first, years)
    return first


def _combinations(switches: Sequence[Switch], method: str) -> list[tuple[Switch, ...]]:
    """What is off at each point."""
    if method not in METHODS:
        refuse(f"method: found {method!r}, allowed is one of {', '.join(METHODS)}")
    if method == "single":
        return [(), *((switch,) for switch in switches)]
    if len(switches) > MOST_SHAPLEY:
        names = ", ".join(switch.name for switch in switches)
        message = f"found {len(switches)} mechanisms to combine ({names}), allowed are at most {MOST_SHAPLEY}"
        refuse(message, "name the few that matter; the single method takes any number")
    return [
        tuple(switch for switch, off in zip(switches, row, strict=True) if off)
        for row in coalitions(len(switches))
    ]


def _point(scenario: Scenario, off: Sequence[Switch]) -> Point:
    name = "+".join(switch.name for switch in off) or _NOTHING
    return Point({"off": name}, without(scenario, off))
