"""The stages that set a village's conditions: parcel cost, training, crowding, and its clock."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from sim.kernel import events
from sim.kernel.awareness import informed_hazard
from sim.kernel.cluster import express_saving
from sim.kernel.demand import less_crowded
from sim.kernel.government import guided_training
from sim.kernel.hands import side_by_side
from sim.kernel.overflow import LARGEST_LOG_RATIO, refuse_beyond
from sim.kernel.run import Floats, Integers, Run
from sim.kernel.support import support, support_terms
from sim.rules import adoption, logistics, market, training
from sim.state import NEVER

__all__ = ["TERMS", "run_clocks", "run_crowding", "run_logistics", "run_training", "terms_in_force"]

#: The terms of a village's log hazard ratio, in the order of :func:`terms_in_force`.
TERMS = (
    "base",
    "parcel_cost",
    "training",
    "internet",
    "crowding",
    "guidance",
    "credit",
    "chain",
    "limits",
    "migration",
)

#: A look for low thresholds reaches this many times as far as own initiative would get by the end at today's pace.
_SCAN_AHEAD = 3.0
_SMALLEST_BOUND = 1e-12


def run_logistics(run: Run) -> None:
    """Parcel cost of every village, from last month's parcels and the stations there are."""
    settings, villages, world = run.settings, run.state.villages, run.world
    section = settings.logistics
    if not settings.enabled("logistics"):
        villages.parcel_cost_yuan[:] = section.reference_cost
        return
    discount = logistics.volume_discount(
        run.state.counties.parcels, half_volume=section.half_volume, greatest=section.volume_discount
    )
    saving = express_saving(run)
    if saving is not None:
        discount = logistics.joint_discount(discount, saving)
    working = settings.enabled("programme")
    yuan_per_km = logistics.remoteness_cost(
        run.decimal_year - section.road_year,
        remoteness_yuan_per_km=section.remoteness_cost,
        road_improvement=section.road_improvement,
    )
    for part in run.parts:
        is_sorted = (villages.station_since[part] != NEVER) & working
        villages.parcel_cost_yuan[part] = logistics.parcel_cost(
            world.villages.seat_km[part],
            discount[world.villages.county[part]],
            is_sorted.astype(np.float64),
            run.decimal_year - section.reference_year,
            parcel_cost_yuan=section.parcel_cost,
            remoteness_yuan_per_km=yuan_per_km,
            yearly_decline=section.yearly_decline,
            sorting_saving_yuan=section.sorting_saving,
            floor_yuan=section.floor_cost,
        )


def run_training(run: Run) -> None:
    """The stock of skill decays and grows."""
    settings, villages, world = run.settings, run.state.villages, run.world
    section = settings.training
    if not settings.enabled("training"):
        villages.training_stock[:] = 0.0
        return
    working = settings.enabled("programme")
    has_center = (run.state.counties.center_since != NEVER) & working
    guided = guided_training(run)
    unguided = guided is None or not guided.any()
    if unguided and section.course_rate == 0.0 and not has_center.any() and not villages.training_stock.any():
        return  # nobody has begun to teach
    for part in run.parts:
        county = world.villages.county[part]
        inflow = training.training_inflow(
            villages.partner_skill[part],
            (villages.partner_model[part] == 2) & working,
            has_center[county],
            partner_training_per_month=section.partner_rate,
            center_training_per_month=section.center_rate,
            course_training_per_month=section.course_rate,
        )
        if guided is not None:
            inflow = inflow + guided[county]
        villages.training_stock[part] = training.next_training_stock(
            villages.training_stock[part], inflow, monthly_decay=section.decay
        )


