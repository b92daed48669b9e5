"""The story of one village in a run: who began, who taught whom, what conditions carried, what it became."""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.data import observed_villages
from sim.kernel.conditions import TERMS
from sim.metrics.teachers import SOURCES
from sim.results import story_text
from sim.results.milestones import criteria_met, decembers
from sim.results.tables import Columns
from sim.scenario.months import format_month
from sim.world import TIE_KINDS
from sim.world.lookup import find_village, village_words

if TYPE_CHECKING:
    from sim.results.result import RunResult

__all__ = ["VillageStory", "explain"]

_FOLLOWERS, _NEIGHBOURS = 6, 5
Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False, repr=False)
class VillageStory:
    """What a run says of one village; printed it is a page, in a notebook a table.

    Parameters
    ----------
    result : the run. village : index in its world. content : all that is told, in JSON types.
    """

    result: RunResult
    village: int
    content: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """A copy of the content in JSON types: what ``hinterland explain --json`` prints."""
        return copy.deepcopy(self.content)

    def plot(self) -> Any:
        """The story as a small figure; ``result.plot.story(village)`` is the same."""
        return self.result.plot.story(self.village)

    def __repr__(self) -> str:
        return story_text.text(self.content)

    def _repr_html_(self) -> str:
        return story_text.html(self.content)


def explain(result: RunResult, village: int | str) -> VillageStory:
    """See ``RunResult.explain``."""
    world = result.world
    place = find_village(world, village)
    events, closings, teachers = (result.columns(name) for name in ("events", "closings", "teachers"))
    mine = np.flatnonzero(events["village"] == place)
    mine = mine[np.lexsort((events["local"][mine], ~events["pioneer"][mine], events["month"][mine]))]
    early = events["pioneer"][mine]
    closed = np.flatnonzero(closings["village"] == place)
    content = {
        "village": _identity(result, place),
        "run": {
            "name": result.scenario.name,
            "title": result.scenario.title,
            "world_seed": result.scenario.world_seed,
            "history_seed": result.scenario.history_seed,
            "from": format_month(result.scenario.start),
            "to": format_month(result.scenario.end),
        },
        "openings": int(mine.size),
        "closings": int(closed.size),
        "shops_at_end": int(mine.size - closed.size),
        "pioneers": _pioneers(events, mine[early]),
        "followers": [_opening(result, row) for row in mine[~early][:_FOLLOWERS].tolist()],
        "lineage": _lineage(result, place),
        "sources": _sources(teachers, mine),
        "awareness_share": _awareness_share(result, mine),
        "conditions": _conditions(result, place, mine),
        "taught_by": _places(result, teachers["teacher_village"][mine], but=place),
        "taught": _places(result, events["village"][teachers["teacher_village"] == place], but=place),
        "founded": _founded(result, place),
        "criteria": criteria_met(result, place, mine, closed),
        "decembers": decembers(result, place),
    }
    return VillageStory(result, place, content)


def _identity(result: RunResult, place: int) -> dict[str, Any]:
    world = result.world
    villages, town, county = world.villages, world.villages.town[place], world.villages.county[place]
    return {
        "index": place,
        "uid": int(villages.uid[place]),
        "name": world.name_of_village(place),
        "words": village_words(world, place),
        "town": int(world.towns.code[town]),
        "county": int(world.counties.code[county]),
        "county_en": str(world.counties.name_en[county]),
        "province_en": str(world.counties.province_en[county]),
        "households": int(villages.households[place]),
        "product": _product(result, place),
        "listed_in": _listed_in(result, place),
    }


def _listed_in(result: RunResult, place: int) -> list[int] | None:
    """Years whose published list names the village; ``None`` in an invented world, which has no lists."""
    if result.scenario.region.synthetic is not None:
        return None
    row, table = int(result.world.villages.observed[place]), observed_villages()
    listed = {2014: table.listed_2014, 2015: table.listed_2015}
    return [year for year, names in listed.items() if row >= 0 and names[row]]


def _product(result: RunResult, place: int) -> str:
    """What it sold when last counted; what it starts with where it never was."""
    table, world = result.columns("villages"), result.world
    rows = np.flatnonzero(table["village"] == place)
    return str(table["product"][rows[-1]] if rows.size else world.products[world.villages.product[place]])


def _pioneers(events: Columns, rows: Rows) -> dict[str, Any]:
    """Shops opened at a set date: how many, the households, the first month."""
    return {
        "shops": int(rows.size),
        "month": str(events["month"][rows[0]].astype("datetime64[M]")) if rows.size else None,
        "households": events["local"][rows].tolist(),
    }


