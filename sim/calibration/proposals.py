"""Where simulations are drawn: the first round from the prior, each later one around the posterior so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from sim.calibration.regression import Sample, to_shares, to_unbounded

__all__ = ["Proposal", "importance", "proposal_of"]

Array = NDArray[np.float64]
#: Variance of a proposal relative to the posterior's: wider, so that weights stay even where the posterior is.
_WIDENED = 1.5
#: Least standard deviation (logits), so that a proposal never shrinks to a plane.
_LEAST_SPREAD = 0.05


@dataclass(frozen=True, eq=False)
class Proposal:
    """A normal distribution of the logits of the prior's mass.

    Parameters
    ----------
    center : (D,) mean. root : (D, D) lower triangular, its product with its transpose is the covariance.
    """

    center: Array
    root: Array

    def shares(self, unit: Array) -> Array:
        """Points of this distribution at points of the unit cube, (N, D), as shares of the prior's mass."""
        return to_shares(self.center + ndtri(np.clip(unit, 1e-9, 1.0 - 1e-9)) @ self.root.T)

    def density(self, shares: Array) -> Array:
        r"""Density relative to the prior's, (N,).

        .. math:: q(u) = N(z; \mu, \Sigma) \prod_d \frac{1}{u_d (1 - u_d)}, \qquad z = \mathrm{logit}(u)

        since the prior is uniform in its own shares. Limits: its mean over the prior is 1.
        """
        unbounded = to_unbounded(shares)
        standard = np.linalg.solve(self.root, (unbounded - self.center).T).T
        safe = to_shares(unbounded)
        of_normal = -0.5 * (standard**2).sum(axis=1) - np.log(np.diag(self.root)).sum()
        stretch = np.log(safe).sum(axis=1) + np.log1p(-safe).sum(axis=1)
        return np.asarray(np.exp(of_normal - stretch - 0.5 * shares.shape[1] * np.log(2.0 * np.pi)))


def proposal_of(sample: Sample) -> Proposal:
    """Normal distribution with the mean of a posterior sample and one and a half times its covariance."""
    unbounded = to_unbounded(sample.shares)
    center = sample.weights @ unbounded
    around = unbounded - center
    covariance = _WIDENED * (around * sample.weights[:, None]).T @ around
    root = np.linalg.cholesky(covariance + _LEAST_SPREAD**2 * np.eye(len(center)))
    return Proposal(center, np.asarray(root, np.float64))


def importance(shares: Array, proposals: Sequence[Proposal], rows: Sequence[int]) -> Array:
    r"""Weights under which points drawn from all rounds together stand for the prior, (N,).

    .. math:: w(u) = \Big(\sum_r \frac{n_r}{n}\, q_r(u)\Big)^{-1}

    Parameters
    ----------
    proposals : of the rounds after the first, which is the prior with :math:`q_0 = 1`.
    rows : points drawn in each round, the first included.

    Notes
    -----
    Every point is weighed by the mixture of all rounds, not by the one it came from, so that no weight exceeds
    :math:`n / n_0`. Limits: 1 with one round. Source: deterministic mixture, Veach and Guibas, SIGGRAPH 1995, 419;
    Cornuet, Marin, Mira and Robert, Scand. J. Stat. 39 (2012) 798.
    """
    total = float(sum(rows))
    mixture = np.full(len(shares), rows[0] / total)
    for proposal, n in zip(proposals, rows[1:], strict=True):
        mixture += n / total * proposal.density(shares)
    return np.asarray(1.0 / mixture)
