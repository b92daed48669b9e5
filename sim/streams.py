r"""The only place where randomness is made: draws keyed by (seed, purpose, entity, episode), never by order.

Every number is a pure function of a 64-bit stream key and a counter,

.. math:: b(k, c) = \mathrm{mix}(k + c\,\gamma), \qquad
          u = (\lfloor b / 2^{12} \rfloor + \tfrac12)\,2^{-52} \in (0, 1),

with SplitMix64's finaliser as ``mix`` and :math:`\gamma` the odd golden-ratio constant (Steele, Lea and
Flood, OOPSLA 2014). No generator holds state, so nothing can depend on the order of agents, on threads or
on what else is simulated.

The functions are written in operations that mean the same on NumPy arrays of ``uint64`` and on compiled
scalars; names ending in ``_compiled`` are the same equations for the compiled event loop.
"""

from __future__ import annotations

import hashlib
import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.compiled import compiled, inlined

__all__ = [
    "bits",
    "bits_compiled",
    "exponential",
    "exponential_compiled",
    "household_counter",
    "household_counter_compiled",
    "normal",
    "normal_compiled",
    "permute",
    "permute_back",
    "permuted_partner",
    "stream_key",
    "uniform",
    "uniform_compiled",
]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S11, _S12, _S27, _S30, _S31 = (np.uint64(s) for s in (11, 12, 27, 30, 31))
_ONE = np.uint64(1)
_HALF_STEP = 2.0**-53
_STEP = 2.0**-52
_FEISTEL_ROUNDS = 6
#: Normals are clipped to this many standard deviations, so that heterogeneity is bounded (probability 6e-5).
NORMAL_LIMIT = 4.0
#: Bits that a household's number within its village may take in a counter.
LOCAL_BITS = np.uint64(20)
#: Where a household's attempt stands in a counter, above the village's number.
EPISODE_SHIFT = np.uint64(60)


def stream_key(seed: int, purpose: str, *entity: int) -> np.uint64:
    """Key of one named stream.

    Parameters
    ----------
    seed : any integer from 0; 0 is a seed like any other.
    purpose : name of the decision, for example ``"threshold"``.
    entity : further integers that separate streams of one purpose, for example a town's code.

    Returns
    -------
    The first 64 bits of BLAKE2b over the three, so keys of different purposes are unrelated.
    """
    text = ":".join([str(int(seed)), purpose, *(str(int(e)) for e in entity)])
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))


def household_counter(village_uid: ArrayLike, local: ArrayLike, episode: int = 0) -> NDArray[np.uint64]:
    """Counter of a household: a village's lasting number, the household's place in it, and its attempt.

    ``village_uid`` below 2**40, ``local`` below 2**20, ``episode`` (how often it has closed a shop) below 16.
    """
    uid = np.asarray(village_uid, dtype=np.uint64)
    place = np.asarray(local, dtype=np.uint64)
    return (np.uint64(episode) << EPISODE_SHIFT) + (uid << LOCAL_BITS) + place


