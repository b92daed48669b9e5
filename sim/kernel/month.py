"""One month of the model: the stages in their order, each a few lines between the columns and the rules.

Everything is synchronous: the stages before ``openings`` read the shops of the month before, and what opens or
closes in a month influences acquaintances from the next month on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.kernel import events
from sim.kernel.entries import Blocks, Store, new_blocks, new_store, reserve
from sim.kernel.initial import draw_pioneers, roll_out, starting_base
from sim.metrics.recognition import taobao_village_mask
from sim.rules import adoption, exit, internet, logistics, market, programme, training
from sim.scenario import Scenario, Settings
from sim.state import MONTHS_OF_SALES, NEVER, State, new_state
from sim.streams import stream_key
from sim.world import TIE_KINDS, World

__all__ = ["STEP_ORDER", "MonthEvents", "Simulation"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_DECEMBER = 11
_FIRST_CAPACITY = 1 << 16
#: The first scan looks this many times as far as the own-initiative hazard of the start would reach.
_SCAN_AHEAD = 3.0


@dataclass(frozen=True)
class MonthEvents:
    """Shops opened and closed in one month, in the order of villages.

    ``month`` of the run; ``village``, ``local`` of the openings, their ``size``, whether a ``pioneer`` opened, and
    ``parts`` (n, 6): the accumulated hazard by own initiative and by kind of tie; ``closed_village``,
    ``closed_local`` of the closings.
    """

    month: int
    village: Integers
    local: NDArray[np.int32]
    size: Floats
    pioneer: NDArray[np.bool_]
    parts: NDArray[np.float32]
    closed_village: Integers
    closed_local: NDArray[np.int32]


@dataclass
class Crossings:
    """What a month's stages hand on to the next: rows, villages and places that open and close."""

    opened: Integers = field(default_factory=lambda: np.zeros(0, np.int64))
    opened_village: Integers = field(default_factory=lambda: np.zeros(0, np.int64))
    closed: Integers = field(default_factory=lambda: np.zeros(0, np.int64))
    closed_village: Integers = field(default_factory=lambda: np.zeros(0, np.int64))


class Simulation:
    """A run in progress: the world, the state at the end of the last month, and the households' clocks.

    Parameters
    ----------
    scenario : what is simulated.
    world : the scenario's world, from ``build_world``.
    """

    def __init__(self, scenario: Scenario, world: World) -> None:
        self.scenario, self.world = scenario, world
        self.settings: Settings = scenario.settings(scenario.start)
        base, rooting = starting_base(world, self.settings)
        self.state: State = new_state(world, base)
        self.months_done = 0
        self.shops_of_product = np.zeros((world.n_counties, len(world.products)))
        self.pioneers = draw_pioneers(world, self.settings, scenario.history_seed)
        self.roll_out = roll_out(world, self.settings, base, scenario.world_seed)
        self.law = _law(self.settings)
        self.keys = events.Keys(
            *(stream_key(scenario.history_seed, name) for name in ("threshold", "propensity", "size", "closing"))
        )
        n = world.n_villages
        self.clocks = events.Clocks(
            *(np.zeros(n) for _ in range(4)), np.full(n, np.inf), np.full(n, np.inf)
        )
        self.blocks: Blocks = new_blocks(n)
        self.store: Store = new_store(_FIRST_CAPACITY)
        self.people = _people(world, rooting)
        self.largest_village = int(world.villages.households.max(initial=1))

    @property
    def month(self) -> int:
        """The month now running or last done, as an absolute month number."""
        return self.scenario.start + self.months_done

    @property
    def decimal_year(self) -> float:
        """The middle of the month now running, in years."""
        return (self.month + 0.5) / 12.0

    def step(self) -> MonthEvents:
        """Simulate one month and return what opened and closed in it."""
        settings = self.scenario.settings(self.month)
        if settings is not self.settings:
            self._change(settings)
        crossings = Crossings()
        recorded: list[MonthEvents] = []
        for _, stage in STEP_ORDER:
            outcome = stage(self, crossings)
            if outcome is not None:
                recorded.append(outcome)
        self.months_done += 1
        return recorded[0]

    def _change(self, settings: Settings) -> None:
        """Settle every household under the old law, then schedule it under the new one."""
        self.settings, law = settings, _law(settings)
        if _same_law(law, self.law):
            return
        graph = self.world.graph.columns
        events.settle_all(self.store, self.blocks, self.clocks, self.law, graph, self.people)
        self.law = law
        events.reprice(self.store, self.blocks, self.clocks, law, graph, self.people)


