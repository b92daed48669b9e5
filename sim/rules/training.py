r"""The stock of skill in a village: built by partners, county centers and courses, lost with time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["next_training_stock", "training_inflow"]

Array = NDArray[np.float64]


def training_inflow(
    partner_skill: Array,
    is_teaching: NDArray[np.bool_],
    county_has_center: NDArray[np.bool_],
    *,
    partner_training_per_month: float,
    center_training_per_month: float,
    course_training_per_month: float,
) -> Array:
    r"""Skill added in one month.

    .. math:: a_v = a_p\, q_v\, 1[\text{2.0 partner}] + a_c\, 1[\text{county center}] + a_g

    ``partner_skill`` :math:`q_v` in [0, 1], shape (V,); the three rates are stock units a month, >= 0;
    one unit is the skill of one trained household in a hundred. Limits: all rates 0 give 0.
    Pinned by: 2.0 partners teach and sell, 1.0 partners mainly buy (F090-F093); county centers train (F114).
    The rates themselves are assumptions.
    """
    out: Array = (
        partner_training_per_month * partner_skill * is_teaching
        + center_training_per_month * county_has_center
        + course_training_per_month
    )
    return out


def next_training_stock(stock: Array, inflow: Array, *, monthly_decay: float) -> Array:
    r"""Skill after one month: :math:`T' = (1 - d) T + a`.

    ``stock`` :math:`T \ge 0` (V,), ``inflow`` :math:`a \ge 0` (V,), ``monthly_decay`` :math:`d` in [0, 1].
    Limits: d = 1 forgets everything; a constant inflow settles at a / d.
    """
    out: Array = (1.0 - monthly_decay) * stock + inflow
    return out
