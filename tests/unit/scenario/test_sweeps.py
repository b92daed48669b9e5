"""``sweep:`` in a scenario file: checked like everything else, and no part of what a run simulates."""

# ruff: noqa: E501 -- messages stand as a user sees them

from __future__ import annotations

import pickle

import pytest

from sim.errors import ScenarioError
from sim.scenario import Scenario, load_scenario
from sim.scenario.document import known_keys
from sim.scenario.schema import json_schema
from tests.unit.scenario.tables import VOCABULARY

RUN = "start: 2009-01\nend: 2015-12\n"
GRID = """sweep:
  vary:
    logistics.parcel_cost: [6, 8]
    programme.first_month: [2013-01, 2014-10]
    mechanisms.training: [true, false]
    history_seed: [3, 4]
  replicates: 3
  vary_seeds: both
  by_county: true
"""


def load(folder, text):
    (folder / "x.yaml").write_text(RUN + text, encoding="utf-8")
    return load_scenario(folder / "x.yaml", vocabulary=VOCABULARY)


def mistakes(folder, text):
    with pytest.raises(ScenarioError) as caught:
        load(folder, text)
    return [str(problem).partition("x.yaml:")[2] for problem in caught.value.problems]


def test_a_grid_is_read_and_written_back(tmp_path):
    plan = load(tmp_path, GRID).sweep
    assert plan is not None
    assert dict(plan.vary) == {
        "logistics.parcel_cost": (6.0, 8.0),
        "programme.first_month": ("2013-01", "2014-10"),
        "mechanisms.training": (True, False),
        "history_seed": (3, 4),
    }
    assert (plan.design, plan.points, plan.replicates) == ("grid", None, 3)
    assert (plan.vary_seeds, plan.by_county, plan.design_seed) == ("both", True, None)
    again = Scenario.from_mapping(load(tmp_path, GRID).to_mapping(), vocabulary=VOCABULARY)
    assert again.sweep == plan
    assert pickle.loads(pickle.dumps(again)).sweep == plan


def test_bounds_and_priors_of_a_filling_design(tmp_path):
    text = (
        "sweep:\n  vary: {logistics.parcel_cost: [6, 12], adoption.sellers: prior}\n  design: lhs\n  points: 8\n"
    )
    plan = load(tmp_path, text).sweep
    assert plan is not None
    assert dict(plan.vary) == {"logistics.parcel_cost": (6.0, 12.0), "adoption.sellers": ()}
    assert (plan.design, plan.points) == ("lhs", 8)
    assert str(plan) == "8 lhs over logistics.parcel_cost, adoption.sellers"
    again = Scenario.from_mapping(load(tmp_path, text).to_mapping(), vocabulary=VOCABULARY)
    assert again.sweep == plan


def test_a_list_of_points(tmp_path):
    text = "sweep:\n  list:\n    - {logistics.parcel_cost: 6}\n    - {logistics.parcel_cost: 12}\n"
    plan = load(tmp_path, text).sweep
    assert plan is not None
    assert [dict(point) for point in plan.listed] == [
        {"logistics.parcel_cost": 6.0},
        {"logistics.parcel_cost": 12.0},
    ]
    again = Scenario.from_mapping(load(tmp_path, text).to_mapping(), vocabulary=VOCABULARY)
    assert again.sweep == plan


def test_it_changes_no_fingerprint_and_can_be_taken_away(tmp_path):
    with_sweep = load(tmp_path, GRID)
    assert with_sweep.fingerprint == load(tmp_path, "").fingerprint
    assert with_sweep.replace({"sweep": None}).sweep is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "sweep: {vary: {logistics.parcel_cots: [6]}}",
            "3:16: sweep.vary.logistics.parcel_cots is not known; did you mean logistics.parcel_cost?",
        ),
        (
            "sweep: {vary: {logistics.parcel_cost: [6, 800]}}",
            "3:43: sweep.vary.logistics.parcel_cost[1]: found 800, allowed is a number from 0 to 100 (yuan per parcel)",
        ),
        (
            "sweep: {vary: {logistics.parcel_cost: 6}}",
            "3:16: sweep.vary.logistics.parcel_cost: found 6, allowed is a list of at least one value, or prior; write it as [6, 8, 10]",
        ),
        (
            "sweep: {vary: {logistics.parcel_cost: []}}",
            "3:16: sweep.vary.logistics.parcel_cost: found an empty list, allowed is a list of at least one value, or prior",
        ),
        (
            "sweep: {vary: {logistics.parcel_cost: [6, 6]}}",
            "3:16: sweep.vary.logistics.parcel_cost: a value stands twice in [6.0, 6.0]",
        ),
        (
            "sweep: {vary: {logistics.parcel_cost: prior}}",
            "3:16: sweep.vary.logistics.parcel_cost: found prior, allowed in a grid is a list of values",
        ),
        (
            "sweep: {vary: {logistics.parcel_cost: [8, 6]}, design: sobol, points: 4}",
            "3:16: sweep.vary.logistics.parcel_cost: found [8.0, 6.0], allowed is a pair [low, high], the first smaller, or prior",
        ),
        (
            "sweep: {vary: {logistics.parcel_cost: [6, 8]}, design: lhs}",
            "3:48: sweep.design: lhs needs points; add points: 32",
        ),
        (
            "sweep: {vary: {logistics.parcel_cost: [6, 8]}, points: 4}",
            "3:48: sweep.points: are for the designs lhs and sobol; add design: lhs, or remove points",
        ),
        (
            "sweep: {replicates: 2}",
            "3:1: sweep: found neither vary nor list, allowed is one of them; write vary: {logistics.parcel_cost: [6, 8]}",
        ),
        (
            "sweep: {list: [{logistics.parcel_cost: 6}, {adoption.sellers: 2}]}",
            "3:9: sweep.list: the points name different parameters; give each point the same names",
        ),
        (
            "sweep: {list: [{logistics.parcel_cots: 6}]}",
            "3:17: sweep.list[0].logistics.parcel_cots is not known; did you mean logistics.parcel_cost?",
        ),
        ("sweep: {list: 4}", "3:9: sweep.list: found 4, allowed is a list of points; start each with '- logistics.parcel_cost: 8'"),
        (
            "sweep: {vary: {logistics.parcel_cost: [6]}, replicates: 0}",
            "3:45: sweep.replicates: found 0, allowed is a whole number from 1 to 1000000",
        ),
        (
            "sweep: {vary: {logistics.parcel_cost: [6]}, vary_seeds: luck}",
            "3:45: sweep.vary_seeds: found the text 'luck', allowed is history, world or both",
        ),
        ("sweep: 5", "3:1: sweep: found 5, allowed is a mapping"),
    ],
)  # fmt: skip
def test_mistakes_have_their_place(tmp_path, text, expected):
    assert mistakes(tmp_path, text) == [expected]


def test_the_schema_knows_the_keys():
    schema = json_schema(VOCABULARY)
    assert tuple(schema["$defs"]["Sweep"]["properties"]) == known_keys(VOCABULARY, ("sweep",))
    swept = schema["$defs"]["SweptValues"]["properties"]
    assert tuple(swept) == known_keys(VOCABULARY, ("sweep", "vary"))
    assert {*VOCABULARY.parameters, "history_seed", "mechanisms.training"} <= set(swept)
