"""In which order villages stand changes nothing: their luck and their ties hang on who they are."""

from __future__ import annotations

import dataclasses
import functools

import networkx as nx
import numpy as np
import pytest

from sim.kernel import Simulation
from sim.world import TIE_KINDS
from sim.world.explicit import graph_of_networkx
from tests.verification.test_twin import built
from tests.verification.test_twin_systems import ALL, STRONG

CASES = {"baseline": {}, "every mechanism": ALL | STRONG, "information rule": {"adoption.rule": "information"}}


def graph_of(world):
    """Every tie of a world, as a multigraph of households."""
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(world.n_households))
    for household in range(world.n_households):
        others, kinds = world.graph.acquaintances(household)
        ends = zip(others.tolist(), kinds.tolist(), strict=True)
        ties = [(household, other, {"kind": TIE_KINDS[kind]}) for other, kind in ends if other > household]
        graph.add_edges_from(ties)
    return graph


def renumbered(world, order):
    """The same world with its villages in another order, its ties following them."""
    villages = world.villages
    columns = {field.name: getattr(villages, field.name)[order] for field in dataclasses.fields(villages)}
    first = np.concatenate(([0], np.cumsum(columns["households"])))
    place = np.empty(world.n_households, np.int64)
    for new, old in enumerate(order):
        here = world.first_household[old]
        place[here : here + columns["households"][new]] = first[new] + np.arange(columns["households"][new])
    moved = nx.relabel_nodes(graph_of(world), dict(enumerate(place.tolist())))
    graph = graph_of_networkx(moved, first)
    return dataclasses.replace(world, villages=type(villages)(**columns), first_household=first, graph=graph)


def history(scenario, world):
    """What happened, by the lasting numbers of villages, and what each sold in all."""
    run, happened = Simulation(scenario, world), []
    uid, sold = world.villages.uid, np.zeros(world.n_villages)
    for month in range(scenario.n_months):
        events = run.step()
        opened = zip(uid[events.village].tolist(), events.local.tolist(), events.pioneer.tolist(), strict=True)
        closed = zip(uid[events.closed_village].tolist(), events.closed_local.tolist(), strict=True)
        happened.append((month, sorted(opened), sorted(closed)))
        sold += run.state.villages.sales_yuan
    known = zip(
        run.state.villages.recognised_since.tolist(), run.state.villages.station_since.tolist(), strict=True
    )
    return happened, dict(zip(uid.tolist(), sold, strict=True)), dict(zip(uid.tolist(), known, strict=True))


@functools.cache
def built_and_moved(case):
    """Scenario, world, its history, and the same world with its villages in another order."""
    scenario, world = built(CASES[case])
    order = np.random.default_rng(3).permutation(world.n_villages)
    expected = history(scenario, renumbered(world, np.arange(world.n_villages)))
    return scenario, world, expected, renumbered(world, order)


@pytest.mark.parametrize("case", CASES)
def test_villages_in_another_order_have_the_same_history(case):
    scenario, _, (expected, sold, known), moved = built_and_moved(case)
    found, sold_too, known_too = history(scenario, moved)
    assert found == expected
    assert known_too == known
    # Sums over a county are added in another order.
    assert sold_too == pytest.approx(sold, rel=1e-9)
    assert sum(len(opened) for _, opened, _ in expected) > 200


def test_other_ties_or_other_people_would_be_seen():
    scenario, world, expected, moved = built_and_moved("baseline")
    ties_stay = dataclasses.replace(moved, graph=graph_of_networkx(graph_of(world), moved.first_household))
    names_stay = dataclasses.replace(moved, villages=dataclasses.replace(moved.villages, uid=world.villages.uid))
    assert history(scenario, ties_stay)[0] != expected[0]
    assert history(scenario, names_stay)[0] != expected[0]
