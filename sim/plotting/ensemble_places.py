"""Where an ensemble's Taobao villages are: map of the mean, provinces and ranks with bands, beside the lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.data import observed_villages, provinces
from sim.errors import Problem, ResultError
from sim.plotting.ensemble import bands_words
from sim.plotting.language import say, spoken
from sim.plotting.maps import colour_bar, county_units, draw_map, ground_note, height_by_width
from sim.plotting.picture import (
    GRID,
    LISTS,
    OBSERVED,
    SIMULATED,
    Picture,
    caption,
    in_style,
    logarithmic,
    plain_axes,
)
from sim.plotting.provinces import draw_province_bars
from sim.results.comparison import OBSERVED_YEARS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from sim.experiments.ensemble import EnsembleResult

__all__ = ["counts_by_county", "draw_ranks", "has_places", "map_figure", "provinces_figure", "rank_size_figure"]

_PANEL = 4.4
_FEWEST_COUNTIES = 5


def has_places(result: EnsembleResult) -> bool:
    """Whether an ensemble kept the villages of counties, of so many in China that a map of them says something."""
    there = "county_villages" in result.dataset and result.scenario.region.synthetic is None
    return there and int(result.dataset.sizes["county"]) >= _FEWEST_COUNTIES


def counts_by_county(result: EnsembleResult, year: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Codes of the counties (C,) and their Taobao villages in each run that did not fail, (R, C).

    Raises
    ------
    ResultError : outcomes of counties were not kept, or the world is invented.
    """
    if "county_villages" not in result.dataset or result.scenario.region.synthetic is not None:
        hint = "run it with by_county=True, in a region of China"
        raise ResultError(str(Problem("found no Taobao villages by county in this ensemble", None, hint)))
    values = result.dataset["county_villages"].sel(year=year).transpose("replicate", "county").values
    return result.dataset["county"].values.astype(np.int64), values[np.isfinite(values).all(axis=1)]


def _listed(code: NDArray[np.int64], year: int) -> NDArray[np.float64]:
    """Villages of each county on the published list; nan where there was none."""
    if year not in OBSERVED_YEARS:
        return np.full(code.size, np.nan)
    table = observed_villages()
    listed = table.listed_2014 if year == OBSERVED_YEARS[0] else table.listed_2015
    found, count = np.unique(table.county_adcode[listed], return_counts=True)
    by_code = dict(zip(found.tolist(), count.tolist(), strict=True))
    return np.array([float(by_code.get(each, 0)) for each in code.tolist()])


def _last(result: EnsembleResult) -> int:
    return result.shown_years[-1]


def _captioned(picture: Picture, result: EnsembleResult, *texts: str) -> Picture:
    lists = [say(LISTS)] if _last(result) in OBSERVED_YEARS else []
    caption(picture, bands_words(result), *lists, *texts)
    return picture


@in_style
def map_figure(result: EnsembleResult) -> Picture:
    """The list on the left, the mean of the runs, rounded, on the right, in the last year with a list."""
    year = _last(result)
    code, values = counts_by_county(result, year)
    units = county_units(code)
    observed, mean = _listed(code, year), np.round(values.mean(axis=0)).astype(np.int64)
    panels = [] if np.isnan(observed).any() else [(say("{year} observed", year=year), observed.astype(np.int64))]
    panels.append((say("{year} mean of runs", year=year), mean))
    largest = max(int(counts.max(initial=0)) for _, counts in panels)
    picture = Picture(_PANEL * len(panels) + 0.9, _PANEL * height_by_width(units) + 0.9)
    grid = picture.panels(1, len(panels))
    for axes, (title, counts) in zip(grid, panels, strict=True):
        draw_map(axes, units, counts, title, largest=largest)
    colour_bar(picture, grid, units, largest)
    return _captioned(picture, result, say(ground_note(units)))


@in_style
def provinces_figure(result: EnsembleResult) -> Picture:
    """Medians of the provinces with 90 % bands, beside the list."""
    year = _last(result)
    code, values = counts_by_county(result, year)
    province = code // 10_000
    shown = np.unique(province)
    runs = np.stack([values[:, province == each].sum(axis=1) for each in shown], axis=1)
    listed = _listed(code, year)
    observed = np.array([listed[province == each].sum() for each in shown])
    low, middle, high = np.quantile(runs, [0.05, 0.5, 0.95], axis=0)
    order = np.lexsort((-middle, -np.nan_to_num(observed)))
    order = order[(high[order] > 0) | (np.nan_to_num(observed[order]) > 0)]
    picture = Picture(6.4, 1.3 + 0.23 * max(order.size, 4))
    (axes,) = picture.panels(1, 1)
    names = _province_names()
    draw_province_bars(
        axes,
        [names[int(each)] for each in shown[order]],
        middle[order],
        observed[order],
        low=low[order],
        high=high[order],
    )
    axes.set_title(say("Taobao villages by province, {year}", year=year))
    return _captioned(picture, result)


def _province_names() -> dict[int, str]:
    table = provinces()
    names = table.name_zh if spoken() == "zh" else table.name_en
    return dict(zip(table.province_code.tolist(), map(str, names), strict=True))


@in_style
def rank_size_figure(result: EnsembleResult) -> Picture:
    """Counties in falling order of their villages: median and 90 % band of every rank, and the list."""
    picture = Picture(6.0, 4.2)
    (axes,) = picture.panels(1, 1)
    draw_ranks(result, axes)
    return _captioned(picture, result)


def draw_ranks(result: EnsembleResult, axes: Axes) -> Axes:
    """Rank and size of the counties on logarithmic scales, in the last year with a list."""
    year = _last(result)
    code, values = counts_by_county(result, year)
    ranked = np.sort(values, axis=1)[:, ::-1]
    observed = np.sort(np.nan_to_num(_listed(code, year)))[::-1]
    n = max(2, int(np.count_nonzero(np.quantile(ranked, 0.95, axis=0))), int(np.count_nonzero(observed)))
    rank = np.arange(1, min(n, ranked.shape[1]) + 1)
    low, middle, high = np.quantile(ranked[:, : rank.size], [0.05, 0.5, 0.95], axis=0)
    floor = 0.5  # nothing has no place on this scale
    axes.fill_between(
        rank, np.maximum(low, floor), np.maximum(high, floor), color=SIMULATED, alpha=0.2, linewidth=0
    )
    axes.plot(rank, np.where(middle > 0, middle, np.nan), color=SIMULATED, linewidth=1.8, label=say("simulated"))
    seen = observed[: rank.size]
    if (seen > 0).any():
        axes.plot(
            rank[seen > 0],
            seen[seen > 0],
            color=OBSERVED,
            marker="D",
            markersize=3.0,
            linewidth=0.8,
            label=say("observed"),
        )
    axes.set_ylim(bottom=0.7)
    logarithmic(axes)
    axes.set_title(say("{year}: counties in order of their Taobao villages", year=year))
    axes.set_xlabel(say("rank of the county"))
    axes.set_ylabel(say("Taobao villages of the county"))
    axes.legend()
    plain_axes(axes)
    axes.grid(axis="x", color=GRID, linewidth=0.6)
    return axes
