"""Draws from the posterior: prior times likelihood of the facts under an emulator, by an ensemble of chains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.calibration.emulator import Emulator
from sim.calibration.evidence import Evidence
from sim.calibration.priors import scrambled
from sim.streams import bits, stream_key, uniform

__all__ = ["Sample", "effective_size", "log_likelihood", "sampled"]

Array = NDArray[np.float64]
_WALKERS = 64
_STEPS_PER_PARAMETER = 150
_FEW_PARAMETERS = 4
_STARTS = 4096
_WORDS_OF_STATE = 624
#: A share of the prior at either end, and how many times its own mass the posterior may have there.
_EDGE, _CROWDED = 0.05, 5.0


@dataclass(frozen=True, eq=False)
class Sample:
    """A posterior sample with equal weights.

    Parameters
    ----------
    shares : (K, D) points in the unit cube of the priors. expected : (K, T) statistics that the emulator expects.
    effective_size : number of independent draws that would be as precise.
    """

    shares: Array
    expected: Array
    effective_size: float

    def quantile(self, share: float) -> Array:
        """(D,) quantiles."""
        return np.asarray(np.quantile(self.shares, share, axis=0))

    @property
    def center(self) -> Array:
        """(D,) the draw nearest to the middle of the sample, in its parameters and its expected statistics alike.

        Medians of single parameters, put together, need not be near any draw: where several parameters share one
        effect, the sample is curved.
        """
        distance = np.zeros(len(self.shares))
        for columns in (self.shares, self.expected):
            spread = columns.std(axis=0)
            away = (columns - np.median(columns, axis=0)) / np.where(spread > 0.0, spread, 1.0)
            distance += (away**2).mean(axis=1)
        return np.asarray(self.shares[int(np.argmin(distance))])

    @property
    def at_edge(self) -> NDArray[np.bool_]:
        """(D,) whether the posterior crowds at an end of the prior."""
        low, high = (self.shares < _EDGE).mean(axis=0), (self.shares > 1.0 - _EDGE).mean(axis=0)
        return np.asarray(np.maximum(low, high) > _EDGE * _CROWDED)

    def drawn(self, n: int, seed: int) -> Array:
        """(n, D) draws in a keyed random order, so that any part is a fair sample; repeated if n is larger."""
        rows = np.arange(len(self.shares), dtype=np.uint64)
        order = np.argsort(uniform(stream_key(seed, "posterior draws"), rows), kind="stable")
        return self.shares[np.resize(order, n)]


def log_likelihood(asked: Array, emulator: Emulator, found: Evidence, root: Array) -> Array:
    r"""Logarithm of the facts' likelihood at points (M, D) of the unit cube, up to a constant; (M,).

    .. math:: -\tfrac12 (s(u) - s_{obs})^T (C + \Delta)^{-1} (s(u) - s_{obs})

    with the emulator's expectation :math:`s(u)` and covariance :math:`C`, and :math:`\Delta` the squares of the
    facts' errors and the model's discrepancies. Of a bound, only what lies short of it counts.

    Parameters
    ----------
    root : (T, T) inverse of the lower root of :math:`C + \Delta`.
    """
    away = emulator.predict(asked) - found.observed
    away = np.where(found.is_bound & (away > 0.0), 0.0, away)
    return np.asarray(-0.5 * ((away @ root.T) ** 2).sum(axis=1))


def sampled(
    emulator: Emulator,
    found: Evidence,
    n_parameters: int,
    *,
    widened: float = 1.0,
    effort: float = 1.0,
    seed: int = 0,
) -> Sample:
    """Sample the posterior in the unit cube of the priors with `emcee`.

    Chains move by differences of one another (ter Braak 2006; ter Braak and Vrugt 2008), start at the most likely
    of 4,096 points spread over the prior, and their first half is dropped.

    Parameters
    ----------
    widened : factor of the likelihood's standard deviations; 2 gives points for a further round.
    effort : share of the usual 150 steps a parameter. seed : of the chains.
    """
    import emcee

    total = emulator.covariance + np.diag(found.spread**2)
    root = np.linalg.inv(np.linalg.cholesky(total)) / widened

    def log_posterior(asked: Array) -> Array:
        inside = ((asked > 0.0) & (asked < 1.0)).all(axis=1)
        return np.where(inside, log_likelihood(np.clip(asked, 0.0, 1.0), emulator, found, root), -np.inf)

    spread_out = scrambled(n_parameters, 0, _STARTS, seed)
    start = spread_out[np.argsort(-log_posterior(spread_out), kind="stable")[:_WALKERS]]
    moves = [(emcee.moves.DEMove(), 0.8), (emcee.moves.DESnookerMove(), 0.2)]
    chains = emcee.EnsembleSampler(_WALKERS, n_parameters, log_posterior, moves=moves, vectorize=True)
    chains.random_state = _state_of(seed)
    steps = int(effort * _STEPS_PER_PARAMETER * max(n_parameters, _FEW_PARAMETERS))
    chains.run_mcmc(start, steps)
    walks = np.asarray(chains.get_chain(discard=steps // 2), np.float64)
    shares = walks.reshape(-1, n_parameters)
    return Sample(shares, emulator.predict(shares), effective_size(walks))


def effective_size(walks: Array) -> float:
    """Number of independent draws that chains (steps, W, D) are worth, by their longest correlation time.

    A chain that stood still all the time is worth nothing, and tells nothing of how fast the others forget.
    Limits: steps times W for draws without memory; 0 if no chain moved.
    """
    import emcee

    moving = walks[:, (np.ptp(walks, axis=0) > 0.0).all(axis=1)]
    if not moving.size:
        return 0.0
    lag = float(emcee.autocorr.integrated_time(moving, tol=0).max())
    return float(moving.shape[0] * moving.shape[1] / max(lag, 1.0))


def _state_of(seed: int) -> tuple[Any, ...]:
    """State of the generator that emcee draws from, keyed like all other luck."""
    words = bits(stream_key(seed, "posterior chains"), np.arange(_WORDS_OF_STATE // 2, dtype=np.uint64))
    return "MT19937", words.view(np.uint32), _WORDS_OF_STATE, 0, 0.0
