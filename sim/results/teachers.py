"""Who taught whom in a run: the openings, the closings and the acquaintances brought together, when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.kernel.initial import starting_base
from sim.metrics.selling import Spells, selling_spells
from sim.metrics.teachers import SOURCES, MonthlyLaw, Openings, Teachers, find_teachers
from sim.results.tables import Columns
from sim.scenario import Scenario
from sim.world import TIE_KINDS, World

if TYPE_CHECKING:
    from sim.results.result import RunResult

__all__ = ["law_by_month", "run_months", "spells_of", "teacher_table", "teachers_of"]

#: Rules under which a household imitates persons it knows; under others no single teacher can be named.
_PERSONAL_RULES = ("linear", "threshold")


def run_months(scenario: Scenario, dates: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Months of a table as months of the run, from 0."""
    return dates.astype("datetime64[M]").astype(np.int64) + 12 * 1970 - scenario.start


def law_by_month(scenario: Scenario) -> MonthlyLaw:
    """The law of adoption in force in each month of a scenario."""
    months = [scenario.settings(month).adoption for month in range(scenario.start, scenario.end + 1)]
    return MonthlyLaw(
        np.array([float(own.own_initiative) for own in months]),
        np.array([float(own.imitation) for own in months]),
        np.array([int(own.threshold_sellers) if own.rule == "threshold" else 0 for own in months]),
        np.array([[float(getattr(own, f"weight_{kind}")) for kind in TIE_KINDS] for own in months]),
        np.array([own.rule in _PERSONAL_RULES for own in months]),
    )


def _openings(scenario: Scenario, world: World, events: Columns) -> Openings:
    village = events["village"].astype(np.int64)
    household = world.first_household[village] + events["local"]
    return Openings(household, village, run_months(scenario, events["month"]), events["pioneer"])


def spells_of(result: RunResult) -> Spells:
    """Every shop of a run as a spell of selling; ``event`` is the row of its opening in the table events.

    Raises
    ------
    ResultError : openings and closings do not match.
    """
    world, closings = result.world, result.columns("closings")
    openings = _openings(result.scenario, world, result.columns("events"))
    return selling_spells(
        openings.household,
        openings.month,
        world.first_household[closings["village"]] + closings["local"],
        run_months(result.scenario, closings["month"]),
        world.n_households,
    )


def teachers_of(result: RunResult) -> Teachers:
    """The most likely teacher of every opening of a run, in the order of the table events.

    Raises
    ------
    ResultError : openings and closings do not match.
    """
    scenario, world = result.scenario, result.world
    _, rooting = starting_base(world, scenario.settings(scenario.start))
    openings = _openings(scenario, world, result.columns("events"))
    return find_teachers(openings, spells_of(result), world.graph, rooting, law_by_month(scenario))


def teacher_table(result: RunResult) -> Columns:
    """One row a shop opened, as in events: where it most likely came from.

    Returns
    -------
    ``month``, ``village``, ``uid``, ``local`` as in events; ``source``, one of ``sim.metrics.teachers.SOURCES``;
    ``teacher`` row of the teacher's opening in events, -1 for none, with its ``teacher_village`` and
    ``teacher_local``; ``probability`` that the opening came from there; ``generation``; and the probability
    ``from_own_initiative`` and ``from_ring`` to ``from_prefecture`` by kind of tie.
    """
    events, found = result.columns("events"), teachers_of(result)
    taught, names = found.teacher >= 0, np.array(SOURCES, dtype=object)
    return {
        **{name: events[name] for name in ("month", "village", "uid", "local")},
        "source": names[found.source],
        "teacher": found.teacher,
        "teacher_village": np.where(taught, events["village"][found.teacher], -1).astype(np.int32),
        "teacher_local": np.where(taught, events["local"][found.teacher], -1).astype(np.int32),
        "probability": found.probability,
        "generation": found.generation,
        "from_own_initiative": found.shares[:, 0],
        **{f"from_{kind}": found.shares[:, 1 + place] for place, kind in enumerate(TIE_KINDS)},
    }