def _opening(result: RunResult, row: int) -> dict[str, Any]:
    """One shop, which of its household's it is, and where it most likely came from."""
    events, teachers = result.columns("events"), result.columns("teachers")
    same = (events["village"] == events["village"][row]) & (events["local"] == events["local"][row])
    probability = float(teachers["probability"][row])
    told = {
        "month": str(events["month"][row].astype("datetime64[M]")),
        "household": int(events["local"][row]),
        "shop": int(np.count_nonzero(same & (events["month"] <= events["month"][row]))),
        "source": str(teachers["source"][row]),
        "probability": None if np.isnan(probability) else round(probability, 4),
        "generation": int(teachers["generation"][row]),
    }
    village = int(teachers["teacher_village"][row])
    if village >= 0:
        told["teacher"] = {
            "village": village,
            "name": result.world.name_of_village(village),
            "words": village_words(result.world, village),
            "household": int(teachers["teacher_local"][row]),
        }
    return told


def _lineage(result: RunResult, place: int) -> list[dict[str, Any]]:
    """The village, the village that taught it, and so on up to a root."""
    table = result.columns("foundings")
    row_of = dict(zip(table["village"].tolist(), range(table["village"].size), strict=True))
    line = []
    while place in row_of:
        row = row_of[place]
        line.append(
            {
                "village": place,
                "words": village_words(result.world, place),
                "month": str(table["month"][row].astype("datetime64[M]")),
                "source": str(table["source"][row]),
            }
        )
        place = int(table["parent"][row])
    return line


def _sources(teachers: Columns, mine: Rows) -> list[dict[str, Any]]:
    """Openings by source: how many most likely, and how many expected (the sum of the probabilities)."""
    likely = Counter(teachers["source"][mine].tolist())
    expected = {"pioneer": float(likely["pioneer"]), "not known": float(likely["not known"])}
    for source, column in zip(SOURCES, ("own_initiative", *TIE_KINDS), strict=False):
        expected[source] = float(np.nansum(teachers[f"from_{column}"][mine]))
    return [
        {"source": source, "most_likely": likely[source], "expected": round(expected[source], 2)}
        for source in SOURCES
        if likely[source] or expected[source] >= 0.005
    ]


def _awareness_share(result: RunResult, mine: Rows) -> float | None:
    """Share of the hazard gathered from what the village knew; ``None`` but under the information rule."""
    events, teachers = result.columns("events"), result.columns("teachers")
    unknown = mine[teachers["source"][mine] == "not known"]
    if "by_awareness" not in events or not unknown.size:
        return None
    return round(float(events["by_awareness"][unknown].mean()), 4)


def _conditions(result: RunResult, place: int, mine: Rows) -> list[dict[str, Any]] | None:
    """Terms of the log hazard ratio over the openings; ``None`` where they were not recorded."""
    try:
        table = result.columns("conditions")
    except KeyError:
        return None
    rows = np.flatnonzero(table["village"] == place)
    if not rows.size:
        return []
    terms = np.stack([table[name][rows] for name in TERMS], axis=1).astype(np.float64)
    month, count = np.unique(result.columns("events")["month"][mine], return_counts=True)
    weight = count[np.searchsorted(month, table["month"][rows])] / mine.size
    size = np.abs(terms)
    total = size.sum(axis=1, keepdims=True)
    share = weight @ np.divide(size, total, out=np.zeros_like(size), where=total > 0.0)
    mean = weight @ terms
    return [
        {
            "term": name,
            "log_hazard_ratio": round(float(mean[k]), 4),
            "hazard_ratio": round(float(np.exp(mean[k])), 4),
            "at_first_shop": round(float(np.exp(terms[0, k])), 4),
            "at_last_shop": round(float(np.exp(terms[-1, k])), 4),
            "share": round(float(share[k]), 4),
        }
        for k, name in enumerate(TERMS)
        if size[:, k].any()
    ]


def _places(result: RunResult, villages: NDArray[np.int32], *, but: int) -> dict[str, Any]:
    """Openings by village, other than this one and none, the most first."""
    found, count = np.unique(villages[(villages >= 0) & (villages != but)], return_counts=True)
    order = np.lexsort((found, -count))[:_NEIGHBOURS]
    return {
        "openings": int(count.sum()),
        "villages": int(found.size),
        "most": [
            {
                "village": int(found[i]),
                "words": village_words(result.world, int(found[i])),
                "openings": int(count[i]),
            }
            for i in order.tolist()
        ],
    }


def _founded(result: RunResult, place: int) -> dict[str, Any]:
    """Villages whose first shop was taught from here, directly and at any hand."""
    table = result.columns("foundings")
    children = np.flatnonzero(table["parent"] == place)
    below, fresh = 0, table["village"][children]
    while fresh.size:
        below += fresh.size
        fresh = table["village"][np.isin(table["parent"], fresh)]
    order = children[np.argsort(table["month"][children], kind="stable")][:_NEIGHBOURS]
    return {
        "villages": int(children.size),
        "descendants": int(below),
        "first": [
            {
                "village": int(table["village"][row]),
                "words": village_words(result.world, int(table["village"][row])),
                "month": str(table["month"][row].astype("datetime64[M]")),
            }
            for row in order.tolist()
        ],
    }
