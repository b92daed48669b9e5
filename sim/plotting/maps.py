"""Where the Taobao villages are: maps by county, or by town where only a few counties are simulated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm
from matplotlib.ticker import FuncFormatter, NullLocator

from sim.data import counties, observed_villages
from sim.plotting.land import land_height
from sim.plotting.language import say
from sim.plotting.picture import LAND, LISTS, PLACE, SEQUENCE, SIMULATED, Picture, annotate, in_style
from sim.plotting.projection import albers_km
from sim.results.comparison import OBSERVED_YEARS, observed_mask
from sim.results.display import shown_years

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import PathCollection
    from numpy.typing import NDArray

    from sim.results import RunResult

__all__ = [
    "MapUnits",
    "colour_bar",
    "counts_of",
    "county_units",
    "draw_discs",
    "draw_ground",
    "draw_map",
    "ground_limits",
    "ground_note",
    "height_by_width",
    "map_figure",
    "map_units",
    "observed_counts",
    "simulated_counts",
]

_FEW_COUNTIES, _FEW_TOWNS = 20, 12
#: Column of the village table that holds the code of a unit.
_CODE = {"county": "county", "town": "town", "village": "uid"}
#: With fewer units than this, discs and dots are drawn larger, up to so many times.
_CROWDED, _MOST_ROOM = 2500.0, 6.0
_LEGEND_STEPS = (1, 3, 10, 30, 100, 300)
#: Greatest width and height of a panel, inches.
_PANEL_INCHES = {"county": (4.4, 4.2), "town": (2.9, 2.9), "village": (3.6, 3.0)}
_GREY = {
    "county": "county seats and the ground around them",
    "town": "towns, placed within their county by the model",
    "village": "villages, placed within their town by the model",
}
_WORDS = {"county": "counties", "town": "towns"}


@dataclass(frozen=True)
class MapUnits:
    """What a map shows: ``level`` "county", "town" or "village", the units' codes, places in km, the ground."""

    level: str
    code: NDArray[np.int64]
    x_km: NDArray[np.float64]
    y_km: NDArray[np.float64]
    land: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]

    @classmethod
    def of(cls, level: str, code: NDArray[Any], lon: NDArray[Any], lat: NDArray[Any]) -> MapUnits:
        """Units at their places in degrees, on the ground around them."""
        x, y = albers_km(lon, lat)
        return cls(level, code, x, y, land_height(x, y))


def map_units(result: RunResult) -> MapUnits:
    """Counties at their seats; towns where there are few counties, villages where there are few towns."""
    of_counties, towns = result.columns("county_list"), result.columns("town_list")
    if of_counties["county"].size > _FEW_COUNTIES:
        return MapUnits.of("county", of_counties["county"], of_counties["lon"], of_counties["lat"])
    if towns["town"].size > _FEW_TOWNS:
        return MapUnits.of("town", towns["town"], towns["lon"], towns["lat"])
    villages = result.world.villages
    return MapUnits.of("village", villages.uid.astype(np.int64), villages.lon, villages.lat)


def county_units(code: NDArray[np.int64]) -> MapUnits:
    """Counties of China by their codes, at their seats."""
    table = counties()
    place = np.searchsorted(table.adcode, code)
    return MapUnits.of("county", code, table.lon[place], table.lat[place])


def simulated_counts(result: RunResult, units: MapUnits, year: int) -> NDArray[np.int64]:
    """Taobao villages of each unit in the December of a year."""
    villages = result.columns("villages")
    chosen = villages["recognised"] & (villages["year"] == year)
    return counts_of(villages[_CODE[units.level]][chosen], units.code)


def observed_counts(result: RunResult, units: MapUnits, year: int) -> NDArray[np.int64] | None:
    """Villages of each unit on the published list; ``None`` for years and worlds without one."""
    if year not in OBSERVED_YEARS or result.scenario.region.kind == "synthetic":
        return None
    table = observed_villages()
    listed = table.listed_2014 if year == OBSERVED_YEARS[0] else table.listed_2015
    if units.level == "village":
        places = result.world.villages
        known = places.observed >= 0
        return counts_of(places.uid[known][listed[places.observed[known]]].astype(np.int64), units.code)
    code = table.county_adcode if units.level == "county" else table.town_code
    return counts_of(code[listed & observed_mask(result.columns("county_list"))], units.code)


def counts_of(found: NDArray[Any], code: NDArray[np.int64]) -> NDArray[np.int64]:
    """How often each unit is found, in the order of ``code``."""
    order = np.argsort(code)
    place = order[np.searchsorted(code[order], found)]
    return np.bincount(place, minlength=code.size)


