"""Two maps on one scale, baseline and changed policy: shops by place, and where Taobao villages are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource, HoverTool, Range1d, TapTool
from bokeh.plotting import figure
from numpy.typing import NDArray

from sim.app.months import Months
from sim.app.names import unit_names
from sim.plotting.maps import ground_limits

__all__ = ["BASELINE", "CHANGED", "OBSERVED", "PairOfMaps"]

BASELINE, CHANGED, OBSERVED = "#0072B2", "#00805A", "#D55E00"
_LAND, _PLACE, _RECOGNISED = "#ececec", "#b4b4b4", "#E69F00"
#: Diameter of the largest disc and of the smallest, pixels.
_LARGEST, _SMALLEST = 34.0, 3.5
_HEIGHT = 340
#: Room around the ground, in parts of its longer side.
_PAD = 0.04
_TIP = (
    "<div style='max-width:260px'><b>@name</b><br>shops: @shops{0,0}<br>Taobao villages: @villages{0,0}"
    "<br><span style='color:#666'>@other_words</span></div>"
)


class PairOfMaps:
    """Both maps; they pan and zoom together.

    Parameters
    ----------
    baseline, policy : the runs by month. hanzi : whether the browser shows Chinese characters.
    on_pick : called with a place in ``units`` when one is clicked.
    """

    def __init__(self, baseline: Months, policy: Months, *, hanzi: bool, on_pick: Callable[[int], None]) -> None:
        self.units = baseline.units
        self._on_pick = on_pick
        self._names = unit_names(baseline.result, self.units, hanzi=hanzi)
        self._ranges = [Range1d(*ends) for ends in ground_limits(self.units, _PAD)]
        self._sides: list[Months] = [baseline, policy]
        self._sources = [ColumnDataSource(_empty()), ColumnDataSource(_empty())]
        self._places = ColumnDataSource({"x": self.units.x_km, "y": self.units.y_km})
        self.figures = [
            self._figure(source, colour, words)
            for source, colour, words in zip(
                self._sources, (BASELINE, CHANGED), ("baseline", "changed"), strict=True
            )
        ]

    def replace(self, baseline: Months, policy: Months) -> None:
        """Show other runs of the same world."""
        self._sides = [baseline, policy]

    def rename(self, *, hanzi: bool) -> None:
        """Name places with or without Chinese characters from the next month shown on."""
        self._names = unit_names(self._sides[0].result, self.units, hanzi=hanzi)

    def show(self, month: int) -> None:
        """Show the end of a month."""
        shops = [side.shops_by_unit[month] for side in self._sides]
        villages = [side.villages_by_unit(month) for side in self._sides]
        most = max(1, *(int(side.shops_by_unit.max(initial=0)) for side in self._sides))
        for here, source in enumerate(self._sources):
            source.data = self._discs(shops[here], villages[here], shops[1 - here], most)

    def _discs(
        self, shops: NDArray[Any], villages: NDArray[Any], other: NDArray[Any], most: int
    ) -> dict[str, Any]:
        """Units with shops, the largest first, so that small discs lie on top."""
        order = np.flatnonzero(shops)[np.argsort(-shops[shops > 0], kind="stable")]
        size = np.maximum(_SMALLEST, _LARGEST * np.sqrt(shops[order] / most))
        return {
            "x": self.units.x_km[order],
            "y": self.units.y_km[order],
            "size": np.where(villages[order] > 0, np.maximum(size, 2.0 * _SMALLEST), size),
            "edge": np.where(villages[order] > 0, _RECOGNISED, "#ffffff"),
            "edge_width": np.where(villages[order] > 0, 2.2, 0.6),
            "name": self._names[order],
            "shops": shops[order],
            "villages": villages[order],
            "other_words": np.array([f"in the other run: {n:,} shops" for n in other[order]], dtype=object),
            "unit": order,
        }

    def _figure(self, source: ColumnDataSource, colour: str, words: str) -> Any:
        x_range, y_range = self._ranges
        plot = figure(
            x_range=x_range,
            y_range=y_range,
            height=_HEIGHT,
            sizing_mode="stretch_width",
            tools="pan,wheel_zoom,reset",
            active_scroll=None,
            match_aspect=True,
            min_border=2,
            outline_line_color=None,
            name=f"map {words}",
        )
        plot.axis.visible = False
        plot.grid.visible = False
        plot.toolbar.logo = None
        plot.toolbar.autohide = True
        x, y, height = self.units.land
        plot.contour(x, y, height, levels=[0.0, max(1.0, float(height.max()))], fill_color=[_LAND])
        plot.scatter("x", "y", source=self._places, size=1.6, color=_PLACE, line_color=None)
        discs = plot.scatter(
            "x",
            "y",
            source=source,
            size="size",
            fill_color=colour,
            fill_alpha=0.75,
            line_color="edge",
            line_width="edge_width",
            nonselection_fill_alpha=0.75,
            nonselection_line_alpha=1.0,
        )
        plot.add_tools(
            HoverTool(renderers=[discs], tooltips=_TIP, visible=False), TapTool(renderers=[discs], visible=False)
        )
        source.selected.on_change("indices", lambda _a, _o, chosen, source=source: self._picked(source, chosen))
        return plot

    def _picked(self, source: ColumnDataSource, chosen: list[int]) -> None:
        if chosen:
            self._on_pick(int(source.data["unit"][chosen[0]]))


def _empty() -> dict[str, list[Any]]:
    names = ("x", "y", "size", "edge", "edge_width", "name", "shops", "villages", "other_words", "unit")
    return {name: [] for name in names}
