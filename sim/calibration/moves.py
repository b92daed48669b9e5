"""The moves of the chains, for all walkers of a part at once.

They are those of ``emcee``, draw for draw and to the last bit: what they propose and what is taken of it is the
same. There a loop goes from walker to walker, which takes longer than a likelihood as fast as an emulator's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["MOVES", "Move", "differences", "snooker"]

Array = NDArray[np.float64]
_DIFFERENCE, _DIFFERENCE_SPREAD, _SNOOKER = 2.38, 1e-5, 1.7


@cache
def _pairs(n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every two different ones of ``n``, either way round, in the order in which emcee counts them."""
    rows, columns = np.tril_indices(n, -1)
    return np.concatenate([rows, columns]), np.concatenate([columns, rows])


def differences(walkers: Array, others: list[Array], luck: np.random.RandomState) -> tuple[Array, Array]:
    r"""Proposals :math:`x + \gamma (x_b - x_a)` from two of the other walkers (ter Braak 2006).

    :math:`\gamma = 2.38 / \sqrt{2 D}` but for a hundred-thousandth (Nelson, Ford and Payne 2014).

    Parameters
    ----------
    walkers : (W, D). others : (W', D) each. luck : what is drawn from.

    Returns
    -------
    (W, D) the proposals, and (W,) the logarithm of what they count more or less than they are likely: 0.
    """
    standing = np.concatenate(others)
    n, dimension = walkers.shape
    first, second = _pairs(len(standing))
    drawn = luck.choice(first.size, size=n)
    stretch = _DIFFERENCE / np.sqrt(2 * dimension) * (1 + _DIFFERENCE_SPREAD * luck.randn(n, 1))
    return walkers + stretch * (standing[second[drawn]] - standing[first[drawn]]), np.zeros(n)


def snooker(walkers: Array, others: list[Array], luck: np.random.RandomState) -> tuple[Array, Array]:
    r"""Proposals along the line through a third walker (ter Braak and Vrugt 2008).

    .. math:: x + 1.7\, u\, (u \cdot z_1 - u \cdot z_2), \qquad u = (x - z) / \sqrt{|x - z|}

    with :math:`z, z_1, z_2` one walker of each of three other parts, in random order.

    Parameters
    ----------
    walkers : (W, D). others : three parts, (W', D) each. luck : what is drawn from.

    Returns
    -------
    (W, D) the proposals, and (W,) :math:`\tfrac12 (D - 1) \ln (|x' - z| / |x - z|)`.
    """
    n, dimension = walkers.shape
    chosen = np.empty((n, 3, dimension))
    for number in range(n):
        rows = [part[luck.randint(len(part))] for part in others]
        luck.shuffle(rows)
        chosen[number] = rows
    pivot, one, other = chosen[:, 0], chosen[:, 1], chosen[:, 2]
    away = walkers - pivot
    length = np.sqrt(_dot(away, away))
    along = away / np.sqrt(length)[:, None]
    proposed = walkers + along * _SNOOKER * (_dot(along, one) - _dot(along, other))[:, None]
    further = np.sqrt(_dot(proposed - pivot, proposed - pivot))
    return proposed, 0.5 * (dimension - 1.0) * (np.log(further) - np.log(length))


def _dot(left: Array, right: Array) -> Array:
    """(W,) products of the rows; of the ways to have them the one that rounds as a product of two vectors does."""
    return np.asarray(np.matmul(left[:, None, :], right[:, :, None])[:, 0, 0])


@dataclass(frozen=True)
class Move:
    """A move as ``emcee.EnsembleSampler`` takes it, with a likelihood that is asked for all points at once.

    Parameters
    ----------
    propose_from : :func:`differences` or :func:`snooker`. parts : the walkers are moved in so many parts, each by
        where the others stand.
    """

    propose_from: Callable[[Array, list[Array], np.random.RandomState], tuple[Array, Array]]
    parts: int

    def propose(self, model: Any, state: Any) -> tuple[Any, NDArray[np.bool_]]:
        """Move the walkers of the state; it, and whether each was moved."""
        part = np.arange(len(state.coords)) % self.parts
        model.random.shuffle(part)
        moved = np.zeros(part.size, np.bool_)
        for number in range(self.parts):
            here = np.flatnonzero(part == number)
            others = [state.coords[part == other] for other in range(self.parts) if other != number]
            proposed, counted = self.propose_from(state.coords[here], others, model.random)
            likely = model.log_prob_fn(proposed)
            taken = counted + likely - state.log_prob[here] > np.log(model.random.rand(here.size))
            state.coords[here[taken]], state.log_prob[here[taken]] = proposed[taken], likely[taken]
            moved[here[taken]] = True
        return state, moved


#: By differences of other walkers, and at times along the line through one.
MOVES = ((Move(differences, 2), 0.8), (Move(snooker, 4), 0.2))
