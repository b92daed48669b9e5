"""Exposure, ties and time at risk against a slow twin that looks at every household in every month."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.metrics.exposure import MOST_SELLERS, ties_between

MAPPING = {
    "start": "2009-04",
    "end": "2011-09",
    "region": {"synthetic": {"villages": 6, "households_per_village": 30, "towns": 2, "counties": 2}},
    "world.synthetic_pioneers": 2,
    "pioneers.shops": 4,
    "pioneers.last_year": 2010,
    "adoption.imitation": 0.5,
    "adoption.own_initiative": 1e-3,
    "exit.monthly_rate": 0.1,
}


@pytest.fixture(scope="module")
def result():
    return sim.run(sim.Scenario.from_mapping(MAPPING))


def selling(result, later=1) -> np.ndarray:
    """Whether a household felt as selling in a month, (households, months), from the event tables alone.

    What opens or closes in a month is felt a month ``later``; in the same month would be wrong.
    """
    events = [(row, +1) for row in result.events.to_dict("records")]
    events += [(row, -1) for row in result.closings.to_dict("records")]
    change = np.zeros((result.world.n_households, result.scenario.n_months + 1), int)
    for row, sign in events:
        change[household(result, row), month(row) + later] += sign
    return np.cumsum(change, axis=1)[:, :-1].astype(bool)


def household(result, row) -> int:
    return int(result.world.first_household[row["village"]]) + int(row["local"])


def month(row) -> int:
    return (row["month"].year - 2009) * 12 + row["month"].month - 4


@pytest.fixture(scope="module")
def twin(result):
    """Selling acquaintances of every household in every month, and whether it is at risk."""
    return counted(result, selling(result))


def counted(result, sells):
    number = np.zeros(sells.shape, int)
    for each in range(result.world.n_households):
        acquaintances, _ = result.world.graph.acquaintances(each)
        number[each] = sells[acquaintances].sum(axis=0)
    at_risk = ~sells
    for row in result.events.to_dict("records"):
        if row["pioneer"]:
            at_risk[household(result, row), month(row)] = False
    return number, at_risk


def test_the_run_has_what_is_to_be_told_apart(result):
    assert len(result.events) > 80
    assert len(result.closings) > 20
    assert result.events["pioneer"].sum() == 8


def test_exposures_are_those_of_the_twin(result, twin):
    number, _ = twin
    frame = result.diagnostics.adoptions
    for row in frame.to_dict("records"):
        acquaintances, _ = result.world.graph.acquaintances(household(result, row))
        assert row["acquaintances"] == acquaintances.size
        assert row["sellers"] == number[household(result, row), month(row)]
        assert row["exposure"] == row["sellers"] / acquaintances.size
    openers = {household(result, row) for row in result.events.to_dict("records")}
    assert len(frame) == len(openers)
    firsts = result.events.groupby(["village", "local"])["month"].min()
    found = frame.set_index(["village", "local"])["month"].sort_index()
    assert (found == firsts).all()


def test_hazards_are_those_of_the_twin(result, twin):
    number, at_risk = twin
    table = result.diagnostics.hazard
    capped = np.minimum(number, MOST_SELLERS)
    assert table["household_months"].tolist() == np.bincount(capped[at_risk], minlength=MOST_SELLERS + 1).tolist()
    own = result.events[~result.events["pioneer"]].to_dict("records")
    sellers = [capped[household(result, row), month(row)] for row in own]
    assert table["openings"].tolist() == np.bincount(sellers, minlength=MOST_SELLERS + 1).tolist()
    assert table["household_months"].sum() == at_risk.sum()


def test_what_is_felt_a_month_early_or_by_others_is_seen(result, twin):
    number, at_risk = twin
    early, at_risk_early = counted(result, selling(result, later=0))
    table, frame = result.diagnostics.hazard, result.diagnostics.adoptions
    for wrong, risk in ((early, at_risk_early), (number, np.ones_like(at_risk)), (number[::-1], at_risk)):
        found = np.bincount(np.minimum(wrong, MOST_SELLERS)[risk], minlength=MOST_SELLERS + 1)
        assert found.tolist() != table["household_months"].tolist()
    rows = frame.to_dict("records")
    assert frame["sellers"].tolist() != [early[household(result, row), month(row)] for row in rows]


def test_strata_are_those_of_the_twin(result, twin):
    number, at_risk = twin
    found = result.diagnostics._at_risk
    village = np.repeat(np.arange(6), np.diff(result.world.first_household))
    year = (np.arange(number.shape[1]) + 3) // 12
    expected = {}
    for place in range(6):
        for when in range(3):
            inside = np.ix_(village == place, year == when)
            counts = np.bincount(
                np.minimum(number[inside], MOST_SELLERS)[at_risk[inside]], minlength=MOST_SELLERS + 1
            )
            if counts[1:].any():
                expected[place, when] = counts.tolist()
    rows = zip(found.village, found.year, found.by_stratum, strict=True)
    assert {(int(place), int(when)): counts.tolist() for place, when, counts in rows} == expected
    events = result.diagnostics._events_by_stratum(
        np.minimum(result.diagnostics._exposures.sellers, MOST_SELLERS), ~result.diagnostics._pioneer
    )
    inside = [(int(place), int(when)) for place, when in zip(found.village, found.year, strict=True)]
    twins = np.zeros_like(events)
    for row in result.events[~result.events["pioneer"]].to_dict("records"):
        stratum = (int(row["village"]), int(year[month(row)]))
        if stratum in inside:
            sellers = min(number[household(result, row), month(row)], MOST_SELLERS)
            twins[inside.index(stratum), sellers] += 1
    assert events.tolist() == twins.tolist()


def test_ties_between_adopters_are_all_of_them_once(result):
    frame = result.diagnostics.adoptions
    adopters = np.sort([household(result, row) for row in frame.to_dict("records")])
    villages = np.searchsorted(result.world.first_household, adopters, side="right") - 1
    pairs = ties_between(adopters, villages, result.world.graph)
    expected = []
    for place, each in enumerate(adopters):
        acquaintances, _ = result.world.graph.acquaintances(each)
        expected += [
            (place, int(np.searchsorted(adopters, other)))
            for other in acquaintances
            if other > each and other in adopters
        ]
    assert sorted(map(tuple, pairs.tolist())) == sorted(expected)


def test_no_shop_gives_empty_tables():
    empty = sim.run(
        sim.Scenario.from_mapping({**MAPPING, "world.synthetic_pioneers": 0, "adoption.own_initiative": 0})
    )
    found = empty.diagnostics
    assert len(found.adoptions) == 0
    assert found.hazard["household_months"].tolist() == [empty.world.n_households * 30, *[0] * MOST_SELLERS]
    assert found.bass is None
    assert found.classes["adopters"].tolist() == [0] * 5
    assert np.isnan(found.permutation().p_value)
