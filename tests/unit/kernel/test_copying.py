"""Villages that copy the product of their neighbours, in runs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sim
from sim.kernel import Simulation
from sim.state import NEVER, check_invariants
from tests.architecture.source import sim_sources

COPYING = {"mechanisms__copying": True}
COLUMNS = ("village", "local", "size", "parts", "closed_village", "closed_local", "terms")


def mixed(world, n_products=6):
    """The same world with products that alternate within every town."""
    product = (np.arange(world.n_villages) % n_products).astype(np.int8)
    return replace(world, villages=replace(world.villages, product=product))


def run_to_the_end(scenario, world):
    run = Simulation(scenario, world)
    happened = [run.step() for _ in range(scenario.n_months)]
    return run, happened


def concentration(run, place):
    """Chance that two shops of one place, town or county, sell the same product, weighed by shops."""
    shops = np.zeros((place.max() + 1, len(run.world.products)))
    np.add.at(shops, (place, run.state.villages.product), run.state.villages.shops)
    total = shops.sum(axis=1)
    held = total > 0
    return float(((shops[held] / total[held, np.newaxis]) ** 2).sum(axis=1) @ total[held] / total.sum())


def test_a_probability_of_zero_is_the_model_without_it(busy):
    scenario, world = busy()
    world = mixed(world)
    plain, before = run_to_the_end(scenario, world)
    zero, after = run_to_the_end(*(busy(**COPYING, copying__probability=0.0)[0], world))
    for a, b in zip(before, after, strict=True):
        assert all(np.array_equal(getattr(a, name), getattr(b, name)) for name in COLUMNS)
    assert zero.state.villages.product.tolist() == world.villages.product.tolist()
    assert zero.state.villages.sales_yuan.tolist() == plain.state.villages.sales_yuan.tolist()


def test_everybody_copies_what_is_sold_most_nearby(busy):
    scenario, world = busy(**COPYING, copying__probability=1.0, exit__monthly_rate=0.0)
    run, world = Simulation(scenario, mixed(world)), mixed(world)
    villages, chosen = world.villages, 0
    for _ in range(scenario.n_months):
        shops, product = run.state.villages.shops.copy(), run.state.villages.product.copy()
        since = run.state.villages.selling_since.copy()
        run.step()
        begun = (since == NEVER) & (run.state.villages.shops > 0)
        assert (run.state.villages.product[~begun] == product[~begun]).all()
        for v in np.flatnonzero(begun):
            near = villages.town == villages.town[v]
            near = near if shops[near].any() else villages.county == villages.county[v]
            sold = np.bincount(product[near], shops[near], len(world.products))
            taken = run.state.villages.product[v]
            assert sold[taken] == sold.max()
            if not sold.any():
                assert taken == product[v]
            chosen += int(taken != product[v])
    assert chosen > 15


@pytest.mark.parametrize("probability", [0.3, 1.0])
def test_shops_of_products_are_conserved(busy, probability):
    scenario, world = busy(**COPYING, copying__probability=probability, mechanisms__chain=True)
    run = Simulation(scenario, mixed(world))
    for _ in range(scenario.n_months):
        run.step()
        expected = np.zeros_like(run.shops_of_product)
        state = run.state.villages
        np.add.at(expected, (world.villages.county, state.product), state.shops)
        assert run.shops_of_product.tolist() == expected.tolist()
        check_invariants(run.state, world)
    assert run.shops_of_product.sum() > 100


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_products_concentrate_within_towns_and_crowd_each_other(busy, seed):
    # Crowding has no effect here, so the same shops open and only what they sell differs.
    same = {"history_seed": seed, "adoption__crowding_effect": 0.0, "market__crowding_elasticity": 0.0}
    scenario, world = busy(**same, mechanisms__crowding=True)
    plain, _ = run_to_the_end(scenario, mixed(world))
    copied, _ = run_to_the_end(busy(**same, **COPYING, copying__probability=0.8)[0], mixed(world))
    assert copied.state.villages.shops.tolist() == plain.state.villages.shops.tolist()
    for place in (world.villages.town, world.villages.county):
        assert concentration(copied, place) > 1.1 * concentration(plain, place)
    shops = plain.state.villages.shops
    crowding = [run.state.villages.crowding @ shops / shops.sum() for run in (plain, copied)]
    assert crowding[1] > crowding[0] + 0.05


def test_more_villages_change_their_product_the_more_copy(busy):
    def copiers(probability):
        scenario, world = busy(
            **COPYING,
            copying__probability=probability,
            adoption__crowding_effect=0.0,
            market__crowding_elasticity=0.0,
        )
        run, _ = run_to_the_end(scenario, mixed(world))
        return run.state.villages.product != mixed(world).villages.product

    few, many = copiers(0.2).sum(), copiers(0.9).sum()
    assert 0 < few < many


def test_results_and_agents_read_the_product_of_the_run(busy, monkeypatch):
    scenario, world = busy(**COPYING, copying__probability=1.0)
    model = sim.DiffusionModel(scenario, world=mixed(world))
    model.run_model()
    state = model.simulation.state.villages
    moved = np.flatnonzero(state.product != mixed(world).villages.product)
    assert moved.size > 10
    assert [model.village(v).product for v in moved] == [world.products[p] for p in state.product[moved]]
    monkeypatch.setattr("sim.runner.build_world", lambda _: mixed(world))
    december = sim.run(scenario).villages.query("year == 2014")
    expected = [world.products[p] for p in state.product[december["village"]]]
    assert december["product"].tolist() == expected


def test_nobody_reads_the_product_that_was_only_drawn():
    found = {
        name
        for name, text in sim_sources().items()
        if "world.villages.product" in text or "places.product[" in text or "world.product[" in text
    }
    # The story of a village that no December counted has nothing else to tell.
    assert found == {"sim.state", "sim.results.story"}
