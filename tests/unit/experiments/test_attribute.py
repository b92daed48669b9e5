"""Attribution: shares of growth known beforehand, by hand-made runs and in worlds whose parts do not meet."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.errors import ResultError, ScenarioError
from sim.experiments.attribute import AttributionResult, attribute
from sim.experiments.design import Point, replicate_seeds
from sim.experiments.intervals import mean_interval
from sim.experiments.outcomes import YEARLY
from sim.experiments.perform import Plan, Runs
from sim.experiments.shapley import coalitions
from sim.experiments.switches import chosen_switches
from sim.kernel import Simulation

NAMES = ("logistics", "training", "exit")


def made_up(tiny, method, growth):
    """A result whose runs begin with 10 villages in 2010 and grow as told: (points, histories), the base first."""
    switches = chosen_switches(
        tiny, NAMES[: len(growth).bit_length() - 1 if method == "shapley" else len(growth) - 1]
    )
    points = [Point({"off": str(number)}, tiny) for number in range(len(growth))]
    plan = Plan({"scenario": tiny}, points, replicate_seeds(tiny, growth.shape[1]))
    yearly = np.full((*growth.shape, len(YEARLY), 3), np.nan)
    yearly[:, :, 0, 1], yearly[:, :, 0, 2] = 10.0, 10.0 + growth
    monthly, by_county = np.zeros((*growth.shape, 11, 36)), np.zeros((*growth.shape, 2, 3, 0))
    runs = Runs(plan, yearly, monthly, by_county, np.full(growth.shape, "", object), ())
    return AttributionResult(runs, switches, method, "villages", 2010)


def additive(n_histories=5):
    """Growth of 20 in all, 12, 6 and 0 of it by three parts that have nothing to do with each other, and luck."""
    luck = np.linspace(-1.0, 1.0, n_histories)
    parts = np.array([12.0, 6.0, 0.0])
    off = coalitions(3)
    return 20.0 + luck - (off @ parts)[:, None], parts


def test_parts_that_add_up_get_what_they_are_by_both_methods(tiny):
    growth, parts = additive()
    combined = made_up(tiny, "shapley", growth)
    single = made_up(tiny, "single", growth[[0, 1, 2, 4]])
    for result in (combined, single):
        table = result.table.set_index("mechanism")
        assert list(table.index) == list(NAMES), "the largest first"
        np.testing.assert_allclose(table["contribution"], parts, atol=1e-12)
        np.testing.assert_allclose(table["contribution_high"] - table["contribution_low"], 0.0, atol=1e-12)
        np.testing.assert_allclose(table["share"], parts / 20.0, atol=1e-12)
        np.testing.assert_allclose(table["growth_without"], 20.0 - parts, atol=1e-12)
        assert (table["start_without"] == 10.0).all()
        assert (table["low"] <= table["share"]).all()
    table = combined.table
    np.testing.assert_allclose(table["as_first"], table["as_last"], atol=1e-12)
    assert table["share"].sum() + combined.rest[0] == pytest.approx(1.0)
    assert np.isnan(single.rest[0])


def test_two_that_work_only_together_share_equally_by_shapley_and_count_twice_alone(tiny):
    growth = np.array([[8.0, 9.0], [2.0, 2.0], [2.0, 2.0], [2.0, 2.0]])  # off: nothing, first, second, both
    combined = made_up(tiny, "shapley", growth)
    np.testing.assert_allclose(combined.table["contribution"], [3.25, 3.25])
    assert combined.table["as_first"].tolist() == [0.0, 0.0]
    assert combined.rest[0] == pytest.approx(2.0 / 8.5)
    single = made_up(tiny, "single", growth[:3])
    np.testing.assert_allclose(single.table["contribution"], [6.5, 6.5])


def test_intervals_are_over_histories(tiny):
    rng = np.random.default_rng(1)
    growth = np.stack([np.full(6, 10.0), 10.0 - rng.normal(3.0, 1.0, 6)])
    row = made_up(tiny, "single", growth).table.iloc[0]
    gone = growth[0] - growth[1]
    found = row[["contribution", "contribution_low", "contribution_high"]].to_numpy(float)
    np.testing.assert_allclose(found, mean_interval(gone))
    np.testing.assert_allclose([row["share"], row["low"], row["high"]], np.array(mean_interval(gone)) / 10.0)


def test_histories_with_a_failure_are_left_out(tiny):
    growth, parts = additive()
    growth[3, 1] = np.nan
    result = made_up(tiny, "shapley", growth)
    np.testing.assert_allclose(result.table["contribution"], parts, atol=1e-12)
    assert result.table["growth"].iloc[0] == pytest.approx(20.0 + np.delete(np.linspace(-1, 1, 5), 1).mean())
    growth[0] = np.nan
    with pytest.raises(ResultError, match="no history has villages in 2010 and 2011 in every run"):
        _ = made_up(tiny, "shapley", growth).table


@pytest.fixture(scope="module")
def apart(tiny):
    """Nobody imitates: shops of pioneers and shops opened without an example do not meet."""
    return tiny.replace(
        {"adoption.imitation": 0, "adoption.own_initiative": 2e-3, "pioneers.shops": 2, "mechanisms.exit": False}
    )


@pytest.fixture(scope="module")
def parts(apart, tmp_path_factory):
    folder = tmp_path_factory.mktemp("attribution") / "out"
    names = ["own_initiative", "training", "programme"]
    shared = {"replicates": 3, "outcome": "shops", "out": folder}
    return folder, attribute(apart, names, method="shapley", **shared)


def test_who_plays_no_part_gets_nothing_and_the_rest_is_the_pioneers(apart, parts):
    _, result = parts
    table = result.table.set_index("mechanism")
    assert table.index[0] == "own_initiative"
    # The programme begins in 2014: neither it nor the skill it spreads can play a part before.
    assert (table.loc[["training", "programme"], ["share", "low", "high"]] == 0.0).all(axis=None)
    quiet = apart.replace({"adoption.own_initiative": 0})
    shops = [
        [
            run.national["shops"].iloc[[23, 35]].to_numpy()
            for run in (sim.run(each, seed=seed) for seed in range(3))
        ]
        for each in (apart, quiet)
    ]
    growth = np.diff(np.array(shops), axis=2)[:, :, 0]
    assert table.loc["own_initiative", "growth"] == growth[0].mean() > 0
    assert table.loc["own_initiative", "growth_without"] == growth[1].mean()
    assert table["contribution"].sum() == pytest.approx((growth[0] - growth[1]).mean())
    assert result.rest[0] == pytest.approx(growth[1].mean() / growth[0].mean())


def test_the_store_resumes_and_serves_the_other_method(apart, parts, monkeypatch):
    folder, combined = parts
    assert (folder / "table.parquet").is_file()
    monkeypatch.setattr(Simulation, "step", None)
    names = ["own_initiative", "training"]
    again = attribute(apart, names, replicates=3, outcome="shops", out=folder, resume=True)
    found, known = again.table.set_index("mechanism"), combined.table.set_index("mechanism")
    assert found.loc["own_initiative", "share"] == pytest.approx(known.loc["own_initiative", "as_last"])
    assert again.shares("shops", 2009)["growth"].iloc[0] > found["growth"].iloc[0]
    assert list(again.dataset["off"].values) == ["nothing", *names]


def test_words(parts):
    _, result = parts
    lines = repr(result).splitlines()
    assert lines[0].startswith("tiny: active shops ")
    assert lines[0].endswith("2010 to 2011; mean over all orders of switching on (Shapley), 3 histories")
    assert lines[-1].startswith("the rest: ")
    assert "<table" in result._repr_html_()


def test_without_growth_there_is_nothing_to_share_out(tiny):
    result = made_up(tiny, "single", np.array([[-2.0, -1.0], [-4.0, -3.0]]))
    assert result.table["contribution"].tolist() == [2.0]
    assert result.table[["share", "low", "high"]].isna().all(axis=None)
    assert repr(result).endswith("2 histories; no growth to share out")


@pytest.mark.parametrize(
    ("changes", "options", "words"),
    [
        ({}, {"method": "both"}, "method: found 'both', allowed is one of single, shapley"),
        ({}, {"outcome": "shosp"}, "outcome: found 'shosp', allowed is one of villages, "),
        ({}, {"start_year": 2011}, "start_year: found 2011, allowed is one of 2009, 2010"),
        ({"end": "2009-12"}, {}, "growth needs two Decembers, found 1; let it end later"),
        ({}, {"method": "shapley"}, "found 10 mechanisms to combine .* allowed are at most 6; name the few"),
    ],
)
def test_mistakes_are_told_before_anything_runs(tiny, monkeypatch, changes, options, words):
    monkeypatch.setattr(Simulation, "step", None)
    with pytest.raises(ScenarioError, match=words):
        attribute(tiny.replace(changes), **options)
