"""Which counties a scenario is about: names and codes of places, in Chinese or English."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.data import counties
from sim.errors import Problem, ScenarioError
from sim.scenario import Scenario

__all__ = ["place_mistake", "resolve_region"]

#: Endings of names written in pinyin, as in Caoxian, and what the tables write.
_ENDINGS = {"xian": " county", "shi": " city", "qu": " district"}


def resolve_region(scenario: Scenario) -> NDArray[np.int64]:
    """Indices into the shipped county table of the counties a scenario names, ascending.

    All counties for ``region: china``; an empty array for a synthetic world.

    Raises
    ------
    ScenarioError : a name or code is unknown or ambiguous; every such place is reported with its position.
    """
    kind = scenario.region.kind
    if kind == "china":
        return np.arange(len(counties()))
    chosen: set[int] = set()
    problems = []
    for position, name in enumerate(scenario.region.names):
        find, code, _, _ = _level(kind)
        found = find(name)
        if len({int(code[county]) for county in found}) == 1:
            chosen.update(found)
        else:
            message, hint = place_mistake(kind, name, found)
            problems.append(Problem(message, scenario.place_of(("region", kind, position)), hint))
    if problems:
        raise ScenarioError(problems)
    return np.array(sorted(chosen), np.int64)


def _level(kind: str) -> tuple[Callable[[str | int], list[int]], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """How to find units of a level, and their codes and names, county by county."""
    table = counties()
    if kind == "counties":
        return table.find, table.adcode, table.name_zh, table.name_en
    if kind == "prefectures":
        return table.find_prefecture, table.prefecture_code, table.prefecture_zh, table.prefecture_en
    return table.find_province, table.province_code, table.province_zh, table.province_en


_SINGULAR = {"counties": "county", "prefectures": "prefecture", "provinces": "province"}


def place_mistake(kind: str, name: str | int, found: list[int]) -> tuple[str, str]:
    """What is wrong with a name that fits no place or several, and what to write instead."""
    table = counties()
    _, code, name_zh, name_en = _level(kind)
    if found:
        first = {int(code[county]): county for county in reversed(found)}
        where = ", ".join(
            f"{unit} ({table.prefecture_en[county]}, {table.province_en[county]})"
            for unit, county in sorted(first.items())
        )
        return f"found {name}, the name of {len(first)} {kind}", f"use one of the codes {where}"
    message = f"found {name}, allowed is a {_SINGULAR[kind]} by code, Chinese or English name"
    known = {str(text).lower(): str(text) for text in (*name_en, *name_zh, *code)}
    typed = str(name).lower()
    ending = next((each for each in _ENDINGS if typed.endswith(each) and typed != each), "")
    typed = f"{typed.removesuffix(ending).strip()}{_ENDINGS.get(ending, '')}"
    close = difflib.get_close_matches(typed, known, n=1, cutoff=0.5)
    if close:
        return message, f"did you mean {known[close[0]]}?"
    return message, f"for example {name_en[0]}, {name_zh[0]} or {code[0]}"
