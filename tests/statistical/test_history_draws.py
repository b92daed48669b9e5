"""What households draw in a run has the distribution the model says, and nothing depends on what it should not.

Fixed seeds; each test is wrong with chance 1e-4 at most on a right model, and each names a broken twin it rejects.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ks_2samp, kstest, norm

from sim.kernel import Simulation
from sim.scenario import Scenario
from sim.world import build_world

ALPHA = 1e-4


@pytest.fixture(scope="module")
def histories():
    """Openings and closings of a world in which own initiative alone opens shops, as arrays."""
    scenario = Scenario.from_mapping(
        {
            "start": "2012-01",
            "end": "2014-12",
            "region": {"synthetic": {"villages": 40, "households_per_village": 100, "towns": 8, "counties": 2}},
            "pioneers.placement": "none",
            "world.village_size_sd": 0.0,
            "adoption.own_initiative": 0.1,
            "adoption.internet_effect": 0.0,
            "adoption.imitation": 0.0,
            "market.size_sd": 0.8,
            "exit.monthly_rate": 0.15,
            "exit.size_protection": 0.0,
            "exit.trade_elasticity": 0.0,
        }
    )
    world = build_world(scenario)
    run, opened, closed = Simulation(scenario, world), [], []
    for month in range(scenario.n_months):
        events = run.step()
        household = world.first_household[events.village] + events.local
        opened += zip([month] * household.size, household.tolist(), events.size.tolist(), strict=True)
        gone = world.first_household[events.closed_village] + events.closed_local
        closed += zip([month] * gone.size, gone.tolist(), strict=True)
    return np.array(opened), np.array(closed)


def lives(opened, closed):
    """Size and months of life of every shop opened in the first year, 24 for those that live that long."""
    ends = {}
    for month, household in closed:
        ends.setdefault(household, []).append(month)
    rows = []
    for month, household, size in opened[opened[:, 0] < 12]:
        later = [end for end in ends.get(household, []) if end > month]
        rows.append((size, min(later[0] - month if later else 24, 24)))
    return np.array(rows).T


def test_sizes_are_log_normal(histories):
    logs = np.log(histories[0][:, 2])
    assert logs.size > 2000
    assert kstest(logs, norm(scale=0.8).cdf).pvalue > ALPHA
    assert kstest(logs, norm(scale=1.0).cdf).pvalue < ALPHA


def test_sizes_do_not_depend_on_when_a_shop_opens(histories):
    month, _, size = histories[0].T
    early, late = size[month < 12], size[month >= 24]
    assert ks_2samp(early, late).pvalue > ALPHA
    assert ks_2samp(early, late * 1.3).pvalue < ALPHA


def test_a_second_shop_has_a_size_of_its_own(histories):
    opened = histories[0]
    order = np.lexsort((opened[:, 0], opened[:, 1]))
    _, household, size = opened[order].T
    again = household[1:] == household[:-1]
    first, second = np.log(size[:-1][again]), np.log(size[1:][again])
    assert first.size > 300
    bound = norm.isf(ALPHA / 2) / np.sqrt(first.size)
    assert abs(np.corrcoef(first, second)[0, 1]) < bound
    assert abs(np.corrcoef(first, second + 0.5 * first)[0, 1]) > bound


def test_lives_are_geometric_and_unprotected_sizes_do_not_matter(histories):
    size, life = lives(*histories)
    assert life.size > 400
    end = np.exp(-0.15 * np.arange(24))
    share = np.array([(life > month).mean() for month in range(24)])
    # Kolmogorov's bound for a share of n independent lives
    bound = np.sqrt(-np.log(ALPHA / 2) / 2 / life.size)
    assert abs(share - end).max() < bound
    assert abs(share - np.exp(-0.25 * np.arange(24))).max() > bound
    assert abs(np.corrcoef(np.log(size), life)[0, 1]) < norm.isf(ALPHA / 2) / np.sqrt(life.size)


def test_the_place_in_a_village_does_not_matter(histories):
    household = histories[0][:, 1]
    places = household % 100 / 100
    assert kstest(places + 0.005, "uniform").pvalue > ALPHA
    assert kstest(places**1.3 + 0.005, "uniform").pvalue < ALPHA
