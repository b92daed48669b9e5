"""A run in progress: its columns, its households' entries, its clocks, and the law in force."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import Problem, ScenarioError
from sim.kernel import events
from sim.kernel.entries import Blocks, Store
from sim.kernel.household import HINT_SHIFT, Clocks, Households, Keys, Law
from sim.kernel.initial import draw_pioneers, named_centers, roll_out, starting_base
from sim.kernel.ledger import Beside, Ledger, blank_ledger
from sim.rules import internet
from sim.scenario import Scenario, Settings
from sim.state import State, new_state
from sim.streams import stream_key
from sim.world import TIE_KINDS, World

__all__ = ["Crossings", "MonthEvents", "Run"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_PART = 1 << 14
_DRAWS = ("threshold", "propensity", "size", "closing")


@dataclass(frozen=True)
class MonthEvents:
    """Shops opened and closed in one month, in the order of villages.

    ``month`` of the run; ``village``, ``local`` of the openings, their ``size``, whether a ``pioneer`` opened, and
    ``parts`` (n, 6): the accumulated hazard by own initiative and by kind of tie; ``closed_village``,
    ``closed_local`` of the closings. ``opening_villages`` (m,), each once, and the ``terms`` (m, K) of their log
    hazard ratios in the month, see ``sim.kernel.conditions.TERMS``.
    ``by_awareness`` (n,) hazard accumulated for having heard of it (information rule), in no kind of tie.
    """

    month: int
    village: Integers
    local: NDArray[np.int32]
    size: Floats
    pioneer: NDArray[np.bool_]
    parts: NDArray[np.float32]
    closed_village: Integers
    closed_local: NDArray[np.int32]
    opening_villages: Integers
    terms: NDArray[np.float32]
    by_awareness: Floats


@dataclass(frozen=True)
class Crossings:
    """Entries and villages of the households that open, or close, in a month."""

    rows: Integers
    villages: Integers


class Run:
    """Everything the stages of a month read and write.

    Parameters
    ----------
    scenario : what is simulated.
    world : the scenario's world, from ``build_world``.

    Attributes
    ----------
    is_informed : whether the information rule is in force; the village clock then carries the whole hazard, and
        ``people.rooting`` is 1 where ``rooting`` keeps the factor itself.
    hazard_by_awareness : (V,) what awareness has added to the village clock so far.
    by_awareness_at_closing : the same when a household closed its last shop, by household number.
    """

    def __init__(self, scenario: Scenario, world: World) -> None:
        n = world.n_villages
        _check_years(scenario)
        self.scenario, self.world = scenario, world
        self.settings: Settings = scenario.settings(scenario.start)
        base, rooting = starting_base(world, self.settings)
        self.state: State = new_state(world, base)
        self.shops_of_product = np.zeros((world.n_counties, len(world.products)))
        self.pioneers = draw_pioneers(world, self.settings, scenario.history_seed)
        self.roll_out = roll_out(world, self.settings, base, scenario.world_seed)
        self.named_centers = named_centers(world, scenario)
        self.months_done = 0
        self.law = _law(self.settings)
        self.keys = Keys(*(stream_key(scenario.history_seed, purpose) for purpose in _DRAWS))
        self.rooting = rooting
        self.is_informed = _is_informed(self.settings)
        self.people = _people(world, np.ones(n) if self.is_informed else rooting)
        self.hazard_by_awareness = np.zeros(n)
        self.by_awareness_at_closing: dict[int, float] = {}
        self.largest_village = int(world.villages.households.max(initial=1))
        self._online: tuple[int, Floats] | None = None
        self._ledger = blank_ledger(n, world.graph.max_degree)
        self._beside = Beside(is_threaded=self._ledger.hands > 1)

    def __getstate__(self) -> dict[str, Any]:
        """Everything, when nothing is done beside it: a copy goes on by itself."""
        self.wait()
        return self.__dict__

    @property
    def month(self) -> int:
        """The month now running, as an absolute month number."""
        return self.scenario.start + self.months_done

    @property
    def parts(self) -> Iterator[slice]:
        """The villages in parts whose columns fit a processor's cache; whole columns took twice the time."""
        n = self.world.n_villages
        return (slice(begin, min(begin + _PART, n)) for begin in range(0, n, _PART))

    @property
    def decimal_year(self) -> float:
        """The middle of the month now running, in years."""
        return (self.month + 0.5) / 12.0

    @property
    def internet_share(self) -> Floats:
        """Share of residents online in each county's province this month, (C,); several stages ask for it."""
        if self._online is None or self._online[0] != self.months_done:
            years, shares = self.world.counties.internet_years, self.world.counties.internet_share
            self._online = self.months_done, internet.internet_share(self.decimal_year, years, shares)
        return self._online[1]

    @property
    def ledger(self) -> Ledger:
        """Entries, blocks and clocks; waits for what is being done to them beside the stages."""
        self._beside.wait()
        return self._ledger

    @property
    def store(self) -> Store:
        """Entries of the ledger, and their directories."""
        return self.ledger.store

    @property
    def blocks(self) -> Blocks:
        """Blocks of the ledger."""
        return self.ledger.blocks

    @property
    def clocks(self) -> Clocks:
        """Clocks of the ledger."""
        return self.ledger.clocks

    def beside(self, work: Callable[[Ledger], None]) -> None:
        """Do work on the ledger that no other stage needs to see before it asks for the ledger.

        The work is given the ledger: asking the run for it would be waiting for itself.
        """
        ledger = self.ledger
        self._beside.do(lambda: work(ledger))

    def wait(self) -> None:
        """Return when nothing goes on beside the stages, or raise what went wrong there."""
        self._beside.wait()

    def adopt(self, settings: Settings) -> None:
        """Put other settings in force: settle every household under the old law, then schedule it anew."""
        self.settings, law, is_informed = settings, _law(settings), _is_informed(settings)
        if _equal(law, self.law) and is_informed == self.is_informed:
            return
        graph = self.world.graph.columns
        events.settle_all(self.store, self.blocks, self.clocks, self.law, graph, self.people)
        if is_informed != self.is_informed:
            rooting = np.ones_like(self.rooting) if is_informed else self.rooting
            self.people, self.is_informed = self.people._replace(rooting=rooting), is_informed
            known = self.state.villages.shops / self.world.villages.households
            np.maximum(self.state.villages.awareness, known, out=self.state.villages.awareness)
        self.law = law
        events.reprice(self.store, self.blocks, self.clocks, law, graph, self.people)