def _people(world: World, rooting: Floats) -> events.Households:
    """Index of households by village, with a place to start looking for every 256th household."""
    marks = np.arange(0, world.n_households, 1 << events.HINT_SHIFT)
    hint = np.searchsorted(world.first_household, marks, side="right") - 1
    return events.Households(world.first_household, world.villages.uid, hint.astype(np.int32), rooting)


def _law(settings: Settings) -> events.Law:
    own = settings.adoption
    return events.Law(
        own_initiative=float(own.own_initiative),
        imitation=float(own.imitation),
        threshold_sellers=int(own.threshold_sellers) if own.rule == "threshold" else 0,
        weights=np.array([float(getattr(own, f"weight_{kind}")) for kind in TIE_KINDS]),
        propensity_sd=float(own.propensity_sd),
        size_sd=float(settings.market.size_sd),
        size_protection=float(settings.exit.size_protection),
    )


def _same_law(left: events.Law, right: events.Law) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(left, right, strict=True))


def _run_programme(run: Simulation, _: Crossings) -> None:
    """County centers and stations open; a new partner follows the model of the time."""
    settings, state, world = run.settings, run.state, run.world
    since_start = run.month - int(settings.programme.first_month)
    if not settings.enabled("programme") or since_start < 0:
        state.villages.partner_income_yuan[:] = 0.0
        return
    section, centers = settings.programme, state.counties.center_since
    n_open = programme.centers_open(
        since_start, first=section.first_counties, counties_per_month=section.counties_per_month
    )
    opening = (run.roll_out.county_rank < n_open) & (centers == NEVER)
    centers[opening] = run.months_done
    since_center = np.where(centers == NEVER, -1.0, run.months_done - centers.astype(np.float64))
    stations = programme.stations_open(
        since_center,
        world.villages_in_county,
        stations_per_county=section.stations_per_county,
        months_to_fill=section.months_to_fill,
    )
    villages = state.villages
    new = (run.roll_out.village_rank < stations[world.villages.county]) & (villages.station_since == NEVER)
    villages.station_since[new] = run.months_done
    villages.partner_model[new] = 2 if run.month >= int(section.second_model_month) else 1
    villages.partner_skill[new] = run.roll_out.partner_skill[new]
    _pay_partners(run)


def _pay_partners(run: Simulation) -> None:
    section, villages, world = run.settings.programme, run.state.villages, run.world
    staffed = np.flatnonzero(villages.station_since != NEVER)
    orders = programme.station_purchases(
        world.villages.households[staffed].astype(np.float64),
        _internet(run)[world.villages.county[staffed]],
        orders_per_household=section.orders_per_household,
        offline_help=section.offline_help,
    )
    villages.partner_income_yuan[staffed] = programme.partner_income(
        orders,
        villages.partner_skill[staffed],
        commission_yuan=section.commission,
        skill_premium=section.skill_premium,
    )


def _internet(run: Simulation) -> Floats:
    counties = run.world.counties
    return internet.internet_share(run.decimal_year, counties.internet_years, counties.internet_share)


def _run_logistics(run: Simulation, _: Crossings) -> None:
    """Parcel cost of every village, from last month's parcels and the stations there are."""
    settings, villages, world = run.settings, run.state.villages, run.world
    section = settings.logistics
    if not settings.enabled("logistics"):
        villages.parcel_cost_yuan[:] = section.reference_cost
        return
    discount = logistics.volume_discount(
        run.state.counties.parcels, half_volume=section.half_volume, greatest=section.volume_discount
    )
    sorted_share = (villages.station_since != NEVER) & settings.enabled("programme")
    villages.parcel_cost_yuan[:] = logistics.parcel_cost(
        world.villages.seat_km,
        discount[world.villages.county],
        sorted_share.astype(np.float64),
        run.decimal_year - section.reference_year,
        parcel_cost_yuan=section.parcel_cost,
        remoteness_yuan_per_km=section.remoteness_cost,
        yearly_decline=section.yearly_decline,
        sorting_saving_yuan=section.sorting_saving,
        floor_yuan=section.floor_cost,
    )


def _run_training(run: Simulation, _: Crossings) -> None:
    """The stock of skill decays and grows."""
    settings, villages, world = run.settings, run.state.villages, run.world
    section = settings.training
    if not settings.enabled("training"):
        villages.training_stock[:] = 0.0
        return
    working = settings.enabled("programme")
    has_center = (run.state.counties.center_since != NEVER) & working
    inflow = training.training_inflow(
        villages.partner_skill,
        (villages.partner_model == 2) & working,
        has_center[world.villages.county],
        partner_training_per_month=section.partner_rate,
        center_training_per_month=section.center_rate,
        course_training_per_month=section.course_rate,
    )
    villages.training_stock[:] = training.next_training_stock(
        villages.training_stock, inflow, monthly_decay=section.decay
    )


