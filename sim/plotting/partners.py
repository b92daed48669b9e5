"""What partners of the programme earn: over the months, and how incomes are spread in a December."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from sim.data import facts
from sim.plotting.language import say
from sim.plotting.picture import (
    OBSERVED,
    OKABE_ITO,
    SIMULATED,
    Picture,
    annotate,
    count_axis,
    empty_axes,
    in_style,
    plain_axes,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from sim.results import RunResult

__all__ = ["draw_income_by_month", "draw_partner_incomes", "partner_incomes", "partners_figure"]

#: Bars are so wide that the report's figures lie between two of them; what few earn beyond is said in words.
_BAR_YUAN, _SHOWN_SHARE = 500.0, 0.995
_MODELS = ((1, "partners 1.0", OKABE_ITO["sky"]), (2, "partners 2.0", SIMULATED))
_REPORT = "Report: AliResearch, report on Taobao villages, 2015 (facts F095 to F097)."
_BAND: dict[str, Any] = {"color": OBSERVED, "alpha": 0.16, "linewidth": 0}


@in_style
def partners_figure(result: RunResult, year: int | None = None) -> Picture:
    """Mean income by month on the left, the spread over partners in a December on the right.

    Parameters
    ----------
    year : of the December; the last of the run by default.
    """
    picture = Picture(9.0, 3.8)
    left, right = picture.panels(1, 2)
    draw_income_by_month(result, left)
    draw_partner_incomes(result, right, year)
    annotate(picture, result, _REPORT)
    return picture


def partner_incomes(result: RunResult, year: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Model (1 or 2) and income, yuan a month, of every partner in the December of a year."""
    villages = result.columns("villages")
    chosen = (villages["year"] == year) & (villages["partner_model"] > 0)
    model, income = villages["partner_model"][chosen], villages["partner_income_yuan"][chosen]
    known = np.isfinite(income)
    return model[known].astype(np.int64), income[known].astype(np.float64)


def draw_partner_incomes(result: RunResult, axes: Axes, year: int | None = None) -> Axes:
    """How many partners earn how much in December, by model, and what the report says of the average."""
    years = result.columns("villages")["year"]
    year = int(years.max(initial=result.scenario.end // 12 if not years.size else 0)) if year is None else year
    model, income = partner_incomes(result, year)
    axes.set_title(say("Incomes of {n:,} partners, December {year}", n=income.size, year=year))
    axes.set_xlabel(say("yuan per month"))
    axes.set_ylabel(say("partners"))
    plain_axes(axes)
    if not income.size:
        return empty_axes(axes, say("no partner"))
    edges = _edges(income)
    _mark_report(axes, upright=True)
    below = np.zeros(edges.size - 1)
    for number, words, colour in _MODELS:
        mine = income[model == number]
        if mine.size:
            height = np.histogram(mine, edges)[0]
            label = f"{say(words)}: {mine.size:,}"
            axes.bar(edges[:-1], height, np.diff(edges), bottom=below, align="edge", color=colour, label=label)
            below += height
    mean = say("mean: {n:,.0f} yuan", n=income.mean())
    axes.axvline(float(income.mean()), color="#222222", linewidth=1.2, label=mean)
    axes.set_xlim(0.0, edges[-1])
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    count_axis(axes.yaxis)
    beyond = int(np.count_nonzero(income >= edges[-1]))
    words = say("{n:,} earn more, at most {most:,.0f}", n=beyond, most=income.max())
    axes.legend(loc="upper right", title=words if beyond else None, title_fontsize=8.5, alignment="left")
    return axes


def _edges(income: NDArray[np.float64]) -> NDArray[np.float64]:
    """Edges of the bars, yuan a month, up to what all but the few with most earn."""
    most = max(float(np.quantile(income, _SHOWN_SHARE)), facts()["F096"].number + 2 * _BAR_YUAN)
    return np.arange(0.0, most + 2 * _BAR_YUAN, _BAR_YUAN)


def draw_income_by_month(result: RunResult, axes: Axes) -> Axes:
    """Mean income of all partners month by month, the highest where it was recorded, and the report's figures."""
    national = result.columns("national")
    month = national["month"].astype("datetime64[M]").astype(np.int64) / 12.0 + 1970.0
    axes.set_title(say("Income of partners, yuan per month"))
    plain_axes(axes)
    mean = national["mean_partner_income_yuan"].astype(float)
    if not np.isfinite(mean).any():
        return empty_axes(axes, say("no partner"))
    _mark_report(axes, upright=False)
    axes.plot(month, mean, color=SIMULATED, linewidth=1.8, label=say("mean"))
    highest = national.get("highest_partner_income_yuan")
    if highest is not None:
        words = say("highest")
        axes.plot(month, highest.astype(float), color=OKABE_ITO["purple"], linewidth=1.0, label=words)
        fact = facts()["F097"]
        style: dict[str, Any] = {"color": OBSERVED, "linewidth": 1.0, "linestyle": (0, (4, 3))}
        axes.axhline(fact.number, label=say("report: highest {n:,.0f}", n=fact.number), **style)
    axes.set_xlim(left=float(month[np.isfinite(mean)][0]) - 0.1)
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_locator(_quarters(month[np.isfinite(mean)]))
    axes.xaxis.set_major_formatter(FuncFormatter(_month_words))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.legend(loc="best")
    return axes


def _quarters(month: NDArray[np.float64]) -> MultipleLocator:
    """Ticks at quarters of a year where the programme is young, else at years."""
    span = float(month[-1] - month[0])
    return MultipleLocator(0.25 if span < 1.5 else 0.5 if span < 3.0 else 1.0)


def _month_words(value: float, _: int) -> str:
    year, month = divmod(round(value * 12), 12)
    return f"{year}-{month + 1:02}"


def _mark_report(axes: Axes, *, upright: bool) -> None:
    low, high = facts()["F095"].number, facts()["F096"].number
    words = say("report: average {low:,.0f} to {high:,.0f}", low=low, high=high)
    (axes.axvspan if upright else axes.axhspan)(low, high, label=words, **_BAND)
