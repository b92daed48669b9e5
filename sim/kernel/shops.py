"""The stages in which households cross: who opens, who closes, and whom that influences from next month on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.kernel import events
from sim.kernel.conditions import terms_in_force
from sim.kernel.ledger import Ledger
from sim.kernel.overflow import LARGEST_HAZARD, refuse_beyond
from sim.kernel.products import choose_products, each_once
from sim.kernel.run import Crossings, Floats, Integers, MonthEvents, Run
from sim.kernel.trade import trade_factor
from sim.rules import exit as exit_rule
from sim.world import TIE_KINDS

__all__ = ["closings", "influence", "openings", "take_effect", "tell"]

_NOBODY = Crossings(np.zeros(0, np.int64), np.zeros(0, np.int64))


def openings(run: Run) -> Crossings:
    """Households whose accumulated hazard has reached their threshold, and this month's pioneers."""
    is_first = run.months_done == 0
    due = run.pioneers.month <= run.month if is_first else run.pioneers.month == run.month
    if due.any():
        run.ledger.make_room(4 * int(due.sum()) * run.largest_village)
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
    return _crossings(run, run.clocks.next_open, run.clocks.village, selling=0)


def closings(run: Run) -> Crossings:
    """The closing clock goes on where there are shops; shops whose closing threshold is reached close."""
    section, villages = run.settings.exit, run.state.villages
    if not run.settings.enabled("exit"):
        return _NOBODY
    active = np.flatnonzero(villages.shops != 0)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        hazard = exit_rule.closing_hazard(
            section.monthly_rate, trade_factor(run, active), trade_elasticity=section.trade_elasticity
        )
    refuse_beyond(run, "a village's closing hazard per month", hazard, LARGEST_HAZARD)
    run.clocks.closing[active] += hazard
    return _crossings(run, run.clocks.next_close, run.clocks.closing, selling=1)


def _crossings(run: Run, next_due: Floats, clock: Floats, *, selling: int) -> Crossings:
    visited = np.flatnonzero(next_due <= clock)
    room = int(run.blocks.length[visited].sum())
    rows, villages = np.empty(room, np.int64), np.empty(room, np.int64)
    n = events.collect_crossings(run.store, run.blocks, next_due, clock, selling, visited, rows, villages)
    return Crossings(rows[:n], villages[:n])


def take_effect(run: Run, opened: Crossings, closed: Crossings) -> MonthEvents:
    """Openings and closings take effect on the households and on the village columns."""
    graph, entries = run.world.graph.columns, run.store.entries
    n = opened.rows.size
    opening_villages = each_once(opened.villages)
    terms = terms_in_force(run, opening_villages).astype(np.float32)  # before anything takes effect
    choose_products(run, opened.villages)
    size, pioneer = np.empty(n), np.empty(n, np.bool_)
    parts = np.empty((n, 1 + len(TIE_KINDS)), np.float32)
    events.open_shops(
        run.store,
        run.clocks,
        run.law,
        run.keys,
        graph,
        run.people,
        opened.rows,
        opened.villages,
        run.months_done,
        size,
        pioneer,
        parts,
    )
    by_awareness = _split_awareness(run, opened, closed, parts)
    _remove_from_villages(run, closed)
    closed_local = entries["local"][closed.rows]
    events.close_shops(run.store, run.clocks, run.law, run.keys, graph, run.people, closed.rows, closed.villages)
    _add_to_villages(run, opened.villages, size)
    return MonthEvents(
        run.months_done,
        opened.villages,
        entries["local"][opened.rows],
        size,
        pioneer,
        parts,
        closed.villages,
        closed_local,
        opening_villages,
        terms,
        by_awareness,
    )


def _split_awareness(run: Run, opened: Crossings, closed: Crossings, parts: NDArray[np.float32]) -> Floats:
    """What awareness gave of the hazard these households accumulated, (n,); taken out of own initiative's part.

    It grows with the village, so what it gave since a household closed its last shop is a difference.
    """
    total, first, entries = run.hazard_by_awareness, run.world.first_household, run.store.entries
    if not total.any():
        return np.zeros(opened.rows.size)
    household = first[opened.villages] + entries["local"][opened.rows]
    since = [run.by_awareness_at_closing.get(number, 0.0) for number in household.tolist()]
    given: Floats = total[opened.villages] - np.array(since, np.float64)
    parts[:, 0] = np.maximum(parts[:, 0] - given, 0.0)
    leaving = first[closed.villages] + entries["local"][closed.rows]
    run.by_awareness_at_closing |= dict(zip(leaving.tolist(), total[closed.villages].tolist(), strict=True))
    return given


def _add_to_villages(run: Run, village: Integers, size: Floats) -> None:
    villages, world = run.state.villages, run.world
    np.add.at(villages.shops, village, 1)
    np.add.at(villages.shop_size, village, size)
    np.add.at(villages.novice_size, village, size)
    np.add.at(run.shops_of_product, (world.villages.county[village], villages.product[village]), 1.0)


def _remove_from_villages(run: Run, closed: Crossings) -> None:
    villages, world, village = run.state.villages, run.world, closed.villages
    entries = run.store.entries[closed.rows]
    size = entries["size"].astype(np.float64)
    age_months = run.months_done - entries["opened"].astype(np.float64)
    # What is left of the shop's lack of experience, as next_novice_size has let it fall month by month.
    novice = size * np.exp(-age_months / float(run.settings.market.experience_months))
    np.add.at(villages.shops, village, -1)
    np.add.at(villages.shop_size, village, -size)
    np.add.at(villages.novice_size, village, -novice)
    np.add.at(run.shops_of_product, (world.villages.county[village], villages.product[village]), -1.0)
    emptied = village[villages.shops[village] == 0]
    villages.shop_size[emptied] = 0.0
    villages.novice_size[emptied] = 0.0


def tell(run: Run, recorded: MonthEvents) -> None:
    """Acquaintances learn of openings and closings, while stages run that need no households."""

    def work(ledger: Ledger) -> None:
        influence(run, ledger, recorded.village, recorded.local, +1)
        influence(run, ledger, recorded.closed_village, recorded.closed_local, -1)

    run.beside(work)


def influence(run: Run, ledger: Ledger, village: Integers, locals_: NDArray[np.int32], change: int) -> None:
    """Acquaintances of those who opened (+1) or closed (-1) are influenced from next month on.

    Households are named by village and place: their entries move when others are inserted.
    """
    max_degree, done = run.world.graph.max_degree, 0
    reach = events.new_reach(max_degree)
    while done < locals_.size:
        done = events.influence(
            ledger.store,
            ledger.blocks,
            ledger.clocks,
            run.law,
            run.keys,
            run.world.graph.columns,
            run.people,
            village,
            locals_,
            change,
            done,
            reach,
            run.largest_village,
        )
        if done < locals_.size:
            ledger.make_room(8 * (max_degree + 1) * run.largest_village)
