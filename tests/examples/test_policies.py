"""The policies that ship as scenarios move what their files say, over paired seeds in one to three counties."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from sim.experiments.comparable import different_world
from sim.kernel import Simulation
from sim.world import build_world
from tests.shipped import SCENARIOS

#: Where policies for all of China are tried: Cao, Shuyang and Yiwu, whose stations are then among the first.
TRIED_IN = (371721, 321322, 330782)
SEEDS = range(3)
#: What else holds, for a policy and what it is compared with. These counties, the first to join, would have filled
#: up before the second model came.
SLOWLY = (("programme.months_to_fill", 60), ("end", "2017-12"))
ALSO = {"partners-1-0-only": SLOWLY, "partners-2-0-first": SLOWLY}
MEASURES = {
    "shops": lambda villages: villages.shops.sum(),
    "villages_with_shops": lambda villages: np.count_nonzero(villages.shops),
    "sales_yuan": lambda villages: villages.online_sales_yuan().sum(),
}
POLICIES = {name: scenario.policy for name, scenario in SCENARIOS.items() if scenario.policy is not None}


def counties_of(name):
    """The county of a case, else those where national policies are tried."""
    region = SCENARIOS[name].region
    return TRIED_IN if region.kind == "china" else region.names


@functools.cache
def outcomes(name, counties, also):
    """Every measure at the end of a scenario in some counties, one value a seed."""
    scenario = SCENARIOS[name].replace({"region": {"counties": list(counties)}} | dict(also))
    world = build_world(scenario)
    at_end = []
    for seed in SEEDS:
        run = Simulation(scenario.replace({"history_seed": seed}), world)
        for _ in range(scenario.n_months):
            run.step()
        at_end.append({measure: float(of(run.state.villages)) for measure, of in MEASURES.items()})
    return {measure: np.array([values[measure] for values in at_end]) for measure in MEASURES}


def test_all_policies_are_there():
    assert len(POLICIES) >= 24


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_moves_what_its_file_says(name):
    policy, counties, also = POLICIES[name], counties_of(name), ALSO.get(name, ())
    other, laid_over = name if policy.base is None else policy.base.stem, tuple(policy.base_values.items())
    after = outcomes(name, counties, also)[policy.outcome]
    before = outcomes(other, counties, also + laid_over)[policy.outcome]
    difference = after - before
    signed = difference if policy.direction == "more" else -difference
    assert (signed >= 0).all(), f"{name} less {other}: {policy.outcome} differ by {difference}"
    assert signed.sum() > 0, f"{name} and {other} have the same {policy.outcome}"
    # A seed and its pair must differ from the next, or the pairs would be one.
    assert np.unique(after).size > 1


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_and_its_base_have_the_same_villages(name):
    policy = POLICIES[name]
    base = SCENARIOS[name if policy.base is None else policy.base.stem]
    assert different_world(base.replace(policy.base_values), SCENARIOS[name]) == []
    assert base.replace(policy.base_values) != SCENARIOS[name]
