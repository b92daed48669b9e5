"""Exposure, ties and time at risk: histories worked by hand, and a slow look at every household in every month."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from sim.metrics.exposure import MOST_SELLERS, Exposures, exposures, ties_between, time_at_risk
from sim.metrics.selling import selling_spells
from sim.world.explicit import graph_of_networkx
from sim.world.graph import implicit_graph

# Three villages: households 0-2, 3-6 and 7-8.
FIRST = np.array([0, 3, 7, 9])


def ties(*pairs, first=FIRST):
    return graph_of_networkx(nx.MultiGraph(pairs), first)


def spells(openings, closings=(), n=int(FIRST[-1])):
    columns = [np.array(column, np.int64).reshape(-1, 2) for column in (openings, closings)]
    return selling_spells(columns[0][:, 0], columns[0][:, 1], columns[1][:, 0], columns[1][:, 1], n)


def village_of(household, first=FIRST):
    return np.searchsorted(first, household, side="right") - 1


def exposed(household, month, shops, graph):
    household, month = np.array(household, np.int64), np.array(month, np.int64)
    return exposures(household, village_of(household, graph.first_household), month, shops, graph)


def row(*counts):
    return [*counts, *[0] * (MOST_SELLERS + 1 - len(counts))]


def test_share_of_acquaintances_who_sell():
    found = Exposures(np.array([0, 1, 3, 0]), np.array([4, 2, 3, 0]))
    np.testing.assert_array_equal(found.share, [0.0, 0.5, 1.0, np.nan])


def test_exposure_is_counted_where_and_when_it_is_felt():
    graph = ties((0, 1), (0, 1), (0, 3), (3, 7))
    shops = spells([(1, 2), (7, 0)], [(1, 4)])
    # Household 0 knows 1 twice and 3; 1 sells from the month after its opening to that of its closing.
    found = exposed([0, 0, 0, 0, 3, 8], [2, 3, 4, 5, 1, 9], shops, graph)
    assert found.sellers.tolist() == [0, 2, 2, 0, 1, 0]
    assert found.acquaintances.tolist() == [3, 3, 3, 3, 2, 0]
    assert found.share.tolist()[:5] == [0.0, 2 / 3, 2 / 3, 0.0, 0.5]
    assert (found.sellers.dtype, found.acquaintances.dtype) == (np.int64, np.int64)


def test_ties_stand_once_and_by_position():
    graph = ties((0, 8), (1, 3), (1, 3), (3, 4), (8, 4))
    adopter = np.array([1, 3, 4, 8])
    found = ties_between(adopter, village_of(adopter), graph)
    assert sorted(map(tuple, found.tolist())) == [(0, 1), (0, 1), (1, 2), (2, 3)]
    assert found.dtype == np.int64
    assert ties_between(adopter[:1], village_of(adopter[:1]), graph).shape == (0, 2)
    assert ties_between(adopter[:0], adopter[:0], graph).shape == (0, 2)


def test_all_know_each_other_and_all_adopt():
    graph = ties(*nx.complete_graph(9).edges)
    everybody = np.arange(9)
    found = ties_between(everybody, village_of(everybody), graph)
    assert sorted(map(tuple, found.tolist())) == sorted(nx.complete_graph(9).edges)


def test_time_at_risk_by_hand():
    # Ten months from November on: months 0 and 1 are of year 0. Household 3 sells in months 1 to 4: 0 and 4 know
    # a seller then; 4 opens in month 3, as a pioneer or not, and sells in 4 to 8.
    graph = ties((3, 0), (3, 4))
    shops = spells([(3, 0), (4, 3)], [(3, 4), (4, 8)])
    for by_decree in (False, True):
        found = time_at_risk(shops, np.array([False, by_decree]), graph, 10, 10)
        # 0 is exposed in 1-4. 4 is exposed in 1-3 (in 3 it is at risk unless told to open) and sells in 4-8.
        # 3 sells in 1-4; then 4, whom it knows, sells in 4-8: it is exposed and free in 5-8.
        exposed_months = 4 + 3 - by_decree + 4
        assert found.total.tolist() == row(9 * 10 - 4 - 5 - by_decree - exposed_months, exposed_months)
        inside = zip(found.village.tolist(), found.year.tolist(), strict=True)
        strata = dict(zip(inside, found.by_stratum.tolist(), strict=True))
        assert strata == {
            (0, 0): row(3 * 2 - 1, 1),
            (0, 1): row(3 * 8 - 3, 3),
            # month 0: all four; month 1: 3 sells, 4 is exposed, two others are not
            (1, 0): row(4 + 2, 1),
            # 32 household-months: 3 sells in 2-4, 4 in 4-8 and is exposed in 2 and 3, 3 is exposed in 5-8
            (1, 1): row(32 - 3 - 5 - 2 - 4, 6 - by_decree),
        }
        assert {column.dtype for column in (found.total, found.village, found.year, found.by_stratum)} == {
            np.dtype(np.int64)
        }


def test_nobody_opens():
    nothing = spells([])
    found = time_at_risk(nothing, np.zeros(0, bool), ties((0, 1)), 3, 25)
    assert found.total.tolist() == row(9 * 25)
    assert found.by_stratum.shape == (0, MOST_SELLERS + 1)
    assert (found.village.size, found.year.size) == (0, 0)


def test_a_seller_whom_nobody_knows_is_only_busy():
    # 5 opens in month 2 of 6 and never closes; 6, a pioneer of the last month, is not at risk in that month.
    found = time_at_risk(spells([(5, 2), (6, 5)]), np.array([False, True]), ties((0, 1)), 0, 6)
    assert found.total.tolist() == row(9 * 6 - 3 - 1)
    assert found.village.size == 0


def test_many_sellers_are_counted_together():
    first = np.array([0, MOST_SELLERS + 3])
    graph = ties(*((0, other) for other in range(1, MOST_SELLERS + 3)), first=first)
    # 1, 2, 3, ... open one month after another.
    shops = spells([(1 + i, i) for i in range(MOST_SELLERS + 2)], n=MOST_SELLERS + 3)
    found = time_at_risk(shops, np.zeros(MOST_SELLERS + 2, bool), graph, 0, MOST_SELLERS + 3)
    assert found.total[1:].tolist() == [1] * (MOST_SELLERS - 1) + [3]


def looked_at(openings, closings, pioneers, graph, first_month, n_months):
    """Selling acquaintances and being at risk, of every household in every month, by the definition."""
    n = graph.n_households
    sells, told = np.zeros((n, n_months), bool), np.zeros((n, n_months), bool)
    closed = {}
    for household, month in sorted(closings):
        closed.setdefault(household, []).append(month)
    for (household, month), by_decree in sorted(zip(openings, pioneers, strict=True)):
        until = closed[household].pop(0) if closed.get(household) else n_months
        sells[household, month + 1 : until + 1] = True
        told[household, month] = by_decree
    number = np.array([sells[graph.acquaintances(each)[0]].sum(axis=0) for each in range(n)])
    at_risk = ~sells & ~told
    capped = np.minimum(number, MOST_SELLERS)
    total = np.bincount(capped[at_risk], minlength=MOST_SELLERS + 1)
    village = village_of(np.arange(n), graph.first_household)
    year = (first_month + np.arange(n_months)) // 12
    strata = {}
    for place in range(graph.first_household.size - 1):
        for when in range(int(year[-1]) + 1):
            inside = np.ix_(village == place, year == when)
            counts = np.bincount(capped[inside][at_risk[inside]], minlength=MOST_SELLERS + 1)
            if counts[1:].any():
                strata[place, when] = counts.tolist()
    return number, total, strata


def history(rng, n, n_months):
    """Openings, closings and who is told to open: households open and close in turn, some several times."""
    openings, closings = [], []
    for household in range(n):
        moments = np.flatnonzero(rng.random(n_months) < rng.choice([0.0, 0.05, 0.3]))
        for place, month in enumerate(moments.tolist()):
            (closings if place % 2 else openings).append((household, month))
    return openings, closings, (rng.random(len(openings)) < 0.3).tolist()


def some_graph(rng, seed, first):
    """Ties drawn at will, some pairs tied twice, or every other time rings and matchings of villages and towns."""
    n = int(first[-1])
    if seed % 2:
        town = np.array([0, 0, 1, 1, 1])
        groups = np.array([np.arange(5), town, town, town])
        many = rng.integers(0, 3, 4)
        reach = int(rng.integers(0, 3))
        return implicit_graph(first, groups, groups + 1, ring_reach=reach, matchings=many, world_seed=seed)
    pairs = rng.integers(0, n, (int(rng.integers(0, 3 * n)), 2)).tolist()
    return ties(*(pair for pair in pairs if pair[0] != pair[1]), first=first)


@pytest.mark.parametrize("seed", range(30))
def test_any_history_is_counted_as_by_looking_at_everybody(seed):
    rng = np.random.default_rng(seed)
    first = np.r_[0, np.cumsum(rng.integers(1, 9, 5))]
    n, n_months, first_month = int(first[-1]), int(rng.integers(1, 30)), int(rng.integers(0, 12))
    graph = some_graph(rng, seed, first)
    openings, closings, pioneers = history(rng, n, n_months)
    number, total, strata = looked_at(openings, closings, pioneers, graph, first_month, n_months)

    shops = spells(openings, closings, n)
    told = np.array(pioneers, bool)[shops.event]
    found = time_at_risk(shops, told, graph, first_month, n_months)
    assert found.total.tolist() == total.tolist()
    inside = zip(found.village.tolist(), found.year.tolist(), strict=True)
    assert dict(zip(inside, found.by_stratum.tolist(), strict=True)) == strata

    felt = exposed([h for h, _ in openings], [m for _, m in openings], shops, graph)
    assert felt.sellers.tolist() == [number[h, m] for h, m in openings]
    assert felt.acquaintances.tolist() == [graph.acquaintances(h)[0].size for h, _ in openings]

    adopter = np.unique([h for h, _ in openings]).astype(np.int64)
    place = {h: i for i, h in enumerate(adopter.tolist())}
    expected = [
        (place[h], place[other])
        for h in place
        for other in graph.acquaintances(h)[0].tolist()
        if other > h and other in place
    ]
    between = ties_between(adopter, village_of(adopter, first), graph)
    assert sorted(map(tuple, between.tolist())) == sorted(expected)
