"""Policies compared with a base: the same villages, the same luck, only the policy differs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Real
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.data import counties
from sim.errors import refuse
from sim.experiments.accessors import Drawn, in_html
from sim.experiments.comparable import check_counted, check_same_villages
from sim.experiments.costing import cost_sources, pair_costs
from sim.experiments.design import Point, replicate_seeds
from sim.experiments.intervals import (
    fieller_interval,
    mean_interval,
    paired_difference,
    paired_differences,
)
from sim.experiments.labelled import county_codes, labelled, write_tables
from sim.experiments.outcomes import BY_COUNTY, MONTHLY, YEARLY
from sim.experiments.perform import Conditions, Plan, Runs, perform
from sim.experiments.progress import OnProgress
from sim.scenario import Scenario, load_scenario
from sim.scenario.values import found

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = ["COMPARED", "ComparisonResult", "compare", "months_gained"]

Array = NDArray[np.float64]
Policy: TypeAlias = Scenario | str | PathLike[str] | Mapping[str, Any]

#: Outcomes that are compared, in the order of tables; of each, more is better.
COMPARED = (
    *("villages", "taobao_towns", "cluster_counties", "poverty_villages"),
    *("shops", "sales_yuan", "seller_income_yuan", "village_income_yuan"),
)
#: Those of which a policy can bring one more, at a cost.
_COUNTED = frozenset(("villages", "taobao_towns", "cluster_counties", "poverty_villages", "shops"))
_POLICY = "policy"
_NO_RATIO = (np.nan, np.nan, np.nan)
_RATIO_COLUMNS = ("cost_per_additional_yuan", "cost_per_additional_low", "cost_per_additional_high")


class ComparisonResult(Drawn):
    """What policies change.

    ``table`` compares each outcome of the last December, ``ranking`` puts all scenarios in order, ``counties``
    tells winners and losers, ``months`` how much earlier things happen, ``costs`` what policies cost; ``dataset``
    holds every outcome by policy (the base comes first) and replicate; ``plot.differences()`` draws them.

    Parameters
    ----------
    runs : the outcomes, the base first.
    costs : yuan that a policy costs more than the base, by its name, in place of costs that scenarios state.
    """

    def __init__(self, runs: Runs, costs: Mapping[str, float]) -> None:
        self.scenario: Scenario = runs.plan.points[0].scenario
        self.policies: tuple[str, ...] = tuple(runs.plan.scenarios)[1:]
        self.year = runs.plan.layout.years[-1]
        self.n_replicates = len(runs.plan.seeds)
        self.n_failed, self.failures = runs.n_failed, runs.messages
        self._runs, self._costs = runs, costs
        title = self.scenario.title or self.scenario.name
        self.dataset: xr.Dataset = labelled(runs, {_POLICY: tuple(runs.plan.scenarios)}, title)

    def _yearly(self, outcome: str) -> Array:
        """(policies, replicates) of the last December."""
        number = [each.name for each in YEARLY].index(outcome)
        values: Array = self._runs.yearly[:, :, number, -1]
        return values

    @property
    def table(self) -> pd.DataFrame:
        """One row a policy and outcome.

        Columns as in :class:`sim.experiments.intervals.Paired`; ``safe`` says whether the interval leaves zero
        out, ``more_pairs`` how many further pairs make a difference of this size show, and
        ``cost_per_additional_yuan`` what the policy costs more (or saves) for each one more (or fewer), with
        Fieller's 95 % interval, where costs are stated and the difference is safe.
        """
        import pandas as pd

        outcomes = {outcome.name: outcome for outcome in YEARLY}
        rows = []
        for number, policy in enumerate(self.policies, start=1):
            more_yuan = self._more_yuan(number)
            for name in COMPARED:
                values = self._yearly(name)
                found = paired_difference(values[0], values[number])
                ratio = fieller_interval(more_yuan, values[number] - values[0]) if name in _COUNTED else _NO_RATIO
                rows.append(
                    {
                        "policy": policy,
                        "outcome": name,
                        "meaning": outcomes[name].meaning,
                        "unit": outcomes[name].unit,
                        "year": self.year,
                        **found.as_row(),
                        "more_pairs": found.more_pairs,
                        **dict(zip(_RATIO_COLUMNS, ratio, strict=True)),
                    }
                )
        return pd.DataFrame(rows)

    def _more_yuan(self, number: int) -> Array:
        """(R,) what a policy costs more than the base; nan where no costs are known."""
        policy = self.policies[number - 1]
        values = self._yearly("shops")[[0, number]]
        if policy in self._costs:
            return np.where(np.isnan(values).any(axis=0), np.nan, self._costs[policy])
        both = pair_costs(*self._pair(number), self._runs.monthly[[0, number]])
        return np.full(values.shape[1], np.nan) if both is None else both[1] - both[0]

    def _pair(self, number: int) -> tuple[Scenario, Scenario]:
        points = self._runs.plan.points
        return points[0].scenario, points[number].scenario

    @property
    def costs(self) -> pd.DataFrame:
        """One row a policy with known costs: what it costs more than the base, with Student's 95 % interval.

        Yuan of their day over the whole run, not discounted; ``source`` in the words of the scenarios.
        """
        import pandas as pd

        rows = []
        for number, policy in enumerate(self.policies, start=1):
            mean, low, high = mean_interval(self._more_yuan(number))
            source = "given with the comparison" if policy in self._costs else cost_sources(*self._pair(number))
            if not np.isnan(mean):
                rows.append((policy, mean, low, high, source))
        return pd.DataFrame(rows, columns=["policy", "more_yuan", "low", "high", "source"])

    @property
    def ranking(self) -> pd.DataFrame:
        """One row an outcome and scenario, the base too, the greatest mean first.

        Each is compared with the ``next`` one, pair by pair: mean difference with Student's 95 % interval,
        probability of being better, whether the order is ``safe``, and how many ``more_pairs`` would make it so.
        """
        import pandas as pd

        names = list(self._runs.plan.scenarios)
        rows: list[dict[str, Any]] = []
        for outcome in COMPARED:
            values = self._yearly(outcome)
            order = sorted(range(len(names)), key=lambda each: -_mean(values[each]))
            for place, here in enumerate(order):
                row = {"outcome": outcome, "rank": place + 1, "scenario": names[here], "mean": _mean(values[here])}
                if place + 1 < len(order):
                    following = order[place + 1]
                    found = paired_difference(values[following], values[here])
                    row |= {"next": names[following], "difference": found.difference, "low": found.low}
                    row |= {"high": found.high, "better": found.better, "safe": found.safe}
                    row |= {"more_pairs": found.more_pairs}
                rows.append(row)
        return pd.DataFrame(rows)

    @property
    def counties(self) -> pd.DataFrame:
        """Winners and losers: one row a policy and county where anything was different in any pair.

        Mean villages and shops of the last December, their mean differences and Student's 95 % intervals.
        """
        import pandas as pd

        frames = []
        for number, policy in enumerate(self.policies, start=1):
            columns: dict[str, Any] = {"policy": policy, **_names(self._runs.plan)}
            touched = np.zeros(self._runs.by_county.shape[-1], np.bool_)
            for place, outcome in enumerate(BY_COUNTY):
                word = outcome.name.removeprefix("county_")
                base, other = (self._runs.by_county[each, :, place, -1] for each in (0, number))
                mean, low, high = paired_differences(base, other)
                columns |= {f"{word}_base": np.nanmean(base, axis=0), f"{word}_difference": mean}
                columns |= {f"{word}_low": low, f"{word}_high": high}
                touched |= (np.nan_to_num(other - base) != 0).any(axis=0)
            frame = pd.DataFrame(columns)[touched]
            frames.append(frame.sort_values(["villages_difference", "shops_difference"], ascending=False))
        return pd.concat(frames, ignore_index=True)

    @property
    def months(self) -> pd.DataFrame:
        """Months gained by each policy in the number of shops and in the sales so far, with 95 % intervals."""
        import pandas as pd

        names = [outcome.name for outcome in MONTHLY.values()]
        monthly = self._runs.monthly
        series = {
            "shops": np.maximum.accumulate(monthly[:, :, names.index("monthly_shops")], axis=-1),
            "sales so far": np.cumsum(monthly[:, :, names.index("monthly_sales_yuan")], axis=-1),
        }
        rows = []
        for number, policy in enumerate(self.policies, start=1):
            for word, values in series.items():
                gained = [months_gained(*pair) for pair in zip(values[0], values[number], strict=True)]
                mean, low, high = mean_interval(gained)
                rows.append((policy, word, mean, low, high))
        return pd.DataFrame(rows, columns=["policy", "in", "months_gained", "low", "high"])

    def save(self, path: str | PathLike[str]) -> Path:
        """Write ``results.nc`` and tidy tables into a folder.

        Raises
        ------
        ResultError : it cannot be written.
        """
        frames = {
            "table": self.table,
            "ranking": self.ranking,
            "winners_and_losers": self.counties,
            "months_gained": self.months,
        }
        if len(self.costs):
            frames["costs"] = self.costs
        write_tables(self.dataset, Path(path), self.scenario, frames)
        return Path(path)

    def __repr__(self) -> str:
        frame = self.table
        villages = frame[frame["outcome"] == "villages"]
        lines = [f"{self.scenario.title or self.scenario.name}, {self.n_replicates} pairs, {self.year}"]
        lines += [
            f"{row['policy']}: {row['difference']:+,.1f} Taobao villages [{row['low']:+,.1f}, {row['high']:+,.1f}]"
            for row in villages.to_dict("records")
        ]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return in_html(self, self.table)


def months_gained(base: Array, policy: Array) -> float:
    """How many months earlier the policy reaches the level that both reach.

    Parameters
    ----------
    base, policy : (M,) values that never fall. The level is the smaller of the two last values.

    Returns
    -------
    Positive if the policy is earlier, 0 for equal series, nan where a value is nan or the level is zero.

    Examples
    --------
    >>> months_gained(np.array([0.0, 1.0, 2.0, 3.0]), np.array([1.0, 3.0, 4.0, 5.0]))
    2.0
    """
    level = min(base[-1], policy[-1])
    if not level > 0 or np.isnan(base).any() or np.isnan(policy).any():
        return float("nan")
    return float(np.argmax(base >= level) - np.argmax(policy >= level))


def _mean(values: Array) -> float:
    kept = values[np.isfinite(values)]
    return float(kept.mean()) if kept.size else float("-inf")


def _names(plan: Plan) -> dict[str, Any]:
    """Codes and names of the counties; a synthetic world's counties have codes only."""
    code = county_codes(plan)
    table = counties()
    if plan.points[0].scenario.region.synthetic is not None:
        return {"county": code}
    rows = np.searchsorted(table.adcode, code)
    places = {name: getattr(table, name)[rows] for name in ("name_en", "name_zh", "province_en", "lon", "lat")}
    return {"county": code, **places}


