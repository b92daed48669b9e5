"""What households earn by selling online."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["seller_income"]


def seller_income(online_sales_yuan: ArrayLike, shops: ArrayLike, *, margin: float) -> NDArray[np.float64]:
    r"""Yearly income of a selling household, mean over its village, county or country.

    .. math:: y = \mu \frac{Y}{n}

    ======  =================  ==============  =============
    symbol  name               unit            range, shape
    ======  =================  ==============  =============
    Y       online_sales_yuan  yuan per year   >= 0, (V,)
    n       shops              active shops    >= 0, (V,)
    mu      poverty.margin     share           [0, 1]
    y       (returned)         yuan per year   >= 0, (V,)
    ======  =================  ==============  =============

    Notes
    -----
    Limits: nan without shops; margin 1 gives sales per shop. What a household keeps of its sales is not in the
    evidence: the margin of the parameter table is an assumption, so compare incomes rather than quote them.
    """
    sales, n = np.asarray(online_sales_yuan, np.float64), np.asarray(shops, np.float64)
    per_shop = np.full(np.broadcast(sales, n).shape, np.nan)
    income: NDArray[np.float64] = margin * np.divide(sales, n, out=per_shop, where=n > 0)
    return income
