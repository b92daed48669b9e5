"""Nothing is made or lost in what a run records: shops are openings less closings, counties add up."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from tests.in_steps import in_steps
from tests.verification.test_twin import BUSY
from tests.verification.test_twin_systems import ALL, STRONG

SIZE = {"region": {"synthetic": {"villages": 30, "households_per_village": 60, "towns": 8, "counties": 4}}}


@pytest.fixture(scope="module", params=[{}, ALL | STRONG], ids=["baseline", "every mechanism"])
def result(request):
    return sim.run(in_steps(BUSY | SIZE | request.param))


def by_month(result, table):
    """Number of rows of an event table in each month."""
    first = result.columns("national")["month"][0].astype("datetime64[M]")
    months = (result.columns(table)["month"].astype("datetime64[M]") - first).astype(int)
    return np.bincount(months, minlength=result.scenario.n_months)


def test_shops_are_openings_less_closings(result):
    national = result.columns("national")
    assert (national["shops"] == np.cumsum(national["openings"] - national["closings"])).all()
    assert (national["openings"] == by_month(result, "events")).all()
    assert (national["closings"] == by_month(result, "closings")).all()
    late = np.cumsum(national["openings"] - np.roll(national["closings"], 1))
    assert (national["shops"] != late).any(), "closings counted a month late would be seen"


@pytest.mark.parametrize("name", ["shops", "openings", "closings", "online_sales_yuan"])
def test_counties_add_up_to_the_nation(result, name):
    counties = result.columns("counties")[name].reshape(result.scenario.n_months, -1)
    # counties keep their sales in single precision
    tolerance = 1e-6 if name == "online_sales_yuan" else 0.0
    national = pytest.approx(result.columns("national")[name], rel=tolerance)
    assert counties.sum(axis=1, dtype=float) == national
    for county in range(counties.shape[1]):
        assert np.delete(counties, county, axis=1).sum(axis=1, dtype=float) != national, "a county left out"


def test_villages_add_up_to_their_counties(result):
    """In each December, over villages with a record; one without has no shop."""
    villages, national = result.columns("villages"), result.columns("national")
    year = national["month"].astype("datetime64[Y]").astype(int) + 1970
    december = national["month"].astype("datetime64[M]").astype(int) % 12 == 11
    for each, shops in zip(year[december], national["shops"][december], strict=True):
        here = villages["shops"][villages["year"] == each]
        assert here.sum() == shops
        assert np.sort(here)[:-1].sum() < shops or shops == 0, "a village left out"


def test_each_village_holds_what_opened_and_did_not_close_there(result):
    villages, last = result.columns("villages"), result.columns("villages")["year"].max()
    n = result.world.n_villages
    opened, closed = (np.bincount(result.columns(name)["village"], minlength=n) for name in ("events", "closings"))
    there = villages["year"] == last
    expected = np.zeros(n, int)
    expected[villages["village"][there]] = villages["shops"][there]
    assert (opened - closed == expected).all()
    assert (opened - np.roll(closed, 1) != expected).any(), "closings of the village beside it"


def test_a_household_has_at_most_one_shop_at_a_time(result):
    """Openings and closings of a household take turns, beginning with an opening."""
    rows = []
    for table, sign in (("events", 1), ("closings", -1)):
        columns = result.columns(table)
        months = columns["month"].astype("datetime64[M]").astype(int)
        rows.append(np.stack([columns["village"], columns["local"], months, np.full(months.size, sign)]))
    both = np.concatenate(rows, axis=1)
    assert take_turns(both)
    assert not take_turns(np.delete(both, np.flatnonzero(both[3] == -1), axis=1)), "nobody ever closed"
    assert not take_turns(np.c_[both, both[:, :1]]), "an opening told twice"


def take_turns(rows):
    """Whether each household opens, closes, opens; rows of village, place in it, month, and 1 or -1."""
    village, local, month, sign = rows
    # closings of a month before openings: what closes in a month was open before it
    order = np.lexsort((sign, month, local, village))
    household, turns = village[order] * 1000 + local[order], sign[order]
    first = np.r_[True, household[1:] != household[:-1]]
    return bool((turns[first] == 1).all() and (turns[1:][~first[1:]] == -turns[:-1][~first[1:]]).all())
