"""Thresholds drawn once give the histories of households that draw anew: event by event, and month by month.

The event-driven kernel is set beside two simulations that share nothing with it but the equation: Gillespie's
direct method, which draws when the next household opens and which it is, and a plain Mesa model in which every
household draws in every month. Their luck is their own, so distributions over many histories are compared.
"""

from __future__ import annotations

import mesa
import networkx as nx
import numpy as np
import pytest
from scipy.stats import chi2, chi2_contingency, norm

from sim.kernel import Simulation
from tests.verification.test_known_answers import ALPHA, PLAIN, simulation, synthetic

N, MONTHS, OWN, IMITATION = 16, 15, 0.012, 0.4
SEEDS = 500
#: A ring with five chords: degrees of two and three, so that shares are of halves and thirds.
GRAPH = nx.cycle_graph(N)
GRAPH.add_edges_from([(0, 8), (1, 5), (3, 12), (6, 14), (9, 13)])
NEIGHBOURS = np.zeros((N, N))
for a, b in GRAPH.edges:
    NEIGHBOURS[a, b] = NEIGHBOURS[b, a] = 1.0
DEGREE = NEIGHBOURS.sum(axis=1)


def hazards(selling, imitation=IMITATION):
    """Hazard of every household per month, given who sells."""
    return OWN + imitation * (NEIGHBOURS @ selling) / DEGREE


