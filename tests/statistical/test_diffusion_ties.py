"""Do the diagnostics tell imitation from none, and give back the law that was simulated?"""

from __future__ import annotations

import functools

import numpy as np
import pytest

import sim
from sim.streams import exponential, stream_key

OFF = ("programme", "training", "logistics", "crowding", "exit")
MAPPING = {
    "start": "2009-01",
    "end": "2013-12",
    "region": {"synthetic": {"villages": 12, "households_per_village": 60, "towns": 3, "counties": 1}},
    "world.synthetic_pioneers": 0,
    **{f"mechanisms.{name}": False for name in OFF},
}
RUNS = 40


@functools.cache
def diagnostics(imitation: float, own_initiative: float) -> list:
    """Of so many runs, which several tests look at."""
    rates = {"adoption.imitation": imitation, "adoption.own_initiative": own_initiative}
    scenario = sim.Scenario.from_mapping({**MAPPING, **rates})
    return [sim.run(scenario, seed=seed).diagnostics for seed in range(RUNS)]


def p_values(strata: str, **rates: float) -> np.ndarray:
    return np.array([of.permutation(strata, 39, seed=9).p_value for of in diagnostics(**rates)])


@pytest.mark.parametrize("strata", ["village", "county-year"])
def test_without_imitation_the_test_keeps_its_size(strata):
    # With 39 permutations p <= 0.1 has chance 0.1: of 40 runs 11 or more only once in 600.
    found = p_values(strata, imitation=0.0, own_initiative=0.2)
    assert np.isfinite(found).all()
    assert np.count_nonzero(found <= 0.1) < 11
    assert np.count_nonzero(found <= 0.5) > 10, "nor is it too careful"


def test_with_imitation_it_has_power():
    found = p_values("village", imitation=0.3, own_initiative=0.005)
    assert np.count_nonzero(found <= 0.05) > 0.8 * RUNS


def test_the_hazard_grows_with_selling_acquaintances_as_the_law_says():
    # h = z e^eta (alpha + beta n / d): with all ties of one weight and d acquaintances each, two sellers give
    # (alpha + 2 beta / d) / (alpha + beta / d) times the hazard of one.
    weights = {f"adoption.weight_{kind}": 1.0 for kind in ("ring", "village", "town", "county", "prefecture")}
    alike = (
        "base.county_sd",
        "base.town_sd",
        "base.village_sd",
        "adoption.propensity_sd",
        "adoption.internet_effect",
    )
    base = (*(f"base.{name}" for name in ("manufacturing", "trade", "potential", "schooling", "incomers")), *alike)
    law = {"adoption.imitation": 0.1, "adoption.own_initiative": 0.002, "base.hub_distance": 0.0}
    region = {"synthetic": {"villages": 60, "households_per_village": 60, "towns": 3, "counties": 1}}
    scenario = sim.Scenario.from_mapping(
        {**MAPPING, **weights, **dict.fromkeys(base, 0.0), **law, "end": "2012-12", "region": region}
    )
    run = sim.run(scenario)
    table, degree = run.diagnostics.hazard, run.diagnostics.adoptions["acquaintances"].median()
    of_one = 0.002 + 0.1 / degree
    for number, expected in (
        (0, 0.002 / of_one),
        (2, (0.002 + 0.2 / degree) / of_one),
        (3, (0.002 + 0.3 / degree) / of_one),
    ):
        row = table.loc[number]
        wider = np.exp(2 * np.log(row["ratio_high"] / row["ratio_low"]) / (2 * 1.96))
        assert row["ratio_to_one"] / wider < expected < row["ratio_to_one"] * wider, number


def test_the_twin_with_times_from_elsewhere_is_no_dependence():
    # A broken twin: the same ties, but times drawn anew; what had power above must lose it.
    scenario = sim.Scenario.from_mapping({**MAPPING, "adoption.imitation": 0.5, "adoption.own_initiative": 0.005})
    run = sim.run(scenario)
    found = run.diagnostics
    assert found.permutation(n_permutations=99).p_value == 0.01
    spells = found._spells
    drawn = exponential(stream_key(5, "test"), np.arange(spells.opened.size)) * 20
    found._spells = spells._replace(opened=np.minimum(drawn.astype(np.int64), 59))
    assert found.permutation(n_permutations=99).p_value > 0.05
