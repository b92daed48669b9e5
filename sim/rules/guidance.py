r"""What county governments do about Taobao villages: they react to them and create none from nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["acting_guidance", "counties_signed", "guidance_target", "guided_training", "next_guidance"]

Array = NDArray[np.float64]


def counties_signed(months_since_first: float, *, counties_per_month: float) -> int:
    r"""County governments that have signed up by a month: :math:`\lfloor r (m + 1) \rfloor`, 0 before the first.

    ``counties_per_month`` :math:`r \ge 0`. Limits: r = 0 signs nobody. Pinned by: heads of 504 counties in 40
    seminars (F101, F104), about 2,500 officials and 100 talks (F107, F108), Ganzhou in 2015-09 (F109); how
    seminars lead to agreements is an assumption.
    """
    if months_since_first < 0:
        return 0
    return int(np.floor(counties_per_month * (months_since_first + 1.0)))


def guidance_target(
    recognised_villages: Array,
    is_signed: NDArray[np.bool_],
    *,
    signed_strength: float,
    strength_everywhere: float,
) -> Array:
    r"""How strongly a county government comes to guide, given the Taobao villages at the last count.

    .. math:: G^*_c = \max\bigl(\ln(1 + R_c) + s\, 1[\text{signed}],\; e\bigr)

    ======  ===================  ==================  ============
    symbol  name                 unit                range, shape
    ======  ===================  ==================  ============
    R_c     recognised_villages  villages            >= 0, (C,)
    s       signed_strength      strength            >= 0
    e       strength_everywhere  strength            >= 0
    G*_c    (returned)           strength            >= 0, (C,)
    ======  ===================  ==================  ============

    Limits: no Taobao village, no agreement and e = 0 give 0. Pinned in direction by Xinhe, whose 10 of 10 villages
    are listed and whose town trains, lends and builds a market (F172-F177); the logarithm is an assumption.
    """
    out: Array = np.maximum(np.log1p(recognised_villages) + signed_strength * is_signed, strength_everywhere)
    return out


def next_guidance(strength: Array, target: Array, *, build_months: float, decay_months: float) -> Array:
    r"""Strength a month later: :math:`G' = G^* + (G - G^*) e^{-1/\tau}`.

    :math:`\tau` is ``build_months`` (> 0) while the target is above the strength, else ``decay_months`` (> 0);
    ``strength`` and ``target`` have shape (C,). Limits: at the target it stays; a strength between 0 and the
    target never passes it.
    """
    kept = np.exp(-1.0 / np.where(target > strength, build_months, decay_months))
    out: Array = target + (strength - target) * kept
    return out


def acting_guidance(strength: Array, shops: Array, *, half_base_shops: float) -> Array:
    r"""What of the guidance finds something to act on: :math:`A_c = G_c\, n_c / (n_c + n_{1/2})`.

    ``strength`` :math:`G_c \ge 0` (C,), ``shops`` :math:`n_c` of the county (C,), ``half_base_shops`` > 0.
    Limits: a county without any shop has exactly 0, however strong its guidance; with many shops it is G_c.
    Pinned by: no success case was created by a government from nothing (F063); the form is an assumption.
    """
    out: Array = strength * shops / (shops + half_base_shops)
    return out


def guided_training(acting_guidance: Array, *, training_rate: float) -> Array:
    r"""Skill that guidance adds to the stock of every village of a county a month: :math:`\theta A_c`.

    ``acting_guidance`` :math:`A_c \ge 0`, strength (C,); ``training_rate`` :math:`\theta \ge 0`, trained
    households' equivalents a hundred, per strength and month. Limits: no guidance, no courses. Assumption.
    """
    out: Array = training_rate * acting_guidance
    return out
