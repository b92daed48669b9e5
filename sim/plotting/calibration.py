"""Figures of a calibration: the posterior in pairs, and how well known truths were recovered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import MaxNLocator, NullFormatter, NullLocator

from sim.calibration.priors import priors_of
from sim.plotting.language import say
from sim.plotting.picture import OBSERVED, SIMULATED, Picture, caption, in_style, plain_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from sim.calibration.posterior import Posterior
    from sim.calibration.priors import Prior
    from sim.calibration.recovery import Recovery
    from sim.scenario import Scenario

__all__ = ["calibration_pngs", "draws_figure", "pair_figure", "recovery_figure"]

_DRAWS = 400
_COLUMNS = 4


def calibration_pngs(posterior: Posterior, recovery: Recovery | None = None) -> dict[str, bytes]:
    """All figures as PNG files by name."""
    drawn = {"pairs": pair_figure(posterior)}
    if recovery is not None:
        drawn["recovery"] = recovery_figure(recovery)
    return {name: picture.png() for name, picture in drawn.items()}


def pair_figure(posterior: Posterior) -> Picture:
    """Each parameter by itself on the diagonal, each pair below it, over the whole width of the priors."""
    words = say(
        "{name}: {draws} draws from {n:,} runs.",
        name=posterior.scenario.title or posterior.scenario.name,
        draws=_DRAWS,
        n=len(posterior.table.shares),
    )
    return _pairs_of(posterior.scenario, posterior.priors, posterior.sample.drawn(_DRAWS, 0), words)


def draws_figure(scenario: Scenario, draws: Sequence[Mapping[str, Any]]) -> Picture:
    """The same of draws that were read from a file, by the priors of the parameter table."""
    priors = priors_of(scenario, list(draws[0]))
    shares = np.array([[prior.share(float(draw[prior.name])) for prior in priors] for draw in draws])
    words = say("{name}: {draws} draws.", name=scenario.title or scenario.name, draws=len(draws))
    return _pairs_of(scenario, priors, shares, words)


@in_style
def _pairs_of(scenario: Scenario, priors: tuple[Prior, ...], shares: NDArray[np.float64], words: str) -> Picture:
    """Draws (N, D), as shares of the priors' mass, in pairs."""
    held = np.array([prior.share(float(scenario.values[prior.name])) for prior in priors])
    n = len(priors)
    picture = Picture(max(1.15 * n + 0.8, 4.0), max(1.05 * n + 0.9, 3.6))
    grid = np.array(picture.panels(n, n), dtype=object).reshape(n, n)
    for row in range(n):
        for column in range(n):
            axes = grid[row, column]
            if column > row:
                axes.set_axis_off()
            elif column == row:
                _draw_marginal(axes, shares[:, row], held[row])
            else:
                axes.scatter(shares[:, column], shares[:, row], s=2.0, color=SIMULATED, alpha=0.35, linewidths=0)
                axes.plot(held[column], held[row], marker="D", markersize=3.5, color=OBSERVED)
                axes.set_ylim(0, 1)
            if column <= row:
                _finish_panel(axes, priors, row, column, n)
    explained = say(
        "Axes span the priors; on the diagonal the line is the prior. "
        "Diamond and upright line: the scenario's own value."
    )
    caption(picture, f"{words} {explained}")
    return picture


def _draw_marginal(axes: Axes, shares: NDArray[np.float64], held: float) -> None:
    axes.hist(shares, bins=20, range=(0.0, 1.0), density=True, color=SIMULATED, alpha=0.75)
    axes.axhline(1.0, color="#777777", linewidth=0.8)
    axes.axvline(held, color=OBSERVED, linewidth=1.0)
    axes.set_yticks([])


def _finish_panel(axes: Axes, priors: tuple[Prior, ...], row: int, column: int, n: int) -> None:
    axes.set_xlim(0, 1)
    ticks = (0.1, 0.9)
    axes.set_xticks(ticks)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.tick_params(labelsize=5.5, length=2)
    axes.spines[["top", "right"]].set_visible(False)
    short = [prior.name.replace(".", ".\n", 1) for prior in priors]
    if row == n - 1:
        axes.set_xticklabels([f"{float(priors[column].value(tick)):.2g}" for tick in ticks])
        axes.set_xlabel(short[column], fontsize=6.0)
    else:
        axes.xaxis.set_major_formatter(NullFormatter())
    if column == row:
        return
    axes.set_yticks(ticks)
    if column == 0:
        axes.set_yticklabels([f"{float(priors[row].value(tick)):.2g}" for tick in ticks])
        axes.set_ylabel(short[row], fontsize=6.0)
    else:
        axes.yaxis.set_major_formatter(NullFormatter())


@in_style
def recovery_figure(recovery: Recovery) -> Picture:
    """Known values against the medians recovered, one panel a parameter, over the width of the prior."""
    n = len(recovery.names)
    rows = -(-n // _COLUMNS)
    picture = Picture(2.1 * min(n, _COLUMNS) + 0.4, 2.2 * rows + 0.6)
    panels = picture.panels(rows, min(n, _COLUMNS))
    table = recovery.table.set_index("parameter")
    for number, axes in enumerate(panels):
        if number >= n:
            axes.set_axis_off()
            continue
        name = recovery.names[number]
        axes.plot([0, 1], [0, 1], color="#999999", linewidth=0.8)
        x, y = recovery.truth[:, number], recovery.middle[:, number]
        axes.scatter(x, y, s=4.0, color=SIMULATED, alpha=0.5, linewidths=0)
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        axes.set_title(f"{name}\n" + say("skill {skill:.2f}", skill=table.loc[name, "skill"]), fontsize=7.0)
        axes.xaxis.set_major_locator(MaxNLocator(3))
        axes.yaxis.set_major_locator(MaxNLocator(3))
        axes.tick_params(labelsize=6.5)
        plain_axes(axes)
    panels[0].set_ylabel(say("median recovered"))
    words = say(
        "Across: the value a simulation was made with. {n} simulations taken as if they were the facts; values as "
        "shares of the prior's mass. Skill 0: no better than not knowing; 1: known perfectly.",
        n=recovery.n,
    )
    caption(picture, words)
    return picture
