"""The compiled part of the month: who crosses the threshold, and who closes.

A household is visited only when its own acquaintances change or when it crosses. What it does then, and which
clocks times are read from, is said in ``sim.kernel.household``.
"""

from __future__ import annotations

import math

import numpy as np

from sim.compiled import compiled, inlined
from sim.kernel.entries import entry_of, insert_entry, is_short, share_of
from sim.kernel.household import (
    find_or_insert,
    schedule,
    settle,
    threshold_of,
    weight_of_ties,
)
from sim.rules import exit as exit_rule
from sim.streams import (
    NORMAL_LIMIT,
    bits_compiled,
    exponential_compiled,
    household_counter_compiled,
    normal_compiled,
)
from sim.world.graph import TIE_KINDS

__all__ = [
    "close_shops",
    "collect_crossings",
    "make_due",
    "open_shops",
    "reprice",
    "scan",
    "settle_all",
]

_N_KINDS = len(TIE_KINDS)
_MAX_EPISODE = 15

_closing_threshold = inlined(exit_rule.closing_threshold)


@compiled
def _highest_bits(key, uid, households):  # type: ignore[no-untyped-def]
    """Greatest draw of a village's households: without a branch, so processors take several at a time."""
    highest = np.uint64(0)
    for local in range(households):
        highest = max(highest, bits_compiled(key, household_counter_compiled(uid, local, 0)))
    return highest


@compiled
def scan(store, blocks, clocks, law, keys, graph, people, upper, share, begin):  # type: ignore[no-untyped-def]
    """Give entries to the households whose threshold lies between a village's scanned bound and ``upper``.

    Of one share of the villages, from number ``begin`` on; returns how many villages are done, fewer than all when
    room runs short.
    """
    largest_propensity = math.exp(law.propensity_sd * NORMAL_LIMIT - 0.5 * law.propensity_sd**2)
    n_villages = people.first.size - 1
    for village in range(begin, n_villages):
        low, high = clocks.scanned[village], upper[village]
        if high <= low or share_of(blocks, village) != share:
            continue
        households = people.first[village + 1] - people.first[village]
        if is_short(blocks, village, 4 * households + 8):
            return village
        # -ln(u) < high * z needs u above this, so most households cost one comparison of bits.
        floor = np.uint64(math.exp(-high * largest_propensity) * 2.0**53 * (1.0 - 1e-12)) << np.uint64(11)
        if _highest_bits(keys.threshold, people.uid[village], households) < floor:
            clocks.scanned[village] = high
            continue
        for local in range(households):
            if bits_compiled(keys.threshold, household_counter_compiled(people.uid[village], local, 0)) < floor:
                continue
            threshold = threshold_of(keys, law, people.uid[village], local, 0)
            if threshold < low or threshold >= high or entry_of(store, blocks, village, local) >= 0:
                continue
            missing = threshold - clocks.own[village]
            row = insert_entry(store, blocks, village, local, households, missing, clocks.village[village])
            weight = weight_of_ties(people.first[village] + local, village, law, graph)
            schedule(store.entries[row], village, weight, clocks, law, people)
        clocks.scanned[village] = high
    return n_villages


@compiled
def collect_crossings(store, blocks, next_due, clock, selling, visited, rows, villages):  # type: ignore[no-untyped-def]
    """Write the entries whose event is due in the visited villages, and their villages; return how many.

    Renews each visited village's next event. ``rows`` and ``villages`` have room for all entries of the villages.
    """
    count = 0
    for village in visited:
        start, length = blocks.start[village], blocks.length[village]
        soonest = np.inf
        for row in range(start, start + length):
            entry = store.entries[row]
            if entry.selling != selling:
                continue
            if entry.due <= clock[village]:
                rows[count] = row
                villages[count] = village
                count += 1
            else:
                soonest = min(soonest, entry.due)
        next_due[village] = soonest
    return count