def _check_years(scenario: Scenario) -> None:
    """Refuse a span of pioneers' dates that ends before it begins."""
    section = scenario.settings(scenario.start).pioneers
    if section.last_year < section.first_year:
        found = f"pioneers.last_year: found {section.last_year:g}, allowed is {section.first_year:g} or later"
        place = scenario.place_of(("pioneers", "last_year")) or scenario.place_of(("pioneers", "first_year"))
        raise ScenarioError(Problem(found, place, "the span begins with pioneers.first_year"))


def _is_informed(settings: Settings) -> bool:
    return bool(settings.adoption.rule == "information")


def _law(settings: Settings) -> Law:
    own, is_informed = settings.adoption, _is_informed(settings)
    return Law(
        own_initiative=1.0 if is_informed else float(own.own_initiative),
        imitation=0.0 if is_informed else float(own.imitation),
        threshold_sellers=int(own.threshold_sellers) if own.rule == "threshold" else 0,
        weights=np.array([float(getattr(own, f"weight_{kind}")) for kind in TIE_KINDS]),
        propensity_sd=float(own.propensity_sd),
        size_sd=float(settings.market.size_sd),
        size_protection=float(settings.exit.size_protection),
    )


def _equal(left: Law, right: Law) -> bool:
    pairs: Iterable[tuple[Any, Any]] = zip(left, right, strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


def _people(world: World, rooting: Floats) -> Households:
    """Index of households by village, with a place to start looking for every 256th household.

    The world's columns cannot be written, and lose that when a run is copied or sent to another process; compiled
    functions would be compiled for either kind. So the index has columns of its own.
    """
    marks = np.arange(0, world.n_households, 1 << HINT_SHIFT)
    hint = np.searchsorted(world.first_household, marks, side="right") - 1
    return Households(world.first_household.copy(), world.villages.uid.copy(), hint.astype(np.int32), rooting)
