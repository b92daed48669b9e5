"""The stages in which households cross: who opens, who closes, and what that changes in their villages."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from sim.kernel import events
from sim.kernel.conditions import terms_in_force
from sim.kernel.hands import divided, side_by_side
from sim.kernel.overflow import LARGEST_HAZARD, refuse_beyond
from sim.kernel.products import choose_products, each_once
from sim.kernel.run import Crossings, Floats, Integers, MonthEvents, Run
from sim.kernel.trade import trade_factor
from sim.rules import exit as exit_rule
from sim.world import TIE_KINDS

__all__ = ["closings", "openings", "take_effect"]

#: Fewer are done before a second thread has woken.
_ENTRIES_WORTH_A_THREAD = 1 << 15
_OPENINGS_WORTH_A_THREAD = 1 << 10
_NOBODY = Crossings(np.zeros(0, np.int64), np.zeros(0, np.int64))


def openings(run: Run) -> Crossings:
    """Households whose accumulated hazard has reached their threshold, and this month's pioneers."""
    is_first = run.months_done == 0
    due = run.pioneers.month <= run.month if is_first else run.pioneers.month == run.month
    _make_due(run, run.pioneers.village[due], run.pioneers.local[due])
    return _crossings(run, run.clocks.next_open, run.clocks.village, selling=0)


def _make_due(run: Run, village: Integers, local: Integers) -> None:
    graph, done = run.world.graph.columns, 0
    while done < village.size:
        done = events.make_due(
            run.store,
            run.blocks,
            run.clocks,
            run.law,
            run.keys,
            graph,
            run.people,
            village,
            local,
            done,
            run.largest_village,
        )
        if done < village.size:
            run.ledger.make_room(8 * run.largest_village + 64)


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
    store, blocks = run.store, run.blocks
    length = blocks.length[visited].astype(np.int64)
    stretches = divided(length, run.ledger.hands, _ENTRIES_WORTH_A_THREAD)
    found = [_NOBODY] * len(stretches)

    def collect(number: int) -> None:
        stretch = stretches[number]
        room = int(length[stretch].sum())
        rows, villages = np.empty(room, np.int64), np.empty(room, np.int64)
        n = events.collect_crossings(store, blocks, next_due, clock, selling, visited[stretch], rows, villages)
        found[number] = Crossings(rows[:n], villages[:n])

    side_by_side([partial(collect, number) for number in range(len(stretches))])
    return _together(found)


def _together(found: list[Crossings]) -> Crossings:
    if len(found) < 2:
        return found[0] if found else _NOBODY
    return Crossings(
        np.concatenate([each.rows for each in found]), np.concatenate([each.villages for each in found])
    )


def take_effect(run: Run, opened: Crossings, closed: Crossings) -> MonthEvents:
    """Openings and closings take effect on the households and on the village columns."""
    graph, entries = run.world.graph.columns, run.store.entries
    opening_villages = each_once(opened.villages)
    terms = terms_in_force(run, opening_villages).astype(np.float32)  # before anything takes effect
    choose_products(run, opened.villages)
    size, pioneer, parts = _open(run, opened)
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


def _open(run: Run, opened: Crossings) -> tuple[Floats, NDArray[np.bool_], NDArray[np.float32]]:
    """Open these shops; the size of each, whether it is a pioneer's, and its hazard by own initiative and tie."""
    n, graph = opened.rows.size, run.world.graph.columns
    size, pioneer = np.empty(n), np.empty(n, np.bool_)
    parts = np.empty((n, 1 + len(TIE_KINDS)), np.float32)
    store, clocks = run.store, run.clocks

    def open_some(these: slice) -> None:
        events.open_shops(
            store,
            clocks,
            run.law,
            run.keys,
            graph,
            run.people,
            opened.rows[these],
            opened.villages[these],
            run.months_done,
            size[these],
            pioneer[these],
            parts[these],
        )

    side_by_side([partial(open_some, these) for these in _by_village(opened.villages, run.ledger.hands)])
    return size, pioneer, parts


def _by_village(villages: Integers, hands: int) -> list[slice]:
    """Stretches of openings for each hand, all of a village's in one of them."""
    if hands == 1 or villages.size < _OPENINGS_WORTH_A_THREAD:
        return [slice(0, villages.size)] if villages.size else []
    starts = np.flatnonzero(np.diff(villages, prepend=-1))
    ends = np.append(starts[1:], villages.size)
    stretches = divided(ends - starts, hands, _OPENINGS_WORTH_A_THREAD)
    return [slice(int(starts[each.start]), int(ends[each.stop - 1])) for each in stretches]


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
