"""Outcomes of a run are those of its tables, and survive their journey as bytes."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import sim
from sim.errors import ResultError
from sim.experiments.outcomes import BY_COUNTY, MONTHLY, YEARLY, Layout, observed_counts, summarise
from sim.metrics.observed import observed_patterns
from sim.results import RunResult

YEARLY_NAMES = [outcome.name for outcome in YEARLY]


@pytest.fixture(scope="module")
def run(tiny):
    return sim.run(tiny)


@pytest.fixture(scope="module")
def summary(run):
    return summarise(run, by_county=True)


def row(summary, name):
    return summary.yearly[YEARLY_NAMES.index(name)]


def test_patterns_are_those_of_the_run(run, summary):
    patterns = run.patterns
    for name, year, value in zip(patterns["pattern"], patterns["year"], patterns["simulated"], strict=True):
        assert row(summary, name)[year - 2009] == value
    assert row(summary, "villages").sum() > 0
    assert np.isnan(row(summary, "new_villages")[0]), "nothing is new in the first year"


def test_yearly_sales_and_shops_are_sums_of_months(run, summary):
    national = run.national
    assert row(summary, "shops").tolist() == national["shops"].to_numpy()[11::12].tolist()
    sales = national["online_sales_yuan"].to_numpy().reshape(3, 12).sum(axis=1)
    np.testing.assert_allclose(row(summary, "sales_yuan"), sales)
    per_shop = sales / national["shops"].to_numpy().reshape(3, 12).mean(axis=1)
    np.testing.assert_allclose(row(summary, "sales_per_shop_yuan"), per_shop)
    np.testing.assert_allclose(row(summary, "seller_income_yuan"), 0.15 * per_shop)  # poverty.margin


def test_village_income_is_that_of_the_median_village(run, summary):
    villages = run.villages[run.villages["shops"] > 0]
    income = 0.15 * villages["online_sales_yuan"] / villages["shops"]
    medians = income.groupby(villages["year"]).median()
    np.testing.assert_allclose(row(summary, "village_income_yuan"), medians.reindex([2009, 2010, 2011]))


def test_months_are_the_national_table(run, summary):
    for number, name in enumerate(MONTHLY):
        np.testing.assert_array_equal(summary.monthly[number], run.national[name].to_numpy(float))


def test_counties_add_up(summary):
    assert summary.by_county.shape == (len(BY_COUNTY), 3, 2)
    np.testing.assert_array_equal(summary.by_county[0].sum(axis=1), row(summary, "villages"))
    np.testing.assert_array_equal(summary.by_county[1].sum(axis=1), row(summary, "shops"))


def test_a_year_that_began_before_the_run_has_no_yearly_sales(tiny):
    late = summarise(sim.run(tiny.replace({"start": "2009-06", "end": "2010-12"})))
    assert np.isnan(row(late, "sales_yuan")).tolist() == [True, False]
    assert np.isfinite(row(late, "shops")).all()


def test_a_run_without_december_has_no_years(tiny):
    short = tiny.replace({"end": "2009-03"})
    summary = summarise(sim.run(short))
    assert summary.yearly.shape == (len(YEARLY), 0)
    assert Layout.of(short, by_county=False).read(summary.packed()).monthly.shape == (len(MONTHLY), 3)


def test_bytes_bring_the_same_numbers_back(tiny, summary):
    back = Layout.of(tiny, by_county=True).read(summary.packed())
    for ours, theirs in zip((back.yearly, back.monthly, back.by_county),
                            (summary.yearly, summary.monthly, summary.by_county), strict=True):  # fmt: skip
        assert ours.tobytes() == theirs.tobytes()


@pytest.mark.parametrize("harm", [lambda b: b[:-3], lambda b: b"", lambda b: b[::-1]])
def test_harmed_bytes_are_refused(tiny, summary, harm):
    with pytest.raises(ResultError):
        Layout.of(tiny, by_county=True).read(harm(summary.packed()))


def test_a_summary_of_another_layout_is_refused(tiny, summary):
    with pytest.raises(ResultError, match="cannot be unpacked"):  # longer than it can be
        Layout.of(tiny, by_county=False).read(summary.packed())


def test_poverty_villages_are_those_in_poverty_counties(run, summary, monkeypatch):
    world = run.world
    poor = dataclasses.replace(world.counties, national_poverty=np.array([True, False]))
    monkeypatch.setattr(RunResult, "world", dataclasses.replace(world, counties=poor))
    assert summary.by_county[0].sum(axis=0).all(), "both counties have Taobao villages"
    assert row(summarise(run), "poverty_villages").tolist() == summary.by_county[0, :, 0].tolist()
    assert row(summary, "poverty_villages").tolist() == [0, 0, 0], "a synthetic world has no poverty county"


def test_observed_counts_are_those_of_the_lists(tiny):
    china = sim.Scenario.from_mapping({"start": "2009-01", "end": "2015-12"})
    expected = {(name, year): value for name, year, value in observed_patterns().rows()}
    assert observed_counts(china) == expected
    assert observed_counts(china)["villages", 2015] == 780
    assert observed_counts(china.replace({"end": "2014-12"})).keys() == {k for k in expected if k[1] == 2014}
    assert observed_counts(tiny) == {}


def test_shops_and_sales_of_taobao_villages_are_those_of_the_village_table(run, summary):
    villages = run.villages
    last = villages[villages["recognised"] & (villages["year"] == 2011)]
    assert row(summary, "recognised_shops")[-1] == last["shops"].sum() > 0
    assert row(summary, "middle_villages")[-1] == last["online_sales_yuan"].between(1e7, 3e7).sum()
    assert row(summary, "great_villages").tolist() == [0, 0, 0]


def test_shops_of_taobao_villages_are_those_that_counted(tiny):
    coming = {"mechanisms.migration": True, "migration.merchant_rate": 0.3, "migration.goods_midpoint": -3}
    run = sim.run(tiny.replace({**coming, "migration.shop_share": 0.5}))
    villages = run.villages
    last = villages[villages["recognised"] & (villages["year"] == 2011)]
    assert last["incoming_shops"].sum() > 0
    counted = last["shops"].sum() + last["incoming_shops"].sum()
    assert row(summarise(run), "recognised_shops")[-1] == counted


def test_incomes_are_shared_with_the_shops_of_incoming_merchants():
    mapping = {
        "start": "2013-01",
        "end": "2014-12",
        "region": {"counties": [330782]},
        "mechanisms.migration": True,
        "migration.shop_share": 0.2,
    }
    run = sim.run(sim.Scenario.from_mapping(mapping))
    incoming = run.national["incoming_shops"].iloc[12:].mean()
    assert incoming > 0
    shops = run.national["shops"].iloc[12:].mean() + incoming
    expected = 0.15 * run.national["online_sales_yuan"].iloc[12:].sum() / shops
    assert row(summarise(run), "seller_income_yuan")[1] == pytest.approx(expected)