@compiled
def open_shops(  # type: ignore[no-untyped-def]
    store, clocks, law, keys, graph, people, rows, villages, month, size, early, parts
):
    """Open the shops of these entries at the end of this month.

    Writes each shop's size, whether it opened before its threshold was reached (a pioneer), and the hazard
    received by own initiative and by kind of tie.
    """
    for i in range(rows.size):
        village, entry = villages[i], store.entries[rows[i]]
        weight = weight_of_ties(people.first[village] + entry.local, village, law, graph)
        settle(entry, village, weight, clocks, law, people)
        threshold = threshold_of(keys, law, people.uid[village], entry.local, entry.episode)
        early[i] = entry.missing > 1e-9 * threshold
        own = threshold - entry.missing
        for kind in range(_N_KINDS):
            parts[i, 1 + kind] = entry.parts[kind]
            own -= entry.parts[kind]
        parts[i, 0] = max(own, 0.0)
        counter = household_counter_compiled(people.uid[village], entry.local, entry.episode)
        exact = math.exp(law.size_sd * normal_compiled(keys.size, counter))
        entry.size = np.float32(exact)
        size[i] = entry.size  # what is added to the village now is what is taken away when the shop closes
        entry.selling = 1
        entry.opened = month
        unit = exponential_compiled(keys.closing, counter)
        entry.due = clocks.closing[village] + _closing_threshold(unit, exact, law.size_protection)
        clocks.next_close[village] = min(clocks.next_close[village], entry.due)


@compiled
def close_shops(store, clocks, law, keys, graph, people, rows, villages):  # type: ignore[no-untyped-def]
    """Close the shops of these entries; each household starts on a fresh threshold from now on."""
    for i in range(rows.size):
        village, entry = villages[i], store.entries[rows[i]]
        entry.selling = 0
        entry.episode = min(entry.episode + 1, _MAX_EPISODE)
        entry.missing = threshold_of(keys, law, people.uid[village], entry.local, entry.episode)
        entry.settled = clocks.village[village]
        for kind in range(_N_KINDS):
            entry.parts[kind] = 0.0
        weight = weight_of_ties(people.first[village] + entry.local, village, law, graph)
        schedule(entry, village, weight, clocks, law, people)


@compiled
def make_due(store, blocks, clocks, law, keys, graph, people, villages, locals_, begin, largest):  # type: ignore[no-untyped-def]
    """Let these households open this month whatever their hazard; those who sell already go on selling.

    Begins with number ``begin`` and returns how many are done; fewer than all when room runs short. ``largest`` is
    the number of households of the largest village.
    """
    for i in range(begin, villages.size):
        village = villages[i]
        if is_short(blocks, village, 4 * largest + 8):
            return i
        row = find_or_insert(store, blocks, clocks, law, keys, people, village, locals_[i])
        entry = store.entries[row]
        if entry.selling == 0:
            weight = weight_of_ties(people.first[village] + locals_[i], village, law, graph)
            settle(entry, village, weight, clocks, law, people)
            entry.due = clocks.village[village]
            clocks.next_open[village] = min(clocks.next_open[village], entry.due)
    return villages.size


@compiled
def settle_all(store, blocks, clocks, law, graph, people):  # type: ignore[no-untyped-def]
    """Bring every household up to the clocks under the law in force, before the law changes."""
    for village in range(blocks.start.size):
        start = blocks.start[village]
        for row in range(start, start + blocks.length[village]):
            entry = store.entries[row]
            weight = weight_of_ties(people.first[village] + entry.local, village, law, graph)
            settle(entry, village, weight, clocks, law, people)


@compiled
def reprice(store, blocks, clocks, law, graph, people):  # type: ignore[no-untyped-def]
    """Schedule every settled household anew under a changed law."""
    for village in range(blocks.start.size):
        start = blocks.start[village]
        clocks.next_open[village] = np.inf
        for row in range(start, start + blocks.length[village]):
            entry = store.entries[row]
            if entry.selling == 0:
                weight = weight_of_ties(people.first[village] + entry.local, village, law, graph)
                schedule(entry, village, weight, clocks, law, people)