def _run_crowding(run: Simulation, _: Crossings) -> None:
    """How crowded each village's product is in its county."""
    settings, villages, world = run.settings, run.state.villages, run.world
    if not settings.enabled("crowding"):
        villages.crowding[:] = 0.0
        return
    crowded = market.crowding(run.shops_of_product, reference_shops=settings.market.crowding_reference)
    villages.crowding[:] = crowded[world.villages.county, world.villages.product]


def _run_clocks(run: Simulation, _: Crossings) -> None:
    """Each village's clock goes on by the factor its conditions give every household's hazard."""
    settings, villages = run.settings, run.state.villages
    own = settings.adoption
    eta = adoption.village_log_multiplier(
        villages.base,
        parcel_cost_yuan=villages.parcel_cost_yuan,
        reference_cost_yuan=settings.logistics.reference_cost,
        cost_effect_per_yuan=own.cost_effect,
        training_stock=villages.training_stock,
        training_effect=own.training_effect,
        internet_share=_internet(run)[run.world.villages.county],
        internet_effect=own.internet_effect,
        reference_internet_share=own.reference_internet,
        crowding=villages.crowding,
        crowding_effect=own.crowding_effect,
    )
    factor = np.exp(eta)
    run.clocks.village[:] += factor
    own_factor = factor * run.people.rooting
    run.clocks.own[:] += run.law.own_initiative * own_factor
    _look_further(run, own_factor)


def _look_further(run: Simulation, factor: Floats) -> None:
    """Where own initiative may reach thresholds not yet looked at, look for them, some months ahead."""
    clocks = run.clocks
    short = clocks.own >= clocks.scanned
    if not short.any():
        return
    months_left = max(run.scenario.n_months - run.months_done, 1)
    ahead = clocks.own + _SCAN_AHEAD * run.law.own_initiative * factor * months_left
    upper = np.where(short, np.maximum(ahead, 1e-12), 0.0)
    done = 0
    while done < upper.size:
        done = events.scan(
            run.store,
            run.blocks,
            clocks,
            run.law,
            run.keys,
            run.world.graph.columns,
            run.people,
            upper,
            done,
        )
        if done < upper.size:
            run.store = reserve(run.store, run.blocks, 8 * run.largest_village + 64)


def _run_openings(run: Simulation, crossings: Crossings) -> None:
    """Households whose accumulated hazard has reached their threshold, and this month's pioneers."""
    due = run.pioneers.month <= run.month if run.months_done == 0 else run.pioneers.month == run.month
    if due.any():
        count = int(due.sum())
        run.store = reserve(run.store, run.blocks, count * 4 * run.largest_village)
        events.make_due(
            run.store,
            run.blocks,
            run.clocks,
            run.law,
            run.keys,
            run.world.graph.columns,
            run.people,
            run.pioneers.village[due],
            run.pioneers.local[due],
        )
    crossings.opened, crossings.opened_village = events.collect_crossings(
        run.store, run.blocks, run.clocks.next_open, run.clocks.village, 0
    )


def _run_closings(run: Simulation, crossings: Crossings) -> None:
    """The closing clock goes on where there are shops; shops whose closing threshold is reached close."""
    settings, villages = run.settings, run.state.villages
    if not settings.enabled("exit"):
        return
    active = np.flatnonzero(villages.shops)
    hazard = exit.closing_hazard(
        settings.exit.monthly_rate,
        _trade_factor(run, active),
        trade_elasticity=settings.exit.trade_elasticity,
    )
    run.clocks.closing[active] += hazard
    crossings.closed, crossings.closed_village = events.collect_crossings(
        run.store, run.blocks, run.clocks.next_close, run.clocks.closing, 1
    )


def _trade_factor(run: Simulation, village: Integers) -> Floats:
    settings, villages = run.settings, run.state.villages
    section = settings.market
    return market.trade_factor(
        villages.crowding[village],
        villages.parcel_cost_yuan[village],
        run.decimal_year - section.reference_year,
        demand_growth=section.demand_growth,
        crowding_elasticity=section.crowding_elasticity,
        cost_elasticity=section.cost_elasticity,
        reference_cost_yuan=settings.logistics.reference_cost,
    )


