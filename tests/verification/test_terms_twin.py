"""The terms recorded with openings, one by one, beside a twin that writes them out from the equations."""

from __future__ import annotations

import math

import pytest

from sim.kernel.conditions import TERMS
from sim.kernel.month import Simulation
from tests.verification.test_twin_systems import ALL, STRONG, mixed
from tests.verification.twin_systems import TwinSystems

SWITCHED = [
    {"from": "2013-01", "switch": {name.removeprefix("mechanisms."): True for name in ALL}},
    {"from": "2013-07", "set": {"adoption.cost_effect": 0.3, "adoption.training_effect": 0.2}},
]


class TwinWithTerms(TwinSystems):
    """Keeps what each condition adds to every village's log hazard ratio in the month."""

    def __init__(self, scenario, world):
        super().__init__(scenario, world)
        self.terms = {}

    def factor(self, village):
        own, settings = self.settings.adoption, self.settings
        terms = dict.fromkeys(TERMS, 0.0)
        terms["base"] = village.base
        terms["parcel_cost"] = own.cost_effect * (settings.logistics.reference_cost - village.cost)
        terms["training"] = own.training_effect * village.training
        terms["internet"] = own.internet_effect * (self.internet(village) - own.reference_internet)
        terms["crowding"] = -own.crowding_effect * village.crowding
        if self.on("guidance"):
            terms["guidance"] = settings.guidance.effect * self.acting[village.county]
        if self.on("credit"):
            terms["credit"] = settings.credit.effect * self.loans[village.county]
        if self.on("chain"):
            terms["chain"] = settings.chain.effect * self.strength(village)
        if self.on("limits"):
            terms["limits"] = -settings.limits.effect * self.scarcity(village)
        factor = super().factor(village)
        if self.on("migration"):  # what is left of the whole
            terms["migration"] = math.log(factor) - sum(terms.values())
        assert math.isclose(sum(terms.values()), math.log(factor), abs_tol=1e-9)
        self.terms[village.index] = [terms[name] for name in TERMS]
        return factor


@pytest.mark.parametrize("changes", [{}, ALL, {"timeline": SWITCHED}], ids=["baseline", "all", "switched"])
def test_terms_equal_the_twin(changes):
    scenario, world = mixed(STRONG | changes | {"end": "2014-06"})
    run, twin = Simulation(scenario, world), TwinWithTerms(scenario, world)
    seen, told_apart = 0, True
    for _ in range(scenario.n_months):
        events = run.step()
        twin.step()
        for village, terms in zip(events.opening_villages.tolist(), events.terms.tolist(), strict=True):
            expected = pytest.approx(dict(zip(TERMS, twin.terms[village], strict=True)), rel=1e-5, abs=2e-6)
            assert dict(zip(TERMS, terms, strict=True)) == expected
            seen += 1
            told_apart &= dict(zip(TERMS, terms[1:] + terms[:1], strict=True)) != expected
            told_apart &= {name: 1.001 * term for name, term in zip(TERMS, terms, strict=True)} != expected
    assert seen > 50
    assert told_apart, "terms exchanged, or wrong by a thousandth"
