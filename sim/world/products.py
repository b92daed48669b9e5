"""What each town and village makes: known for the list of 2014, drawn near it, else from the national mix."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.streams import stream_key, uniform

__all__ = ["draw_products"]


def draw_products(
    nearness: NDArray[np.float64],
    national_mix: NDArray[np.float64],
    code: NDArray[np.int64],
    *,
    background: float,
    world_seed: int,
) -> NDArray[np.int8]:
    r"""Product of each town, drawn with weights from the listed villages around it.

    .. math:: P(p \mid x) \propto \omega\, \pi_p + m_{xp}

    Parameters
    ----------
    nearness : (T, P) :math:`m_{xp}`, see ``sim.world.nearness``.
    national_mix : (P,) shares :math:`\pi_p` of the products among all listed villages of 2014.
    code : (T,) lasting codes that key the draw (purpose ``"product"``, one uniform a town).
    background : :math:`\omega > 0`, weight of the national mix against one listed village next door.

    Notes
    -----
    Limits: far from every listed village the national mix is drawn from; next to many of one product, that one.
    """
    weight = background * national_mix + nearness
    cumulative = np.cumsum(weight, axis=1)
    u = uniform(stream_key(world_seed, "product"), code.astype(np.uint64)) * cumulative[:, -1]
    product = np.minimum((cumulative <= u[:, None]).sum(axis=1), weight.shape[1] - 1)
    return np.asarray(product, np.int8)