def run_crowding(run: Run) -> None:
    """How crowded each village's product is in its county."""
    settings, villages, world = run.settings, run.state.villages, run.world
    if not settings.enabled("crowding"):
        villages.crowding[:] = 0.0
        return
    crowded = market.crowding(run.shops_of_product, reference_shops=settings.market.crowding_reference)
    crowded = less_crowded(run, crowded)
    for part in run.parts:
        place = world.villages.county[part] * crowded.shape[1] + villages.product[part]
        np.take(crowded, place, out=villages.crowding[part], mode="clip")  # flat: pairs of indices cost four times


def run_clocks(run: Run) -> None:
    """Each village's clock goes on by the factor its conditions give every household's hazard."""
    villages, online = run.state.villages, run.internet_share
    all_factors, own_factor, added = np.empty(villages.base.size), np.empty(villages.base.size), support(run)
    for part in run.parts:
        eta = adoption.village_log_multiplier(villages.base[part], **_conditions(run, part, online))
        added.add_to(eta, part)
        refuse_beyond(run, "a village's log hazard ratio", eta, LARGEST_LOG_RATIO)
        factor = np.exp(eta)
        if run.is_informed:
            hazard, by_awareness = informed_hazard(run, part)
            run.hazard_by_awareness[part] += factor * by_awareness
            factor *= hazard
        all_factors[part] = factor
        own_factor[part] = factor * run.people.rooting[part]
    clocks = run.clocks  # not before they are needed: acquaintances may still be told of last month's openings
    for part in run.parts:
        clocks.village[part] += all_factors[part]
        clocks.own[part] += run.law.own_initiative * own_factor[part]
    _look_further(run, own_factor)


def _conditions(run: Run, part: slice | Integers, online: Floats) -> dict[str, Any]:
    """Conditions of these villages and what a unit of each does, as ``sim.rules.adoption`` takes them."""
    settings, villages = run.settings, run.state.villages
    own = settings.adoption
    return {
        "parcel_cost_yuan": villages.parcel_cost_yuan[part],
        "reference_cost_yuan": settings.logistics.reference_cost,
        "cost_effect_per_yuan": own.cost_effect,
        "training_stock": villages.training_stock[part],
        "training_effect": own.training_effect,
        "internet_share": online[run.world.villages.county[part]],
        "internet_effect": own.internet_effect,
        "reference_internet_share": own.reference_internet,
        "crowding": villages.crowding[part],
        "crowding_effect": own.crowding_effect,
    }


def terms_in_force(run: Run, village: Integers) -> Floats:
    """Terms of these villages' log hazard ratios in this month, (n, len(TERMS)): their sum is eta.

    What a mechanism that is off would add is 0. To be asked for between ``clocks`` and ``shops``: later stages
    change what the terms are made of.
    """
    own = adoption.village_terms(**_conditions(run, village, run.internet_share))
    terms = np.stack([run.state.villages.base[village], *own, *support_terms(run, village)], axis=1)
    return terms + 0.0  # no negative zeros


def _look_further(run: Run, own_factor: Floats) -> None:
    """Where own initiative may reach thresholds not yet looked at, look for them, some months ahead."""
    clocks = run.clocks
    short = clocks.own >= clocks.scanned
    if not short.any():
        return
    months_left = max(run.scenario.n_months - run.months_done, 1)
    ahead = clocks.own + _SCAN_AHEAD * run.law.own_initiative * own_factor * months_left
    upper = np.where(short, np.maximum(ahead, _SMALLEST_BOUND), 0.0)
    done = [0] * run.ledger.hands
    while min(done) < upper.size:
        side_by_side([partial(_look, run, upper, done, share) for share in range(run.ledger.hands)])
        if min(done) < upper.size:
            run.ledger.make_room(8 * run.largest_village + 64)


def _look(run: Run, upper: Floats, done: list[int], share: int) -> None:
    """Look through one share of the villages as far as there is room; ``done`` says how far, by share."""
    ledger, graph = run.ledger, run.world.graph.columns
    done[share] = events.scan(
        ledger.store, ledger.blocks, ledger.clocks, run.law, run.keys, graph, run.people, upper, share, done[share]
    )
