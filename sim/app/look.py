"""The look of the page: one style sheet, and cards that carry it into Panel's shadow trees."""

from __future__ import annotations

from typing import Any

import panel as pn

__all__ = ["PAGE_STYLE", "STYLE", "beside", "card", "styled"]

_COLOURS = ":host { --baseline: #0072B2; --changed: #00805A; --observed: #B54700; }"
STYLE = (
    _COLOURS
    + """
:host { font-family: system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; font-size: 14px; color: #222; }
h1 { font-size: 21px; font-weight: 650; margin: 0; }
.heading p { margin: 2px 0 10px; color: #666; }
.card-title { font-size: 15px; font-weight: 650; margin: 0 0 8px; }
.month { white-space: nowrap; font-size: 21px; line-height: 34px; font-weight: 650; }
.month { font-variant-numeric: tabular-nums; }
.baseline { color: var(--baseline); }
.changed { color: var(--changed); }
.observed { color: var(--observed); }
.choice { line-height: 1.5; overflow-wrap: anywhere; }
.choice .changed { font-weight: 650; }
.choice code { background: #f3f3f3; padding: 1px 4px; border-radius: 3px; }
.stale { background: #fff3cd; padding: 1px 6px; border-radius: 3px; }
.problem { background: #fdecea; color: #8a1c12; padding: 8px 10px; border-radius: 4px; margin-top: 8px; }
.section { color: #777; font-size: 12px; letter-spacing: .04em; text-transform: uppercase;
  border-bottom: 1px solid #eee; padding-bottom: 2px; }
.legend span { margin-right: 1.4em; white-space: nowrap; }
.legend i { display: inline-block; width: 18px; height: 3px; margin-right: 5px; vertical-align: middle; }
.legend i.observed { width: 9px; height: 9px; transform: rotate(45deg); background: var(--observed); }
.legend i.baseline { background: var(--baseline); }
.legend i.changed { background: var(--changed); }
.knob { display: flex; flex-wrap: wrap; justify-content: space-between; column-gap: .6em; }
.knob small { color: #666; }
.knob .value { margin-left: auto; font-variant-numeric: tabular-nums; }
.knob.rests { opacity: .5; }
.numbers { border-collapse: collapse; width: 100%; margin-top: 10px; font-variant-numeric: tabular-nums; }
.numbers th, .numbers td { padding: 4px 8px; border-bottom: 1px solid #eee; text-align: right; }
.numbers th:first-child { text-align: left; font-weight: 400; padding-left: 0; }
.numbers caption { text-align: left; color: #666; padding: 4px 0; caption-side: bottom; }
.numbers thead th { font-weight: 600; color: #555; }
.numbers small { color: #666; }
.story img { width: 100%; max-width: 900px; display: block; }
.story ul { padding-left: 1.2em; }
.story li { overflow-wrap: anywhere; }
.story h4 { margin: 8px 0 2px; font-size: 15px; }
.story p { margin: 6px 0 2px; }
"""
)
#: Of the page around the dashboard when it has one of its own.
PAGE_STYLE = "html, body { margin: 0; background: #f4f5f7; }"


def styled(pane: Any) -> Any:
    """A pane that knows the style sheet."""
    pane.stylesheets = [*pane.stylesheets, STYLE]
    return pane


def card(title: str, *views: Any, **options: Any) -> Any:
    """Views below each other on a white ground, under a title."""
    head = [styled(pn.pane.HTML(f"<h2 class='card-title'>{title}</h2>", margin=0))] if title else []
    return pn.Column(
        *head,
        *views,
        margin=(0, 0, 12, 0),
        styles={"background": "#fff", "border": "1px solid #e3e5e8", "border-radius": "8px", "padding": "14px"},
        **options,
    )


def beside(*views: Any) -> Any:
    """Views beside each other, below each other where it is narrow."""
    for view in views:
        view.styles = {**view.styles, "flex": "1 1 300px"}
        view.min_width = 280
    return pn.FlexBox(*views, sizing_mode="stretch_width", margin=0, gap="8px")
