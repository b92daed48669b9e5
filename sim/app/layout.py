"""What stands where: what is chosen on the left; on the right months, maps, curves, numbers and a story."""

from __future__ import annotations

import html
from typing import Any

import panel as pn

from sim.app.look import beside, card, styled
from sim.app.notebook import keep_inline
from sim.scenario import Scenario
from sim.scenario.show import describe_region, describe_span

__all__ = ["Parts", "lay_out"]

_LEGEND = "".join(f"<span><i class='{name}'></i>{name}</span>" for name in ("baseline", "changed"))
_OBSERVED = "<span><i class='observed'></i>observed, lists of 2014 and 2015</span>"
_MAP_NOTE = (
    "Area of a disc: active shops. Orange edge: Taobao villages there, counted in the last December. "
    "Click a disc for the story of its largest village. Positions within a county are the model's own."
)
_WIDE: dict[str, Any] = {"sizing_mode": "stretch_width"}


class Parts:
    """What changes on the page: buttons, words, figures; of two the baseline's comes first."""

    def __init__(self) -> None:
        self.compute = pn.widgets.Button(label="Compute", width=92, margin=(0, 10, 6, 0), height=34)
        self.at_once = pn.widgets.Checkbox(label="compute at once", value=False, margin=(8, 10, 0, 0))
        self.progress = pn.indicators.Progress(value=0, max=100, height=10, margin=0, **_WIDE)
        self.status = pn.pane.HTML("", margin=(2, 0, 6, 0), **_WIDE)
        self.problem = styled(pn.pane.HTML("", visible=False, margin=0, **_WIDE))
        self.difference = styled(pn.pane.HTML("", margin=0, **_WIDE))
        self.numbers = styled(pn.pane.HTML("", margin=0, **_WIDE))
        self.maps = [pn.pane.Bokeh(None, margin=0, **_WIDE) for _ in range(2)]
        self.curves = [pn.pane.Bokeh(None, margin=0, **_WIDE) for _ in range(2)]


def lay_out(scenario: Scenario, parts: Parts, controls: Any, months: Any, village: Any, hanzi: Any) -> Any:
    """The whole page.

    Parameters
    ----------
    scenario : the baseline, for the heading. parts : what the page changes.
    controls, months, village : views of the values, of the bar of months, and of the story.
    hanzi : the probe; takes no room.
    """
    run = pn.Row(parts.compute, parts.at_once, margin=0)
    left = pn.Column(
        card("What is chosen", run, parts.progress, parts.status, controls, **_WIDE),
        margin=0,
        min_width=300,
        styles={"flex": "1 1 320px"},
    )
    right = pn.Column(
        card("", months, parts.difference, parts.problem, **_WIDE),
        _where(parts),
        _how_many(parts, is_real=scenario.region.synthetic is None),
        card("The story of one village", village, **_WIDE),
        min_width=300,
        margin=0,
        styles={"flex": "100 1 560px"},
        **_WIDE,
    )
    body = pn.FlexBox(left, right, flex_wrap="wrap", align_items="flex-start", gap="12px", margin=0, **_WIDE)
    return pn.Column(
        _heading(scenario),
        hanzi,
        body,
        margin=0,
        hooks=[keep_inline],
        styles={"background": "#f4f5f7", "padding": "14px 16px", "box-sizing": "border-box"},
        **_WIDE,
    )


def _heading(scenario: Scenario) -> Any:
    title = scenario.title or scenario.name
    facts = f"{describe_region(scenario)} · {describe_span(scenario)} · world seed {scenario.world_seed}"
    words = f"<div class='heading'><h1>{html.escape(title)}</h1><p>{html.escape(facts)}</p></div>"
    return styled(pn.pane.HTML(words, margin=0, **_WIDE))


def _where(parts: Parts) -> Any:
    note = styled(pn.pane.HTML(f"<small>{_MAP_NOTE}</small>", margin=0, **_WIDE))
    sides = (_side(word, place) for word, place in zip(("baseline", "changed"), parts.maps, strict=True))
    return card("Where the shops are", beside(*sides), note, **_WIDE)


def _side(word: str, place: Any) -> Any:
    over = styled(pn.pane.HTML(f"<b class='{word}'>{word}</b>", margin=(0, 0, 2, 4)))
    return pn.Column(over, place, margin=0, **_WIDE)


def _how_many(parts: Parts, *, is_real: bool) -> Any:
    words = f"<div class='legend'>{_LEGEND}{_OBSERVED if is_real else ''}</div>"
    legend = styled(pn.pane.HTML(words, margin=(0, 0, 6, 4)))
    return card("How it grows", legend, beside(*parts.curves), parts.numbers, **_WIDE)
