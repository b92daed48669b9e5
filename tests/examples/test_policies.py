"""The policies that ship as scenarios move what their header says, over paired seeds in one to three counties."""

from __future__ import annotations

import functools
import re

import numpy as np
import pytest

import sim
from sim.kernel import Simulation
from sim.world import build_world
from tests.architecture.source import ROOT

FOLDER = ROOT / "scenarios"
#: Where policies for all of China are tried: Cao, Shuyang and Yiwu, whose stations are then among the first.
TRIED_IN = (371721, 321322, 330782)
SEEDS = range(3)
#: What else holds, for a policy and what it is compared with. These counties, the first to join, would have filled
#: up before the second model came.
SLOWLY = (("programme.months_to_fill", 60), ("end", "2017-12"))
ALSO = {"partners-1-0-only": SLOWLY, "partners-2-0-first": SLOWLY}
EXPECTED = re.compile(r"Expected: (more|fewer) (shops|online sales|villages with shops) than (.*?)\. ")
#: What a header compares with: another scenario, or the same place with values laid over the file.
OTHER = re.compile(r"(\S+)\.yaml$")
SET = re.compile(r"--set (\S+)=(\S+)")
MEASURES = {
    "shops": lambda villages: villages.shops.sum(),
    "villages with shops": lambda villages: np.count_nonzero(villages.shops),
    "online sales": lambda villages: villages.online_sales_yuan().sum(),
}


def text_of(name):
    return (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")


def expectation(name):
    """Direction, measure, scenario compared with and values laid over it, as the header says them."""
    lines = [line.removeprefix("#").strip() for line in text_of(name).splitlines() if line.startswith("#")]
    found = EXPECTED.search(" ".join(lines).replace(".yaml:", ".yaml. ") + " ")
    if found is None:
        return None
    direction, measure, with_what = found.groups()
    other, laid_over = OTHER.match(with_what), SET.findall(with_what)
    assert other or laid_over, f"{name}: no comparison in {with_what!r}"
    values = tuple((setting, False if value == "false" else int(value)) for setting, value in laid_over)
    return direction, measure, other.group(1) if other else name, values


def counties_of(name):
    """The county of a case, else those where national policies are tried."""
    named = re.search(r"^region: \{counties: \[(\d+)\]\}", text_of(name), re.MULTILINE)
    return (int(named.group(1)),) if named else TRIED_IN


POLICIES = [name for name in sorted(file.stem for file in FOLDER.glob("*.yaml")) if expectation(name)]


@functools.cache
def outcomes(name, counties, also):
    """Every measure at the end of a scenario in some counties, one value a seed."""
    scenario = sim.load_scenario(FOLDER / f"{name}.yaml").replace(
        {"region": {"counties": list(counties)}} | dict(also)
    )
    world = build_world(scenario)
    at_end = []
    for seed in SEEDS:
        run = Simulation(scenario.replace({"history_seed": seed}), world)
        for _ in range(scenario.n_months):
            run.step()
        at_end.append({measure: float(of(run.state.villages)) for measure, of in MEASURES.items()})
    return {measure: np.array([values[measure] for values in at_end]) for measure in MEASURES}


def test_all_policies_are_there():
    assert len(POLICIES) >= 22


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_moves_what_its_header_says(name):
    direction, measure, other, laid_over = expectation(name)
    counties, also = counties_of(name), ALSO.get(name, ())
    after, before = outcomes(name, counties, also)[measure], outcomes(other, counties, also + laid_over)[measure]
    difference = after - before
    signed = difference if direction == "more" else -difference
    assert (signed >= 0).all(), f"{name} less {other}: {measure} differ by {difference}"
    assert signed.sum() > 0, f"{name} and {other} have the same {measure}"
    # A seed and its pair must differ from the next, or the pairs would be one.
    assert np.unique(after).size > 1