def _run_shops(run: Simulation, crossings: Crossings) -> MonthEvents:
    """Openings and closings take effect on households and on the village columns."""
    graph, opened, closed = run.world.graph.columns, crossings.opened, crossings.closed
    size, pioneer, parts = events.open_shops(
        run.store, run.clocks, run.law, run.keys, graph, run.people, opened, crossings.opened_village,
        run.months_done,
    )  # fmt: skip
    _remove_from_villages(run, closed, crossings.closed_village)
    closed_local = run.store.entries["local"][closed]
    events.close_shops(
        run.store, run.clocks, run.law, run.keys, graph, run.people, closed, crossings.closed_village
    )
    _add_to_villages(run, crossings.opened_village, size)
    return MonthEvents(
        run.months_done,
        crossings.opened_village,
        run.store.entries["local"][opened],
        size,
        pioneer,
        parts,
        crossings.closed_village,
        closed_local,
    )


def _add_to_villages(run: Simulation, village: Integers, size: Floats) -> None:
    villages = run.state.villages
    np.add.at(villages.shops, village, 1)
    np.add.at(villages.shop_size, village, size)
    np.add.at(villages.novice_size, village, size)
    county, product = run.world.villages.county[village], run.world.villages.product[village]
    np.add.at(run.shops_of_product, (county, product), 1.0)


def _remove_from_villages(run: Simulation, rows: Integers, village: Integers) -> None:
    villages = run.state.villages
    size = run.store.entries["size"][rows].astype(np.float64)
    age = run.months_done - run.store.entries["opened"][rows].astype(np.float64)
    decay = np.exp(-age / float(run.settings.market.experience_months))
    np.add.at(villages.shops, village, -1)
    np.add.at(villages.shop_size, village, -size)
    np.add.at(villages.novice_size, village, -size * decay)
    county, product = run.world.villages.county[village], run.world.villages.product[village]
    np.add.at(run.shops_of_product, (county, product), -1.0)
    emptied = village[villages.shops[village] == 0]
    villages.shop_size[emptied] = 0.0
    villages.novice_size[emptied] = 0.0


def _run_influence(run: Simulation, crossings: Crossings) -> None:
    """Acquaintances of those who opened or closed are influenced from next month on."""
    for rows, villages, change in (
        (crossings.opened, crossings.opened_village, 1),
        (crossings.closed, crossings.closed_village, -1),
    ):
        locals_ = run.store.entries["local"][rows]
        degree, done = run.world.graph.max_degree, 0
        while done < villages.size:
            done = events.influence(
                run.store, run.blocks, run.clocks, run.law, run.keys, run.world.graph.columns, run.people,
                villages, locals_, change, done, degree, run.largest_village,
            )  # fmt: skip
            if done < villages.size:
                run.store = reserve(run.store, run.blocks, 8 * (degree + 1) * run.largest_village)


def _run_market(run: Simulation, _: Crossings) -> None:
    """Sales of the month by village, and the parcels they send from each county."""
    section, villages, world = run.settings.market, run.state.villages, run.world
    active = np.flatnonzero(villages.shops)
    sales = market.village_sales(
        villages.shop_size[active],
        villages.novice_size[active],
        _trade_factor(run, active),
        yearly_sales_yuan=section.yearly_sales,
        novice_share=section.novice_share,
    )
    villages.sales_yuan[:] = 0.0
    villages.sales_yuan[active] = sales
    villages.sales_by_month[run.months_done % MONTHS_OF_SALES] = villages.sales_yuan
    villages.novice_size[active] = market.next_novice_size(
        villages.novice_size[active], experience_months=section.experience_months
    )
    sent = market.parcels(sales, parcel_value_yuan=section.parcel_value)
    run.state.counties.parcels[:] = np.bincount(
        world.villages.county[active], sent, minlength=world.n_counties
    )


def _run_recognition(run: Simulation, _: Crossings) -> None:
    """In December Taobao villages are counted."""
    if run.month % 12 != _DECEMBER:
        return
    section, villages = run.settings.recognition, run.state.villages
    villages.recognised[:] = taobao_village_mask(
        villages.online_sales_yuan(),
        villages.shops,
        run.world.villages.households,
        sales_min_yuan=section.sales_min,
        shops_min=section.shops_min,
        household_share_min=section.household_share_min,
    )
    first = villages.recognised & (villages.recognised_since == NEVER)
    villages.recognised_since[first] = run.months_done


#: The stages of a month, in their order.
STEP_ORDER: tuple[tuple[str, Callable[[Simulation, Crossings], MonthEvents | None]], ...] = (
    ("programme", _run_programme),
    ("logistics", _run_logistics),
    ("training", _run_training),
    ("crowding", _run_crowding),
    ("clocks", _run_clocks),
    ("openings", _run_openings),
    ("closings", _run_closings),
    ("shops", _run_shops),
    ("influence", _run_influence),
    ("market", _run_market),
    ("recognition", _run_recognition),
)
