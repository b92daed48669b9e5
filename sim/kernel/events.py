"""The compiled part of the month: who crosses the threshold, who closes, and whom that influences.

Times are readings of two clocks a village owns: the village clock adds up ``exp(eta_v)`` (so a household's
hazard is a constant between changes of its acquaintances), the closing clock adds up the closing hazard.
A household is visited only when its own acquaintances change or when it crosses.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import compiled, inlined
from sim.kernel.entries import entry_of, insert_entry
from sim.rules import adoption, exit
from sim.streams import bits_compiled, normal_compiled, uniform_compiled
from sim.world.graph import TIE_KINDS, acquaintances_of, nominal_degrees

__all__ = ["Clocks", "Keys", "Law", "collect_crossings", "influence", "open_shops", "close_shops", "reprice", "scan"]

_N_KINDS = len(TIE_KINDS)
_EIGHT = np.uint64(8)
_BYTE = np.uint64(255)
_LOCAL_BITS = np.uint64(20)
_EPISODE_SHIFT = np.uint64(60)
_MAX_EPISODE = 15
_NORMAL_LIMIT = 4.0

_weighted_share = inlined(adoption.weighted_share)
_imitation_share = inlined(adoption.imitation_share)
_monthly_hazard = inlined(adoption.monthly_hazard)
_closing_threshold = inlined(exit.closing_threshold)


class Law(NamedTuple):
    """The household-level parameters in force: see the parameter table."""

    own_initiative: float
    imitation: float
    threshold_sellers: int
    weights: NDArray[np.float64]
    propensity_sd: float
    size_sd: float
    size_protection: float


class Keys(NamedTuple):
    """Stream keys of the household's draws."""

    threshold: np.uint64
    propensity: np.uint64
    size: np.uint64
    closing: np.uint64


class Clocks(NamedTuple):
    """Per village: clock readings, own-initiative hazard so far, bound already scanned, next events."""

    village: NDArray[np.float64]
    closing: NDArray[np.float64]
    own: NDArray[np.float64]
    scanned: NDArray[np.float64]
    next_open: NDArray[np.float64]
    next_close: NDArray[np.float64]


@inlined
def _counter(uid, local, episode):  # type: ignore[no-untyped-def]
    return (np.uint64(episode) << _EPISODE_SHIFT) + (uid << _LOCAL_BITS) + np.uint64(local)


@compiled
def _threshold(keys, law, uid, local, episode):  # type: ignore[no-untyped-def]
    unit = -math.log(uniform_compiled(keys.threshold, _counter(uid, local, episode)))
    deviate = normal_compiled(keys.propensity, _counter(uid, local, 0))
    return unit / math.exp(law.propensity_sd * deviate - 0.5 * law.propensity_sd**2)


@compiled
def _settle(entries, row, village, household, clocks, law, graph, degree):  # type: ignore[no-untyped-def]
    """Bring a household's accumulated hazard up to its village's clock; return its present hazard."""
    nominal_degrees(household, village, graph, degree)
    packed = entries.sellers[row]
    sellers, weighted_sellers, weighted_all = 0, 0.0, 0.0
    for kind in range(_N_KINDS):
        count = np.int64((packed >> (_EIGHT * np.uint64(kind))) & _BYTE)
        sellers += count
        weighted_sellers += law.weights[kind] * count
        weighted_all += law.weights[kind] * degree[kind]
    share = _weighted_share(weighted_sellers, weighted_all)
    imitated = _imitation_share(share, sellers, law.threshold_sellers)
    hazard = _monthly_hazard(law.own_initiative, law.imitation, imitated)
    elapsed = clocks.village[village] - entries.settled[row]
    if elapsed > 0.0:
        entries.accumulated[row] += hazard * elapsed
        if weighted_sellers > 0.0:
            received = law.imitation * imitated * elapsed / weighted_sellers
            for kind in range(_N_KINDS):
                count = np.int64((packed >> (_EIGHT * np.uint64(kind))) & _BYTE)
                entries.parts[row, kind] += np.float32(received * law.weights[kind] * count)
        entries.settled[row] = clocks.village[village]
    return hazard


@compiled
def _schedule(entries, row, village, hazard, clocks):  # type: ignore[no-untyped-def]
    missing = entries.threshold[row] - entries.accumulated[row]
    due = clocks.village[village] + missing / hazard if hazard > 0.0 else np.inf
    entries.due[row] = due
    clocks.next_open[village] = min(clocks.next_open[village], due)


