"""Every row of the parameter table moves something a user can see, and so does every switch.

A parameter that nothing reads misleads whoever varies it, so it may not stay in the table.
"""

from __future__ import annotations

import functools

import numpy as np
import pytest

from sim.runner import run
from sim.scenario.vocabulary import default_vocabulary
from tests.in_steps import in_steps

TABLES = ("national", "counties", "villages", "events", "closings", "town_list", "patterns", "clusters", "poverty")
PARAMETERS = default_vocabulary().parameters
MECHANISMS = default_vocabulary().mechanisms

#: An invented world in which everything happens within three years, and each bound binds somewhere.
BUSY = {
    "start": "2013-01",
    "end": "2015-12",
    "region": {"synthetic": {"villages": 60, "households_per_village": 40, "towns": 16, "counties": 8}},
    "world.smallest_village": 30,
    "world.synthetic_pioneers": 6,
    "pioneers.shops": 4,
    "pioneers.first_year": 2013,
    "pioneers.last_year": 2014,
    "adoption.own_initiative": 1e-3,
    "adoption.internet_effect": 1.0,
    "base.manufacturing": 0.5,
    "base.village_sd": 0.5,
    "adoption.imitation": 0.15,
    "exit.monthly_rate": 0.05,
    "logistics.floor_cost": 5.5,
    "logistics.half_volume": 500,
    "market.crowding_reference": 10,
    "programme.first_month": "2013-06",
    "programme.counties_per_month": 0.3,
    "programme.stations_per_county": 8,
    "programme.second_model_month": "2014-03",
    "training.course_rate": 0.01,
    "skynet.first_month": "2013-06",
    "skynet.counties_per_month": 0.2,
    "recognition.sales_min_yuan": 2e5,
    "recognition.shops_min": 9,
    "recognition.household_share_min": 0.2,
    "recognition.town_villages_min": 3,
    "recognition.cluster_villages_min": 4,
    "recognition.large_cluster_villages_min": 6,
    "recognition.cluster_sales_min_yuan": 6e6,
}
#: One county of the real tree, with few households, for what only the shipped tables tell.
REAL = BUSY | {"region": {"counties": [320324]}, "world.household_scale": 0.02, "adoption.own_initiative": 1e-4}
#: What must hold besides for a parameter to act.
NEEDS = {
    "adoption.threshold_sellers": {"adoption.rule": "threshold"},
    **{
        f"information.{key}": {"adoption.rule": "information", "information.first_exposure": 0.01}
        for key in ("first_exposure", "telling_rate", "passing_share")
    },
    "migration.shop_size": {"migration.shop_share": 1.0, "migration.merchant_rate": 1.0},
    "guidance.strength_everywhere": {"guidance.everywhere": True},
    # Taobao villages must be lost again for guidance to decay.
    "guidance.decay_months": {
        "adoption.imitation": 0,
        "adoption.own_initiative": 0,
        "pioneers.shops": 25,
        "pioneers.last_year": 2013,
        "recognition.sales_min_yuan": 1e4,
        "guidance.half_base_shops": 1,
    },
    "credit.guided_loans": {"mechanisms.guidance": True},
    # A world with farm products.
    "cross_border.farm_share": {"world_seed": 2},
    "limits.park_relief": {"mechanisms.guidance": True},
    "limits.loan_relief": {"mechanisms.credit": True},
    "limits.chain_relief": {"mechanisms.chain": True},
    "logistics.road_year": {"logistics.road_improvement": 0.3},
    "credit.partner_months": {"mechanisms.consumption": True, "consumption.outside_income": 1e5},
}


def scenario_of(base, changes):
    return in_steps(dict(base) | changes)


@functools.cache
def unchanged(label, *needs):
    """Observables of a base with what must hold besides, as pairs."""
    return observables(scenario_of(BASES[label], dict(needs)))


def switched_on(mechanism):
    """What a scenario must say for a mechanism that is off by default to be on."""
    names = [mechanism, *MECHANISMS[mechanism].needs]
    return {f"mechanisms.{name}": True for name in names if not MECHANISMS[name].default}


