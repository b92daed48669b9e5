"""The whole calibration: rounds of simulations, each drawn around what those before it found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from os import PathLike

import numpy as np
from numpy.typing import NDArray

from sim.calibration.emulator import LEAST_ROWS, emulate
from sim.calibration.evidence import evidence_of
from sim.calibration.history import Places, places_of
from sim.calibration.libraries import require_libraries
from sim.calibration.posterior import Posterior
from sim.calibration.priors import Prior, priors_of, scrambled, values_at
from sim.calibration.recovery import caution
from sim.calibration.sampling import Sample, sampled
from sim.calibration.simulations import plan_of, seeds_of, target_values
from sim.calibration.targets import Target, targets_for
from sim.errors import Problem, RunError, ScenarioError, refuse
from sim.experiments.perform import Conditions, Runs, perform, telling
from sim.experiments.progress import OnProgress
from sim.scenario import Scenario, load_scenario

__all__ = ["EFFORTS", "QUICK", "WHOLE", "Effort", "Table", "calibrate", "effort_of", "posterior_of", "simulated"]

Array = NDArray[np.float64]
#: Points of a further round are drawn as if all errors were so many times as large.
_WIDENED = 2.0
_RUNAWAY_SHARE, _RUNAWAY_PER_VILLAGE, _LEAST_RUNAWAY = 0.01, 8_000, 50_000


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is simulated: runs in all, in how many rounds, and the share that the emulator learns from at last.

    A quadratic taught by the nearest half follows the neighbourhood of the facts more closely, but bends back
    where none of its rows lies: after few runs it may see a second place there that looks like the facts. A share
    of 1 keeps the rows that say no.

    Parameters
    ----------
    simulations : runs in all, 60 or more a round. rounds : the first over the priors, further ones where the facts
        point to. nearest : share of the runs, 0 to 1, those that are expected nearest to the facts.
    """

    simulations: int
    rounds: int
    nearest: float = 0.5

    def upto(self, number: int) -> int:
        """Runs after round ``number`` (from 0)."""
        return self.simulations * (number + 1) // self.rounds


#: Whole calibration: about an hour for all of China on two idle cores. Quick: about a quarter of an hour.
WHOLE = Effort(720, 3)
QUICK = Effort(180, 2, nearest=1.0)
EFFORTS = {"whole": WHOLE, "quick": QUICK}


@dataclass(frozen=True, eq=False)
class Table:
    """Simulations and what they gave.

    Parameters
    ----------
    priors : D of them. shares : (N, D) points in the unit cube of the priors, runs that failed left out.
    values : (N, T) raw values of the targets. prior_rows : how many of the first rows come from the whole prior.
    n_failed : runs that failed or ran away.
    """

    priors: tuple[Prior, ...]
    shares: Array
    values: Array
    prior_rows: int
    n_failed: int


def runaway(places: Places) -> int:
    """Active shops beyond which a history runs away.

    1 % of the rural households, 8,000 for each village on the list of 2014, or 50,000, whichever is most. The
    country had about 200,000 active shops in Taobao villages in 2015 (F038), a thousandth of its households and
    1,000 for each of those villages; of the households of a province that leads it was far more.
    """
    share = int(_RUNAWAY_SHARE * places.rural_households.sum())
    return max(share, _RUNAWAY_PER_VILLAGE * int(places.listed_2014.sum()), _LEAST_RUNAWAY)


def posterior_sample(
    table: Table, targets: Sequence[Target], nearest: float, *, widened: float = 1.0
) -> tuple[Sample, tuple[Target, ...]]:
    """Posterior sample, and the targets that were left out of the fit."""
    found = evidence_of(targets, table.values, prior_rows=table.prior_rows)
    if not found.targets:
        message = "no fact is within reach of the prior: widen the priors, or mend the model"
        raise RunError(message)
    emulator = emulate(table.shares, found, nearest=nearest)
    return sampled(emulator, found, len(table.priors), widened=widened), found.left_out


def calibrate(
    scenario: Scenario | str | PathLike[str],
    *,
    free: Sequence[str] | None = None,
    targets: str | PathLike[str] | Sequence[Target] | None = None,
    effort: Effort | str = WHOLE,
    vary: str = "both",
    design_seed: int = 0,
    out: str | PathLike[str] | None = None,
    resume: bool = False,
    retry_failed: bool = False,
    workers: int | str = 1,
    progress: bool | OnProgress | None = None,
) -> Posterior:
    """Find the values of the free parameters under which runs look like the facts.

    Parameters
    ----------
    scenario : a scenario or the path of its file.
    free : names of free parameters, ``NAME=uniform(0, 1)`` for a prior other than the parameter table's.
    targets : facts, or the path of a table of them; by default the shipped ones.
    effort : "whole" (720 runs in three rounds), "quick" (180 in two), or such as ``sim.Effort(300, 2)``.
    vary : "both": every run in a world of its own; "history": all in the scenario's.
    design_seed : of the points.
    out, resume, retry_failed, workers, progress : as for :func:`sim.run_ensemble`. Stopped at any moment, the same
        call with ``resume`` goes on and ends with the same posterior.

    Returns
    -------
    Posterior : read ``warnings`` first, then ``summary`` and ``recovery()``; ``draws()`` and ``save(folder)`` hand
        it on, :func:`sim.validate` takes it as ``draws``.

    Raises
    ------
    ScenarioError : a mistake in scenario, priors or targets, or a library is not installed; the store is not
        touched then.
    ResultError : the store holds runs of another scenario.
    RunError : too few runs succeeded.

    Notes
    -----
    ``hinterland calibrate`` is this function with figures and files. Sources of the method: Kennedy and O'Hagan,
    J. R. Stat. Soc. B 63 (2001) 425; Vernon, Goldstein and Bower, Bayesian Anal. 5 (2010) 619.
    """
    effort = effort_of(effort)
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    conditions = Conditions.of(out, resume=resume, retry_failed=retry_failed, workers=workers, progress=progress)
    table, facts, _ = simulated(scenario, free, targets, effort, vary, design_seed, conditions)
    return posterior_of(scenario, table, facts, effort.nearest)


