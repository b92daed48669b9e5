"""Guidance and credit in runs: they speed up what there is, and create nothing where nobody sells."""

from __future__ import annotations

import numpy as np
import pytest

from sim.kernel import Simulation

GUIDED = {"mechanisms.guidance": True}
EVERYWHERE = GUIDED | {"guidance.everywhere": True, "guidance.effect": 3.0, "guidance.strength_everywhere": 20.0}


def history(busy, changes, months=None):
    """Month, village and household of every opening, and the run."""
    run, opened = Simulation(*busy(**changes)), []
    for month in range(run.scenario.n_months if months is None else months):
        events = run.step()
        opened += [(month, v, h) for v, h in zip(events.village.tolist(), events.local.tolist(), strict=True)]
    return opened, run


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(
    "changes",
    [
        {"mechanisms.guidance": True, "recognition.sales_min_yuan": 1e4},
        EVERYWHERE,
        {"mechanisms.credit": True},
        GUIDED | {"mechanisms.skynet": True, "skynet.first_month": "2012-01"},
    ],
    ids=["guidance", "guidance everywhere", "credit", "skynet"],
)
def test_it_moves_openings_forward(busy, seed, changes):
    off = {name: value for name, value in changes.items() if not name.startswith("mechanisms.")}
    still = {"exit.monthly_rate": 0.0, "history_seed": seed}
    without, _ = history(busy, still | off)
    with_it, _ = history(busy, still | changes)
    assert len(with_it) > len(without)
    first = {}
    for month, village, household in with_it:
        first.setdefault((village, household), month)
    # Nobody closes, so a higher hazard can only bring each opening forward.
    assert all(first[village, household] <= month for month, village, household in without)


def test_guidance_everywhere_creates_nothing_where_nobody_sells(busy):
    nobody = {"pioneers.placement": "none", "adoption.own_initiative": 1e-12}
    opened, run = history(busy, nobody | EVERYWHERE)
    assert opened == []
    assert (run.state.counties.guidance > 10).all()
    assert not run.state.counties.acting_guidance.any()
    plain, _ = history(busy, nobody)
    assert plain == []


@pytest.mark.parametrize("seed", [0, 1, 3])
def test_guidance_brings_no_county_its_first_shop_earlier(busy, seed):
    # Counties apart from each other: no ties beyond the town, no pioneer.
    apart = {
        "pioneers.placement": "none",
        "graph.county_matchings": 0,
        "graph.prefecture_matchings": 0,
        "history_seed": seed,
        "adoption.own_initiative": 1e-5,
    }

    def first_shops(changes):
        opened, run = history(busy, apart | changes)
        county = run.world.villages.county
        return {c: min(m for m, v, _ in opened if county[v] == c) for c in {int(county[v]) for _, v, _ in opened}}

    plain = first_shops({})
    assert plain
    assert first_shops(EVERYWHERE) == plain


def test_governments_that_sign_up_stay_so_and_guide(busy):
    changes = GUIDED | {"mechanisms.skynet": True, "skynet.first_month": "2012-04", "skynet.counties_per_month": 1}
    _, run = history(busy, changes | {"recognition.sales_min_yuan": 1e12}, months=5)
    signed, strength = run.state.counties.signed_since, run.state.counties.guidance
    assert sorted(signed.tolist()) == [-1, 3, 4]
    assert (strength[signed >= 0] > 0).all()
    assert strength[signed < 0] == [0.0]


def test_guidance_teaches_and_lends_where_there_are_shops(busy):
    _, plain = history(busy, {"mechanisms.credit": True, "mechanisms.programme": False})
    _, guided = history(busy, EVERYWHERE | {"mechanisms.credit": True, "mechanisms.programme": False})
    assert not plain.state.villages.training_stock.any()
    assert (guided.state.villages.training_stock > 0).all()
    assert (guided.state.counties.loan_share > plain.state.counties.loan_share).all()


def test_switched_off_they_leave_no_trace(busy):
    counties = history(busy, {})[1].state.counties
    for name in ("guidance", "acting_guidance", "loan_share", "suppliers", "branding"):
        assert not np.any(getattr(counties, name))
    assert (counties.signed_since == -1).all()
