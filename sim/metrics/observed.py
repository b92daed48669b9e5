"""The patterns of the published lists of 2014 and 2015: by these runs are judged, from 2015 none starts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.data import counties, observed_villages
from sim.metrics.criteria import REPORT_2015, Criteria
from sim.metrics.patterns import Patterns, pattern_counts

__all__ = ["observed_patterns"]


def observed_patterns(criteria: Criteria = REPORT_2015, inside: NDArray[np.bool_] | None = None) -> Patterns:
    """Counts of the lists of 2014 and 2015.

    Places are compared by code. So a town renamed between the lists (Daji Township, later Daji Town, with
    ten new villages) and Tianjin, printed under two names (two new villages), count as the old places they
    are: 210 new villages in old towns and 509 in old prefectures, where comparing names gives 200 and 507.

    The list of 2015 counts one village of Daji Town under two spellings; both count in the year, as printed,
    but the second is not a new village, since its name is on the list of 2014.

    Parameters
    ----------
    criteria : thresholds for towns and clusters; by default those of the report that counted them.
    inside : which rows of the observed table count; by default all of China.

    Returns
    -------
    Patterns for 2014 and 2015, and for the change to 2015.
    """
    table, place = observed_villages(), counties()
    listed = {2014: table.listed_2014, 2015: table.listed_2015}
    units = (
        table.town_code,
        table.county_adcode,
        place.prefecture_code[table.county_index],
        place.province_code[table.county_index],
    )

    def counted(rows: NDArray[np.bool_]) -> Patterns:
        masks = {year: mask[rows] for year, mask in listed.items()}
        return pattern_counts(masks, *(unit[rows] for unit in units), criteria=criteria)

    inside = np.ones(len(table), np.bool_) if inside is None else inside
    as_printed, by_name = counted(inside), counted(inside & ~table.same_name_pair)
    return Patterns(years=as_printed.years, changes=by_name.changes)
