"""The information rule in runs: who knows, what of the hazard that gives, and changes of rule."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.kernel import Simulation
from sim.state import check_invariants

RULE = {
    "adoption__rule": "information",
    "adoption__imitation": 0.02,
    "information__first_exposure": 0.0,
    "information__passing_share": 0.3,
}


def test_awareness_never_falls_and_never_below_the_sellers(busy):
    run, before = Simulation(*busy(**RULE)), 0.0
    households = run.world.villages.households
    for _ in range(run.scenario.n_months):
        run.step()
        awareness = run.state.villages.awareness.copy()
        assert (awareness >= before).all()
        assert (awareness >= run.state.villages.shops / households).all()
        check_invariants(run.state, run.world)
        before = awareness
    assert np.ptp(before) > 0.1


def test_the_news_stays_within_the_prefecture_and_reaches_farther_with_wider_ties(busy):
    pioneers = {"adoption__own_initiative": 0.0, "exit__monthly_rate": 0.0, "adoption__imitation": 0.0}
    within = {f"adoption__weight_{kind}": 0.0 for kind in ("county", "prefecture")}
    for ties, reaches_all in ((within, False), ({}, True)):
        run = Simulation(*busy(**RULE | pioneers | ties))
        for _ in range(run.scenario.n_months):
            run.step()
        villages = run.world.villages
        begun = np.isin(villages.town, villages.town[run.state.villages.shops > 0])
        assert 0 < begun.sum() < begun.size
        assert (run.state.villages.awareness[begun] > 0).all()
        assert bool((run.state.villages.awareness[~begun] > 0).any()) == reaches_all


def test_the_baseline_keeps_no_awareness(busy_run):
    for _ in range(6):
        assert not busy_run.step().by_awareness.any()
    assert not busy_run.state.villages.awareness.any()
    assert not busy_run.hazard_by_awareness.any()


@pytest.mark.parametrize("rule", ["linear", "threshold"])
def test_sellers_know_from_the_first_month_of_the_rule(busy, rule):
    scenario, world = busy(adoption__rule=rule)
    scenario = scenario.replace({"timeline": [{"from": "2013-06", "set": {"adoption.rule": "information"}}]})
    run = Simulation(scenario, world)
    while run.month < 12 * 2013 + 5:
        run.step()
    assert not run.state.villages.awareness.any()
    share = run.state.villages.shops / world.villages.households
    run.adopt(scenario.settings(run.month))
    assert run.state.villages.awareness.tolist() == share.tolist()


def test_events_say_what_awareness_gave(busy):
    scenario, world = busy(**RULE)
    result = sim.run(scenario)
    events = result.events
    sources = [name for name in events if name.startswith("by_")]
    assert sources[-1] == "by_awareness"
    gathered = events[sources].sum(axis=1)
    assert np.allclose(gathered[gathered > 0], 1.0, atol=1e-5)
    assert events["by_awareness"].between(0, 1).all()
    assert 0.2 < events["by_awareness"].mean() < 0.9
    ties = [name for name in sources if name not in {"by_own_initiative", "by_awareness"}]
    assert not events[ties].to_numpy().any()
    mean = result.national["awareness"].to_numpy()
    december = result.villages.query("year == 2014")
    households = world.villages.households
    run = Simulation(scenario, world)
    for _ in range(scenario.n_months):
        run.step()
    assert mean[-1] == pytest.approx(run.state.villages.awareness @ households / households.sum())
    assert np.allclose(december["awareness"], run.state.villages.awareness[december["village"]])
