"""What holds for any scenario: fingerprints, copies, refusals, settings, and the way to YAML and back."""

from __future__ import annotations

import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.errors import ScenarioError
from sim.scenario import Scenario, format_month, parse_month
from sim.scenario.vocabulary import default_vocabulary
from sim.scenario.yaml_source import read_text

VOCABULARY = default_vocabulary()
#: Parameters that only some rule of imitation reads; another rule refuses them (test_contradictions.py).
OF_A_RULE = {"adoption.rule", "adoption.threshold_sellers"}
ROWS = [
    row
    for row in VOCABULARY.parameters.values()
    if row.name not in OF_A_RULE and not row.name.startswith("information.")
]
NUMBERS = [row for row in ROWS if row.type in {"float", "int"}]
BOUNDED = [row for row in NUMBERS if row.low is not None or row.high is not None]
MONTHLY = [row for row in ROWS if row.scope == "month"]
ALL_ON = dict.fromkeys(VOCABULARY.mechanisms, True)
RUN = {"start": "2009-01", "end": "2015-12"}
FIRST, LAST = parse_month("2009-01"), parse_month("2015-12")


def value_of(row):
    """Values a parameter takes, as a file would give them."""
    if row.type == "float":
        low = -1e9 if row.low is None else row.low
        high = 1e9 if row.high is None else row.high
        return st.floats(low, high)
    if row.type == "int":
        low = -(10**6) if row.low is None else row.low
        return st.integers(low, low + 10**6 if row.high is None else row.high)
    if row.type == "bool":
        return st.booleans()
    if row.type == "choice":
        return st.sampled_from(row.choices)
    low = FIRST if row.low is None else row.low
    return st.integers(low, low + 60 if row.high is None else row.high).map(format_month)


def some_values(rows):
    def values(chosen):
        return st.fixed_dictionaries({row.name: value_of(row) for row in chosen})

    return st.lists(st.sampled_from(rows), max_size=6, unique_by=lambda row: row.name).flatmap(values)


def entries():
    # What needs another mechanism would be refused without it; test_mistakes.py covers that.
    free = [name for name, row in VOCABULARY.mechanisms.items() if not row.needs]
    switches = st.dictionaries(st.sampled_from(free), st.just(True), max_size=2)
    month = st.integers(FIRST, LAST).map(format_month)
    return st.lists(
        st.fixed_dictionaries({"from": month, "set": some_values(MONTHLY), "switch": switches}), max_size=4
    )


scenarios = st.fixed_dictionaries(
    {
        "start": st.just("2009-01"),
        "end": st.just("2015-12"),
        "history_seed": st.integers(0, 2**63 - 1),
        "timeline": entries(),
        # With all of them on no value contradicts a switch; test_contradictions.py covers the rest.
        "mechanisms": st.just(ALL_ON),
    }
).flatmap(lambda base: some_values(ROWS).map(lambda values: {**base, **values}))


@given(scenarios, st.randoms(use_true_random=False))
def test_the_fingerprint_does_not_depend_on_the_order_of_keys(mapping, shuffle: random.Random):
    def shuffled(value):
        if not isinstance(value, dict):
            return [shuffled(item) for item in value] if isinstance(value, list) else value
        items = [(key, shuffled(item)) for key, item in value.items()]
        shuffle.shuffle(items)
        return dict(items)

    assert Scenario.from_mapping(shuffled(mapping)).fingerprint == Scenario.from_mapping(mapping).fingerprint


@given(scenarios)
def test_the_fingerprint_does_not_depend_on_defaults_written_out(mapping):
    scenario = Scenario.from_mapping(mapping)
    written = scenario.to_mapping()
    assert Scenario.from_mapping(written).fingerprint == scenario.fingerprint
    assert all(row.key in written[row.section] for row in ROWS)


@given(scenarios)
def test_yaml_leads_back(mapping):
    scenario = Scenario.from_mapping(mapping)
    assert Scenario.from_mapping(read_text(scenario.to_yaml(), "x").values).fingerprint == scenario.fingerprint


@given(scenarios, some_values(ROWS))
def test_replacing_and_replacing_back_changes_nothing(mapping, changes):
    scenario = Scenario.from_mapping(mapping)
    written = scenario.to_mapping()
    back = {name: written[name.partition(".")[0]][name.partition(".")[2]] for name in changes}
    changed = scenario.replace(changes)
    assert changed.replace(back).fingerprint == scenario.fingerprint
    differs = any(changed.values[name] != scenario.values[name] for name in changes)
    assert (changed.fingerprint != scenario.fingerprint) or not differs


@given(st.sampled_from(["", *VOCABULARY.sections, "mechanisms"]), st.text(min_size=1, max_size=20))
def test_any_unknown_key_is_refused(section, key):
    known = {row.key for row in ROWS if row.section == section} | set(VOCABULARY.mechanisms)
    assume(key not in known)
    if section == "":
        assume("." not in key)
        assume(key not in Scenario.from_mapping(RUN).to_mapping() and key not in {"title", "description"})
        assume(key not in {"extends", "acquaintances"})
    mapping = {**RUN, section: {key: 1}} if section else {**RUN, key: 1}
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_mapping(mapping)
    assert len(caught.value.problems) == 1
    assert "is not known" in str(caught.value)


@given(st.sampled_from(BOUNDED), st.booleans(), st.floats(1e-6, 1e6))
def test_any_number_outside_its_range_is_refused(row, above, by):
    bound = row.high if above else row.low
    assume(bound is not None)
    step = by if row.type == "float" else 1 + int(by)
    value = bound + step if above else bound - step
    assume(value != bound)
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_mapping({**RUN, row.name: value})
    (problem,) = caught.value.problems
    assert problem.message.startswith(f"{row.name}: found ")
    assert row.unit in problem.message
    at_bound = Scenario.from_mapping({**RUN, "mechanisms": ALL_ON, row.name: bound})
    assert at_bound.values[row.name] == bound


@given(
    st.sampled_from(NUMBERS),
    st.sampled_from([True, "1", "", None, [1], {}, float("nan"), float("inf"), 1j, b"1"]),
)
def test_what_is_no_number_is_refused(row, value):
    with pytest.raises(ScenarioError):
        Scenario.from_mapping({**RUN, row.name: value})


@given(scenarios)
def test_settings_follow_the_timeline_month_by_month(mapping):
    """A slow twin: every entry applied month by month, against the stages."""
    scenario = Scenario.from_mapping(mapping)
    values, switches = dict(scenario.values), dict(scenario.mechanisms)
    before = scenario.settings(FIRST - 1)
    assert (dict(before), before.mechanisms) == (values, switches)
    differing = []
    for month in range(FIRST, LAST + 1):
        for change in scenario.timeline:
            if change.month == month:
                values |= change.set
                switches |= change.switch
        now = scenario.settings(month)
        assert (dict(now), now.mechanisms) == (values, switches)
        if now != scenario.settings(month - 1):
            differing.append(month)
        else:
            assert now is scenario.settings(month - 1)
    assert scenario.change_months() == differing


@given(st.integers(0, 12 * 10_000 - 1))
def test_months_and_their_texts_are_one_to_one(month):
    assert parse_month(format_month(month)) == month
