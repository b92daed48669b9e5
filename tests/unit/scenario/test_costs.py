"""``costs:`` in a scenario file: amounts in yuan with a source, and no part of what a run simulates."""

# ruff: noqa: E501 -- messages stand as a user sees them

from __future__ import annotations

import pytest

from sim.errors import ScenarioError
from sim.scenario import Scenario, load_scenario
from tests.unit.scenario.tables import VOCABULARY

RUN = "start: 2009-01\nend: 2015-12\n"
COSTS = "costs: {source: assumption, from: 2013-01, station_yuan: 100000, lump_sum_yuan: 5}\n"


def load(folder, text):
    (folder / "x.yaml").write_text(RUN + text, encoding="utf-8")
    return load_scenario(folder / "x.yaml", vocabulary=VOCABULARY)


def test_costs_are_read_written_back_and_no_part_of_the_fingerprint(tmp_path):
    scenario = load(tmp_path, COSTS)
    assert scenario.costs is not None
    assert scenario.costs.amounts() == {"station_yuan": 100000.0, "lump_sum_yuan": 5.0}
    assert str(scenario.costs) == "station 100000 yuan, lump_sum 5 yuan (assumption)"
    again = Scenario.from_mapping(scenario.to_mapping(), vocabulary=VOCABULARY)
    assert again.costs == scenario.costs
    assert scenario.fingerprint == load(tmp_path, "").fingerprint


def test_a_base_hands_its_costs_on_and_a_policy_replaces_them_whole(tmp_path):
    load(tmp_path, COSTS)
    (tmp_path / "y.yaml").write_text("extends: x.yaml\n", encoding="utf-8")
    assert load_scenario(tmp_path / "y.yaml", vocabulary=VOCABULARY).costs == load(tmp_path, COSTS).costs
    (tmp_path / "y.yaml").write_text("extends: x.yaml\ncosts: {source: x, parcel_yuan: 3}\n", encoding="utf-8")
    costs = load_scenario(tmp_path / "y.yaml", vocabulary=VOCABULARY).costs
    assert costs is not None
    assert costs.amounts() == {"parcel_yuan": 3.0}
    assert costs.from_ is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("costs: {station_yuan: 5}", "3:1: costs: source is missing; add source: ..."),
        (
            "costs: {source: '', station_yuan: 5}",
            "3:9: costs.source: found the text '', allowed is a text that says where the costs come from; write source: assumption, if they are one",
        ),
        (
            "costs: {source: x, station_yuan: -5}",
            "3:20: costs.station_yuan: found -5, allowed is a number from 0 to 1e15 (yuan)",
        ),
        (
            "costs: {source: x, station_yaun: 5, lump_sum_yuan: 1}",
            "3:20: costs.station_yaun is not known; did you mean station_yuan?",
        ),
        (
            "costs: {source: x}",
            "3:1: costs: found no amount, allowed is at least one of county_center_yuan, station_yuan, station_month_yuan, partner_month_yuan, parcel_yuan, opened_shop_yuan, lump_sum_yuan",
        ),
        (
            "costs: {source: x, from: 2020-01, lump_sum_yuan: 5}",
            "3:20: costs.from: found 2020-01, allowed is a month of the run (2009-01 to 2015-12); move it, or change start or end",
        ),
    ],
)  # fmt: skip
def test_mistakes_have_their_place(tmp_path, text, expected):
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path, text)
    assert [str(problem).partition("x.yaml:")[2] for problem in caught.value.problems] == [expected]


def test_an_amount_with_hundreds_of_digits_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match=r"costs.lump_sum_yuan: found a whole number of 1329 bits, allowed is"):
        load(tmp_path, f"costs: {{source: x, lump_sum_yuan: 1{'0' * 400}}}\n")
