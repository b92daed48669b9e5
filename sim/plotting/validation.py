"""Figures of a validation: facts among the runs, maps, rank and size, residuals, chances."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import TwoSlopeNorm
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from sim.data import counties
from sim.data import provinces as province_names
from sim.plotting.calibration import draws_figure
from sim.plotting.labels import name_places
from sim.plotting.language import say, spoken, writable
from sim.plotting.maps import MapUnits, draw_map
from sim.plotting.picture import (
    DIVERGING,
    FAINT,
    GRID,
    LISTS,
    OBSERVED,
    SIMULATED,
    Picture,
    caption,
    in_style,
    plain_axes,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.calibration.targets import Target
    from sim.calibration.validation import Map, Validation

__all__ = [
    "bands_figure",
    "chances_figure",
    "county_names",
    "fact_words",
    "map_figure",
    "rank_size_figure",
    "residuals_figure",
    "validation_figures",
    "validation_pngs",
]

_LETTERS_OF_A_NAME = 44
_MISSED = "#999999"
_RATIO_LIMIT = 16.0
_FEW_PROVINCES = 4
_MOST_NAMED = 12


def validation_figures(validation: Validation) -> dict[str, Callable[[], Picture]]:
    """What draws each figure, by name; those of the map are there only where there is a list to judge by."""
    found: dict[str, Callable[[], Picture]] = {}
    if validation.targets:
        found["targets"] = partial(bands_figure, validation)
    if validation.map is not None:
        of_map = {
            "map": map_figure,
            "residuals": residuals_figure,
            "rank_size": rank_size_figure,
            "chances": chances_figure,
        }
        found |= {name: partial(draw, validation, validation.map) for name, draw in of_map.items()}
    if validation.draws:
        found["pairs"] = partial(draws_figure, validation.scenario, validation.draws)
    return found


def validation_pngs(validation: Validation) -> dict[str, bytes]:
    """All figures as PNG files by name."""
    return {name: draw().png() for name, draw in validation_figures(validation).items()}


def _caption(picture: Picture, validation: Validation, *more: str) -> None:
    scenario = validation.scenario
    simulated = say("Simulated: {name}; {n} runs.", name=scenario.title or scenario.name, n=validation.n_runs)
    caption(picture, simulated, *map(say, more))


@in_style
def bands_figure(validation: Validation) -> Picture:
    """Facts on the left as ratios to what the runs gave, in two columns: the country and its provinces."""
    facts = validation.targets
    frame = validation.bands.assign(
        label=[_label(fact) for fact in facts],
        of_province=[fact.statistic == "province_villages" for fact in facts],
    )
    counted = frame[~frame["unit"].isin(["standard deviations", "dimensionless"])]
    shown = counted[(counted["fact"] > 0) | (counted["high"] > 0)]
    in_province = shown["of_province"]
    apart = [shown[~in_province], shown[in_province]] if in_province.sum() > _FEW_PROVINCES else [shown]
    groups = [group for group in apart if len(group)]
    rows = max((len(group) for group in groups), default=1)
    picture = Picture(6.2 * max(len(groups), 1), 1.2 + 0.19 * rows)
    for axes, group in zip(picture.panels(1, max(len(groups), 1)), groups, strict=False):
        draw_ratios(axes, group)
    picture.axes[0].set_title(say("Facts, and where the runs lie"))
    if len(groups) > 1:
        picture.axes[1].set_title(say("Taobao villages of provinces"))
    words = (
        "Dot: median; thick and thin line: bands of half and 90 % of runs, as (simulated + 1) / (observed + 1). "
        "Grey: the band does not hold the fact, give or take its error. "
        "'>' marks a bound: everything to the right of it meets the fact."
    )
    _caption(picture, validation, words)
    return picture


def draw_ratios(axes: Axes, frame: pd.DataFrame) -> Axes:
    """One line a target, with its label: median and bands relative to the fact, on a logarithmic scale."""
    place = np.arange(len(frame))[::-1]
    limits = (1.0 / _RATIO_LIMIT, _RATIO_LIMIT)
    for y, row in zip(place, frame.to_dict("records"), strict=True):
        whole = row["unit"] != "share of villages"
        add = 1.0 if whole else 0.0
        ratio = {name: np.clip((row[name] + add) / (row["fact"] + add), *limits)
                 for name in ("low", "lower", "median", "upper", "high")}  # fmt: skip
        colour = SIMULATED if row["holds"] else _MISSED
        axes.plot([ratio["low"], ratio["high"]], [y, y], color=colour, linewidth=1.0, solid_capstyle="butt")
        axes.plot([ratio["lower"], ratio["upper"]], [y, y], color=colour, linewidth=3.2, solid_capstyle="butt")
        axes.plot(ratio["median"], y, marker="o", markersize=4.0, color=colour, markeredgecolor="white")
        if row["kind"] != "value":
            axes.plot(1.0, y, marker=">", markersize=5.0, color=OBSERVED)
    axes.axvline(1.0, color=OBSERVED, linewidth=1.0, zorder=0)
    axes.set_xscale("log", base=2)
    axes.set_xlim(limits[0] * 0.85, limits[1] * 1.15)
    axes.xaxis.set_major_locator(LogLocator(base=4.0))
    axes.xaxis.set_major_formatter(FuncFormatter(_times))
    axes.set_yticks(place, frame["label"].tolist(), fontsize=6.8)
    axes.set_ylim(-0.8, len(frame) - 0.2)
    axes.tick_params(axis="y", length=0)
    plain_axes(axes)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", color=GRID, linewidth=0.6)
    return axes


def _times(value: float, _: int) -> str:
    return f"{value:g} x" if value >= 1.0 else f"1/{1.0 / value:g}"


def _label(target: Target) -> str:
    """What a target counts, a province by its name alone, and the fact."""
    words = _place_words(target) if target.statistic == "province_villages" else fact_words(target)
    meaning = textwrap.shorten(words, _LETTERS_OF_A_NAME, placeholder="...")
    fact = f"{target.value:,.0f}" if target.value == round(target.value) else f"{target.value:.2f}"
    sign = {"value": "", "at_least": "at least ", "more_than": "over "}[target.kind]
    return f"{meaning} {target.year}: {say(sign + '{fact}', fact=fact) if sign else fact}"


def fact_words(target: Target) -> str:
    """What a target counts, in the language spoken."""
    words, _ = target.words
    return say(words, place=_place_words(target))


def _place_words(target: Target) -> str:
    """The place of a target; a province by its name in the language spoken."""
    _, place = target.words
    if target.statistic != "province_villages" or spoken() != "zh" or not target.place.isdecimal():
        return place
    known = province_names()
    chinese = dict(zip(known.province_code.tolist(), known.name_zh.tolist(), strict=True))
    return str(chinese.get(int(target.place), place))


def _units(validation: Validation) -> MapUnits:
    places = validation.places
    return MapUnits.of("county", places.code, places.lon, places.lat)


@in_style
def map_figure(validation: Validation, predicted: Map) -> Picture:
    """Observed beside the mean of the runs, rounded to whole villages."""
    units = _units(validation)
    picture = Picture(9.2, 4.4)
    largest = int(max(predicted.observed.max(initial=0), predicted.mean.max(initial=0)))
    mean = np.round(predicted.mean).astype(np.int64)
    left, right = picture.panels(1, 2)
    draw_map(
        left,
        units,
        predicted.observed.astype(np.int64),
        say("{year} observed", year=predicted.year),
        largest=largest,
    )
    draw_map(right, units, mean, say("{year} mean of runs", year=predicted.year), largest=largest)
    note = (
        "Area and colour of a disc: villages of the county, means rounded. Albers equal-area projection; "
        "no boundaries are shown."
    )
    _caption(picture, validation, LISTS, note)
    return picture


@in_style
def residuals_figure(validation: Validation, predicted: Map) -> Picture:
    """Where the model puts too many villages and where too few; the counties with most of either are named."""
    units, picture = _units(validation), Picture(8.2, 5.6)
    (axes,) = picture.panels(1, 1)
    residual = predicted.mean - predicted.observed
    shown = np.flatnonzero(np.abs(residual) >= 0.5)
    shown = shown[np.argsort(-np.abs(residual[shown]))]
    limit = max(float(np.abs(residual).max(initial=0.0)), 1.0)
    draw_map(axes, units, np.zeros(units.code.size, np.int64), "", largest=1)
    area = 6.0 + 9.0 * np.abs(residual[shown])
    drawn = axes.scatter(
        units.x_km[shown], units.y_km[shown], s=area, c=residual[shown],
        cmap=DIVERGING, norm=TwoSlopeNorm(0.0, -limit, limit), edgecolors=FAINT, linewidths=0.4,
    )  # fmt: skip
    every, named = county_names(validation), shown[:_MOST_NAMED]
    names = [writable(f"{every[row]} {residual[row]:+.0f}") for row in named]
    x, y, radius = units.x_km[shown], units.y_km[shown], 0.5 * np.sqrt(area)
    few = slice(len(names))
    name_places(axes, names, x[few], y[few], radius[few], discs=(x, y, radius))
    axes.set_title(say("{year}: mean of the runs less observed Taobao villages", year=predicted.year))
    picture.colorbar(drawn, ax=axes, shrink=0.6, label=say("villages too many (above 0) or too few"))
    words = "Counties off by half a village or more; the twelve farthest off are named where there is room."
    _caption(picture, validation, words)
    return picture


def county_names(validation: Validation) -> list[str]:
    """Names of the counties in the language spoken."""
    places, table = validation.places, counties()
    if spoken() != "zh":
        return [str(name) for name in places.name]
    chinese = dict(zip(table.adcode.tolist(), table.name_zh.tolist(), strict=True))
    return [str(chinese.get(code, name)) for code, name in zip(places.code.tolist(), places.name, strict=True)]


@in_style
def rank_size_figure(validation: Validation, predicted: Map) -> Picture:
    """Counties of each run in falling order of their villages: median, 90 % band of every rank, and the list."""
    picture = Picture(5.6, 4.2)
    (axes,) = picture.panels(1, 1)
    ranked = np.sort(validation.counts(predicted.year), axis=1)[:, ::-1]
    observed = np.sort(predicted.observed)[::-1]
    n_of = (np.quantile(ranked, 0.95, axis=0), observed)
    n = max(2, *(int(np.count_nonzero(sizes)) for sizes in n_of))
    rank = np.arange(1, n + 1)
    low, middle, high = np.quantile(ranked[:, :n], [0.05, 0.5, 0.95], axis=0)
    floor = 0.5
    axes.fill_between(
        rank, np.maximum(low, floor), np.maximum(high, floor), color=SIMULATED, alpha=0.2, linewidth=0
    )
    axes.plot(rank, np.where(middle > 0, middle, np.nan), color=SIMULATED, linewidth=1.8, label=say("simulated"))
    seen = observed[:n]
    style: dict[str, Any] = {"color": OBSERVED, "marker": "D", "markersize": 3.0, "linewidth": 0.8}
    axes.plot(rank[seen > 0], seen[seen > 0], label=say("observed"), **style)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylim(bottom=0.7)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(subs=(1.0, 3.0)))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axis.set_minor_formatter(NullFormatter())
    axes.set_title(say("{year}: counties in order of their Taobao villages", year=predicted.year))
    axes.set_xlabel(say("rank of the county"))
    axes.set_ylabel(say("Taobao villages of the county"))
    axes.legend()
    plain_axes(axes)
    _caption(picture, validation, "Line and area: median and 90 % band of each rank.", LISTS)
    return picture


@in_style
def chances_figure(validation: Validation, predicted: Map) -> Picture:
    """How often counties of a foretold chance had any Taobao village: on the diagonal it keeps its word."""
    picture = Picture(4.6, 4.4)
    (axes,) = picture.panels(1, 1)
    axes.plot([0, 1], [0, 1], color="#999999", linewidth=0.8)
    curve = predicted.calibration
    error = np.sqrt(np.maximum(curve.share * (1 - curve.share), 0.25 / curve.places) / curve.places)
    axes.errorbar(curve.chance, curve.share, yerr=error, color=SIMULATED, marker="o", markersize=5, linewidth=1.2)
    for x, y, n in zip(curve.chance, curve.share, curve.places, strict=True):
        axes.annotate(f"{n:,}", (x, y), (6, -9), textcoords="offset points", fontsize=7, color=FAINT)
    axes.set_xlim(-0.03, 1.08)
    axes.set_ylim(-0.03, 1.06)
    axes.set_title(say("Counties with any in {year}", year=predicted.year))
    axes.set_xlabel(say("foretold chance"))
    axes.set_ylabel(say("share that had any"))
    plain_axes(axes)
    _caption(picture, validation, "Numbers: counties in the bin; bars: one standard error.")
    return picture
