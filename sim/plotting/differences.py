"""What policies change: differences of outcomes with intervals, and a map of winners and losers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import FuncFormatter

from sim.plotting.labels import name_places
from sim.plotting.language import say, spoken, writable
from sim.plotting.maps import county_units, draw_ground, height_by_width
from sim.plotting.picture import (
    GRID,
    OBSERVED,
    OKABE_ITO,
    PLACE,
    SIMULATED,
    Picture,
    caption,
    in_style,
    plain_axes,
)
from sim.plotting.projection import albers_km

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from sim.experiments.compare import ComparisonResult

__all__ = ["differences_figure", "draw_differences", "draw_winners", "winners_figure"]

_COLOURS = tuple(OKABE_ITO[name] for name in ("blue", "green", "purple", "orange", "sky", "vermilion"))
_WIDTH, _ROW = 7.2, 0.42
_MAP_INCHES = 5.2
_MOST_NAMED = 4


@in_style
def differences_figure(result: ComparisonResult) -> Picture:
    """Relative difference of each outcome from the base, with its 95 % interval; one colour a policy."""
    n_rows = result.table["outcome"].nunique()
    picture = Picture(_WIDTH, 1.5 + n_rows * (_ROW + 0.12 * (len(result.policies) - 1)))
    (axes,) = picture.panels(1, 1)
    draw_differences(result, axes)
    base = result.scenario.title or result.scenario.name
    text = say(
        "Base: {base}; {n} pairs on the same seeds, December {year}. Mean paired difference with Student's 95 % "
        "interval, in percent of the base's mean.",
        base=base,
        n=result.n_replicates,
        year=result.year,
    )
    caption(picture, text)
    return picture


def draw_differences(result: ComparisonResult, axes: Axes) -> Axes:
    """One row an outcome, the first at the top; outcomes that are zero in the base are left out."""
    table = result.table[result.table["base_mean"] > 0]
    outcomes = list(dict.fromkeys(table["outcome"]))
    step = 0.6 / max(len(result.policies), 1)
    for number, policy in enumerate(result.policies):
        rows = table[table["policy"] == policy].set_index("outcome")
        y = np.array([-outcomes.index(name) for name in rows.index], float)
        y += ((len(result.policies) - 1) / 2 - number) * step
        share = 100.0 / rows["base_mean"].to_numpy()
        middle, low, high = (rows[name].to_numpy() * share for name in ("difference", "low", "high"))
        reach = np.nan_to_num(np.stack([middle - low, high - middle]))
        style: dict[str, Any] = {"fmt": "o", "markersize": 5, "elinewidth": 1.6, "capsize": 0}
        axes.errorbar(
            middle, y, xerr=reach, color=_COLOURS[number % len(_COLOURS)], label=writable(policy), **style
        )
    meanings = table.drop_duplicates("outcome").set_index("outcome")["meaning"]
    axes.set_yticks([-number for number in range(len(outcomes))], [say(meanings[name]) for name in outcomes])
    axes.axvline(0.0, color="#777777", linewidth=0.9, zorder=0)
    axes.set_ylim(0.6 - len(outcomes), 0.6)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:+g} %" if value else "0 %"))
    axes.set_title(say("Difference from the base, {year}", year=result.year))
    if outcomes:
        axes.legend(loc="upper left", bbox_to_anchor=(-0.1, -0.08))
    plain_axes(axes)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", color=GRID, linewidth=0.6)
    return axes


@in_style
def winners_figure(result: ComparisonResult, outcome: str = "villages") -> Picture:
    """One map a policy: counties that gain and lose.

    Parameters
    ----------
    outcome : "villages" or "shops".

    Raises
    ------
    ValueError : a synthetic world, whose counties have no place in China; or an unknown outcome.
    """
    if result.scenario.region.synthetic is not None:
        message = "a synthetic world has no map of China; see result.counties"
        raise ValueError(message)
    if outcome not in {"villages", "shops"}:
        message = f"found outcome {outcome!r}, allowed is villages or shops"
        raise ValueError(message)
    units = county_units(result.dataset["county"].values)
    panel = _MAP_INCHES * height_by_width(units)
    picture = Picture(_MAP_INCHES * len(result.policies), panel + 0.9)
    for axes, policy in zip(picture.panels(1, len(result.policies)), result.policies, strict=True):
        draw_winners(result, axes, policy, outcome)
    text = say(
        "Blue: counties with more {outcome} under the policy, orange: with fewer; area by the mean paired "
        "difference of {n} pairs, full colour where the 95 % interval leaves zero out. Grey: county seats and the "
        "ground around them. Albers equal-area projection; no boundaries are shown.",
        outcome=say(outcome),
        n=result.n_replicates,
    )
    caption(picture, text)
    return picture


def draw_winners(result: ComparisonResult, axes: Axes, policy: str, outcome: str) -> Axes:
    """Counties as discs: area by the difference, colour by its sign, pale where it may be luck.

    Discs are of one scale for all policies of the comparison, which a key tells; the counties that change most,
    where that is no luck, bear their names.
    """
    draw_ground(axes, county_units(result.dataset["county"].values))
    frame = result.counties
    column = f"{outcome}_difference"
    largest = float(frame[column].abs().max()) if len(frame) else 0.0
    rows = frame[(frame["policy"] == policy) & (frame[column] != 0)]
    difference = rows[column].to_numpy()
    safe = (rows[f"{outcome}_low"].to_numpy() > 0) | (rows[f"{outcome}_high"].to_numpy() < 0)
    x, y = albers_km(rows["lon"].to_numpy(), rows["lat"].to_numpy())
    for chosen, alpha in ((~safe, 0.3), (safe, 0.9)):
        if not chosen.any():
            continue
        axes.scatter(
            x[chosen],
            y[chosen],
            s=_area(difference[chosen], largest),
            c=[SIMULATED if each > 0 else OBSERVED for each in difference[chosen]],
            alpha=alpha,
            edgecolors="white",
            linewidths=0.35,
        )
    names = rows["name_zh" if spoken() == "zh" else "name_en"].to_numpy()
    most = np.argsort(-np.abs(difference), kind="stable")[:_MOST_NAMED]
    named = most[safe[most]]
    radius = 0.5 * np.sqrt(_area(difference, largest))
    written = [writable(str(name)) for name in names[named]]
    name_places(axes, written, x[named], y[named], radius[named], discs=(x, y, radius))
    if len(rows):
        _draw_key(axes, largest)
    won, lost = int((difference > 0).sum()), int((difference < 0).sum())
    words = "{policy}: {outcome} up in {won:,}, down in {lost:,} of {n:,} counties"
    n = result.dataset.sizes["county"]
    text = say(words, policy=writable(policy), outcome=say(outcome), won=won, lost=lost, n=n)
    axes.set_title(text, fontsize=9.0)
    return axes


def _area(difference: NDArray[np.float64], largest: float) -> NDArray[np.float64]:
    """Of a disc, square points."""
    area: NDArray[np.float64] = 6.0 + 160.0 * np.abs(difference) / max(largest, 1e-9)
    return area


def _draw_key(axes: Axes, largest: float) -> None:
    """Discs of the greatest difference and of a third of it, rounded to one figure, beside their sizes."""
    steps = dict.fromkeys(float(f"{share * largest:.0e}") for share in (1 / 3, 1.0))
    for step in steps:
        size = _area(np.array([step]), largest)
        axes.scatter([], [], s=size, color=PLACE, label=f"{step:,g}", edgecolors="white", linewidths=0.35)
    axes.legend(loc="lower left", fontsize=7, labelspacing=1.0, borderpad=0.2, frameon=False)
