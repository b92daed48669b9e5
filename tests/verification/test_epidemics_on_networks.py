"""The curve of EoN (Miller and Ting 2019), where its rule and the model's coincide.

On a graph whose households all have d ties, a share of sellers s = k / d gives the hazard beta k / d: each selling
acquaintance adds beta / d, as each infected neighbour adds EoN's transmission rate. What is left apart is that
influence is felt from the next month on, which small hazards make small.
"""

from __future__ import annotations

import random

import networkx as nx
import numpy as np
import pytest

from tests.verification.test_known_answers import shops_by_month, simulation, synthetic

N, DEGREE, BETA, BEGIN, MONTHS, HISTORIES = 600, 4, 0.08, 12, 96, 40
#: Half a month of influence felt late: BETA / 2 in the time scale, 0.03 of the share where it is steepest. The
#: share of one history has a standard deviation near 0.06 there, that of the mean of 40 is 0.01 on either side.
TOLERANCE = 0.05


@pytest.mark.long
def test_the_mean_curve_is_that_of_eon(tmp_path):
    eon = pytest.importorskip("EoN", reason="EoN is not installed: pip install EoN")
    graph = nx.random_regular_graph(DEGREE, N, seed=7)
    nx.write_edgelist(graph, tmp_path / "graph.txt", data=False)
    ours, theirs = np.zeros(MONTHS), {1.0: np.zeros(MONTHS), 1.3: np.zeros(MONTHS)}
    for seed in range(HISTORIES):
        run = simulation(
            tmp_path,
            region=synthetic(1, N),
            start="2008-01",
            end="2015-12",
            history_seed=seed,
            acquaintances={"file": "graph.txt", "format": "edgelist"},
            adoption__imitation=BETA,
            pioneers__placement="listed_2014",
            pioneers__shops=BEGIN,
            pioneers__first_year=2005,
            pioneers__last_year=2005,
        )
        ours += shops_by_month(run)[:, 0] / N / HISTORIES
        first = np.random.default_rng(seed).choice(N, BEGIN, replace=False).tolist()
        random.seed(seed)  # EoN draws from the global generator
        for factor, mean in theirs.items():
            rate = factor * BETA / DEGREE
            times, _, infected, _ = eon.fast_SIR(graph, rate, 0.0, initial_infecteds=first, tmax=MONTHS)
            # the pioneers open in the first month, so influence begins with the second
            at = np.searchsorted(times, np.arange(MONTHS), side="right") - 1
            mean += np.asarray(infected)[at] / N / HISTORIES
    assert abs(ours - theirs[1.0]).max() < TOLERANCE
    assert abs(ours - theirs[1.3]).max() > 2 * TOLERANCE