def outcome(months):
    """What is compared: shops at the end, and at half time."""
    opened = np.asarray(months)
    return int((opened < MONTHS).sum()), int((opened < MONTHS // 2).sum())


def by_gillespie(generator, imitation=IMITATION):
    """Direct method of Gillespie (1976), hazards renewed at the end of each month, as influence is felt then."""
    month_of = np.full(N, MONTHS)
    for month in range(MONTHS):
        rate = hazards(month_of < month, imitation) * (month_of == MONTHS)
        clock = 0.0
        while (total := rate.sum()) > 0:
            clock += generator.exponential(1.0 / total)
            if clock >= 1.0:
                break
            who = generator.choice(N, p=rate / total)
            month_of[who], rate[who] = month, 0.0
    return outcome(month_of)


class Household(mesa.Agent):
    """Decides month by month, by a draw of its own."""

    def __init__(self, model, place):
        super().__init__(model)
        self.place, self.opened = place, MONTHS

    def decide(self):
        if self.opened == MONTHS and self.model.random.random() < self.model.chance[self.place]:
            self.opened = self.model.month


class MonthlyModel(mesa.Model):
    """The model as it would be written without thresholds: everybody draws, every month."""

    def __init__(self, seed):
        super().__init__(seed=seed)
        self.month = 0
        for place in range(N):
            Household(self, place)

    def step(self):
        selling = np.array([household.opened < self.month for household in self.agents], dtype=float)
        self.chance = -np.expm1(-hazards(selling))
        self.agents.do("decide")
        self.month += 1


def by_mesa(seed):
    model = MonthlyModel(seed)
    for _ in range(MONTHS):
        model.step()
    return outcome([household.opened for household in model.agents])


@pytest.fixture(scope="module")
def histories(tmp_path_factory):
    """Outcomes of the kernel over 500 history seeds."""
    folder = tmp_path_factory.mktemp("graph")
    nx.write_edgelist(GRAPH, folder / "graph.txt", data=False)
    first = simulation(
        folder,
        region=synthetic(1, N),
        end="2013-03",
        acquaintances={"file": "graph.txt", "format": "edgelist"},
        adoption__own_initiative=OWN,
        adoption__imitation=IMITATION,
    )
    assert first.scenario.n_months == MONTHS
    outcomes = []
    for seed in range(SEEDS):
        run = Simulation(first.scenario.replace({"history_seed": seed}), first.world)
        months = np.full(N, MONTHS)
        for month in range(MONTHS):
            months[run.step().local] = month
        outcomes.append(outcome(months))
    return np.array(outcomes)


def same_law(left, right):
    """Chi-square of two samples of counts, cells joined to at least ten in all; for each column of outcomes."""
    return all(_same_column(left[:, place], right[:, place]) for place in range(left.shape[1]))


def _same_column(left, right):
    table = np.array([np.bincount(sample, minlength=N + 1) for sample in (left, right)])
    cell = np.floor(np.cumsum(table.sum(axis=0)) / 25.0).astype(int)
    joined = np.array([np.bincount(cell, row) for row in table])
    joined = joined[:, joined.sum(axis=0) >= 10]
    return chi2_contingency(joined).pvalue > ALPHA


def test_the_kernel_has_the_law_of_gillespies_direct_method(histories):
    generator = np.random.default_rng(1976)
    direct = np.array([by_gillespie(generator) for _ in range(800)])
    assert same_law(histories, direct)
    assert not same_law(histories, np.array([by_gillespie(generator, 1.35 * IMITATION) for _ in range(800)]))


def test_the_kernel_has_the_law_of_a_model_that_draws_every_month(histories):
    monthly = np.array([by_mesa(seed) for seed in range(SEEDS)])
    assert same_law(histories, monthly)
    late = np.array([by_mesa(seed) for seed in range(SEEDS)])
    late[:, 0] = late[:, 1]  # had it stopped at half time
    assert not same_law(histories, late)


# ties whose law is known exactly -------------------------------------------------------------------------------

PAIRS, PAIR_MONTHS = 12_000, 24


def pairs_chain(months, p, q):
    """Chance that a pair has 0, 1, 2 shops: both draw with p, the one left behind with p + q."""
    none, one = 1.0, 0.0
    for _ in range(months):
        stays, left = np.exp(-p), np.exp(-(p + q))
        none, one = none * stays**2, one * left + none * 2 * stays * (1 - stays)
    return np.array([none, one, 1 - none - one])


def test_matched_pairs_follow_their_exact_chain():
    p, q = 0.02, 0.15
    run = simulation(
        region=synthetic(1, 2 * PAIRS),
        end="2013-12",
        graph__ring_reach=0,
        graph__village_matchings=1,
        **{f"graph.{level}_matchings": 0 for level in ("town", "county", "prefecture")},
        adoption__own_initiative=p,
        adoption__imitation=q,
    )
    opened = np.zeros(2 * PAIRS, bool)
    for _ in range(PAIR_MONTHS):
        opened[run.step().local] = True
    partner = np.array([run.world.graph.acquaintances(each)[0][0] for each in range(2 * PAIRS)])
    assert (partner[partner] == np.arange(2 * PAIRS)).all()
    first = np.flatnonzero(np.arange(2 * PAIRS) < partner)
    observed = np.bincount(opened[first].astype(int) + opened[partner[first]], minlength=3)

    def distance(law):
        return ((observed - PAIRS * law) ** 2 / (PAIRS * law)).sum()

    assert distance(pairs_chain(PAIR_MONTHS, p, q)) < chi2.isf(ALPHA, 2)
    assert distance(pairs_chain(PAIR_MONTHS, p, 1.2 * q)) > chi2.isf(ALPHA, 2)
    assert distance(pairs_chain(PAIR_MONTHS - 1, p, q)) > chi2.isf(ALPHA, 2)


def ring_share(months, p, q):
    r"""Share of sellers on a long ring of reach one, month by month.

    Let :math:`E_n` be the chance that n households in a row have no shop. In a month they stay without if nobody
    opens on own initiative and the two at the ends are not won by the neighbours beyond, who sell or not:
    :math:`E_n' = e^{-np} [E_{n+2} + 2a(E_{n+1}-E_{n+2}) + a^2(E_n-2E_{n+1}+E_{n+2})]` with :math:`a = e^{-q/2}`,
    from :math:`E_n = 1`. The hierarchy is closed, so with 2T + 1 levels T months are exact.
    """
    empty, shares = np.ones(2 * months + 1), []
    a = np.exp(-q / 2)
    for _ in range(months):
        one, two, three = empty[:-2], empty[1:-1], empty[2:]
        row = np.arange(1, one.size + 1)
        empty = np.exp(-row * p) * (three + 2 * a * (two - three) + a**2 * (one - 2 * two + three))
        shares.append(1 - empty[0])
    return np.array(shares)


def test_a_ring_without_matchings_follows_its_exact_law():
    p, q, rings, size = 0.01, 0.5, 1200, 100
    run = simulation(
        region=synthetic(rings, size),
        graph__ring_reach=1,
        **{f"graph.{level}_matchings": 0 for level in ("village", "town", "county", "prefecture")},
        adoption__own_initiative=p,
        adoption__imitation=q,
    )
    assert PLAIN["world.village_size_sd"] == 0.0
    assert run.scenario.n_months < size / 2, "no influence goes around"
    shares = []
    for _ in range(run.scenario.n_months):
        run.step()
        shares.append(run.state.villages.shops / size)
    shares = np.array(shares)
    # Rings are independent of each other; the months share alpha.
    error = shares.std(axis=1, ddof=1) / np.sqrt(rings)
    beyond = norm.isf(ALPHA / 2 / len(shares))

    def agrees(law):
        return bool((abs(shares.mean(axis=1) - law) < beyond * error).all())

    assert agrees(ring_share(run.scenario.n_months, p, q))
    assert not agrees(ring_share(run.scenario.n_months, p, 1.15 * q))
    assert not agrees(ring_share(run.scenario.n_months, 1.1 * p, q))
