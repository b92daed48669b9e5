"""A rule replaced for a while: what it reaches, what it leaves alone, and what it refuses."""

from __future__ import annotations

import ast
import pkgutil
from contextlib import ExitStack
from importlib import import_module

import numpy as np
import pytest

import sim
import sim.rules
from sim.errors import RunError, ScenarioError
from sim.own_rules import COMPILED, own_rules, replace_rule, replaceable_rules
from sim.plotting.report_tables import facts_of_run
from sim.results import display
from sim.rules import adoption, logistics
from sim.scenario.vocabulary import default_vocabulary
from tests.architecture.source import sim_sources
from tests.in_steps import in_steps

WORLD = {
    "start": "2012-01",
    "end": "2014-12",
    "region": {"synthetic": {"villages": 30, "households_per_village": 40, "towns": 6, "counties": 2}},
    "world.synthetic_pioneers": 4,
    "pioneers.first_year": 2012,
    "pioneers.last_year": 2013,
    "adoption.own_initiative": 2e-3,
    "adoption.imitation": 0.15,
    "exit.monthly_rate": 0.1,
    "recognition.sales_min_yuan": 1e5,
}
#: Under which every rule has something to do.
BUSY = {
    "programme.first_month": "2012-03",
    "programme.first_counties": 2,
    "guidance.everywhere": True,
    "adoption.rule": "information",
    "adoption.imitation": 0.04,
    "migration.shop_share": 0.5,
    "migration.goods_midpoint": -3.0,
    "base.industry_in_imitation": 0.5,
    "base.manufacturing": 0.3,
    "programme.second_model_month": "2013-01",
    "programme.stations_per_county": 5,
    "timeline": [
        {"from": "2012-07", "switch": {"consumption": False}},
        {"from": "2013-03", "switch": {"consumption": True}},
    ],
}


def dear(remoteness_km, *_, **__):
    """A parcel costs 20 yuan from everywhere."""
    return np.full_like(remoteness_km, 20.0)


@pytest.fixture(scope="module")
def scenario():
    return sim.Scenario.from_mapping(WORLD)


@pytest.fixture(scope="module")
def shipped(scenario):
    return sim.run(scenario)


def shops(result):
    return result.national["shops"].to_numpy()


def passing(shipped, name, called):
    """A rule that notes that it was called, and does what the shipped one does."""

    def rule(*args, **kwargs):
        called.add(name)
        return shipped(*args, **kwargs)

    return rule


def test_every_rule_that_may_be_replaced_is_called_by_a_run_and_may_stand_in_for_itself():
    scenario = in_steps(WORLD | BUSY | {f"mechanisms.{name}": True for name in default_vocabulary().mechanisms})
    before, called = sim.run(scenario), set()
    with ExitStack() as stack:
        for name in replaceable_rules():
            file, word = name.split(".")
            rule = getattr(__import__(f"sim.rules.{file}", fromlist=[word]), word)
            stack.enter_context(replace_rule(name, passing(rule, name, called)))
        after = sim.run(scenario)
    assert called == set(replaceable_rules())
    assert after.national.equals(before.national)
    assert after.events.equals(before.events)


def test_every_rule_of_the_package_is_replaceable_or_compiled():
    files = [module.name for module in pkgutil.iter_modules(sim.rules.__path__)]
    public = {f"{file}.{word}" for file in files for word in import_module(f"sim.rules.{file}").__all__}
    assert public == {*replaceable_rules(), *COMPILED}


def test_compiled_rules_are_those_that_compiled_code_takes_in():
    inlined = set()
    for text in [text for text in sim_sources().values() if "inlined(" in text]:
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "inlined":
                inlined.add(ast.unparse(node.args[0]).replace("exit_rule.", "exit."))
    assert {name for name in inlined if "." in name} == COMPILED


def told_of(result):
    """Whether the display in a notebook and the report name the replaced rule."""
    page = display.html(result.scenario, result.columns("patterns"), result.provenance, None)
    facts = dict(facts_of_run(result.scenario, result.provenance, "0"))
    in_report = facts.get("rules replaced") == f"logistics.parcel_cost: {__name__}.dear"
    return "own rule logistics.parcel_cost</small>" in page, in_report


