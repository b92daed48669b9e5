"""What the comparison with the twin would see: each quantity compared, wrong by little, is rejected."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.kernel.month import Simulation
from tests.verification.test_twin import INFORMED, same_events, same_villages
from tests.verification.test_twin_systems import ALL, STRONG, mixed
from tests.verification.twin_systems import TwinSystems, same_systems

MONTHS = 40


@pytest.fixture(scope="module")
def both():
    """Kernel and twin after some years of every mechanism, with the events of a month in which shops opened."""
    scenario, world = mixed(STRONG | ALL | INFORMED | {"adoption.own_initiative": 5e-3})
    run, twin = Simulation(scenario, world), TwinSystems(scenario, world)
    for _ in range(MONTHS):
        events = run.step()
        twin.step()
    assert events.village.size > 1
    assert events.closed_village.size > 0
    return run, twin, events


def compare(run, twin, events):
    same_events(events, twin)
    same_villages(run.state, twin)
    same_systems(run, twin)


def test_nothing_is_wrong(both):
    compare(*both)


VILLAGES = {
    "shops": 1,
    "parcel_cost_yuan": 1e-4,
    "training_stock": 1e-4,
    "crowding": 1e-4,
    "partner_income_yuan": 1e-4,
    "partner_model": 1,
    "recognised": True,
    "awareness": 1e-6,
    "sales_yuan": 1e-3,
    "product": 1,
    "incoming_shops": 1,
    "incomers": 1e-4,
    "station_orders": 1e-4,
    "partner_skill": 1e-4,
    "station_since": None,
}
COUNTIES = ("guidance", "acting_guidance", "loan_share", "suppliers", "branding", "parcels")


def spoiled(column, change):
    """The column with its largest value wrong: by a share where it is measured, by one where it is counted."""
    wrong = column.copy()
    place = np.unravel_index(np.argmax(wrong), wrong.shape)
    assert wrong[place] > 0, "a quantity that is nothing throughout would not be compared"
    if change is None:
        wrong[place] = -1
    elif isinstance(change, float):
        wrong[place] *= 1.0 + change
    elif wrong.dtype == bool:
        wrong[place] = False
    else:
        wrong[place] -= change
    return wrong


@pytest.mark.parametrize(("name", "change"), VILLAGES.items())
def test_a_wrong_column_of_villages_is_seen(both, monkeypatch, name, change):
    run, twin, events = both
    column = getattr(run.state.villages, name)
    monkeypatch.setattr(run.state.villages, name, spoiled(column, change))
    with pytest.raises(AssertionError):
        compare(run, twin, events)


def test_wrong_sales_of_a_year_are_seen(both, monkeypatch):
    run, twin, events = both
    monkeypatch.setattr(run.state.villages, "sales_by_month", spoiled(run.state.villages.sales_by_month, 1e-2))
    with pytest.raises(AssertionError):
        compare(run, twin, events)


@pytest.mark.parametrize("name", COUNTIES)
def test_a_wrong_column_of_counties_is_seen(both, monkeypatch, name):
    run, twin, events = both
    monkeypatch.setattr(run.state.counties, name, spoiled(getattr(run.state.counties, name), 1e-3))
    with pytest.raises(AssertionError):
        compare(run, twin, events)


EVENTS = {
    "another household": lambda e: {"local": e.local + (np.arange(e.local.size) == 0)},
    "one opening less": lambda e: {"village": e.village[1:], "local": e.local[1:]},
    "one closing less": lambda e: {"closed_village": e.closed_village[1:], "closed_local": e.closed_local[1:]},
    "sizes wrong by 1e-5": lambda e: {"size": e.size * (1 + 1e-5)},
    "told to open": lambda e: {"pioneer": ~e.pioneer},
    "parts exchanged": lambda e: {"parts": e.parts[:, ::-1]},
    "parts wrong by a thousandth": lambda e: {"parts": e.parts * 1.001},
    "awareness wrong by 1e-5": lambda e: {"by_awareness": e.by_awareness * (1 + 1e-5)},
}


@pytest.mark.parametrize("wrong", EVENTS.values(), ids=EVENTS.keys())
def test_wrong_events_are_seen(both, wrong):
    run, twin, events = both
    with pytest.raises(AssertionError):
        compare(run, twin, replace(events, **wrong(events)))
