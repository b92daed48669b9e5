"""Stations of a national run beside what is told of them: Singles' Day, partners' incomes, orders a day."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.kernel import Simulation
from sim.kernel.programme import singles_day_turnover
from sim.state import NEVER
from sim.world import build_world
from tests.architecture.source import ROOT

DAYS = 30


def at_work(run):
    return run.state.villages.station_since != NEVER


@pytest.fixture(scope="module")
def autumn():
    """The day's turnover of every station in November 2015, and incomes and orders in December."""
    file = ROOT / "scenarios" / "china-2015.yaml"
    scenario = sim.load_scenario(file, {"mechanisms.consumption": True})
    run = Simulation(scenario, build_world(scenario))
    for _ in range(scenario.n_months - 1):
        run.step()
    turnover = singles_day_turnover(run)[at_work(run)]
    run.step()
    villages = run.state.villages
    return turnover, villages.partner_income_yuan[at_work(run)], villages.station_orders[at_work(run)] / DAYS


@pytest.mark.long
def test_singles_day_brings_what_it_did(autumn):
    turnover, _, _ = autumn
    assert turnover.sum() == pytest.approx(293e6, rel=0.05)  # F099
    assert turnover.mean() > 30_000  # F100


@pytest.mark.long
def test_partners_earn_what_they_did(autumn):
    _, income, _ = autumn
    assert 2000 <= income.mean() <= 3000  # F095, F096
    assert 12_000 <= income.max() <= 16_500  # F097; the highest of one history, 3 % for its luck


@pytest.mark.long
def test_busy_stations_place_40_to_50_orders_a_day(autumn):
    _, _, orders = autumn
    assert np.quantile(orders, 0.9) < 40
    assert 40 <= orders.max() <= 50  # F110, F111
