"""What recognised villages sell, in the bands in which the report of 2015 counts them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["GREAT_YUAN", "MIDDLE_YUAN", "SalesBands", "sales_bands"]

#: The band in which the report puts most Taobao villages, yuan a year (F041, F042).
MIDDLE_YUAN = (10_000_000.0, 30_000_000.0)
#: Above this a village is called a hundred-million-yuan Taobao village, yuan a year (F009).
GREAT_YUAN = 100_000_000.0


class SalesBands(NamedTuple):
    """Recognised villages: their active shops, how many sell in the middle band, how many above the great one."""

    shops: int
    middle: int
    great: int


def sales_bands(
    recognised: NDArray[np.bool_], shops: NDArray[np.integer], online_sales_yuan: NDArray[np.floating]
) -> SalesBands:
    """Active shops of the recognised villages, and how many of these sell 10 to 30 and over 100 million yuan.

    Parameters
    ----------
    recognised, shops, online_sales_yuan : (V,); sales over the last twelve months.

    Notes
    -----
    The middle band contains its ends, the great one does not contain 100 million itself ("above"). Limits: nobody
    recognised gives zeros. Source: F038 to F042.

    Examples
    --------
    >>> sales_bands(np.array([True, True, False]), np.array([100, 150, 9]), np.array([1e7, 2e8, 2e7]))
    SalesBands(shops=250, middle=1, great=1)
    """
    sales = online_sales_yuan[recognised]
    low, high = MIDDLE_YUAN
    return SalesBands(
        int(shops[recognised].sum()),
        int(np.count_nonzero((sales >= low) & (sales <= high))),
        int(np.count_nonzero(sales > GREAT_YUAN)),
    )