def compare(
    base: Policy,
    *policies: Policy,
    replicates: int = 32,
    costs: Mapping[str, float] | None = None,
    vary_seeds: str = "history",
    out: str | PathLike[str] | None = None,
    resume: bool = False,
    retry_failed: bool = False,
    workers: int | str = 1,
    progress: bool | OnProgress | None = None,
    **named: Policy,
) -> ComparisonResult:
    """Compare policies with a base, pair by pair on the same seeds.

    Every household has the same threshold in both runs of a pair, so their difference is the policy's doing and
    needs far fewer runs than unrelated ones.

    Parameters
    ----------
    base : a scenario or the path of its file.
    policies : scenarios, paths, or changes of the base such as ``{"logistics.parcel_cost": 7}``. named : the
        same with names of your own: ``compare(base, cheaper={"logistics.parcel_cost": 7})``.
    replicates : pairs; their seeds count up from the base's.
    costs : yuan that a policy costs more than the base, by name, in place of the ``costs`` of scenario files.
    vary_seeds, out, resume, retry_failed, workers, progress : as for :func:`sim.run_ensemble`.

    Raises
    ------
    ScenarioError : no policy; or one with other months, another region, graph or world than the base.
    ResultError : the store cannot be used, or holds another experiment.
    """
    conditions = Conditions.of(out, resume=resume, retry_failed=retry_failed, workers=workers, progress=progress)
    if isinstance(base, Mapping):
        refuse("the base is a scenario or a path, not changes", "put it first")
    first = _scenario(base, None)
    scenarios = {first.name: first}
    for name, policy in [*((None, policy) for policy in policies), *named.items()]:
        scenario = _scenario(policy, first)
        word = name or (_words(policy) if isinstance(policy, Mapping) else scenario.name)
        scenarios[_free(word, scenarios)] = scenario
    _check_comparable(scenarios)
    _check_costs(costs or {}, list(scenarios)[1:])
    points = [Point({_POLICY: name}, scenario) for name, scenario in scenarios.items()]
    plan = Plan(scenarios, points, replicate_seeds(first, replicates, vary_seeds), by_county=True)
    result = ComparisonResult(perform(plan, conditions), costs or {})
    if conditions.out is not None:
        result.save(conditions.out)
    return result