def needs_of(name):
    """What must hold besides for a parameter to act."""
    mechanism = PARAMETERS[name].mechanism
    return (switched_on(mechanism) if mechanism is not None else {}) | NEEDS.get(name, {})


def without(mechanism):
    """Observables of the busy world without a mechanism."""
    return observables(scenario_of(BUSY, {f"mechanisms.{mechanism}": False}))


def observables(scenario):
    """Every table of a run as lists by column."""
    result = run(scenario)
    tables = {name: result.columns(name) for name in TABLES}
    return {(table, name): values for table, columns in tables.items() for name, values in columns.items()}


def moved(before, after):
    """Columns that differ; a mechanism's own columns, there only while it is on, do not count."""
    return [name for name in before if name in after and not same(before[name], after[name])]


def same(left, right):
    if left.dtype.kind == "f":
        return np.array_equal(left, right, equal_nan=True)
    return np.array_equal(left.astype(str), right.astype(str))


def other_values(row, value):
    """Other allowed values: choices, or numbers further and further from the one in force."""
    if row.type == "bool":
        return [not value]
    if row.type == "choice":
        return [choice for choice in row.choices if choice != value]
    if row.type == "month":
        return [f"{(value + 3) // 12}-{(value + 3) % 12 + 1:02d}"]
    low = -np.inf if row.low is None else row.low
    high = np.inf if row.high is None else row.high
    if row.type == "int":
        near = [value + 2, value - 2, value + 1, 2 * value]
    else:
        near = [1.3 * value, 0.7 * value, value + 0.1, 2.0 * value, 0.4 * value, value + 2.0]
    return [number for number in near if low <= number <= high and number != value]


BASES = {"busy": BUSY, "real": REAL}


def effect_of(name):
    """First base and value under which the parameter alone moves something, or None."""
    needs = needs_of(name)
    for label, base in BASES.items():
        before = unchanged(label, *needs.items())
        value = scenario_of(base, needs).values[name]
        for other in other_values(PARAMETERS[name], value):
            if moved(before, observables(scenario_of(base, needs | {name: other}))):
                return label, other
    return None


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_parameter_moves_something(name):
    assert effect_of(name) is not None


@pytest.mark.parametrize("name", MECHANISMS)
def test_every_switch_moves_something(name):
    needed = {f"mechanisms.{need}": True for need in MECHANISMS[name].needs if not MECHANISMS[need].default}
    on = observables(scenario_of(BUSY, switched_on(name)))
    assert moved(on, observables(scenario_of(BUSY, needed | {f"mechanisms.{name}": False})))


@pytest.mark.parametrize("mechanism", sorted({row.mechanism for row in PARAMETERS.values()} - {None}))
def test_a_mechanism_switched_off_silences_its_parameters(mechanism):
    # All at once, in one run: two that moved the same opening to and fro by the same amount would be a wonder.
    busy = scenario_of(BUSY, {}).values
    rows = {name: row for name, row in PARAMETERS.items() if row.mechanism == mechanism}
    others = {name: other_values(row, busy[name])[0] for name, row in rows.items()}
    after = observables(scenario_of(BUSY, {f"mechanisms.{mechanism}": False} | others))
    assert [column for column in moved(without(mechanism), after) if is_history(column)] == []


def is_history(column):
    """Whether a column tells who opened, closed or sold: not what a parcel is said to cost or hold."""
    table, name = column
    return table in {"events", "closings"} or name in {"shops", "online_sales_yuan", "recognised"}


def test_the_busy_world_reaches_every_table():
    seen = unchanged("busy")
    assert len(seen["events", "local"]) > 500
    assert len(seen["closings", "local"]) > 100
    assert set(seen["villages", "partner_model"].tolist()) == {0, 1, 2}
    assert 0 < seen["villages", "recognised"].mean() < 1


def test_a_run_repeated_moves_nothing():
    # Otherwise every parameter would look alive.
    assert moved(unchanged("busy"), observables(scenario_of(BUSY, {}))) == []
