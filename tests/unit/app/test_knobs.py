"""Which values can be moved, how far, and in what words."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import pytest

from sim.app.knobs import MAIN, knob, knobs_by_section, label, main_knobs, shown, tooltip, unit
from sim.scenario import Scenario
from sim.scenario.vocabulary import default_vocabulary

ROWS = default_vocabulary().parameters


def test_the_main_ones_stand_in_the_table():
    assert set(MAIN) <= set(ROWS)


def test_only_what_acts_is_shown_from_the_start(small):
    names = [one.name for one in main_knobs(small)]
    assert "logistics.parcel_cost" in names
    assert "guidance.effect" not in names
    later = small.replace({"timeline": [{"from": "2010-01", "switch": {"guidance": True}}]})
    assert "guidance.effect" in [one.name for one in main_knobs(later)]


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.type in {"float", "int", "month"}])
def test_every_slider_holds_its_value_and_stays_within_the_table(small, name):
    row, stops = ROWS[name], knob(small, name).positions
    assert small.values[name] in stops
    assert list(stops) == sorted(set(stops))
    assert 5 <= len(stops) <= 130
    if row.type != "month":
        low, high = row.low, row.high
        assert low is None or stops[0] >= low
        assert high is None or stops[-1] <= high
        at = stops.index(small.values[name])
        assert at > 0 or stops[0] in {row.low, 0}  # upwards from nothing
        assert at < len(stops) - 1 or stops[-1] == row.high
    assert all(isinstance(stop, int) for stop in stops) or row.type == "float"


def test_the_slider_spans_the_prior(small):
    stops = knob(small, "logistics.parcel_cost").positions  # uniform(7, 15), and half to one and a half of 10
    assert (stops[0], stops[-1]) == (5.0, 15.0)
    assert 7.1 in stops
    logarithmic = knob(small.replace({"adoption.own_initiative": 1.4e-7}), "adoption.own_initiative").positions
    assert (logarithmic[0], logarithmic[-1]) == (2e-8, 2e-6)
    ratios = {round(right / left, 1) for left, right in pairwise(logarithmic)}
    assert ratios <= {1.0, 1.1}


def test_a_value_of_the_scenario_out_of_the_prior_is_within_the_slider(small):
    dear = small.replace({"logistics.parcel_cost": 40})
    stops = knob(dear, "logistics.parcel_cost").positions
    assert stops[0] <= 7.0
    assert stops[-1] >= 60.0 - 1e-9


def test_what_is_no_number_has_no_slider(small):
    assert knob(small, "adoption.rule").positions == ()
    assert knob(small, "guidance.everywhere").positions == ()


def test_months_are_those_of_the_run(small):
    stops = knob(small, "programme.first_month").positions
    assert stops[0] == small.start
    assert stops[-1] == small.values["programme.first_month"] > small.end


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("logistics.parcel_cost", 9.2, "9.2"),
        ("logistics.parcel_cost", 0.1 + 0.2, "0.3"),
        ("adoption.own_initiative", 1.4e-7, "1.4×10⁻⁷"),
        ("adoption.own_initiative", 0.0, "0"),
        ("recognition.sales_min_yuan", 1e7, "10,000,000"),
        ("programme.first_month", 12 * 2014 + 9, "2014-10"),
        ("adoption.rule", "linear", "linear"),
        ("base.schooling", -0.409, "-0.409"),
    ],
)
def test_values_in_words(name, value, text):
    assert shown(ROWS[name], value) == text


def test_the_tooltip_says_what_it_is_and_what_is_allowed(small):
    text = tooltip(knob(small, "logistics.parcel_cost"))
    assert text.startswith("Cost of a parcel from a village at the county seat")
    assert "logistics.parcel_cost (c_0)" in text
    assert "In the scenario: 10 yuan per parcel." in text
    assert "0 to 100" in text
    assert "assumption" in text


def test_words_of_a_parameter():
    assert label(ROWS["logistics.parcel_cost"]) == "Parcel cost"
    assert unit(ROWS["logistics.parcel_cost"]) == "yuan per parcel"
    assert unit(ROWS["market.cost_elasticity"]) == ""


def test_every_parameter_can_be_added(small):
    assert sorted(name for _, names in knobs_by_section(small) for name in names) == sorted(ROWS)


def test_a_knob_is_made_from_the_row_alone(small):
    # Another unit or description in the table shows up without a line of code.
    row = dataclasses.replace(ROWS["logistics.parcel_cost"], unit="jiao per parcel", description="what it costs")
    one = dataclasses.replace(knob(small, "logistics.parcel_cost"), parameter=row)
    assert tooltip(one).startswith("What it costs.")
    assert unit(one.parameter) == "jiao per parcel"
    assert isinstance(small, Scenario)
