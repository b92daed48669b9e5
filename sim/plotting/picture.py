"""The look of all figures: one size of type, few lines, colours that colour-blind readers tell apart."""

from __future__ import annotations

import functools
import io
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.scenario.show import describe_region

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

    from sim.results import RunResult

__all__ = ["LISTS", "OBSERVED", "SIMULATED", "Picture", "annotate", "count_axis", "in_style", "plain_axes"]

P = ParamSpec("P")

# Okabe and Ito's palette.
SIMULATED, OBSERVED = "#0072B2", "#D55E00"
LISTS = "Observed: AliResearch, lists of Taobao villages of 2014 and 2015."

_DPI = 160
_CAPTION_LETTERS_PER_INCH = 17.5
_STYLE: dict[str, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9.0,
    "axes.titlesize": 10.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 8.0,
    "axes.labelsize": 9.0,
    "axes.edgecolor": "#555555",
    "axes.labelcolor": "#222222",
    "axes.linewidth": 0.8,
    "xtick.color": "#555555",
    "ytick.color": "#555555",
    "xtick.labelcolor": "#222222",
    "ytick.labelcolor": "#222222",
    "legend.frameon": False,
    "legend.fontsize": 8.5,
}


class Picture(Figure):
    """A figure that shows itself in a notebook without pyplot and without a window.

    Parameters
    ----------
    width, height : inches.
    """

    def __init__(self, width: float, height: float) -> None:
        super().__init__(figsize=(width, height), dpi=_DPI, layout="constrained", facecolor="white")

    def panels(self, rows: int, columns: int, **options: Any) -> list[Axes]:
        """Axes row by row."""
        return list(self.subplots(rows, columns, squeeze=False, **options).flat)

    def png(self) -> bytes:
        """The figure as a PNG file."""
        stream = io.BytesIO()
        self.savefig(stream, format="png", dpi=_DPI, metadata={"Software": None})
        return stream.getvalue()

    def _repr_png_(self) -> bytes:
        return self.png()


def in_style(draw: Callable[P, Picture]) -> Callable[P, Picture]:
    """Draw a whole figure in the look of this module; settings of the caller come back after it."""

    @functools.wraps(draw)
    def styled(*arguments: P.args, **options: P.kwargs) -> Picture:
        with mpl.rc_context(rc=_STYLE):  # type: ignore[arg-type]  # its stub lists every key
            return draw(*arguments, **options)

    return styled


def annotate(picture: Picture, result: RunResult, *sources: str) -> None:
    """Write below the figure what was simulated and where observations come from, so that it can stand alone."""
    scenario = result.scenario
    name = scenario.title or f"{scenario.name}, {describe_region(scenario)}"
    seeds = f"world seed {scenario.world_seed}, history seed {scenario.history_seed}"
    room = int(picture.get_figwidth() * _CAPTION_LETTERS_PER_INCH)
    texts = (f"Simulated: {name}; one run, {seeds}.", *sources)
    lines = [line for text in texts for line in textwrap.wrap(text, room)]
    picture.supxlabel("\n".join(lines), x=0.01, ha="left", fontsize=7.0, color="#555555")


def count_axis(axis: Axis) -> None:
    """Ticks of an axis that counts: whole numbers, thousands set apart; never a rounded label at 2.5."""
    axis.set_major_locator(MaxNLocator("auto", integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))


def plain_axes(axes: Axes) -> None:
    """Leave away the frame at the top and on the right; light lines across."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#e6e6e6", linewidth=0.6)
    axes.set_axisbelow(True)
