r"""Closing a shop."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["closing_hazard", "closing_threshold"]

Array = NDArray[np.float64]


def closing_hazard(monthly_rate: float, trade_factor: Array, *, trade_elasticity: float) -> Array:
    r"""Hazard of closing of a shop of median size, a month.

    .. math:: q_v = q_0\, f_v^{-\epsilon}

    ========  =================  ==============================  ============
    symbol    name               unit                            range, shape
    ========  =================  ==============================  ============
    q_0       monthly_rate       per month                       >= 0
    f_v       trade_factor       sales relative to an uncrowded  > 0, (V,)
                                 shop in the reference year
    epsilon   trade_elasticity   dimensionless                   >= 0
    q_v       (returned)         per month                       >= 0, (V,)
    ========  =================  ==============================  ============

    Limits: epsilon = 0 or f = 1 gives q_0; q_0 = 0 means that no shop ever closes.
    """
    return np.asarray(monthly_rate * trade_factor**-trade_elasticity, dtype=np.float64)


def closing_threshold(unit_exponential, size, size_protection):  # type: ignore[no-untyped-def]
    r"""Closing hazard a shop withstands, :math:`E\, S^{\gamma}`; it closes at the rate :math:`q_v S^{-\gamma}`.

    ``unit_exponential`` is drawn once for each opening, ``size`` is relative to the median shop (> 0),
    ``size_protection`` is :math:`\gamma \ge 0`. Limit: gamma = 0 makes closing independent of size.
    Written for scalars, so that the compiled event loop runs this very function.
    """
    return unit_exponential * size**size_protection
