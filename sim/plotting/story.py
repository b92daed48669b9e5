"""The story of one village: its shops by where they came from, and what conditions did to its hazard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import rcParams
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from sim.metrics.teachers import SOURCES
from sim.plotting.language import say, spoken
from sim.plotting.picture import (
    FAINT,
    GRID,
    OKABE_ITO,
    Picture,
    annotate,
    count_axis,
    empty_axes,
    in_style,
    plain_axes,
)
from sim.results.story import explain
from sim.results.story_text import TERM_WORDS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.results import RunResult
    from sim.results.story import VillageStory

__all__ = ["SOURCE_COLOURS", "draw_conditions", "draw_openings", "spelt", "story_figure"]

#: Colour of each source, after Okabe and Ito; what comes from outside the village is warm.
SOURCE_COLOURS = dict(
    zip(
        SOURCES,
        (
            *(OKABE_ITO[name] for name in ("yellow", "blue", "sky", "orange", "vermilion", "purple")),
            "#444444",
            "#bbbbbb",
        ),
        strict=True,
    )
)
_NOTE = "Sources are the most likely ones, ring means near neighbours; hazard ratios are means over the openings."


def spelt(words: str) -> str:
    """Words with what the figures' type can show: Chinese characters are left out unless Chinese is spoken."""
    if spoken() == "zh":
        return words
    kept = "".join(letter if ord(letter) < 0x2E80 else "\0" for letter in words)
    parts = [" ".join(part.replace("\0", " ").split()).strip("() ") for part in kept.split(",")]
    return ", ".join(part for part in parts if part)


@in_style
def story_figure(result: RunResult, village: int | str) -> Picture:
    """Openings by source with the active shops on the left, hazard ratios on the right."""
    story = explain(result, village)
    picture = Picture(9.0, 3.9)
    left, right = picture.panels(1, 2, width_ratios=[1.5, 1.0])
    draw_openings(story, left)
    draw_conditions(story, right)
    picture.suptitle(
        spelt(story.content["village"]["words"]),
        x=0.01,
        ha="left",
        fontweight=rcParams["axes.titleweight"],
        fontsize=11.0,
    )
    annotate(picture, result, _NOTE)
    return picture


def draw_openings(story: VillageStory, axes: Axes) -> Axes:
    """Shops opened so far by most likely source, shops active, and when the village was recognised."""
    result, criteria = story.result, story.content["criteria"]
    events, closings, sources = result.columns("events"), result.columns("closings"), result.columns("teachers")
    months = result.columns("national")["month"].astype("datetime64[M]")
    year = np.r_[months, months[-1:] + 1].astype(np.int64) / 12.0 + 1970.0  # the last month has a width, too

    def so_far(dates: Any) -> Any:
        count = np.searchsorted(np.sort(dates.astype("datetime64[M]")), months, side="right")
        return np.r_[count, count[-1:]]

    mine = events["village"] == story.village
    rows = [(name, so_far(events["month"][mine & (sources["source"] == name)])) for name in SOURCES[::-1]]
    drawn = [(name, counts) for name, counts in rows if counts[-1]]
    if drawn:
        labels = [f"{say(name)}: {counts[-1]:,}" for name, counts in drawn]
        colours = [SOURCE_COLOURS[name] for name, _ in drawn]
        axes.stackplot(year, *(counts for _, counts in drawn), labels=labels, colors=colours, step="post")
    active = so_far(events["month"][mine]) - so_far(closings["month"][closings["village"] == story.village])
    axes.step(year, active, where="post", color="black", linewidth=1.4, label=f"{say('active')}: {active[-1]:,}")
    axes.set_title(say("Shops opened so far, by most likely source"))
    axes.set_xlim(year[0], year[-1])
    axes.set_ylim(bottom=0, top=1.12 * max(axes.get_ylim()[1], 2.0))
    for counted in criteria["recognised_in"][:1]:
        _mark_recognition(axes, counted)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    count_axis(axes.yaxis)
    plain_axes(axes)
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(handles[::-1], labels[::-1], loc="upper left", bbox_to_anchor=(0.0, 0.95))
    return axes


def _mark_recognition(axes: Axes, counted: int) -> None:
    """A line at the December in which it was counted first, its words on the side where there is more room."""
    moment = counted + 11.5 / 12.0
    is_late = moment > 0.5 * sum(axes.get_xlim())
    axes.axvline(moment, color=FAINT, linewidth=0.9, linestyle=(0, (4, 3)))
    axes.annotate(
        say("Taobao village in December {year}", year=counted),
        (moment, 0.985 * axes.get_ylim()[1]),
        xytext=(-4 if is_late else 4, 0),
        textcoords="offset points",
        ha="right" if is_late else "left",
        va="top",
        fontsize=8.0,
    )


def draw_conditions(story: VillageStory, axes: Axes) -> Axes:
    """Hazard ratios of the conditions, mean over the openings, as bars from 1."""
    rows = sorted(story.content["conditions"] or [], key=lambda row: abs(row["log_hazard_ratio"]))
    axes.set_title(say("What multiplied its hazard"))
    axes.set_xlabel(say("hazard ratio"))
    plain_axes(axes)
    axes.grid(axis="x", color=GRID, linewidth=0.6)
    axes.grid(axis="y", visible=False)
    if not rows:
        words = "no shop opened" if story.content["conditions"] is not None else "not recorded in this run"
        return empty_axes(axes, say(words))
    ratio = np.array([row["hazard_ratio"] for row in rows])
    place = np.arange(ratio.size)
    colours = [OKABE_ITO["green" if value >= 1.0 else "vermilion"] for value in ratio]
    axes.barh(place, ratio - 1.0, left=1.0, color=colours, height=0.62)
    axes.set_xscale("log")
    reach = float(max(np.abs(np.log(ratio)).max(), np.log(1.5)))
    axes.set_xlim(np.exp(-1.45 * reach) if (ratio < 1.0).any() else 0.9, np.exp(1.6 * reach))
    for y, value in zip(place, ratio, strict=True):
        side = 1 if value >= 1.0 else -1
        axes.annotate(
            f"{value:.2f}",
            (value, y),
            xytext=(4 * side, 0),
            textcoords="offset points",
            va="center",
            ha="left" if side > 0 else "right",
            fontsize=8.0,
        )
    axes.axvline(1.0, color=FAINT, linewidth=0.8)
    axes.set_yticks(place, [say(TERM_WORDS.get(row["term"], row["term"])) for row in rows])
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    return axes
