"""Comparisons: pairs share their luck, tables say what they say, and only like is compared with like."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sim
from sim.errors import ScenarioError
from sim.experiments.compare import COMPARED, compare, months_gained

CHEAPER = {"adoption.imitation": 0.4}
UNPRICED = ["policy", *(f"cost_per_additional_{each}" for each in ("yuan", "low", "high"))]


@pytest.fixture(scope="module")
def compared(tiny):
    return compare(tiny, CHEAPER, same={}, replicates=8, costs={"adoption.imitation=0.4": 1e6})


def rows(result, policy):
    frame = result.table
    return frame[frame["policy"] == policy].set_index("outcome")


def test_the_base_against_itself_is_exactly_nothing(compared):
    table = rows(compared, "same")
    assert list(table.index) == list(COMPARED)
    assert (table[["difference", "low", "high"]] == 0.0).all(axis=None)
    assert (table["better"] == 0.5).all()
    assert not table["safe"].any()
    months = compared.months
    assert (months[months["policy"] == "same"]["months_gained"] == 0.0).all()
    assert not (compared.counties["policy"] == "same").any(), "nobody wins or loses"


def test_pairs_are_runs_of_the_same_seeds(tiny, compared):
    policy = tiny.replace(CHEAPER)
    differences = []
    for seed in range(8):
        both = [sim.run(each, seed=seed).national["shops"].iloc[-1] for each in (tiny, policy)]
        differences.append(both[1] - both[0])
    row = rows(compared, "adoption.imitation=0.4").loc["shops"]
    assert row["difference"] == np.mean(differences)
    assert row["better"] == np.mean(np.array(differences) > 0)
    assert row["pairs"] == 8


def test_more_imitation_gains_months_shops_and_costs(compared):
    table = rows(compared, "adoption.imitation=0.4")
    assert table.loc["shops", "safe"]
    assert table.loc["shops", "cost_per_additional_yuan"] == pytest.approx(1e6 / table.loc["shops", "difference"])
    assert np.isnan(rows(compared, "same")["cost_per_additional_yuan"]).all()
    months = compared.months
    assert (months[months["policy"] != "same"]["months_gained"] > 0).all()
    assert (table["more_pairs"].dropna() >= 0).all()


def test_counties_add_up(tiny, compared):
    counties = compared.counties
    table = rows(compared, "adoption.imitation=0.4")
    assert counties["shops_difference"].sum() == pytest.approx(table.loc["shops", "difference"])
    assert counties["villages_difference"].sum() == pytest.approx(table.loc["villages", "difference"])
    assert (counties["shops_low"] <= counties["shops_difference"]).all()
    assert list(counties["county"]) == sorted(
        counties["county"],
        key=lambda code: tuple(
            -counties.set_index("county").loc[code, ["villages_difference", "shops_difference"]]
        ),
    )
    assert compared.dataset.sizes["policy"] == 3
    assert list(compared.dataset["policy"].values) == [tiny.name, "adoption.imitation=0.4", "same"]


def test_pairing_reduces_variance():
    # One county and a mild policy: its runs go up and down together.
    cao = sim.Scenario.from_mapping({"start": "2012-01", "end": "2015-12", "region": {"counties": [371721]}})
    result = compare(cao, {"logistics.parcel_cost": 9.5}, replicates=6, vary_seeds="both")
    table = result.table.set_index("outcome")
    assert table.loc["shops", "variance_reduction"] > 2
    assert {"name_en", "name_zh", "province_en", "lon"} <= set(result.counties.columns)


def test_words_files_and_names(tiny, compared, tmp_path):
    assert "adoption.imitation=0.4: +" in repr(compared)
    assert "<table" in compared._repr_html_()
    path = tmp_path / "policy.yaml"
    path.write_text(tiny.replace(CHEAPER).to_yaml(), encoding="utf-8")
    result = compare(tiny, path, tiny.replace(CHEAPER), replicates=8, out=tmp_path / "out")
    assert result.policies == ("tiny-2", "tiny-3")
    found = rows(result, "tiny-2").drop(columns=UNPRICED)
    known = rows(compared, "adoption.imitation=0.4").drop(columns=UNPRICED)
    pd.testing.assert_frame_equal(found, known)
    written = {item.stem for item in (tmp_path / "out").glob("*.parquet")}
    assert written == {
        "table",
        "ranking",
        "winners_and_losers",
        "months_gained",
        "by_year",
        "by_month",
        "by_county",
        "by_run",
    }


def test_months_gained_is_antisymmetric():
    base, policy = np.array([0.0, 1, 2, 3, 4]), np.array([0.0, 2, 4, 6, 8])
    assert months_gained(base, policy) == 2
    assert months_gained(policy, base) == -2
    assert np.isnan(months_gained(np.zeros(3), np.ones(3)))
    assert np.isnan(months_gained(np.full(3, np.nan), np.ones(3)))


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ({"end": "2010-12"}, "months differ"),
        ({"world.household_scale": 2}, r"world\.household_scale differ"),
        ({"region": "china"}, "region differ"),
        ({"adoption.imitatoin": 2}, "imitation"),
    ],
)
def test_only_like_is_compared_with_like(tiny, policy, words):
    with pytest.raises(ScenarioError, match=words):
        compare(tiny, policy, replicates=2)


def test_mistakes(tiny):
    with pytest.raises(ScenarioError, match="nothing to compare"):
        compare(tiny)
    with pytest.raises(ScenarioError, match="not changes"):
        compare(CHEAPER, tiny)
    with pytest.raises(ScenarioError, match="costs: found x, policies are"):
        compare(tiny, CHEAPER, costs={"x": 1.0})
    for yuan, words in (
        (float("nan"), "not-a-number"),
        (float("inf"), "found"),
        ("5", "the text '5'"),
        (True, "true"),
    ):
        with pytest.raises(ScenarioError, match=f"costs: .*{words}.* for p, allowed is a number of yuan"):
            compare(tiny, p=CHEAPER, costs={"p": yuan})
    with pytest.raises(ScenarioError, match="no December"):
        compare(tiny.replace({"end": "2009-03"}), CHEAPER)


def test_failed_pairs_are_left_out(tiny, monkeypatch):
    from sim.kernel import Simulation

    step = Simulation.step

    def fail(self):
        if self.scenario.history_seed == 1 and self.scenario.values["adoption.imitation"] == 0.4:
            raise ArithmeticError
        return step(self)

    monkeypatch.setattr(Simulation, "step", fail)
    result = compare(tiny, CHEAPER, replicates=3)
    assert (result.table["pairs"] == 2).all()
    assert result.n_failed == 1
    assert np.isfinite(result.counties["shops_base"]).all()


COSTS = {"source": "assumption: for a test", "opened_shop_yuan": 10.0, "parcel_yuan": 2.0, "station_yuan": 7.0}


def test_costs_that_scenarios_state(tiny):
    base = tiny.replace({"costs": {"source": "prices", "station_yuan": 7.0}})
    policy = tiny.replace({**CHEAPER, "costs": {**COSTS, "from": "2010-01", "lump_sum_yuan": 1000.0}})
    result = compare(base, grants=policy, replicates=4)
    more = []
    for seed in range(4):
        ours, theirs = (sim.run(each, seed=seed).national for each in (base, policy))
        later = theirs.iloc[12:]
        paid = 1000 + 10 * later["openings"].sum() + 2 * later["parcels"].sum()
        stations = [each["stations"].diff().clip(lower=0).fillna(each["stations"]) for each in (ours, theirs)]
        more.append(paid + 7 * (stations[1].iloc[12:].sum() - stations[0].sum()))
    row = result.costs.iloc[0]
    assert row["more_yuan"] == pytest.approx(np.mean(more))
    assert row["source"] == "assumption: for a test; prices"
    table = rows(result, "grants")
    shops = table.loc["shops"]
    assert shops["cost_per_additional_yuan"] == pytest.approx(np.mean(more) / shops["difference"])
    assert shops["cost_per_additional_low"] < shops["cost_per_additional_yuan"] < shops["cost_per_additional_high"]
    assert np.isnan(table.loc["seller_income_yuan", "cost_per_additional_yuan"])
    given = compare(base, grants=policy, replicates=4, costs={"grants": 5.0})
    assert given.costs.iloc[0][["more_yuan", "source"]].tolist() == [5.0, "given with the comparison"]


def test_prices_hold_in_both_scenarios_and_grants_only_in_their_own(tiny):
    priced = tiny.replace({"costs": {"source": "x", "station_month_yuan": 5.0, "county_center_yuan": 9.0}})
    assert compare(tiny, same=priced, replicates=2).costs["more_yuan"].tolist() == [0.0]
    assert compare(priced, same=tiny, replicates=2).costs["more_yuan"].tolist() == [0.0]
    granted = tiny.replace({"costs": {"source": "x", "lump_sum_yuan": 5.0}})
    assert compare(tiny, same=granted, replicates=2).costs["more_yuan"].tolist() == [5.0]
    assert compare(granted, same=tiny, replicates=2).costs["more_yuan"].tolist() == [-5.0]


def test_ranking_puts_scenarios_in_order_and_says_how_sure(compared, tiny):
    frame = compared.ranking
    shops = frame[frame["outcome"] == "shops"].set_index("rank")
    assert shops.loc[1, "scenario"] == "adoption.imitation=0.4"
    assert shops["mean"].is_monotonic_decreasing
    first, second = shops.loc[1], shops.loc[2]
    direct = rows(compared, "adoption.imitation=0.4").loc["shops"]
    columns = ["difference", "low", "high", "safe"]
    assert first[columns].tolist() == direct[columns].tolist()
    assert (second["scenario"], second["next"], second["safe"]) == (tiny.name, "same", False)
    assert second["better"] == 0.5
    assert shops.loc[3, "next"] is None or np.isnan(shops.loc[3, "difference"])