def _mix(z: Any) -> Any:
    z = (z ^ (z >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    return z ^ (z >> _S31)


_mix_compiled = inlined(_mix)


def bits(key: np.uint64, counter: ArrayLike) -> NDArray[np.uint64]:
    """64 random bits for each counter of a stream; same shape as ``counter``."""
    c = np.atleast_1d(np.asarray(counter, dtype=np.uint64))
    out: NDArray[np.uint64] = _mix(c * _GOLDEN + np.uint64(key))
    return out.reshape(np.shape(counter))


def uniform(key: np.uint64, counter: ArrayLike) -> NDArray[np.float64]:
    """Uniform numbers in the open interval (0, 1)."""
    return (bits(key, counter) >> _S12).astype(np.float64) * _STEP + _HALF_STEP


def exponential(key: np.uint64, counter: ArrayLike) -> NDArray[np.float64]:
    r"""Unit exponential numbers, :math:`-\ln u`."""
    return -np.log(uniform(key, counter))


def normal(key: np.uint64, counter: ArrayLike) -> NDArray[np.float64]:
    """Standard normal numbers (Box and Muller 1958), clipped to +/- 4."""
    c = np.asarray(counter, dtype=np.uint64)
    radius = np.sqrt(-2.0 * np.log(uniform(key, c)))
    angle = 2.0 * math.pi * uniform(np.uint64(key) ^ _MIX_1, c)
    return np.asarray(np.clip(radius * np.cos(angle), -NORMAL_LIMIT, NORMAL_LIMIT))


@inlined
def bits_compiled(key, counter):  # type: ignore[no-untyped-def]
    """Compiled form of :func:`bits` for one counter."""
    return _mix_compiled(counter * _GOLDEN + key)


@inlined
def uniform_compiled(key, counter):  # type: ignore[no-untyped-def]
    """Compiled form of :func:`uniform` for one counter."""
    return np.float64(bits_compiled(key, counter) >> _S12) * _STEP + _HALF_STEP


@inlined
def household_counter_compiled(village_uid, local, episode):  # type: ignore[no-untyped-def]
    """Compiled form of :func:`household_counter` for one household; ``village_uid`` is a ``uint64``."""
    return (np.uint64(episode) << EPISODE_SHIFT) + (village_uid << LOCAL_BITS) + np.uint64(local)


@inlined
def exponential_compiled(key, counter):  # type: ignore[no-untyped-def]
    """Compiled form of :func:`exponential` for one counter."""
    return -math.log(uniform_compiled(key, counter))


@compiled
def normal_compiled(key, counter):  # type: ignore[no-untyped-def]
    """Compiled form of :func:`normal` for one counter."""
    radius = math.sqrt(-2.0 * math.log(uniform_compiled(key, counter)))
    angle = 2.0 * math.pi * uniform_compiled(key ^ _MIX_1, counter)
    return min(max(radius * math.cos(angle), -NORMAL_LIMIT), NORMAL_LIMIT)


@compiled
def _widths(n):  # type: ignore[no-untyped-def]
    total = 2
    while (np.int64(1) << total) < n:
        total += 1
    low = np.uint64(total // 2)
    return low, (_ONE << low) - _ONE, (_ONE << np.uint64(total - total // 2)) - _ONE


@inlined
def _exchanged(key, step, high, rest, mask_low, mask_high):  # type: ignore[no-untyped-def]
    """One round of the network, its own inverse: one half is changed by what the other says."""
    if step % 2 == 0:
        return high ^ ((bits_compiled(key + np.uint64(step), rest) >> _S11) & mask_high), rest
    return high, rest ^ ((bits_compiled(key + np.uint64(step), high) >> _S11) & mask_low)


@inlined
def _permuted(key, n, z, low, mask_low, mask_high):  # type: ignore[no-untyped-def]
    while True:
        high, rest = z >> low, z & mask_low
        for step in range(_FEISTEL_ROUNDS):
            high, rest = _exchanged(key, step, high, rest, mask_low, mask_high)
        z = (high << low) | rest
        if z < np.uint64(n):
            break
    return z


@inlined
def _permuted_back(key, n, z, low, mask_low, mask_high):  # type: ignore[no-untyped-def]
    while True:
        high, rest = z >> low, z & mask_low
        for back in range(_FEISTEL_ROUNDS):
            high, rest = _exchanged(key, _FEISTEL_ROUNDS - 1 - back, high, rest, mask_low, mask_high)
        z = (high << low) | rest
        if z < np.uint64(n):
            break
    return z


@compiled
def permute(key, n, x):  # type: ignore[no-untyped-def]
    r"""Place of ``x`` in a keyed random permutation of 0..n-1, without storing the permutation.

    A Feistel network over the next power of two, walked until it lands below ``n`` (Black and Rogaway 2002).
    ``n`` from 1 to 2**62; ``permute_back(key, n, permute(key, n, x)) == x``.
    """
    low, mask_low, mask_high = _widths(n)
    return np.int64(_permuted(key, n, np.uint64(x), low, mask_low, mask_high))


@compiled
def permute_back(key, n, y):  # type: ignore[no-untyped-def]
    """Inverse of :func:`permute`."""
    low, mask_low, mask_high = _widths(n)
    return np.int64(_permuted_back(key, n, np.uint64(y), low, mask_low, mask_high))


@compiled
def permuted_partner(key, n, x):  # type: ignore[no-untyped-def]
    """Who stands beside ``x`` where places 2p and 2p + 1 of a keyed permutation of an even ``n`` are pairs.

    Equal to ``permute_back(key, n, permute(key, n, x) ^ 1)``, so the partner of the partner is ``x``.
    """
    low, mask_low, mask_high = _widths(n)
    place = _permuted(key, n, np.uint64(x), low, mask_low, mask_high)
    return np.int64(_permuted_back(key, n, place ^ _ONE, low, mask_low, mask_high))
