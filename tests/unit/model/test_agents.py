"""The agents tell what the columns hold, and nothing can be set."""

from __future__ import annotations

import numpy as np
import pytest

from sim.agents import CountyCenter, Household, Partner, Village
from sim.model import DiffusionModel
from sim.scenario.months import parse_month
from sim.world import TIE_KINDS
from tests.unit.model.busy import BUSY
from tests.verification.twin import TwinModel


@pytest.fixture(scope="module")
def model():
    model = DiffusionModel(BUSY | {"recognition.sales_min_yuan": 1e6})
    model.run_model()
    return model


def test_villages_read_their_columns(model):
    world, state = model.simulation.world, model.simulation.state.villages
    for v, village in enumerate(model.villages()):
        assert (village.index, village.uid) == (v, world.villages.uid[v])
        assert village.name == world.name_of_village(v)
        assert (village.town, village.county) == (world.villages.town[v], world.villages.county[v])
        assert (village.lon, village.lat) == (world.villages.lon[v], world.villages.lat[v])
        assert village.households == world.villages.households[v] == len(village.members())
        assert village.product == world.products[state.product[v]]
        assert village.listed == world.villages.listed[v]
        assert village.shops == state.shops[v] == sum(h.is_selling for h in village.members())
        assert village.sales_yuan == state.sales_yuan[v]
        assert village.online_sales_yuan == pytest.approx(state.online_sales_yuan()[v])
        assert village.recognised == state.recognised[v]
        assert village.base == state.base[v]
        assert village.parcel_cost_yuan == state.parcel_cost_yuan[v]
        assert village.training_stock == state.training_stock[v]
        assert village.crowding == state.crowding[v]
    assert sum(village.recognised for village in model.villages()) > 0


def test_months_are_written_as_months_or_none(model):
    start, state = model.simulation.scenario.start, model.simulation.state.villages
    for column in ("recognised_since", "station_since"):
        written = [getattr(village, column) for village in model.villages()]
        since = [-1 if month is None else parse_month(month) - start for month in written]
        assert since == getattr(state, column).tolist()
        assert None in written
        assert any(written)


def test_partners_and_centers_read_their_columns(model):
    world, state = model.simulation.world, model.simulation.state
    for partner in model.agents_by_type[Partner]:
        v = partner.index
        assert partner.village is model.village(v)
        assert partner.county == world.villages.county[v]
        assert partner.started_month == partner.village.station_since
        assert partner.generation == state.villages.partner_model[v]
        assert partner.skill == state.villages.partner_skill[v]
        assert partner.income_yuan == state.villages.partner_income_yuan[v] > 0
    assert {partner.generation for partner in model.agents_by_type[Partner]} == {1, 2}
    for center in model.agents_by_type[CountyCenter]:
        assert center.name == world.counties.name_en[center.index]
        assert center.code == world.counties.code[center.index]
        assert center.parcels == state.counties.parcels[center.index]
        assert center.partners == len(center.staff()) == 3
        assert {partner.county for partner in center.staff()} == {center.index}
    assert min(center.opened_month for center in model.county_centers()) == "2012-04"


def test_nothing_can_be_set(model):
    household, village = model.household(3), model.village(0)
    for agent, name in ((village, "shops"), (village, "recognised"), (household, "is_selling")):
        with pytest.raises(AttributeError):
            setattr(agent, name, 1)


def test_agents_say_who_they_are(model):
    assert repr(model.village(3)) == "Village(3)"
    assert repr(model.household(30)) == "Household(30)"


def test_acquaintances_are_those_of_the_graph(model):
    for household in list(model.agents_by_type[Household])[::17]:
        numbers = set(model.simulation.world.graph.acquaintances(household.index)[0].tolist())
        assert {other.index for other in household.acquaintances()} == numbers
        assert all(isinstance(other, Household) for other in household.acquaintances())


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"adoption.rule": "threshold", "adoption.weight_town": 3.0},
        {"timeline": [{"from": "2013-02", "set": {"adoption.imitation": 0.0, "adoption.own_initiative": 3e-3}}]},
    ],
    ids=["linear", "threshold", "timeline"],
)
def test_households_tell_the_same_as_the_twins(changes):
    model = DiffusionModel(BUSY | changes)
    twin = TwinModel(model.simulation.scenario, model.simulation.world)
    for month in range(24):
        model.step()
        twin.step()
        if month in (0, 7, 23):
            check_households(model, twin)
    assert model.shops > 10


def check_households(model, twin):
    weight = model.simulation.law.weights
    for household, other in zip(model.agents_by_type[Household], twin.everyone, strict=True):
        assert (household.home, household.local) == (other.village.index, other.local)
        assert household.village is model.village(other.village.index)
        assert household.is_selling == other.selling
        assert household.shops_closed == other.episode
        assert household.propensity == pytest.approx(other.propensity)
        assert household.threshold * household.propensity == pytest.approx(other.threshold)
        gathered = 0.0 if other.selling else other.accumulated / other.propensity
        assert household.accumulated_hazard == pytest.approx(gathered, rel=1e-7, abs=1e-9)
        selling = [kind for friend, kind in other.acquaintances if friend.selling]
        counts = np.bincount(selling, minlength=len(TIE_KINDS)).tolist()
        assert list(household.selling_acquaintances.values()) == counts
        assert household.n_acquaintances == len(other.acquaintances)
        total = sum(weight[kind] for _, kind in other.acquaintances)
        assert household.exposure == pytest.approx(sum(weight[kind] for kind in selling) / total)
        assert household.shop_size == pytest.approx(other.size if other.selling else 0.0)
        opened = household.seller_since
        assert (opened is None) == (not other.selling)
        if opened is not None:
            assert parse_month(opened) - model.simulation.scenario.start == other.opened


def test_the_comparison_sees_a_shifted_clock():
    model = DiffusionModel(BUSY)
    twin = TwinModel(model.simulation.scenario, model.simulation.world)
    for _ in range(6):
        model.step()
        twin.step()
    check_households(model, twin)
    model.simulation.clocks.village[:] += 0.1
    with pytest.raises(AssertionError):
        check_households(model, twin)


def test_a_village_agent_is_the_one_of_its_households(model):
    assert isinstance(model.household(0).village, Village)
    assert next(iter(model.household(0).village.members())) is model.household(0)
