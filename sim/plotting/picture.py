"""The look of all figures: one size of type, few lines, colours that colour-blind readers tell apart."""

from __future__ import annotations

import functools
import io
import logging
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ParamSpec

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from sim.plotting.language import chinese_font, font_families, has_bold, say, writable
from sim.scenario.show import describe_region

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

    from sim.results import RunResult

__all__ = [
    "DIVERGING",
    "FAINT",
    "GRID",
    "INK",
    "LAND",
    "LISTS",
    "OBSERVED",
    "OKABE_ITO",
    "PLACE",
    "SEQUENCE",
    "SIMULATED",
    "Picture",
    "annotate",
    "caption",
    "count_axis",
    "empty_axes",
    "in_style",
    "logarithmic",
    "plain_axes",
    "wrapped",
]

P = ParamSpec("P")

#: Colours that readers with any colour vision tell apart: Okabe and Ito, Color Universal Design (2008).
OKABE_ITO = {
    "orange": "#E69F00",
    "sky": "#56B4E9",
    "green": "#009E73",
    "yellow": "#F0E442",
    "blue": "#0072B2",
    "vermilion": "#D55E00",
    "purple": "#CC79A7",
}
SIMULATED, OBSERVED = OKABE_ITO["blue"], OKABE_ITO["vermilion"]
#: Colour maps for numbers (dark is more) and for differences; both hold for colour-blind readers and in grey.
SEQUENCE, DIVERGING = "viridis_r", "PuOr_r"
#: Greys: words, lesser words and frames, places on a map, lines across, the ground of a map.
INK, FAINT, PLACE, GRID, LAND = "#222222", "#555555", "#b0b0b0", "#e6e6e6", "#ededed"
LISTS = "Observed: AliResearch, lists of Taobao villages of 2014 and 2015."

_DPI = 160
_CAPTION_LETTERS_PER_INCH = 17.5
_STYLE: dict[str, Any] = {
    "font.size": 9.0,
    "axes.titlesize": 10.0,
    "axes.titlelocation": "left",
    "axes.titlepad": 8.0,
    "axes.labelsize": 9.0,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
}


class Picture(Figure):
    """A figure that shows itself in a notebook without pyplot and without a window.

    Parameters
    ----------
    width, height : inches.

    Attributes
    ----------
    look : settings of matplotlib in which it is drawn and written.
    """

    def __init__(self, width: float, height: float) -> None:
        super().__init__(figsize=(width, height), dpi=_DPI, layout="constrained", facecolor="white")
        self.look = _look()  # ticks are made when the figure is drawn, with the settings of that moment

    def panels(self, rows: int, columns: int, **options: Any) -> list[Axes]:
        """Axes row by row."""
        return list(self.subplots(rows, columns, squeeze=False, **options).flat)

    def savefig(self, fname: Any, **options: Any) -> None:
        """Write the figure in its own look, whatever settings are in force by now."""
        with mpl.rc_context(rc=self.look):
            super().savefig(fname, **options)

    def png(self) -> bytes:
        """The figure as a PNG file, drawn once; ``savefig`` draws it twice, for options not used here."""
        stream, canvas = io.BytesIO(), self.canvas
        with mpl.rc_context(rc=self.look):
            FigureCanvasAgg(self).print_png(stream, metadata={"Software": None})  # type: ignore[no-untyped-call]
        self.set_canvas(canvas)
        return stream.getvalue()

    def _repr_png_(self) -> bytes:
        return self.png()


def _is_news(record: logging.LogRecord) -> bool:
    """Not that the Chinese font behind the Latin one has no bold letters, as matplotlib says at each title.

    Before 3.11 matplotlib says it without the name of the font.
    """
    if not str(record.msg).startswith("findfont: Failed to find font weight"):
        return True
    return " for " in str(record.msg) and f" for {chinese_font()}," not in record.getMessage()


logging.getLogger("matplotlib.font_manager").addFilter(_is_news)


def _look() -> Any:  # the stub of rc_context lists every key
    weight = "bold" if has_bold() else "normal"
    return {**_STYLE, "font.family": font_families(), "axes.titleweight": weight}


def in_style(draw: Callable[P, Picture]) -> Callable[P, Picture]:
    """Draw a whole figure in the look of this module; settings of the caller come back after it."""

    @functools.wraps(draw)
    def styled(*arguments: P.args, **options: P.kwargs) -> Picture:
        with mpl.rc_context(rc=_look()):
            return draw(*arguments, **options)

    return styled


def annotate(picture: Picture, result: RunResult, *sources: str) -> None:
    """Write below the figure what was simulated and where observations come from, so that it can stand alone."""
    scenario = result.scenario
    name = scenario.title or f"{scenario.name}, {describe_region(scenario)}"
    first = say(
        "Simulated: {name}; one run, world seed {world}, history seed {history}.",
        name=name,
        world=scenario.world_seed,
        history=scenario.history_seed,
    )
    caption(picture, first, *(say(each) for each in sources))


def caption(picture: Picture, *texts: str) -> None:
    """Write texts in small letters below a figure, each beginning a line of its own."""
    room = int(picture.get_figwidth() * _CAPTION_LETTERS_PER_INCH)
    lines = [line for text in texts for line in wrapped(writable(text), room)]
    picture.supxlabel("\n".join(lines), x=0.01, ha="left", fontsize=7.0, color=FAINT)


def wrapped(text: str, room: int) -> Iterator[str]:
    """Lines of at most ``room`` letters; a Chinese character takes the room of two and may end a line."""
    line = ""
    for piece in re.findall(r"[\u2e80-\uffef]|[^\s\u2e80-\uffef]+|\s+", text):
        if line and _width(line) + _width(piece.rstrip()) > room:
            yield line.rstrip()
            line = ""
        line += piece if line else piece.lstrip()
    if line.strip():
        yield line.rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def count_axis(axis: Axis) -> None:
    """Ticks of an axis that counts: whole numbers, thousands set apart; never a rounded label at 2.5."""
    axis.set_major_locator(MaxNLocator("auto", integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))


def logarithmic(axes: Axes) -> None:
    """Both scales logarithmic, with plain numbers at 1, 3, 10, 30 and so on."""
    axes.set_xscale("log")
    axes.set_yscale("log")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(subs=(1.0, 3.0)))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axis.set_minor_formatter(NullFormatter())


def plain_axes(axes: Axes) -> None:
    """Leave away the frame at the top and on the right; light lines across."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)


def empty_axes(axes: Axes, words: str) -> Axes:
    """Say in the middle of the axes why nothing is drawn."""
    axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", va="center", color=FAINT)
    axes.set_xticks([])
    axes.set_yticks([])
    return axes