@compiled
def _present_hazard(entries, row, village, household, clocks, law, graph, degree):  # type: ignore[no-untyped-def]
    # With nothing elapsed, settling only reads.
    return _settle(entries, row, village, household, clocks, law, graph, degree)


@compiled
def scan(entries, blocks, clocks, law, keys, graph, first, uid, upper, begin):  # type: ignore[no-untyped-def]
    """Give rows to the households whose threshold lies between a village's scanned bound and ``upper``.

    Returns the number of villages done; fewer than all when the room for rows runs short.
    """
    degree = np.zeros(_N_KINDS, np.int64)
    room = entries.local.shape[0]
    largest_propensity = math.exp(law.propensity_sd * _NORMAL_LIMIT - 0.5 * law.propensity_sd**2)
    for village in range(begin, first.size - 1):
        low, high = clocks.scanned[village], upper[village]
        if high <= low:
            continue
        households = first[village + 1] - first[village]
        if blocks.used[0] + 4 * households + 8 > room:
            return village
        # -ln(u) < high * z needs u above this, so most households cost one comparison of bits.
        floor = np.uint64(math.exp(-high * largest_propensity) * 2.0**53 * (1.0 - 1e-12)) << np.uint64(11)
        for local in range(households):
            if bits_compiled(keys.threshold, _counter(uid[village], local, 0)) < floor:
                continue
            threshold = _threshold(keys, law, uid[village], local, 0)
            if threshold < low or threshold >= high:
                continue
            if entry_of(entries, blocks, village, local) >= 0:
                continue
            row = insert_entry(
                entries, blocks, village, local, threshold, clocks.own[village], clocks.village[village]
            )
            hazard = _present_hazard(
                entries, row, village, first[village] + local, clocks, law, graph, degree
            )
            _schedule(entries, row, village, hazard, clocks)
        clocks.scanned[village] = high
    return first.size - 1


@compiled
def collect_crossings(entries, blocks, next_due, clock, selling):  # type: ignore[no-untyped-def]
    """Rows and villages whose event is due, in village order; renews each visited village's next event."""
    rows = np.empty(1024, np.int64)
    villages = np.empty(1024, np.int64)
    count = 0
    for village in range(clock.size):
        if next_due[village] > clock[village]:
            continue
        start = blocks.start[village]
        length = blocks.length[village]
        if count + length > rows.size:
            rows = np.concatenate((rows, np.empty(rows.size + length, np.int64)))
            villages = np.concatenate((villages, np.empty(villages.size + length, np.int64)))
        soonest = np.inf
        for row in range(start, start + length):
            if entries.selling[row] != selling:
                continue
            if entries.due[row] <= clock[village]:
                rows[count] = row
                villages[count] = village
                count += 1
            else:
                soonest = min(soonest, entries.due[row])
        next_due[village] = soonest
    return rows[:count].copy(), villages[:count].copy()


@compiled
def open_shops(entries, clocks, law, keys, graph, first, uid, rows, villages, month):  # type: ignore[no-untyped-def]
    """Open the shops of these rows at the end of this month; return sizes and the hazard received by kind."""
    size = np.empty(rows.size, np.float64)
    parts = np.empty((rows.size, 1 + _N_KINDS), np.float64)
    degree = np.zeros(_N_KINDS, np.int64)
    for i in range(rows.size):
        row, village = rows[i], villages[i]
        local = entries.local[row]
        _settle(entries, row, village, first[village] + local, clocks, law, graph, degree)
        received = 0.0
        for kind in range(_N_KINDS):
            parts[i, 1 + kind] = entries.parts[row, kind]
            received += entries.parts[row, kind]
        parts[i, 0] = max(entries.accumulated[row] - received, 0.0)
        counter = _counter(uid[village], local, entries.episode[row])
        size[i] = math.exp(law.size_sd * normal_compiled(keys.size, counter))
        entries.size[row] = np.float32(size[i])
        entries.selling[row] = 1
        entries.opened[row] = month
        unit = -math.log(uniform_compiled(keys.closing, counter))
        due = clocks.closing[village] + _closing_threshold(unit, size[i], law.size_protection)
        entries.due[row] = due
        clocks.next_close[village] = min(clocks.next_close[village], due)
    return size, parts


