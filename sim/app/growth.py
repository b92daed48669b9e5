"""Two growth curves, up to the month shown: Taobao villages each December, active shops each month."""

from __future__ import annotations

from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource, FixedTicker, HoverTool, NumeralTickFormatter, Span
from bokeh.plotting import figure

from sim.app.maps import BASELINE, CHANGED, OBSERVED
from sim.app.months import Months

__all__ = ["GrowthCurves"]

_HEIGHT, _FAINT = 250, 0.28
_COLOURS = {"baseline": BASELINE, "changed": CHANGED}


def _empty() -> dict[str, list[float]]:
    """Columns before the first run: a browser complains of glyphs whose columns are not there."""
    return {"x": [], "y": [], "year": []}


class GrowthCurves:
    """Both figures: what has happened by the month shown in full colour, the rest faint.

    Parameters
    ----------
    baseline, policy : the runs by month.
    """

    def __init__(self, baseline: Months, policy: Months) -> None:
        self._whole = {name: ColumnDataSource(_empty()) for name in _COLOURS}
        self._so_far = {name: ColumnDataSource(_empty()) for name in _COLOURS}
        self._yearly = {name: ColumnDataSource(_empty()) for name in _COLOURS}
        self._yearly_so_far = {name: ColumnDataSource(_empty()) for name in _COLOURS}
        self._observed = ColumnDataSource({"x": [], "y": [], "text": []})
        self._now = [
            Span(location=0, dimension="height", line_color="#777777", line_width=1, line_dash="dashed")
            for _ in range(2)
        ]
        self.replace(baseline, policy)
        self.figures = [self._villages(), self._shops()]

    def replace(self, baseline: Months, policy: Months) -> None:
        """Show other runs."""
        self._sides = {"baseline": baseline, "changed": policy}
        for name, side in self._sides.items():
            self._whole[name].data = {"x": side.decimal_year, "y": side.national("shops")}
            year, counted, _ = side.yearly("villages")
            self._yearly[name].data = {"x": year + 1.0, "y": counted, "year": year}
        year, _, observed = baseline.yearly("villages")
        seen = np.isfinite(observed)
        self._observed.data = {
            "x": year[seen] + 1.0,
            "y": observed[seen],
            "text": [f"{int(value):,}" for value in observed[seen]],
        }

    def show(self, month: int) -> None:
        """Show the end of a month."""
        for name, side in self._sides.items():
            whole, yearly = self._whole[name].data, self._yearly[name].data
            now = float(side.decimal_year[month])
            self._so_far[name].data = {
                "x": whole["x"][: month + 1],
                "y": whole["y"][: month + 1],
                "month": [side.label(each) for each in range(month + 1)],
            }
            past = yearly["x"] <= now + 1e-6
            self._yearly_so_far[name].data = {key: values[past] for key, values in yearly.items()}
            for line in self._now:
                line.location = now

    def _years(self) -> list[int]:
        """Every year of the run; each is named in its middle, since a December lies at its end."""
        scenario = self._sides["baseline"].result.scenario
        return list(range(scenario.start // 12, scenario.end // 12 + 1))

    def _villages(self) -> Any:
        plot = self._figure("Taobao villages, counted each December", self._now[0])
        drawn = []
        for name, colour in _COLOURS.items():
            plot.line("x", "y", source=self._yearly[name], color=colour, alpha=_FAINT, line_width=2)
            plot.line("x", "y", source=self._yearly_so_far[name], color=colour, line_width=2.4)
            drawn.append(plot.scatter("x", "y", source=self._yearly_so_far[name], color=colour, size=6))
        if len(self._observed.data["x"]):
            plot.scatter(
                "x",
                "y",
                source=self._observed,
                color=OBSERVED,
                marker="diamond",
                size=11,
            )
            plot.text(
                "x",
                "y",
                text="text",
                source=self._observed,
                x_offset=-9,
                text_align="right",
                text_baseline="middle",
                text_color=OBSERVED,
                text_font_size="11px",
            )
        plot.add_tools(HoverTool(renderers=drawn, tooltips="December @year: <b>@y{0,0}</b>"))
        return plot

    def _shops(self) -> Any:
        plot = self._figure("Active shops", self._now[1])
        drawn = []
        for name, colour in _COLOURS.items():
            plot.line("x", "y", source=self._whole[name], color=colour, alpha=_FAINT, line_width=2)
            drawn.append(plot.line("x", "y", source=self._so_far[name], color=colour, line_width=2.4))
        plot.add_tools(HoverTool(renderers=drawn, tooltips="@month: <b>@y{0,0}</b>", mode="vline"))
        return plot

    def _figure(self, title: str, now: Span) -> Any:
        plot = figure(
            title=title, height=_HEIGHT, sizing_mode="stretch_width", tools="", toolbar_location=None, min_border=4
        )
        plot.outline_line_color = None
        plot.title.text_font_size = "13px"
        plot.xgrid.visible = False
        plot.ygrid.grid_line_color = "#e6e6e6"
        plot.y_range.start = 0
        years = self._years()
        plot.xaxis.ticker = FixedTicker(ticks=[year + 0.5 for year in years], minor_ticks=years)
        plot.xaxis.major_label_overrides = {year + 0.5: str(year) for year in years}
        plot.xaxis.major_tick_line_color = None
        plot.x_range.start, plot.x_range.end = years[0] - 0.05, years[-1] + 1.1
        plot.yaxis.formatter = NumeralTickFormatter(format="0,0")
        plot.yaxis.ticker.min_interval = 1
        plot.xaxis.minor_tick_out = 6
        plot.yaxis.minor_tick_line_color = None
        plot.axis.axis_line_color = "#999999"
        plot.add_layout(now)
        return plot
