"""What a policy costs, from unit costs and what a run records month by month."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

__all__ = ["QUANTITIES", "policy_cost"]

Array = NDArray[np.float64]

#: Unit cost -> the monthly record it multiplies, and whether each new one counts or each one every month.
QUANTITIES: Mapping[str, tuple[str, bool]] = {
    "county_center_yuan": ("county_centers", True),
    "station_yuan": ("stations", True),
    "station_month_yuan": ("stations", False),
    "partner_month_yuan": ("partners_2_0", False),
    "parcel_yuan": ("parcels", False),
    "opened_shop_yuan": ("openings", False),
}


def policy_cost(unit_yuan: float, records: Array, first: int, *, each_new: bool) -> Array:
    r"""Cost of one kind of thing from a month on.

    .. math:: C = p \sum_{t \ge t_0} \max(n_t - n_{t-1}, 0) \ \text{(each new one)}, \qquad
              C = p \sum_{t \ge t_0} n_t \ \text{(each one every month)}

    ======  ==========  ====================  ============
    symbol  name        unit                  range, shape
    ======  ==========  ====================  ============
    p       unit_yuan   yuan                  >= 0
    n_t     records     things in month t     (..., M)
    t_0     first       month of the run      0..M
    C       (returned)  yuan, not discounted  (...)
    ======  ==========  ====================  ============

    Limits: a price of 0, or ``first`` after the last month, gives 0; before the first month there is nothing.
    """
    counted = np.maximum(np.diff(records, axis=-1, prepend=0.0), 0.0) if each_new else records
    total: Array = unit_yuan * counted[..., first:].sum(axis=-1)
    return total
