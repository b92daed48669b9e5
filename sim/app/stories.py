"""The story of one village in both runs: in words, and as the figure of ``result.plot.story``."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import numpy as np

from sim.app.months import Months
from sim.app.names import spelt_story, village_name
from sim.plotting.story import story_figure
from sim.results import RunResult
from sim.results.story_text import html
from sim.world.lookup import find_village

__all__ = ["VILLAGES_OFFERED", "Told", "offered", "tell", "village_of"]

#: A list of a hundred thousand villages is no list; others are found by name.
VILLAGES_OFFERED = 400


@dataclass(frozen=True, slots=True)
class Told:
    """A story: words as HTML, and the figure as PNG."""

    words: str
    figure: bytes

    def html(self) -> str:
        """Both below each other."""
        data = base64.b64encode(self.figure).decode("ascii")
        picture = f"<img alt='Shops by source, and what multiplied the hazard' src='data:image/png;base64,{data}'>"
        return f"<div class='story'>{picture}{self.words}</div>"


def offered(baseline: Months, policy: Months, *, hanzi: bool) -> dict[str, int]:
    """Villages with shops at the end of either run, the largest first, by name."""
    shops = np.maximum(
        baseline.shops_by_village(baseline.n_months - 1), policy.shops_by_village(policy.n_months - 1)
    )
    order = np.argsort(-shops, kind="stable")[:VILLAGES_OFFERED]
    world = baseline.result.world
    return {
        f"{village_name(world, village, hanzi=hanzi)} · {shops[village]:,} shops": village
        for village in order.tolist()
        if shops[village] > 0
    }


def village_of(result: RunResult, text: str) -> int:
    """Index of a village that somebody typed.

    Raises
    ------
    WorldError : there is none, or there are several.
    """
    return find_village(result.world, text)


def tell(result: RunResult, village: int, *, hanzi: bool) -> Told:
    """The story of a village in one run."""
    story = result.explain(village)
    words = html(spelt_story(result.world, story.to_dict(), hanzi=hanzi))
    return Told(words, story_figure(result, village).png())