def _check_costs(costs: Mapping[str, Any], policies: list[str]) -> None:
    unknown = set(costs) - set(policies)
    if unknown:
        refuse(f"costs: found {', '.join(sorted(unknown))}, policies are {', '.join(policies)}")
    for policy, yuan in costs.items():
        if isinstance(yuan, bool) or not isinstance(yuan, Real) or not math.isfinite(yuan):
            refuse(f"costs: found {found(yuan)} for {policy}, allowed is a number of yuan")


def _scenario(given: Policy, base: Scenario | None) -> Scenario:
    if isinstance(given, Scenario):
        return given
    if isinstance(given, Mapping):
        assert base is not None
        return base.replace(given)
    return load_scenario(given)


def _words(changes: Mapping[str, Any]) -> str:
    beside = {"sweep", "costs"}  # they change no run
    return ", ".join(f"{name}={value}" for name, value in changes.items() if name not in beside) or "no change"


def _free(name: str, taken: Mapping[str, Scenario]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free


def _check_comparable(scenarios: Mapping[str, Scenario]) -> None:
    """Refuse policies whose villages or months are not those of the base."""
    (name, base), *others = scenarios.items()
    if not others:
        refuse("nothing to compare with", 'give at least one policy, such as {"logistics.parcel_cost": 7}')
    check_counted(name, base)
    for other, policy in others:
        check_same_villages(other, policy, name, base, hint="compare scenarios of one world and time")
