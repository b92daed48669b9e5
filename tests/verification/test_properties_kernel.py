"""What the construction promises: shared luck, monotone histories, and a past that no policy touches."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.kernel.month import Simulation
from sim.scenario import Scenario
from sim.world import TIE_KINDS, build_world

LASTING = {
    "start": "2012-01",
    "end": "2013-12",
    "region": {"synthetic": {"villages": 5, "households_per_village": 40, "towns": 3, "counties": 2}},
    "world.smallest_village": 4,
    "pioneers.first_year": 2012,
    "pioneers.last_year": 2013,
    "pioneers.shops": 3,
    "mechanisms": {"exit": False, "crowding": False},
}
BUSY = {
    **{key: value for key, value in LASTING.items() if key != "mechanisms"},
    "adoption.own_initiative": 3e-3,
    "adoption.imitation": 0.3,
    "exit.monthly_rate": 0.1,
}
WEIGHTS = [f"adoption.weight_{kind}" for kind in TIE_KINDS]
COLUMNS = ("month", "village", "local", "size", "pioneer", "parts", "closed_village", "closed_local")


def history(scenario):
    """The events of every month, as one tuple of bytes a month."""
    run = Simulation(scenario, build_world(scenario))
    months = []
    for _ in range(scenario.n_months):
        events = run.step()
        months.append(tuple(np.asarray(getattr(events, name)).tobytes() for name in COLUMNS))
    return months


def first_openings(scenario):
    """Month of the first opening by household."""
    run = Simulation(scenario, build_world(scenario))
    first = {}
    for month in range(scenario.n_months):
        events = run.step()
        for household in zip(events.village.tolist(), events.local.tolist(), strict=True):
            first.setdefault(household, month)
    return first


def global_states():
    return random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002


def digest(scenario):
    return hashlib.sha256(b"".join(b"".join(month) for month in history(scenario))).hexdigest()


@st.composite
def lasting_scenarios(draw):
    """Scenarios in which shops never close and do not crowd each other."""
    values = {
        "adoption.own_initiative": draw(st.sampled_from([0.0, 1e-4, 2e-3, 2e-2])),
        "adoption.imitation": draw(st.sampled_from([0.0, 0.05, 0.5, 3.0])),
        "adoption.propensity_sd": draw(st.sampled_from([0.0, 0.5, 2.0])),
        "adoption.rule": draw(st.sampled_from(["linear", "threshold", "information"])),
        "world_seed": draw(st.integers(0, 50)),
        "history_seed": draw(st.integers(0, 2**63 - 1)),
        "mechanisms.logistics": draw(st.booleans()),
        "mechanisms.training": draw(st.booleans()),
    }
    if values["adoption.rule"] == "threshold":
        values["adoption.threshold_sellers"] = draw(st.integers(1, 3))
    return Scenario.from_mapping(LASTING | values)


@settings(max_examples=60)
@given(
    lasting_scenarios(), st.sampled_from(["adoption.own_initiative", "adoption.imitation"]), st.floats(1.0, 20.0)
)
def test_raising_a_hazard_delays_nobodys_first_opening(scenario, name, factor):
    raised = scenario.replace({name: min(scenario.values[name] * factor + 1e-4, 1.0 if "own" in name else 10.0)})
    before, after = first_openings(scenario), first_openings(raised)
    assert before.keys() <= after.keys()
    assert all(after[household] <= month for household, month in before.items())


@settings(max_examples=40)
@given(lasting_scenarios(), st.floats(1.0, 20.0))
def test_weighing_all_ties_more_changes_nothing(scenario, factor):
    # Only the relation of the weights counts: the share is of all acquaintances. So raising the weight of one
    # kind lowers the part of the others, and may delay an opening.
    more = {name: scenario.values[name] * factor for name in WEIGHTS}
    assert [m[:4] for m in history(scenario)] == [m[:4] for m in history(scenario.replace(more))]


@pytest.mark.parametrize("kind", TIE_KINDS)
def test_the_weight_of_the_only_tie_does_not_matter_but_that_of_one_among_others_does(kind):
    only = {f"graph.{other}_matchings": int(other == kind) for other in TIE_KINDS[1:]}
    only["graph.ring_reach"] = 1 if kind == "ring" else 0
    name = f"adoption.weight_{kind}"
    busy = Scenario.from_mapping(BUSY)
    alone = busy.replace(only)
    assert first_openings(alone.replace({name: 4.0})) == first_openings(alone)
    assert first_openings(busy.replace({name: 20.0})) != first_openings(busy)


def test_lowering_a_hazard_would_be_seen():
    scenario = Scenario.from_mapping(LASTING | {"adoption.own_initiative": 1e-2, "adoption.imitation": 0.5})
    before, after = first_openings(scenario), first_openings(scenario.replace({"adoption.imitation": 0.1}))
    assert not all(after.get(household, 99) <= month for household, month in before.items())


CHANGES = [
    {"set": {"adoption.imitation": 3.0}},
    {"set": {"adoption.own_initiative": 0.5, "adoption.weight_ring": 9.0}},
    {"set": {"adoption.rule": "threshold"}},
    {"set": {"adoption.rule": "information"}},
    {"set": {"logistics.parcel_cost": 1.0, "exit.monthly_rate": 0.9}},
    {"switch": {"exit": False, "logistics": False}},
]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("month", [1, 11, 20])
def test_a_change_leaves_everything_before_it_identical(change, month):
    plain = Scenario.from_mapping(BUSY)
    since = f"{2012 + month // 12}-{month % 12 + 1:02}"
    changed = plain.replace({"timeline": [{"from": since, **change}]})
    before, after = history(plain), history(changed)
    assert after[:month] == before[:month]
    assert after != before


@pytest.mark.parametrize("month", [1, 7, 13])
def test_a_change_to_the_value_in_force_changes_nothing_but_rounding(month):
    plain = Scenario.from_mapping(BUSY)
    since = f"{2012 + month // 12}-{month % 12 + 1:02}"
    changed = plain.replace({"timeline": [{"from": since, "set": {"adoption.imitation": 0.3000000001}}]})
    assert first_openings(plain) == first_openings(changed)
    assert [m[6:] for m in history(plain)] == [m[6:] for m in history(changed)]
    much = plain.replace({"timeline": [{"from": since, "set": {"adoption.imitation": 0.33}}]})
    assert first_openings(plain) != first_openings(much), "a tenth more would be seen"


@pytest.mark.parametrize("placement", ["listed_2014", "none"])
def test_seed_zero_is_a_seed_like_any_other(placement):
    # Pioneers have draws of their own; without them only thresholds, sizes and closings tell the seeds apart.
    plain = Scenario.from_mapping(BUSY | {"pioneers.placement": placement})
    zero = plain.replace({"history_seed": 0, "world_seed": 0})
    assert history(zero) == history(plain)
    assert history(zero) != history(zero.replace({"history_seed": 1}))
    assert history(zero) != history(zero.replace({"world_seed": 1}))


def test_a_second_run_of_the_same_world_starts_afresh():
    scenario = Scenario.from_mapping(BUSY)
    world = build_world(scenario)
    shops = []
    for months_left_out in (0, 0, 1):
        run = Simulation(scenario, world)
        for _ in range(scenario.n_months - months_left_out):
            run.step()
        shops.append(run.state.villages.shops.tolist())
    assert shops[0] == shops[1]
    assert shops[0] != shops[2], "a month more or less would be seen"
    assert sum(shops[0]) > 0


def test_global_generators_change_nothing():
    scenario = Scenario.from_mapping(BUSY)
    expected = history(scenario)
    for seed in (0, 1):
        random.seed(seed)
        np.random.seed(seed)  # noqa: NPY002 - the global generator is what is poisoned
        before = global_states()
        assert history(scenario) == expected
        assert global_states() == before, "something was drawn"
        random.random()  # what must not be done
        assert global_states() != before


@pytest.mark.parametrize("threads", ["1", "2"])
def test_other_processes_give_equal_bytes(threads, repository):
    code = (
        "from tests.verification.test_properties_kernel import BUSY, digest\n"
        "from sim.scenario import Scenario\n"
        "print(digest(Scenario.from_mapping(BUSY)))"
    )
    environment = os.environ | {
        "NUMBA_NUM_THREADS": threads,
        "OMP_NUM_THREADS": threads,
        "PYTHONHASHSEED": threads,
    }
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=repository, env=environment
    )
    assert done.stdout.strip() == digest(Scenario.from_mapping(BUSY))
    assert done.stdout.strip() != digest(Scenario.from_mapping(BUSY | {"history_seed": 1}))
