"""The map as a moving picture (GIF): shops month by month, Taobao villages December by December."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.animation import PillowWriter

from sim.errors import ResultError
from sim.plotting.language import say
from sim.plotting.maps import (
    MapUnits,
    colour_bar,
    counts_of,
    draw_discs,
    draw_ground,
    ground_note,
    height_by_width,
    map_units,
    simulated_counts,
)
from sim.plotting.picture import OKABE_ITO, Picture, annotate, in_style
from sim.results.comparison import december_years
from sim.results.staging import told_if_unwritable, written_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import PathCollection
    from numpy.typing import NDArray

    from sim.results import RunResult

__all__ = ["animation_months", "draw_month", "shops_by_unit", "write_animation"]

_MOST_FRAMES, _FRAMES_PER_SECOND, _LAST_FRAME_SECONDS = 29, 4.0, 2.0
_WIDTH, _DPI = 5.6, 96
_SHOP_AREA = 0.9


def animation_months(result: RunResult, most: int = _MOST_FRAMES) -> list[int]:
    """Months of the run shown, from 0: equally far apart, back from the last, so that it is among them."""
    n = result.scenario.n_months
    step = next(each for each in (1, 2, 3, 4, 6, 12, 24, 36, 60, 120, n) if -(-n // each) <= most or each >= n)
    return list(range(n - 1, -1, -step))[::-1]


def shops_by_unit(result: RunResult, units: MapUnits) -> NDArray[np.int64]:
    """Active shops of each unit at the end of each month, (M, N)."""
    n_months = result.scenario.n_months
    if units.level == "county":
        table, codes = result.columns("counties"), result.columns("county_list")["county"]
        shops = table["shops"].reshape(n_months, codes.size)
        return np.asarray(shops[:, np.searchsorted(codes, units.code)], np.int64)
    change = np.zeros((n_months, units.code.size), np.int64)
    villages = result.world.villages
    code = villages.uid if units.level == "village" else result.world.towns.code[villages.town]
    for table_name, sign in (("events", 1), ("closings", -1)):
        rows = result.columns(table_name)
        month = rows["month"].astype("datetime64[M]").astype(np.int64) + 12 * 1970 - result.scenario.start
        for each in np.unique(month):
            change[each] += sign * counts_of(code[rows["village"][month == each]].astype(np.int64), units.code)
    return change.cumsum(axis=0)


def draw_month(
    axes: Axes,
    units: MapUnits,
    shops: NDArray[np.int64],
    villages: NDArray[np.int64],
    title: str,
    *,
    largest: int,
    most_shops: int,
) -> list[PathCollection]:
    """Shops as pale discs by area, Taobao villages on top as on every map; :func:`draw_ground` lies below.

    Parameters
    ----------
    shops, villages : (N,) of each unit. largest : villages at which colour ends. most_shops : of a unit, ever.

    Returns
    -------
    What was drawn, to be removed before the next month.
    """
    there = np.flatnonzero(shops)
    area = _SHOP_AREA * 400.0 * shops[there] / max(most_shops, 1)
    pale = axes.scatter(
        units.x_km[there], units.y_km[there], s=2.0 + area, color=OKABE_ITO["sky"], alpha=0.4, linewidths=0
    )
    discs = draw_discs(axes, units, villages, largest=largest, size=0.8)
    axes.set_title(title, fontsize=9.0)
    return [pale, discs]


def write_animation(
    result: RunResult,
    file: str | os.PathLike[str],
    *,
    frames_per_second: float = _FRAMES_PER_SECOND,
    most_frames: int = _MOST_FRAMES,
) -> Path:
    """Write the map month by month as an animated GIF, whole or not at all; the last frame stays longer.

    Parameters
    ----------
    file : ends in ``.gif``. frames_per_second : speed. most_frames : at most; months between are left out.

    Returns
    -------
    The path of the file.

    Raises
    ------
    ResultError : the name does not end in .gif, a number is not positive, or the file cannot be written.
    """
    path = Path(file)
    if path.suffix.lower() != ".gif":
        found = f"found {path.suffix or 'no ending'}, allowed is .gif"
        raise ResultError.at(path, found, "name the file so")
    if not frames_per_second > 0 or most_frames < 1:
        found = f"found {frames_per_second:g} frames a second and at most {most_frames}; both must be positive"
        raise ResultError(found)
    with told_if_unwritable(path, "name another file"), written_whole(path) as beside:
        _write_frames(result, beside, frames_per_second, animation_months(result, most_frames))
    return path


@in_style
def _empty_picture(result: RunResult, units: MapUnits, largest: int) -> Picture:
    picture = Picture(_WIDTH, _WIDTH * height_by_width(units) * 0.86 + 1.0)
    panels = picture.panels(1, 1)
    draw_ground(panels[0], units)
    panels[0].set_title(" ", fontsize=9.0)  # keeps its room
    if units.level != "village":
        colour_bar(picture, panels, units, largest)
    words = "Pale discs: active shops by area. Dark discs: Taobao villages of the last December."
    annotate(picture, result, words, ground_note(units))
    picture.draw_without_rendering()
    picture.set_layout_engine("none")  # places stay from frame to frame
    return picture


def _write_frames(result: RunResult, file: Path, frames_per_second: float, months: list[int]) -> None:
    units, scenario = map_units(result), result.scenario
    shops = shops_by_unit(result, units)
    villages = {year: simulated_counts(result, units, year) for year in december_years(scenario)}
    none = np.zeros(units.code.size, np.int64)
    largest = max((int(each.max(initial=0)) for each in villages.values()), default=0)
    picture = _empty_picture(result, units, largest)
    axes, most_shops = picture.axes[0], int(shops.max(initial=0))
    writer = PillowWriter(fps=frames_per_second)  # type: ignore[arg-type]  # its stub asks for whole numbers
    drawn: list[PathCollection] = []
    with mpl.rc_context(rc=picture.look), writer.saving(picture, str(file), _DPI):
        for month in months:
            for each in drawn:
                each.remove()
            year, number = divmod(scenario.start + month, 12)
            counted = year if number == 11 else year - 1
            now = villages.get(counted, none)
            words = "{year}-{month:02}: {shops:,} shops, {n:,} Taobao villages"
            title = say(words, year=year, month=number + 1, shops=int(shops[month].sum()), n=int(now.sum()))
            drawn = draw_month(axes, units, shops[month], now, title, largest=largest, most_shops=most_shops)
            writer.grab_frame()
        for _ in range(int(_LAST_FRAME_SECONDS * frames_per_second)):
            writer.grab_frame()