def test_a_run_inside_differs_and_says_so_and_one_after_does_not(scenario, shipped):
    with replace_rule("logistics.parcel_cost", dear):
        inside = sim.run(scenario)
    after = sim.run(scenario)
    assert (inside.national["mean_parcel_cost_yuan"] == 20.0).all()
    assert shops(inside)[-1] < shops(shipped)[-1]
    assert inside.provenance["own_rules"] == {"logistics.parcel_cost": f"{__name__}.dear"}
    assert told_of(inside) == (True, True)
    assert told_of(shipped) == (False, False)
    assert shipped.provenance["own_rules"] == after.provenance["own_rules"] == own_rules() == {}
    assert (shops(after) == shops(shipped)).all()


def test_it_is_the_parameter_that_would_say_the_same(scenario):
    # A rule that takes a fifth more of an effect is the model with a fifth more of it, to the bit.
    def stronger(*conditions, cost_effect_per_yuan, **values):
        return adoption_terms(*conditions, cost_effect_per_yuan=1.25 * cost_effect_per_yuan, **values)

    adoption_terms = adoption.village_terms
    # Called by position and by name: what the first four are called is the function's own affair.
    with replace_rule("adoption.village_terms", stronger):
        own = sim.run(scenario.replace({"adoption.cost_effect": 0.2}))
    assert own.events.equals(sim.run(scenario.replace({"adoption.cost_effect": 0.25})).events)


def test_one_replacement_in_another_and_a_block_that_fails(scenario):
    before = logistics.parcel_cost

    def free(remoteness_km, *_, **__):
        return np.zeros_like(remoteness_km)

    def costs():
        return sim.run(scenario.replace({"end": "2012-02"})).national["mean_parcel_cost_yuan"].to_numpy()

    with replace_rule("logistics.parcel_cost", dear):
        with replace_rule("logistics.parcel_cost", free):
            assert own_rules()["logistics.parcel_cost"].endswith("free")
            assert (costs() == 0.0).all()
        assert own_rules()["logistics.parcel_cost"].endswith("dear")
        assert (costs() == 20.0).all()
        with pytest.raises(ScenarioError, match="start"), replace_rule("logistics.parcel_cost", free):
            sim.run({})
        assert (costs() == 20.0).all()
    assert logistics.parcel_cost is before
    assert own_rules() == {}


def told(name, function):
    with pytest.raises(ScenarioError) as caught, replace_rule(name, function):
        pass
    return str(caught.value)


def test_names_and_arguments_that_do_not_fit_are_told():
    assert told("logistics.parcel_costs", dear).endswith(
        "found rule 'logistics.parcel_costs', there is none; did you mean logistics.parcel_cost?"
    )
    assert "replaceable_rules() names them" in told("weather", dear)
    assert "compiled into the event loop" in told("adoption.monthly_hazard", dear)
    message = told("training.next_training_stock", lambda stock, inflow: stock)
    assert "allowed is a function that takes (stock, inflow, monthly_decay=)" in message
    assert "got an unexpected keyword argument 'monthly_decay'" in message
    assert "found 3.0" in told("training.next_training_stock", 3.0)
    assert own_rules() == {}


@pytest.mark.parametrize(
    ("name", "function", "words"),
    [
        ("logistics.parcel_cost", lambda km, *_, **__: km[:3], "gave an array of shape (3,), allowed is"),
        ("logistics.parcel_cost", lambda *_, **__: 20.0, "gave a number, allowed is an array of shape (30,)"),
        ("adoption.village_terms", lambda km, *_, **__: km, "allowed is 4 arrays of shapes (30,), (30,)"),
    ],
)
def test_another_shape_is_told_when_it_is_first_given(scenario, name, function, words):
    with replace_rule(name, function), pytest.raises(ScenarioError) as caught:
        sim.run(scenario)
    assert words in str(caught.value)


def test_what_is_no_number_ends_the_run(scenario):
    with (
        replace_rule("logistics.parcel_cost", lambda km, *_, **__: np.full_like(km, np.nan)),
        pytest.raises(RunError, match="log hazard ratio comes to nan"),
    ):
        sim.run(scenario)


def test_experiments_stay_in_this_process_and_keep_nothing(scenario, tmp_path):
    with replace_rule("logistics.parcel_cost", dear):
        found = sim.sweep(scenario, {"training.course_rate": [0.0, 0.1]}, replicates=1, progress=False)
        for given, words in (({"out": tmp_path / "kept"}, "kept"), ({"workers": 2}, "found 2 workers")):
            with pytest.raises(ScenarioError, match=words):
                sim.run_ensemble(scenario, 2, progress=False, **given)
    assert not (tmp_path / "kept").exists()
    assert (found["parcel_cost_yuan"].isel(month=-1) == 20.0).all()
