r"""Internet access of a province's residents, carried on from the years before 2015."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["internet_share"]

Array = NDArray[np.float64]


def internet_share(year: float, observed_years: Array, observed_share: Array) -> Array:
    r"""Share of residents online at a moment, one value a province.

    .. math:: N_p(y) = \text{linear between year ends};\quad
              N_p(y) = \mathrm{clip}\bigl(N_p(y_n) + (y - y_n)(N_p(y_n) - N_p(y_{n-1})), 0, 1\bigr) \text{ beyond}

    Parameters
    ----------
    year : decimal year, for example 2014.5 for the middle of 2014.
    observed_years : (Y,) decimal times of the observations, rising; at least two.
    observed_share : (P, Y) shares in [0, 1].

    Notes
    -----
    The last two years carry on as a line on either side, so that nothing observed after the last year enters.
    Limits: at an observed moment the observed share is returned.
    """
    last = int(np.clip(np.searchsorted(observed_years, year), 1, observed_years.size - 1))
    y_0, y_1 = observed_years[last - 1], observed_years[last]
    slope = (observed_share[:, last] - observed_share[:, last - 1]) / (y_1 - y_0)
    return np.asarray(np.clip(observed_share[:, last - 1] + slope * (year - y_0), 0.0, 1.0))