def simulated(
    scenario: Scenario,
    free: Sequence[str] | None,
    targets: str | PathLike[str] | Sequence[Target] | None,
    effort: Effort,
    vary: str,
    design_seed: int,
    conditions: Conditions,
) -> tuple[Table, tuple[Target, ...], Runs]:
    """Simulations of a calibration, the facts, and the runs behind the table; arguments as for `calibrate`.

    Raises
    ------
    ScenarioError : a mistake in priors, targets or effort, or what learns from the runs is not installed; nothing
        is run then.
    """
    require_libraries("calibrate")
    _check(effort)
    priors = priors_of(scenario, free)
    facts = targets_for(scenario, targets)
    places = places_of(scenario)
    table, runs = _in_rounds(scenario, priors, facts, places, effort, vary, design_seed, conditions)
    return table, facts, runs


def posterior_of(scenario: Scenario, table: Table, targets: Sequence[Target], nearest: float) -> Posterior:
    """Posterior from a table of simulations; no run is done."""
    factor = caution(table, targets, nearest)
    sample, left_out = posterior_sample(table, targets, nearest, widened=factor)
    return Posterior(scenario, table.priors, tuple(targets), sample, left_out, table, factor, nearest)


def effort_of(given: Effort | str) -> Effort:
    """Effort by its word, "whole" or "quick", or as it is.

    Raises
    ------
    ScenarioError : neither.
    """
    if isinstance(given, str) and given in EFFORTS:
        return EFFORTS[given]
    if not isinstance(given, Effort):
        words = ", ".join(f"{word!r}" for word in EFFORTS)
        refuse(f"found effort {given!r}, allowed is {words} or such as sim.Effort(300, 2)")
    return given


def _check(effort: Effort) -> None:
    if effort.rounds < 1 or effort.simulations < LEAST_ROWS * effort.rounds:
        message = f"found {effort.simulations} simulations in {effort.rounds} rounds"
        raise ScenarioError(Problem(message, hint=f"allowed are {LEAST_ROWS} or more a round"))
    if not 0.0 < effort.nearest <= 1.0:
        message = f"found a share of {effort.nearest} nearest runs, allowed is one above 0 up to 1"
        raise ScenarioError(Problem(message))


def _in_rounds(
    scenario: Scenario,
    priors: tuple[Prior, ...],
    targets: Sequence[Target],
    places: Places,
    effort: Effort,
    vary: str,
    design_seed: int,
    conditions: Conditions,
) -> tuple[Table, Runs]:
    shares = np.zeros((0, len(priors)))
    table: Table | None = None
    runs: Runs | None = None
    with _counting(conditions, effort.simulations) as told:
        for number in range(effort.rounds):
            n = effort.upto(number) - len(shares)
            if table is None:
                points = scrambled(len(priors), 0, n, design_seed)
            else:
                sample, _ = posterior_sample(table, targets, effort.nearest, widened=_WIDENED)
                points = sample.drawn(n, design_seed + number)
            shares = np.concatenate([shares, points])
            seeds = seeds_of(scenario, range(len(shares)), vary)
            plan = plan_of(scenario, values_at(priors, shares), seeds, runaway(places))
            runs = perform(plan, told if number == 0 or told.out is None else replace(told, resume=True))
            table = _table_of(priors, shares, runs, targets, places, effort.upto(0))
    assert table is not None
    assert runs is not None
    return table, runs


def _table_of(
    priors: tuple[Prior, ...],
    shares: Array,
    runs: Runs,
    targets: Sequence[Target],
    places: Places,
    first_round: int,
) -> Table:
    there = runs.status.reshape(-1) == ""
    if np.count_nonzero(there) < LEAST_ROWS:
        why = runs.messages[0] if runs.messages else "none was asked for"
        message = f"only {np.count_nonzero(there)} of {there.size} runs succeeded: {why}"
        raise RunError(message)
    values = target_values(runs, targets, places)[there]
    return Table(priors, shares[there], values, int(there[:first_round].sum()), int((~there).sum()))


@contextmanager
def _counting(conditions: Conditions, total: int) -> Iterator[Conditions]:
    """Conditions whose progress counts the runs of all rounds, so that the time left is that of the whole."""
    with telling(conditions) as tell:
        if tell is None:
            yield replace(conditions, progress=False)
        else:
            yield replace(conditions, progress=lambda now: tell(replace(now, total=max(total, now.total))))