@in_style
def map_figure(result: RunResult) -> Picture:
    """One row a year; observed on the left where there is a list, simulated on the right."""
    units = map_units(result)
    years = shown_years(result.columns("patterns")) or [result.scenario.end // 12]
    panels: list[list[tuple[str, NDArray[np.int64]]]] = []
    for year in years:
        observed = observed_counts(result, units, year)
        row = [] if observed is None else [(say("{year} observed", year=year), observed)]
        panels.append([*row, (say("{year} simulated", year=year), simulated_counts(result, units, year))])
    n_columns = max(len(row) for row in panels)
    widest, highest = _PANEL_INCHES[units.level]
    shape = height_by_width(units)
    panel = max(min(widest, highest / shape), 2.6)
    height = panel * shape + 0.35
    picture = Picture(panel * n_columns + 0.9, height * len(years) + 0.5)
    grid = picture.panels(len(years), n_columns)
    largest = max(int(counts.max(initial=0)) for row in panels for _, counts in row)
    for place, row in enumerate(panels):
        for axes, (title, counts) in zip(grid[place * n_columns :], row, strict=False):
            draw_map(axes, units, counts, title, largest=largest)
    if units.level != "village":
        colour_bar(picture, grid, units, largest)
    annotate(picture, result, *([LISTS, ground_note(units)] if n_columns > 1 else [ground_note(units)]))
    return picture


def ground_note(units: MapUnits) -> str:
    """What the grey of a map is, and why there are no boundaries."""
    return f"Grey: {_GREY[units.level]}. Albers equal-area projection; no boundaries are shown."


def height_by_width(units: MapUnits) -> float:
    """Shape of one panel."""
    (left, right), (bottom, top) = ground_limits(units)
    return float(np.clip((top - bottom) / (right - left), 0.4, 1.6))


def ground_limits(units: MapUnits, pad: float = 0.02) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where the ground ends, km, across and along; ``pad`` is room around it, in parts of its longer side."""
    x, y, height = units.land
    ground = height > 0.0
    across, along = x[ground.any(axis=0)], y[ground.any(axis=1)]
    room = pad * float(max(np.ptp(across), np.ptp(along)))
    return (
        (float(across[0]) - room, float(across[-1]) + room),
        (float(along[0]) - room, float(along[-1]) + room),
    )


def draw_map(
    axes: Axes, units: MapUnits, counts: NDArray[np.int64], title: str, *, largest: int, size: float = 1.0
) -> Axes:
    """Every unit in grey; those with Taobao villages as discs, area and colour by their number.

    Parameters
    ----------
    counts : (N,) Taobao villages of each unit. largest : number at which colour and area end.
    size : factor on the area of discs and dots, for maps smaller or larger than usual.
    """
    draw_ground(axes, units, size=size)
    draw_discs(axes, units, counts, largest=largest, size=size)
    n, places = int(counts.sum()), np.count_nonzero(counts)
    words = "{title}: {n:,} " + ("village" if n == 1 else "villages")
    if units.level in _WORDS:
        words += " in {places:,} " + (units.level if places == 1 else _WORDS[units.level])
    words = say(words, title=title, n=n, places=places)
    axes.set_title(words, fontsize=9.0)
    return axes


def draw_ground(axes: Axes, units: MapUnits, *, size: float = 1.0) -> Axes:
    """The ground and every unit as a dot, on axes with the limits and the shape of the map."""
    axes.contourf(*units.land, levels=[0.0, np.inf], colors=[LAND])
    axes.scatter(units.x_km, units.y_km, s=0.9 * size * _roomy(units), color=PLACE, linewidths=0)
    axes.set_aspect("equal")
    x_limits, y_limits = ground_limits(units)
    axes.set_xlim(*x_limits)
    axes.set_ylim(*y_limits)
    axes.set_axis_off()
    return axes


def _roomy(units: MapUnits) -> float:
    return float(np.clip(np.sqrt(_CROWDED / units.code.size), 1.0, _MOST_ROOM))


def draw_discs(
    axes: Axes, units: MapUnits, counts: NDArray[np.int64], *, largest: int, size: float = 1.0
) -> PathCollection:
    """Units with Taobao villages as discs, the smallest on top; see :func:`draw_map`."""
    order = np.flatnonzero(counts)[np.argsort(-counts[counts > 0], kind="stable")]
    colour: dict[str, Any] = {"c": counts[order], "cmap": SEQUENCE, "norm": _norm(largest)}
    return axes.scatter(
        units.x_km[order],
        units.y_km[order],
        s=size * _roomy(units) * (7.0 + 4.0 * counts[order]),
        **(colour if units.level in _WORDS else {"color": SIMULATED}),
        edgecolors="white",
        linewidths=0.35,
    )


def _norm(largest: int) -> LogNorm:
    return LogNorm(1.0, max(float(largest), 10.0))


def colour_bar(picture: Picture, grid: list[Axes], units: MapUnits, largest: int) -> None:
    """Which colour is how many Taobao villages, beside the maps."""
    scale = ScalarMappable(_norm(largest), SEQUENCE)
    bar = picture.colorbar(scale, ax=grid, location="right", shrink=0.5, aspect=28, pad=0.015)
    ticks = [step for step in _LEGEND_STEPS if step <= max(largest, 10)]
    bar.set_ticks(ticks)
    bar.ax.yaxis.set_minor_locator(NullLocator())
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    bar.set_label(say(f"Taobao villages of the {units.level}"), fontsize=8.5)
    bar.outline.set_visible(False)
