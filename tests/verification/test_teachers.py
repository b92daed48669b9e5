"""The compiled search for teachers equals a plain twin that walks the networkx form of the graph."""

from __future__ import annotations

from collections import defaultdict

import networkx as nx
import numpy as np
import pytest

import sim
from sim.kernel.initial import starting_base
from sim.metrics.teachers import SOURCES
from sim.scenario import Scenario
from sim.world import TIE_KINDS
from sim.world.export import to_networkx
from tests.verification.test_twin import BUSY, TIMELINE

CASES = {
    "everything": {},
    "threshold rule": {"adoption.rule": "threshold", "adoption.threshold_sellers": 2},
    "weightless ring": {"adoption.weight_ring": 0.0},
    "no imitation": {"adoption.imitation": 0.0, "adoption.own_initiative": 5e-3},
    "ties across counties": {"graph.prefecture_matchings": 4, "graph.ring_reach": 0},
    "imitation only": {"adoption.own_initiative": 0.0, "adoption.imitation": 0.5},
    "shops live a month or two": {"exit.monthly_rate": 1.0, "adoption.imitation": 2.0},
    "ring round a small village": {"graph.ring_reach": 6, "world.household_scale": 0.1},
    "timeline": {"timeline": TIMELINE},
    "industry takes root": {"base.industry_in_imitation": 0.0, "base.manufacturing": 1.0},
}


class TwinSearch:
    """Who taught whom, household by household and month by month, from the equations."""

    def __init__(self, result):
        self.plan, self.world = result.scenario, result.world
        self.graph = to_networkx(self.world, parallel=True)
        self.rooting = starting_base(self.world, self.plan.settings(self.plan.start))[1]
        self.sells = defaultdict(list)  # household -> [first month, last month, row of the opening]
        self.rows = list(zip(*self.months_and_households(result.events), strict=True))
        for row, (month, household) in enumerate(self.rows):
            self.sells[household].append([month, None, row])
        for month, household in sorted(zip(*self.months_and_households(result.closings), strict=True)):
            next(shop for shop in self.sells[household] if shop[1] is None)[1] = month
        self.pioneer = result.events["pioneer"].tolist()

    def months_and_households(self, table):
        month = [12 * date.year + date.month - 1 - self.plan.start for date in table["month"]]
        household = self.world.first_household[table["village"]] + table["local"]
        return month, household.tolist()

    def shop_in(self, household, month):
        for begun, ended, row in self.sells.get(household, ()):
            if begun < month and (ended is None or ended >= month):
                return begun, row
        return None

    def source(self, row):
        """Name of the source, row of the teacher, probability."""
        month, household = self.rows[row]
        if self.pioneer[row]:
            return "pioneer", -1, 1.0
        own = self.plan.settings(self.plan.start + month).adoption
        weight = {kind: getattr(own, f"weight_{kind}") for kind in TIE_KINDS}
        ties = [
            (other, data["kind"]) for other, edges in self.graph.adj[household].items() for data in edges.values()
        ]
        selling = [(other, kind) for other, kind in ties if self.shop_in(other, month)]
        counted = [(other, kind) for other, kind in selling if weight[kind] > 0]
        of_all = sum(weight[kind] for _, kind in ties)
        if own.rule == "threshold":
            imitated = float(len(counted) >= own.threshold_sellers)
            counts = dict.fromkeys(TIE_KINDS, 1.0)
        else:
            imitated = sum(weight[kind] for _, kind in counted) / of_all if of_all else 0.0
            counts = weight
        village = self.world.village_of_household(household)
        alpha, beta = own.own_initiative * self.rooting[village], own.imitation * imitated
        if not beta:
            return "own initiative", -1, 1.0
        whole = sum(counts[kind] for _, kind in counted)
        of_kind = {kind: sum(counts[k] for _, k in counted if k == kind) for kind in TIE_KINDS}
        most = max(of_kind.values())
        if alpha / (alpha + beta) >= beta / (alpha + beta) * most / whole:
            return "own initiative", -1, alpha / (alpha + beta)

        def part(person):
            return sum(counts[kind] for other, kind in counted if other == person)

        candidates = [(other, kind) for other, kind in counted if of_kind[kind] == most]
        best = min(candidates, key=lambda tie: (-part(tie[0]), self.shop_in(tie[0], month)[0], tie[0]))
        kinds = {kind for other, kind in candidates if other == best[0]}
        return kinds, self.shop_in(best[0], month)[1], beta / (alpha + beta) * part(best[0]) / whole


@pytest.mark.parametrize("changes", CASES.values(), ids=CASES.keys())
def test_search_equals_twin(changes):
    result = sim.run(Scenario.from_mapping(BUSY | changes))
    twin, teachers = TwinSearch(result), result.teachers
    assert len(teachers) == len(twin.rows) > 30
    generations = []
    for row, found in enumerate(teachers.to_dict("records")):
        source, teacher, probability = twin.source(row)
        assert found["source"] in (source if isinstance(source, set) else {source})
        assert found["teacher"] == teacher
        assert found["probability"] == pytest.approx(probability, abs=1e-6)
        generations.append(0 if teacher < 0 else generations[teacher] + 1)
    assert teachers["generation"].tolist() == generations


def test_the_cases_reach_every_source():
    result = sim.run(Scenario.from_mapping(BUSY | {"graph.prefecture_matchings": 2}))
    assert set(result.teachers["source"]) == set(SOURCES) - {"not known"}
    assert result.teachers["generation"].max() > 5


def test_the_twin_sees_another_law():
    result = sim.run(Scenario.from_mapping(BUSY | {"end": "2014-06"}))
    twin = TwinSearch(result)
    twin.plan = twin.plan.replace({"adoption.weight_town": 9.0})
    found = result.teachers["teacher"].tolist()
    assert found != [twin.source(row)[1] for row in range(len(found))]


def test_a_brought_graph_has_teachers_too(tmp_path):
    ties = nx.connected_caveman_graph(20, 20)
    nx.write_edgelist(ties, tmp_path / "ties.txt")
    brought = {"acquaintances": {"file": "ties.txt", "format": "edgelist"}}
    size = {"region": {"synthetic": {"villages": 8, "households_per_village": 60, "towns": 4, "counties": 2}}}
    result = sim.run(Scenario.from_mapping(BUSY | size | brought, folder=tmp_path))
    twin, found = TwinSearch(result), result.teachers["teacher"].tolist()
    assert found == [twin.source(row)[1] for row in range(len(found))]
    assert np.unique(result.teachers["source"]).tolist() == ["own initiative", "pioneer", "village"]
