"""Diffusion diagnostics as one picture: the curve, thresholds, hazards and the test of ties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.metrics.exposure import MOST_SELLERS
from sim.plotting.language import say
from sim.plotting.picture import OBSERVED, SIMULATED, Picture, annotate, count_axis, in_style, plain_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.metrics.diffusion import Permutation
    from sim.results import RunResult

__all__ = ["diffusion_figure", "draw_adoptions", "draw_hazard", "draw_permutation", "draw_thresholds"]

_SHADES = ("#08306b", "#2171b5", "#6baed6", "#bdd7e7", "#dddddd")
_LEAST_OPENINGS = 1


@in_style
def diffusion_figure(result: RunResult, strata: str = "village") -> Picture:
    """First openings by adopter class with Bass' curve, thresholds, hazards, and the permutation test."""
    picture = Picture(9.0, 6.8)
    one, two, three, four = picture.panels(2, 2)
    draw_adoptions(result, one)
    draw_thresholds(result, two)
    draw_hazard(result, three)
    draw_permutation(result.diagnostics.permutation(strata), four, strata)
    annotate(
        picture,
        result,
        "Hazards with exact 95 % Poisson intervals. Adjusted: Mantel-Haenszel ratio to households with one "
        "selling acquaintance in the same village and year, times their hazard. Pioneers, who open by decree, "
        "are left out of thresholds and hazards.",
    )
    return picture


def draw_adoptions(result: RunResult, axes: Axes) -> Axes:
    """First openings a month, by Rogers' class, and the curve of Bass."""
    found = result.diagnostics
    frame, months = found.adoptions, found.adoptions_by_month
    x = months["month"].to_numpy().astype("datetime64[M]").astype(np.int64) / 12.0 + 1970.0
    begin, below = result.scenario.start, np.zeros(x.size)
    for row, colour in zip(found.classes.to_dict("records"), _SHADES, strict=True):
        inside = frame[frame["adopter_class"] == row["adopter_class"]]
        month = inside["month"].to_numpy().astype("datetime64[M]").astype(np.int64) + 12 * 1970 - begin
        height = np.bincount(month, minlength=x.size)
        label = f"{say(row['adopter_class'])} ({row['share']:.0%})"
        axes.bar(x, height, width=1 / 12, bottom=below, color=colour, label=label, align="edge")
        below = below + height
    if found.bass is not None:
        fit = found.bass
        label = say("Bass: p {p:.2g}, q {q:.2g} a month", p=fit.p, q=fit.q)
        axes.plot(x + 1 / 24, months["bass"], color=OBSERVED, linewidth=1.5, label=label)
    axes.legend(loc="upper left", fontsize=7.5)
    axes.set_title(say("First openings a month, by adopter class"))
    count_axis(axes.yaxis)
    plain_axes(axes)
    return axes


def draw_thresholds(result: RunResult, axes: Axes) -> Axes:
    """How many acquaintances sold when a household opened its first shop."""
    table = result.diagnostics.thresholds
    axes.bar(table["sellers"], 100.0 * table["share"], color=SIMULATED, width=0.75)
    axes.set_title(say("Thresholds: selling acquaintances at opening"))
    axes.set_xlabel(say("selling acquaintances"))
    axes.set_ylabel(say("% of first adopters"))
    count_axis(axes.xaxis)
    plain_axes(axes)
    return axes


def draw_hazard(result: RunResult, axes: Axes) -> Axes:
    """Openings a household-month by number of selling acquaintances, as they are and within villages and years."""
    table = result.diagnostics.hazard
    seen = table[table["openings"] >= _LEAST_OPENINGS]
    reach = np.abs(seen[["low", "high"]].to_numpy().T - seen["hazard"].to_numpy())
    style: dict[str, Any] = {"markersize": 4.5, "elinewidth": 1.4, "capsize": 0}
    axes.errorbar(
        seen["sellers"] - 0.08, seen["hazard"], yerr=reach, fmt="o", color=SIMULATED, label=say("all"), **style
    )
    of_one = table["hazard"].iloc[1]
    inside = seen[seen["ratio_to_one"].notna() & (seen["sellers"] != 1)]
    if len(inside) and of_one > 0:
        middle, low, high = (of_one * inside[f"ratio_{word}"].to_numpy() for word in ("to_one", "low", "high"))
        reach = np.stack([middle - low, high - middle])
        axes.errorbar(
            inside["sellers"] + 0.08, middle, yerr=reach, fmt="s", color=OBSERVED, label=say("adjusted"), **style
        )
    if len(seen):
        axes.set_yscale("log")
        axes.legend(loc="lower right")
    axes.set_title(say("Openings a household-month at risk"))
    axes.set_xlabel(say("selling acquaintances ({most}: so many or more)", most=MOST_SELLERS))
    count_axis(axes.xaxis)
    plain_axes(axes)
    return axes


def draw_permutation(test: Permutation, axes: Axes, strata: str) -> Axes:
    """Mean difference of the times of tied adopters, beside what permutations within strata give."""
    axes.set_title(say("Are acquaintances closer in time than chance?"))
    plain_axes(axes)
    axes.set_xlabel(say("mean difference of tied adopters, months"))
    if not test.pairs:
        axes.text(0.5, 0.5, say("no ties between adopters"), ha="center", transform=axes.transAxes)
        return axes
    where = say("all adopters" if strata == "none" else f"within each {strata}")
    axes.hist(test.permuted, bins=20, color="#bbbbbb", label=say("times permuted {where}", where=where))
    label = say("this run: {mean:.2f}, p = {p:.3f}", mean=test.observed, p=test.p_value)
    axes.axvline(test.observed, color=OBSERVED, linewidth=2.0, label=label)
    axes.set_ylim(0, axes.get_ylim()[1] * 1.35)
    axes.legend(loc="upper center", fontsize=7.5)
    count_axis(axes.yaxis)
    return axes