@compiled
def close_shops(entries, clocks, law, keys, graph, first, uid, rows, villages):  # type: ignore[no-untyped-def]
    """Close the shops of these rows; each household starts on a fresh threshold from now on."""
    degree = np.zeros(_N_KINDS, np.int64)
    for i in range(rows.size):
        row, village = rows[i], villages[i]
        local = entries.local[row]
        entries.selling[row] = 0
        entries.episode[row] = min(entries.episode[row] + 1, _MAX_EPISODE)
        entries.threshold[row] = _threshold(keys, law, uid[village], local, entries.episode[row])
        entries.accumulated[row] = 0.0
        entries.settled[row] = clocks.village[village]
        for kind in range(_N_KINDS):
            entries.parts[row, kind] = 0.0
        hazard = _present_hazard(entries, row, village, first[village] + local, clocks, law, graph, degree)
        _schedule(entries, row, village, hazard, clocks)


@compiled
def influence(  # type: ignore[no-untyped-def]
    entries, blocks, clocks, law, keys, graph, first, uid, villages, locals_, change, begin, max_degree, largest
):
    """Tell the acquaintances that these households began (+1) or ceased (-1) to sell.

    Returns how many events are done; fewer than all when the room for rows runs short.
    """
    neighbour = np.empty(max_degree, np.int64)
    kinds = np.empty(max_degree, np.int8)
    degree = np.zeros(_N_KINDS, np.int64)
    room = entries.local.shape[0]
    for event in range(begin, villages.size):
        if blocks.used[0] + max_degree * 4 * largest > room:
            return event
        home = villages[event]
        n = acquaintances_of(first[home] + locals_[event], home, graph, neighbour, kinds)
        for i in range(n):
            village = home
            if neighbour[i] < first[home] or neighbour[i] >= first[home + 1]:
                village = np.searchsorted(first, neighbour[i], side="right") - 1
            local = neighbour[i] - first[village]
            row = entry_of(entries, blocks, village, local)
            if row < 0:
                threshold = _threshold(keys, law, uid[village], local, 0)
                row = insert_entry(
                    entries, blocks, village, local, threshold, clocks.own[village], clocks.village[village]
                )
            _settle(entries, row, village, neighbour[i], clocks, law, graph, degree)
            shift = _EIGHT * np.uint64(kinds[i])
            if change > 0:
                entries.sellers[row] += np.uint64(1) << shift
            else:
                entries.sellers[row] -= np.uint64(1) << shift
            if entries.selling[row] == 0:
                hazard = _present_hazard(entries, row, village, neighbour[i], clocks, law, graph, degree)
                _schedule(entries, row, village, hazard, clocks)
    return villages.size


@compiled
def make_due(entries, blocks, clocks, law, keys, graph, first, uid, villages, locals_):  # type: ignore[no-untyped-def]
    """Let these households open this month whatever their hazard; those who sell already go on selling."""
    degree = np.zeros(_N_KINDS, np.int64)
    for i in range(villages.size):
        village, local = villages[i], locals_[i]
        row = entry_of(entries, blocks, village, local)
        if row < 0:
            threshold = _threshold(keys, law, uid[village], local, 0)
            row = insert_entry(
                entries, blocks, village, local, threshold, clocks.own[village], clocks.village[village]
            )
        if entries.selling[row] == 0:
            _settle(entries, row, village, first[village] + local, clocks, law, graph, degree)
            entries.due[row] = clocks.village[village]
            clocks.next_open[village] = min(clocks.next_open[village], entries.due[row])


@compiled
def settle_all(entries, blocks, clocks, law, graph, first):  # type: ignore[no-untyped-def]
    """Bring every household up to the clocks under the law in force, before the law changes."""
    degree = np.zeros(_N_KINDS, np.int64)
    for village in range(first.size - 1):
        start = blocks.start[village]
        for row in range(start, start + blocks.length[village]):
            _settle(entries, row, village, first[village] + entries.local[row], clocks, law, graph, degree)


@compiled
def reprice(entries, blocks, clocks, law, graph, first):  # type: ignore[no-untyped-def]
    """Schedule every household anew under a changed law."""
    degree = np.zeros(_N_KINDS, np.int64)
    for village in range(first.size - 1):
        start = blocks.start[village]
        clocks.next_open[village] = np.inf
        for row in range(start, start + blocks.length[village]):
            if entries.selling[row] == 0:
                household = first[village] + entries.local[row]
                hazard = _settle(entries, row, village, household, clocks, law, graph, degree)
                _schedule(entries, row, village, hazard, clocks)
