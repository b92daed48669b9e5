"""The information rule against closed forms, and against households that draw month by month."""

from __future__ import annotations

import numpy as np
import pytest

from tests.verification.test_known_answers import fits, shops_by_month, simulation, synthetic

RULE = {"adoption__rule": "information", "information__first_exposure": 0.0}
WITHIN = {f"adoption__weight_{kind}": 0.0 for kind in ("town", "county", "prefecture")}


def awareness_by_month(run):
    """Awareness of every village and the internet share of its province, (months, V) each."""
    awareness, online = [], []
    for _ in range(run.scenario.n_months):
        online.append(run.internet_share[run.world.villages.county])
        run.step()
        awareness.append(run.state.villages.awareness.copy())
    return np.array(awareness), np.array(online)


@pytest.mark.parametrize("passing", [0.0, 1.0])
def test_without_sellers_and_news_from_outside_nobody_ever_knows(passing):
    run = simulation(
        region=synthetic(5, 50),
        adoption__imitation=5.0,
        information__telling_rate=5.0,
        information__passing_share=passing,
        **RULE,
    )
    assert not awareness_by_month(run)[0].any()
    assert not run.state.villages.shops.any()
    news = simulation(
        region=synthetic(5, 50), adoption__imitation=5.0, **RULE | {"information__first_exposure": 1e-4}
    )
    assert awareness_by_month(news)[0][-1].all(), "news from outside would be seen"


def test_news_from_outside_alone_reaches_a_share_that_grows_with_the_internet():
    mu = 0.05
    run = simulation(
        region=synthetic(5, 50), **RULE | {"information__first_exposure": mu, "information__telling_rate": 0.0}
    )
    awareness, online = awareness_by_month(run)
    assert online[-1, 0] > online[0, 0] + 0.03
    assert awareness == pytest.approx(-np.expm1(-mu * np.cumsum(online, axis=0)), rel=1e-12)
    month = np.arange(1, len(online) + 1)[:, None]
    for wrong in (1.001 * np.cumsum(online, axis=0), month * online, np.cumsum(online, axis=0) - online):
        assert awareness != pytest.approx(-np.expm1(-mu * wrong), rel=1e-12)


def test_a_closed_village_where_everybody_passes_it_on_follows_the_logistic_curve():
    rate, n, begin = 0.04, 400, 8
    run = simulation(
        region=synthetic(1, n),
        start="2005-01",
        pioneers__placement="listed_2014",
        pioneers__shops=begin,
        pioneers__first_year=2005,
        pioneers__last_year=2005,
        information__telling_rate=rate,
        information__passing_share=1.0,
        **RULE,
    )
    awareness = awareness_by_month(run)[0][:, 0]
    assert run.state.villages.shops.tolist() == [begin]
    # The pioneers know at the end of the first month and have told others in it.
    month = np.arange(1, awareness.size + 1)

    def logistic(pace):
        grown = begin / n * np.exp(pace * month)
        return grown / (1.0 - begin / n + grown)

    assert awareness[-1] > 0.4
    # Months instead of moments hold the curve back by about half a month of rate.
    assert abs(awareness - logistic(rate)).max() < rate / 2
    assert abs(awareness - logistic(1.1 * rate)).max() > 2.5 * rate


def bernoulli_histories(villages, size, months, law, seed):
    """Shops of closed villages at the end, every household drawing in every month with its hazard."""
    own, imitation, rate, passing = law
    generator = np.random.default_rng(seed)
    shops, awareness = np.zeros(villages), np.zeros(villages)
    for _ in range(months):
        chance = -np.expm1(-(own + imitation * awareness))
        shops += generator.binomial((size - shops).astype(int), chance)
        awareness = np.maximum(awareness, shops / size)
        told = shops / size + passing * (awareness - shops / size)
        awareness = 1.0 - (1.0 - awareness) * np.exp(-rate * told)
    return shops.astype(int)


def test_openings_are_those_of_households_that_draw_each_month():
    villages, size, months, law = 1500, 20, 18, (0.004, 0.08, 0.5, 0.4)
    own, imitation, rate, passing = law
    counts = [
        shops_by_month(
            simulation(
                region=synthetic(villages, size),
                end="2013-06",
                history_seed=seed,
                adoption__own_initiative=own,
                adoption__imitation=imitation,
                information__telling_rate=rate,
                information__passing_share=passing,
                **RULE,
                **WITHIN,
            )
        )[-1]
        for seed in range(4)
    ]

    def chance(*changed):
        drawn = bernoulli_histories(200_000, size, months, changed, seed=20151224)
        return np.bincount(drawn, minlength=size + 1) / drawn.size

    assert fits(np.concatenate(counts), chance(*law))
    assert not fits(np.concatenate(counts), chance(own, imitation, 1.3 * rate, passing))
    assert not fits(np.concatenate(counts), chance(own, 1.15 * imitation, rate, passing))
    assert not fits(np.concatenate(counts), chance(own, imitation, rate, 0.0))
