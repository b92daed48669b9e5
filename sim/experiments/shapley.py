"""Shapley's way to share out what several things bring about together."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["coalitions", "shapley_values"]

Array = NDArray[np.float64]


def coalitions(n: int) -> NDArray[np.bool_]:
    """Which of n are present in each of the 2**n coalitions: (2**n, n), row s by the bits of s, the first lowest.

    Examples
    --------
    >>> coalitions(2).astype(int).tolist()
    [[0, 0], [1, 0], [0, 1], [1, 1]]
    """
    present: NDArray[np.bool_] = (np.arange(2**n)[:, None] >> np.arange(n)) & 1 == 1
    return present


def shapley_values(worth: Array) -> Array:
    r"""Mean of what each adds, over all orders in which they may come.

    .. math:: \phi_i = \sum_{S \not\ni i} \frac{|S|!\,(n - |S| - 1)!}{n!} \bigl(v(S \cup i) - v(S)\bigr)

    Parameters
    ----------
    worth : (2**n, ...) worth v of every coalition, in the order of :func:`coalitions`.

    Returns
    -------
    (n, ...). Limits: the values sum to v(all) - v(none); one that adds nothing to any coalition gets 0; two that
    add the same everywhere get the same; what is additive gets exactly what it adds alone.

    Raises
    ------
    ValueError : the number of rows is no power of two.

    Notes
    -----
    Source: Shapley, A value for n-person games, Ann. Math. Stud. 28 (1953) 307.

    Examples
    --------
    >>> shapley_values(np.array([0.0, 1.0, 2.0, 6.0])).tolist()
    [2.5, 3.5]
    """
    n = len(worth).bit_length() - 1
    if len(worth) != 2**n:
        message = f"found {len(worth)} coalitions, allowed is a power of two"
        raise ValueError(message)
    size = coalitions(n).sum(axis=1)
    values = np.zeros((n, *worth.shape[1:]))
    for i in range(n):
        absent = np.flatnonzero((np.arange(2**n) >> i) & 1 == 0)
        for s in absent:
            orders = math.factorial(size[s]) * math.factorial(n - size[s] - 1) / math.factorial(n)
            values[i] += orders * (worth[s | 1 << i] - worth[s])
    return values
