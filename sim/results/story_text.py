"""The story of a village in words: plain text for people, HTML for notebooks."""

from __future__ import annotations

import html as escaping
from collections.abc import Iterator
from typing import Any

__all__ = ["TERM_WORDS", "html", "sections", "text"]

Story = dict[str, Any]
#: Words for the terms whose names are none.
TERM_WORDS = {"base": "lasting base", "parcel_cost": "parcel cost", "internet": "internet access"}
_SHARE_SHOWN, _HOUSEHOLDS_SHOWN = 0.005, 8
_MILLION = 1e6


def text(story: Story) -> str:
    """The story as a page of plain text."""
    parts = [_heading(story), _place(story)]
    for title, lines in sections(story):
        parts += ["", title, *(f"  {line}" for line in lines)]
    return "\n".join(parts)


def html(story: Story) -> str:
    """The story for a notebook: a heading and a list of facts by section."""
    body = "".join(
        f"<p style='margin-bottom:0'><b>{escaping.escape(title)}</b></p><ul style='margin-top:0'>"
        + "".join(f"<li style='white-space:pre-wrap'>{escaping.escape(line)}</li>" for line in lines)
        + "</ul>"
        for title, lines in sections(story)
    )
    return f"<div><h4>{escaping.escape(_heading(story))}</h4><p>{escaping.escape(_place(story))}</p>{body}</div>"


def sections(story: Story) -> Iterator[tuple[str, list[str]]]:
    """Title and lines of each part of the story that has something to say."""
    if not story["openings"]:
        yield "Shops", ["nobody opened a shop in this run, so there is nothing to explain"]
        return
    yield "How it began", list(_beginnings(story))
    yield "How it grew", list(_growth(story))
    yield "What carried it (hazard ratios, mean over its openings)", list(_conditions(story))
    yield "Taobao village", list(_criteria(story))


def _heading(story: Story) -> str:
    return str(story["village"]["words"])


def _place(story: Story) -> str:
    village, run = story["village"], story["run"]
    name = run["title"] or run["name"]
    seeds = f"world seed {run['world_seed']}, history seed {run['history_seed']}"
    return (
        f"{village['province_en']}; {village['households']:,} households; {village['product']}. "
        f"Simulated: {name}, {seeds}: one history of the model."
    )


def _beginnings(story: Story) -> Iterator[str]:
    pioneers, followers = story["pioneers"], story["followers"]
    if pioneers["shops"]:
        places = ", ".join(map(str, pioneers["households"][:_HOUSEHOLDS_SHOWN]))
        places += ", ..." if pioneers["shops"] > _HOUSEHOLDS_SHOWN else ""
        who = f"household{'s' if pioneers['shops'] > 1 else ''} {places}"
        yield f"{pioneers['month']}  {who}: pioneers and first followers, who open at a set date"
    for opening in followers:
        again = " again" if opening["shop"] > 1 else ""
        yield f"{opening['month']}  household {opening['household']}{again}: {_came_from(story, opening)}"
    rest = story["openings"] - pioneers["shops"] - len(followers)
    if rest:
        yield f"and {rest:,} more"
    line = story["lineage"]
    if len(line) > 1:
        steps = " <- ".join(f"{_seen_from(story, each['words'])} {each['month']}" for each in line[1:])
        yield f"taught from village to village: {steps} ({line[-1]['source']})"


def _seen_from(story: Story, words: str) -> str:
    """A village in words, without the county where it is the same."""
    return words.removesuffix(f", {story['village']['county_en']}")


def _came_from(story: Story, opening: dict[str, Any]) -> str:
    if opening["probability"] is None:
        return "not known whom it learned from"
    share = _percent(opening["probability"])
    teacher = opening.get("teacher")
    if teacher is None:
        return f"own initiative ({share})"
    here = teacher["village"] == story["village"]["index"]
    where = "" if here else f" in {_seen_from(story, teacher['words'])}"
    return f"most likely taught by household {teacher['household']}{where} ({opening['source']}, {share})"


def _growth(story: Story) -> Iterator[str]:
    yield (
        f"{_count(story['openings'], 'shop')} opened, {story['closings']:,} closed, {story['shops_at_end']:,} "
        f"at the end of {story['run']['to']}"
    )
    parts = [f"{each['source']} {_percent(each['expected'] / story['openings'])}" for each in story["sources"]]
    yield f"expected sources: {', '.join(parts)}"
    if story["awareness_share"] is not None:
        share = _percent(story["awareness_share"])
        yield f"where no teacher is known, {share} of the hazard came from what the village knew of selling online"
    for key, words in (("taught_by", "learned from outside"), ("taught", "taught outside")):
        told = story[key]
        if told["openings"]:
            most = ", ".join(
                f"{_seen_from(story, each['words'])} ({each['openings']:,})" for each in told["most"][:3]
            )
            places = _count(told["villages"], "village")
            yield f"{words}: {_count(told['openings'], 'shop')}, {places}; most: {most}"
        else:
            yield f"{words}: nobody"
    founded = story["founded"]
    if founded["villages"]:
        first = ", ".join(f"{_seen_from(story, each['words'])} {each['month']}" for each in founded["first"][:3])
        yield (
            f"first shop of {_count(founded['villages'], 'other village')} ({founded['descendants']:,} with those "
            f"they taught in turn): {first}"
        )


def _conditions(story: Story) -> Iterator[str]:
    rows = story["conditions"]
    if rows is None:
        yield "not recorded in this run folder; run it again to have them"
        return
    for row in sorted(rows, key=lambda each: -each["share"]):
        if row["share"] >= _SHARE_SHOWN:
            words = TERM_WORDS.get(row["term"], row["term"])
            change = f"{row['at_first_shop']:.2f} at the first shop, {row['at_last_shop']:.2f} at the last"
            yield f"{words:<16} x {row['hazard_ratio']:<6.2f} {_percent(row['share']):>5} of all effects; {change}"


def _criteria(story: Story) -> Iterator[str]:
    told = story["criteria"]
    shops = told["enough_shops_since"]
    yield f"{told['shops_needed']:,.0f} shops or more: " + (f"from {shops} on" if shops else "never")
    sales, year = f"{told['sales_needed_yuan'] / _MILLION:g} million yuan a year", told["enough_sales_in"]
    yield f"{sales}: " + (f"by December {year}" if year else "in no December")
    years = told["recognised_in"]
    yield "counted as a Taobao village: " + (", ".join(map(str, years)) if years else "never in this history")
    listed = story["village"]["listed_in"]
    if listed is not None:
        lists = " and ".join(map(str, listed))
        yield "observed: " + (f"on the published list of {lists}" if listed else "on neither list, 2014 or 2015")
    for each in story["decembers"][-3:]:
        incoming = each.get("incoming_shops", 0)
        beside = f" and {incoming:,} of incoming merchants" if incoming else ""
        yield (
            f"December {each['year']}: {_count(each['shops'], 'shop')}{beside}, "
            f"{each['online_sales_yuan'] / _MILLION:,.1f} million yuan"
        )


def _percent(share: float) -> str:
    return f"{100.0 * share:.0f} %" if share >= 0.01 or share == 0.0 else "< 1 %"


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
