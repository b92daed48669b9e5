"""The chains' moves are those of emcee to the last bit, also where they leave the prior or reach its ends."""

from __future__ import annotations

import emcee
import numpy as np
import pytest

from sim.calibration.moves import MOVES, Move, differences, snooker

THEIRS = {differences: emcee.moves.DEMove, snooker: emcee.moves.DESnookerMove}


def likelihood(points):
    """A ridge in the unit cube, nothing outside."""
    inside = ((points > 0.0) & (points < 1.0)).all(axis=1)
    return np.where(inside, -50.0 * (points.prod(axis=1) - 0.2) ** 2, -np.inf)


def walked(moves, n_parameters, steps=40):
    chains = emcee.EnsembleSampler(64, n_parameters, likelihood, moves=moves, vectorize=True)
    chains.random_state = np.random.RandomState(3).get_state()
    chains.run_mcmc(np.random.default_rng(8).random((64, n_parameters)), steps)
    return chains


@pytest.mark.parametrize("n_parameters", [1, 2, 7, 13])
@pytest.mark.parametrize("moves", [MOVES[:1], MOVES[1:], MOVES], ids=["differences", "snooker", "both"])
def test_moves_are_those_of_emcee(moves, n_parameters):
    ours = walked(list(moves), n_parameters)
    theirs = walked([(THEIRS[move.propose_from](), share) for move, share in moves], n_parameters)
    np.testing.assert_array_equal(ours.get_chain(), theirs.get_chain())
    np.testing.assert_array_equal(ours.get_log_prob(), theirs.get_log_prob())
    np.testing.assert_array_equal(ours.backend.accepted, theirs.backend.accepted)
    assert 0.02 < ours.acceptance_fraction.mean() < 0.98


def test_another_luck_would_be_seen():
    # Parts of other sizes draw in another order.
    ours, other = walked([(Move(differences, 2), 1.0)], 2, 5), walked([(Move(differences, 4), 1.0)], 2, 5)
    assert not np.array_equal(ours.get_chain(), other.get_chain())
