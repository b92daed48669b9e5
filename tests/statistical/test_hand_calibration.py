"""The shipped values give the growth and the concentration that was observed, in the median over histories.

The measure is coarse on purpose: the values were found by search, not fitted, and single runs scatter.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.kernel import Simulation
from sim.metrics.criteria import REPORT_2015
from sim.metrics.patterns import pattern_counts
from sim.scenario import load_scenario
from sim.world import build_world

SCENARIO = Path(__file__).parents[2] / "scenarios" / "china-2015.yaml"
N_HISTORIES = 20


def counts_of(scenario):
    """Pattern counts of the Decembers of 2014 and 2015 in one history."""
    world = build_world(scenario)
    run, masks = Simulation(scenario, world), {}
    while run.months_done < scenario.n_months:
        year, month = divmod(run.month, 12)
        run.step()
        if month == 11 and year >= 2014:
            masks[year] = run.state.villages.recognised.copy()
    villages, counties = world.villages, world.counties
    return pattern_counts(
        masks,
        villages.town,
        villages.county,
        counties.prefecture[villages.county],
        counties.province[villages.county],
        criteria=REPORT_2015,
    )


@pytest.fixture(scope="module")
def medians():
    base = load_scenario(SCENARIO)
    runs = [counts_of(base.replace({"history_seed": seed})) for seed in range(N_HISTORIES)]
    names = ("villages", "taobao_towns", "counties", "cluster_counties", "prefectures", "provinces")
    return {
        (name, year): float(np.median([run.value(name, year) for run in runs]))
        for name in names
        for year in (2014, 2015)
    }


@pytest.mark.long
@pytest.mark.parametrize(("year", "observed"), [(2014, 212), (2015, 780)])
def test_villages_within_fifteen_percent(medians, year, observed):
    assert medians["villages", year] == pytest.approx(observed, rel=0.15)


@pytest.mark.long
@pytest.mark.parametrize(
    ("pattern", "year", "observed"),
    [
        ("taobao_towns", 2014, 19),
        ("taobao_towns", 2015, 71),
        ("counties", 2014, 80),
        ("counties", 2015, 180),
        ("cluster_counties", 2015, 25),
        ("prefectures", 2014, 40),
        ("prefectures", 2015, 73),
        ("provinces", 2014, 10),
        ("provinces", 2015, 17),
    ],
)
def test_concentration_of_the_right_order(medians, pattern, year, observed):
    assert observed / 1.5 <= medians[pattern, year] <= 1.5 * observed


@pytest.mark.long
def test_hardly_any_county_has_ten_in_2014(medians):
    assert medians["cluster_counties", 2014] <= 3
