"""Taobao villages in poor counties, and households that shops bring above the poverty line."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.data import counties, observed_villages

__all__ = ["households_lifted", "observed_poverty_villages", "poverty_villages"]


def poverty_villages(recognised_by_year: Mapping[int, ArrayLike], is_poor: ArrayLike) -> dict[int, int]:
    """Taobao villages in poor counties by year.

    Parameters
    ----------
    recognised_by_year : for each year a mask of shape (V,).
    is_poor : (V,) whether the village's county is on the national list of poor counties.

    Notes
    -----
    Limits: no poor county gives 0 in every year. Which counties are poor by provincial lists (166 villages in
    2015, F053) is not in the evidence, so only the national list can be counted.
    """
    poor = np.asarray(is_poor, np.bool_)
    return {year: int((np.asarray(mask, np.bool_) & poor).sum()) for year, mask in recognised_by_year.items()}


def observed_poverty_villages() -> dict[int, int]:
    """The same of the lists of 2014 and 2015, from the villages as matched to the tree.

    The report counts 4 and 10 (F051, F052).
    """
    table = observed_villages()
    is_poor = counties().national_poverty[table.county_index]
    return poverty_villages({2014: table.listed_2014, 2015: table.listed_2015}, is_poor)


def households_lifted(
    shops: NDArray[np.integer],
    online_sales_yuan: NDArray[np.float64],
    *,
    poor_share: float,
    margin: float,
    gap_yuan: float,
    size_sd: float,
) -> NDArray[np.float64]:
    r"""Expected number of poor households that their shops bring above the poverty line, by village.

    .. math:: L_v = p\, n_v\, \Phi\!\left(\frac{1}{\sigma} \ln\frac{\mu\, \tilde y_v}{g}\right), \qquad
              \tilde y_v = \frac{Y_v}{n_v} e^{-\sigma^2 / 2}

    Parameters
    ----------
    shops : n_v active shops (V,).
    online_sales_yuan : Y_v of a year (V,).
    poor_share : p, share of shop owners who were poor, in [0, 1].
    margin : mu, what a household keeps of its sales, in [0, 1].
    gap_yuan : g, yearly income that a poor household lacks, > 0.
    size_sd : sigma, standard deviation of the log size of shops, >= 0.

    Notes
    -----
    Limits: no shops or p = 0 give 0; never more than p n_v. The report tells of 810 households of Daji in 2014
    (F167); the share, the margin and the gap are not in the evidence, so they are arguments.
    """
    selling = shops > 0
    per_shop = np.divide(online_sales_yuan, shops, out=np.zeros(shops.shape), where=selling)
    median = margin * per_shop * math.exp(-0.5 * size_sd**2) / gap_yuan
    if size_sd == 0.0:
        above = (median >= 1.0).astype(np.float64)
    else:
        logs = np.log(np.maximum(median, 1e-300)) / (size_sd * math.sqrt(2.0))
        above = 0.5 * np.array([math.erfc(-x) for x in logs])
    return np.asarray(poor_share * shops * above)
