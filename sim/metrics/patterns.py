"""The counts by which a history of Taobao villages is judged: by year, and from one year to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.metrics.criteria import Criteria

__all__ = ["ChangeCounts", "Patterns", "YearCounts", "pattern_counts"]

Mask = NDArray[np.bool_]
Labels = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class YearCounts:
    """What one year's list shows.

    Parameters
    ----------
    villages : recognised villages.
    taobao_towns : towns with enough of them (three, by the definition of 2015).
    counties, prefectures, provinces : those with any.
    cluster_counties, large_cluster_counties : counties with enough for a cluster (ten), for a large one (30).
    largest_county : recognised villages of the county with most; 0 if there is none.
    """

    villages: int
    taobao_towns: int
    counties: int
    cluster_counties: int
    large_cluster_counties: int
    largest_county: int
    prefectures: int
    provinces: int


@dataclass(frozen=True, slots=True)
class ChangeCounts:
    """What happened between two successive lists.

    Parameters
    ----------
    staying_villages : on both lists.
    left_villages : on the earlier list only.
    new_villages : on the later list only.
    new_in_old_town, new_in_old_county, new_in_old_prefecture : new villages whose town, county or prefecture
        had a recognised village on the earlier list.
    """

    staying_villages: int
    left_villages: int
    new_villages: int
    new_in_old_town: int
    new_in_old_county: int
    new_in_old_prefecture: int


@dataclass(frozen=True, slots=True)
class Patterns:
    """All counts of a history of lists.

    Parameters
    ----------
    years : counts by year, in order of years.
    changes : counts by the later year of each pair of successive years.
    """

    years: Mapping[int, YearCounts]
    changes: Mapping[int, ChangeCounts]

    def rows(self) -> list[tuple[str, int, int]]:
        """Tidy rows ``(pattern, year, value)``; a change stands under its later year."""
        return [
            (name, year, value)
            for counts in (self.years, self.changes)
            for year, of_year in counts.items()
            for name, value in asdict(of_year).items()
        ]

    def value(self, pattern: str, year: int) -> int:
        """One count by its name and year.

        Raises
        ------
        KeyError : there is no such pattern in that year.
        """
        for counts in (self.years.get(year), self.changes.get(year)):
            if counts is not None and hasattr(counts, pattern):
                return int(getattr(counts, pattern))
        message = f"no pattern {pattern!r} in {year}; there are {sorted({row[:2] for row in self.rows()})}"
        raise KeyError(message)


def pattern_counts(
    recognised_by_year: Mapping[int, ArrayLike],
    town: ArrayLike,
    county: ArrayLike,
    prefecture: ArrayLike,
    province: ArrayLike,
    *,
    criteria: Criteria,
) -> Patterns:
    """Counts of villages, towns, counties, prefectures and provinces on each list and between lists.

    Works alike on published lists (one row per village ever listed) and on the masks of a run (one row per
    village of the world). Only recognised rows are looked at, so all of China costs little.

    Parameters
    ----------
    recognised_by_year : for each year a mask of shape (V,).
    town, county, prefecture, province : (V,) index or code of the unit each village belongs to; towns of
        different counties must have different codes.
    criteria : thresholds for towns and clusters.

    Returns
    -------
    Patterns. Limits: empty masks give zeros; one year has no changes; equal masks in two years give neither
    new nor left villages.

    Raises
    ------
    ValueError : an array's shape differs from the others'.
    """
    units = {
        "town": np.asarray(town),
        "county": np.asarray(county),
        "prefecture": np.asarray(prefecture),
        "province": np.asarray(province),
    }
    years = sorted(recognised_by_year)
    masks = {year: np.asarray(recognised_by_year[year], dtype=np.bool_) for year in years}
    _check_shapes(masks, units)
    return Patterns(
        years={year: _year_counts(masks[year], units, criteria) for year in years},
        changes={later: _change_counts(masks[earlier], masks[later], units) for earlier, later in pairwise(years)},
    )


def _year_counts(mask: Mask, units: Mapping[str, Labels], criteria: Criteria) -> YearCounts:
    n_of = {name: np.unique(labels[mask], return_counts=True)[1] for name, labels in units.items()}
    in_county = n_of["county"]
    return YearCounts(
        villages=int(mask.sum()),
        taobao_towns=int((n_of["town"] >= criteria.town_villages_min).sum()),
        counties=in_county.size,
        cluster_counties=int((in_county >= criteria.cluster_villages_min).sum()),
        large_cluster_counties=int((in_county >= criteria.large_cluster_villages_min).sum()),
        largest_county=int(in_county.max(initial=0)),
        prefectures=n_of["prefecture"].size,
        provinces=n_of["province"].size,
    )


def _change_counts(earlier: Mask, later: Mask, units: Mapping[str, Labels]) -> ChangeCounts:
    new = later & ~earlier
    in_old = {name: int(np.isin(labels[new], np.unique(labels[earlier])).sum()) for name, labels in units.items()}
    return ChangeCounts(
        staying_villages=int((earlier & later).sum()),
        left_villages=int((earlier & ~later).sum()),
        new_villages=int(new.sum()),
        new_in_old_town=in_old["town"],
        new_in_old_county=in_old["county"],
        new_in_old_prefecture=in_old["prefecture"],
    )


def _check_shapes(masks: Mapping[int, Mask], units: Mapping[str, Labels]) -> None:
    shapes: Sequence[tuple[str, tuple[int, ...]]] = [
        *((name, labels.shape) for name, labels in units.items()),
        *((f"recognised in {year}", mask.shape) for year, mask in masks.items()),
    ]
    if len({shape for _, shape in shapes}) > 1 or len(shapes[0][1]) != 1:
        listed = ", ".join(f"{name} {shape}" for name, shape in shapes)
        message = f"all arrays must have one and the same length; given are {listed}"
        raise ValueError(message)
