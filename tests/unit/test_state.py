"""Columns of a run before its first month, and the states that cannot be."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from sim.errors import RunError
from sim.scenario import Scenario
from sim.state import MONTHS_OF_SALES, NEVER, check_invariants, new_state
from sim.world import build_world


@pytest.fixture(scope="module")
def world():
    size = {"villages": 5, "households_per_village": 30, "towns": 2, "counties": 1}
    scenario = {"start": "2014-01", "end": "2014-12", "region": {"synthetic": size}}
    return build_world(Scenario.from_mapping(scenario))


@pytest.fixture
def state(world):
    return new_state(world, np.linspace(-1.0, 1.0, world.n_villages))


def test_before_the_first_month_nothing_has_happened(state, world):
    villages = state.villages
    assert villages.base.tolist() == np.linspace(-1.0, 1.0, 5).tolist()
    assert (villages.station_since == NEVER).all()
    assert (villages.recognised_since == NEVER).all()
    assert (state.counties.center_since == NEVER).all()
    assert (villages.selling_since == NEVER).all()
    assert villages.product.tolist() == world.villages.product.tolist()
    begun = {"base", "product", "station_since", "recognised_since", "selling_since"}
    rest = {field.name for field in fields(villages)} - begun
    assert not any(getattr(villages, name).any() for name in rest)
    assert villages.sales_by_month.shape == (MONTHS_OF_SALES, world.n_villages)
    check_invariants(state, world)


def test_online_sales_are_those_of_twelve_months(state):
    state.villages.sales_by_month[:] = np.arange(12)[:, None]
    state.villages.sales_by_month[3, 2] += 0.5
    assert state.villages.online_sales_yuan().tolist() == [66.0, 66.0, 66.5, 66.0, 66.0]


@pytest.mark.parametrize("column", ["base", "sales_yuan", "parcel_cost_yuan", "training_stock", "shop_size"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_number_that_is_none_is_refused(state, world, column, value):
    getattr(state.villages, column)[3] = value
    with pytest.raises(RunError, match=f"^{column} of village 3 is not a finite number$"):
        check_invariants(state, world)


def test_endless_sales_of_one_past_month_are_refused(state, world):
    state.villages.sales_by_month[7, 2] = np.inf
    with pytest.raises(RunError, match="sales_by_month of village 2 is not"):
        check_invariants(state, world)


def test_no_village_has_more_shops_than_households(state, world):
    households = int(world.villages.households[1])
    state.villages.shops[1], state.villages.selling_since[1] = households, 0
    check_invariants(state, world)
    state.villages.shops[1] = households + 1
    with pytest.raises(RunError, match=f"village 1 has {households + 1} shops and {households} households"):
        check_invariants(state, world)


def test_no_village_has_fewer_shops_than_none(state, world):
    state.villages.shops[4] = -1
    with pytest.raises(RunError, match="village 4 has -1 shops"):
        check_invariants(state, world)


@pytest.mark.parametrize(("size", "novice"), [(-0.1, -0.2), (1.0, 1.1)])
def test_lack_of_experience_never_exceeds_the_shops(state, world, size, novice):
    state.villages.shop_size[0], state.villages.novice_size[0] = size, novice
    with pytest.raises(RunError, match="experience exceeds the shops"):
        check_invariants(state, world)


@pytest.mark.parametrize("value", [-0.1, 1.1])
def test_awareness_is_a_share(state, world, value):
    state.villages.awareness[2] = value
    with pytest.raises(RunError, match=f"awareness of village 2 is {value}, allowed is a share"):
        check_invariants(state, world)


@pytest.mark.parametrize("product", [-1, 99])
def test_a_product_is_one_of_the_world(state, world, product):
    state.villages.product[1] = product
    with pytest.raises(RunError, match=f"product of village 1 is {product}, allowed is 0 to"):
        check_invariants(state, world)


def test_a_village_with_shops_knows_since_when(state, world):
    state.villages.shops[3] = 1
    with pytest.raises(RunError, match="village 3 has shops and no month in which the first opened"):
        check_invariants(state, world)


def test_incoming_shops_have_merchants(state, world):
    households = int(world.villages.households[2])
    state.villages.incomers[2] = state.villages.merchants[2] = 3 / households
    state.villages.incoming_shops[2] = 3
    check_invariants(state, world)
    assert state.villages.active_shops().tolist() == [0, 0, 3, 0, 0]
    state.villages.incoming_shops[2] = 4
    with pytest.raises(RunError, match="village 2 has 4 shops of 3 incoming merchants"):
        check_invariants(state, world)
