"""Cases whose answer is known beforehand: exact chains, closed forms and nulls."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.stats import binom, chi2, norm

from sim.kernel import Simulation
from sim.streams import NORMAL_LIMIT
from sim.world import build_world
from tests.in_steps import in_steps

#: Chance that a right model fails one statistical test; each compares many months at once.
ALPHA = 1e-4

#: A world in which every household is alike, and nothing but what a test adds can happen.
PLAIN = {
    "start": "2012-01",
    "end": "2014-12",
    "mechanisms": dict.fromkeys(("logistics", "training", "programme", "crowding", "exit"), False),
    "pioneers.placement": "none",
    "adoption.own_initiative": 0.0,
    "adoption.imitation": 0.0,
    "adoption.propensity_sd": 0.0,
    "adoption.internet_effect": 0.0,
    **{f"base.{name}": 0.0 for name in ("manufacturing", "trade", "potential", "schooling", "incomers")},
    **{f"base.{name}": 0.0 for name in ("hub_distance", "nearness_effect", "town_effect", "listed_effect")},
    **{f"base.{level}_sd": 0.0 for level in ("county", "town", "village")},
    "world.village_size_sd": 0.0,
    "world.smallest_village": 4,
}


def synthetic(villages, households):
    return {"synthetic": {"villages": villages, "households_per_village": households, "towns": 1, "counties": 1}}


def simulation(folder=None, **changes):
    changes = {name.replace("__", "."): value for name, value in changes.items()}
    scenario = in_steps(PLAIN | changes, folder=folder)
    return Simulation(scenario, build_world(scenario))


def shops_by_month(run):
    """Shops of every village at the end of every month, (months, V)."""
    shops = []
    for _ in range(run.scenario.n_months):
        run.step()
        shops.append(run.state.villages.shops.copy())
    return np.array(shops)


def agrees(count, n, p):
    """Every count lies within its binomial interval, the months sharing alpha."""
    beyond = ALPHA / 2 / np.size(count)
    return bool(np.all((count >= binom.ppf(beyond, n, p)) & (count <= binom.isf(beyond, n, p))))


# (a) own initiative alone -------------------------------------------------------------------------------------


def mean_over_propensity(function, sd):
    """Mean over log-normal propensities of mean one, with the clipping of their normals."""
    x = np.linspace(-NORMAL_LIMIT, NORMAL_LIMIT, 4001)
    weight = norm.pdf(x)
    return weight @ function(np.exp(sd * x - sd**2 / 2)) / weight.sum()


@pytest.mark.parametrize("sd", [0.0, 0.5, 1.5])
def test_own_initiative_alone_gives_exponential_waiting_times(sd):
    alpha, n = 0.03, 8000
    run = simulation(region=synthetic(10, n // 10), adoption__own_initiative=alpha, adoption__propensity_sd=sd)
    opened = shops_by_month(run).sum(axis=1)
    month = np.arange(1, run.scenario.n_months + 1)
    share = np.array([mean_over_propensity(lambda z, t=t: -np.expm1(-z * alpha * t), sd) for t in month])
    assert agrees(opened, n, share)
    assert not agrees(opened, n, -np.expm1(-1.1 * alpha * month))
    if sd > 0:
        assert not agrees(opened, n, -np.expm1(-alpha * month))


@pytest.mark.parametrize(("effect", "ratio"), [(2.0, np.exp(2.0 * 0.1)), (-5.0, np.exp(-0.5))])
def test_an_effect_is_a_log_hazard_ratio(effect, ratio):
    # A training stock of 0.1 from the first month on: the course adds what decays.
    alpha, n = 0.02, 8000
    run = simulation(
        region=synthetic(10, n // 10),
        mechanisms=PLAIN["mechanisms"] | {"training": True},
        adoption__own_initiative=alpha,
        adoption__training_effect=effect / 5.0,
        training__course_rate=0.5,
        training__decay=1.0,
    )
    opened = shops_by_month(run).sum(axis=1)
    month = np.arange(1, run.scenario.n_months + 1)
    assert agrees(opened, n, -np.expm1(-alpha * ratio * month))
    assert not agrees(opened, n, -np.expm1(-alpha * month))


# (b) everybody knows everybody --------------------------------------------------------------------------------

CLIQUES, SIZE = 80, 24


@pytest.fixture(scope="module")
def cliques(tmp_path_factory):
    """Folder with a graph in which the households of each village all know each other and nobody else."""
    folder = tmp_path_factory.mktemp("cliques")
    pairs = itertools.combinations(range(SIZE), 2)
    ties = [f"{v * SIZE + a} {v * SIZE + b}" for a, b in pairs for v in range(CLIQUES)]
    (folder / "cliques.txt").write_text("\n".join(ties))
    return folder


def clique_run(folder, **changes):
    graph = {"file": "cliques.txt", "format": "edgelist"}
    return simulation(folder, region=synthetic(CLIQUES, SIZE), acquaintances=graph, **changes)


def chain(months, hazard):
    """Exact distribution of the number of shops of a clique: each household draws each month, given the number."""
    chance = np.zeros(SIZE + 1)
    chance[0] = 1.0
    for _ in range(months):
        after = np.zeros_like(chance)
        for n, weight in enumerate(chance):
            after[n:] += weight * binom.pmf(np.arange(SIZE - n + 1), SIZE - n, -np.expm1(-hazard(n)))
        chance = after
    return chance


def fits(count, chance):
    """Chi-square of observed numbers against an exact distribution, cells joined to at least 8 expected."""
    observed = np.bincount(count, minlength=chance.size).astype(float)
    expected = chance * count.size
    cell = np.minimum(np.floor(np.cumsum(expected) / 8.0), np.floor(count.size / 8.0) - 1).astype(int)
    observed, expected = np.bincount(cell, observed), np.bincount(cell, expected)
    kept = expected > 0
    statistic = ((observed[kept] - expected[kept]) ** 2 / expected[kept]).sum()
    return statistic < chi2.isf(ALPHA, kept.sum() - 1)


def final_counts(folder, seeds, **changes):
    """Shops of every clique of several histories at the end."""
    runs = [clique_run(folder, history_seed=seed, **changes) for seed in range(seeds)]
    return np.concatenate([shops_by_month(run)[-1] for run in runs])


def test_cliques_follow_the_exact_chain_of_the_linear_rule(cliques):
    p, q, months = 0.01, 0.25, 14
    count = final_counts(
        cliques, 25, adoption__own_initiative=p, adoption__imitation=q, end="2013-02", market__size_sd=0.0
    )
    assert fits(count, chain(months, lambda n: p + q * n / (SIZE - 1)))
    assert not fits(count, chain(months, lambda n: p + 1.15 * q * n / (SIZE - 1)))
    assert not fits(count, chain(months - 1, lambda n: p + q * n / (SIZE - 1)))


def test_cliques_follow_the_exact_chain_of_the_threshold_rule(cliques):
    p, q, months, m = 0.01, 0.1, 14, 3
    count = final_counts(
        cliques,
        25,
        adoption__own_initiative=p,
        adoption__imitation=q,
        adoption__rule="threshold",
        adoption__threshold_sellers=m,
        end="2013-02",
    )
    assert fits(count, chain(months, lambda n: p + q * (n >= m)))
    assert not fits(count, chain(months, lambda n: p + q * (n >= m + 1)))
    assert not fits(count, chain(months, lambda n: p + q * (n >= m - 1)))


def bass(months, p, q):
    """Share that has opened in discrete months when everybody meets everybody: the Bass curve."""
    share = [0.0]
    for _ in range(months):
        share.append(share[-1] - (1.0 - share[-1]) * np.expm1(-(p + q * share[-1])))
    return np.array(share[1:])


def test_many_random_acquaintances_follow_the_bass_curve():
    # 32 random acquaintances: the share among them strays from the mean by 1/sqrt(4 * 32) at most, and what it
    # adds to the mean hazard is of the order 1/32; 6,000 households leave a random error of the mean near 0.01.
    p, q, n = 0.005, 0.2, 6000
    run = simulation(
        region=synthetic(1, n),
        graph__ring_reach=0,
        **{f"graph.{level}_matchings": 8 for level in ("village", "town", "county", "prefecture")},
        **{f"adoption.weight_{kind}": 1.0 for kind in ("ring", "village", "town", "county", "prefecture")},
        adoption__own_initiative=p,
        adoption__imitation=q,
    )
    share = shops_by_month(run)[:, 0] / n
    expected = bass(run.scenario.n_months, p, q)
    assert expected[-1] > 0.9
    assert abs(share - expected).max() < 0.04
    assert abs(share - bass(run.scenario.n_months, p, 0.85 * q)).max() > 0.06


# (c) opening and closing --------------------------------------------------------------------------------------


def test_opening_and_closing_settle_at_the_stationary_share():
    alpha, rate, n = 0.05, 0.1, 8000
    run = simulation(
        region=synthetic(10, n // 10),
        end="2015-12",
        mechanisms=PLAIN["mechanisms"] | {"exit": True},
        adoption__own_initiative=alpha,
        exit__monthly_rate=rate,
        exit__trade_elasticity=0.0,
        exit__size_protection=0.0,
    )
    shops = shops_by_month(run).sum(axis=1)
    a, b = -np.expm1(-alpha), -np.expm1(-rate)
    month = np.arange(1, run.scenario.n_months + 1)
    share = a / (a + b) * (1.0 - (1.0 - a - b) ** month)
    assert agrees(shops, n, share)
    assert agrees(shops[-1], n, a / (a + b))
    assert not agrees(shops, n, alpha / (alpha + 1.1 * rate) * (1.0 - (1.0 - a - 1.1 * b) ** month))


@pytest.mark.parametrize("gamma", [0.5, 1.0])
def test_larger_shops_close_at_a_rate_divided_by_their_size(gamma):
    # Everybody opens in the first month and nobody again; a shop of size S closes at the rate q S^-gamma.
    rate, n, sd = 0.05, 6000, 1.0
    run = simulation(
        region=synthetic(10, n // 10),
        mechanisms=PLAIN["mechanisms"] | {"exit": True},
        adoption__own_initiative=1.0,
        base__village_sd=0.0,
        timeline=[{"from": "2012-02", "set": {"adoption.own_initiative": 0.0}}],
        market__size_sd=sd,
        exit__monthly_rate=rate,
        exit__trade_elasticity=0.0,
        exit__size_protection=gamma,
    )
    shops = shops_by_month(run).sum(axis=1)
    x = np.linspace(-NORMAL_LIMIT, NORMAL_LIMIT, 4001)
    weight = norm.pdf(x) / norm.pdf(x).sum()
    left = np.array([weight @ np.exp(-rate * t * np.exp(-gamma * sd * x)) for t in range(1, shops.size)])
    assert agrees(shops[1:], int(shops[0]), left)
    assert not agrees(shops[1:], int(shops[0]), np.exp(-rate * np.arange(1, shops.size)))


# (d) nulls ----------------------------------------------------------------------------------------------------


def test_without_own_initiative_and_pioneers_nobody_ever_opens():
    run = simulation(region=synthetic(10, 100), adoption__imitation=10.0)
    assert not shops_by_month(run).any()
    spark = simulation(region=synthetic(10, 100), adoption__imitation=10.0, adoption__own_initiative=1e-4)
    assert shops_by_month(spark)[-1].sum() > 900, "a little initiative of their own would be seen"


@pytest.mark.parametrize("bridged", [False, True])
def test_a_village_cut_off_from_every_seller_stays_empty(tmp_path, bridged):
    ties = [(v * 30 + a, v * 30 + b) for v in range(3) for a, b in itertools.combinations(range(30), 2)]
    if bridged:
        ties += [(5, 35), (40, 70)]
    (tmp_path / "ties.txt").write_text("\n".join(f"{a} {b}" for a, b in ties))
    run = simulation(
        tmp_path,
        region=synthetic(3, 30),
        acquaintances={"file": "ties.txt", "format": "edgelist"},
        pioneers__placement="listed_2014",
        pioneers__shops=3,
        pioneers__first_year=2012,
        pioneers__last_year=2012,
        adoption__imitation=2.0,
    )
    listed = run.world.villages.listed
    assert run.world.villages.households.tolist() == [30, 30, 30]
    shops = shops_by_month(run)[-1]
    assert shops[listed].tolist() == [30]
    assert shops[~listed].tolist() == ([30, 30] if bridged else [0, 0])


@pytest.mark.parametrize("weight", [0.0, 1e-9])
def test_a_weightless_tie_tells_nothing(weight):
    changes = {f"adoption.weight_{kind}": weight for kind in ("ring", "village", "town", "county", "prefecture")}
    run = simulation(
        region=synthetic(5, 60), adoption__imitation=10.0, pioneers__placement="listed_2014", **changes
    )
    # Only the relation of weights counts, so with the least of weights everybody is won.
    assert shops_by_month(run)[-1].sum() == (300 if weight else run.scenario.values["pioneers.shops"])
