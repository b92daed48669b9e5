"""Finding one village or county of a world by what people call it, with the nearest names where there is none."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from sim.data import name_index, observed_villages, search_key, village_names
from sim.errors import WorldError
from sim.world.world import World

__all__ = ["find_county", "find_village", "village_words"]

Integers = NDArray[np.int64]

#: "东风村, Suining County" or "320324107 东风村": a name and where it is.
_WITH_CODE = re.compile(r"^(\d{6}|\d{9})[\s,]+(.+)$")
_NUMBERED = re.compile(r"^(.+?)\s+(\d+)$")
_ENDINGS = ("村民委员会", "居委会", "社区", "村", " Village", " Community", " village", " community")
_LISTED_AT_MOST = 12
_FORMS = "a name in Chinese or English, 'NAME, TOWN OR COUNTY', a town's code and a name, or a number"


def find_village(world: World, place: int | str) -> int:
    """Index of a village.

    Parameters
    ----------
    place : its index in the world; its twelve-digit lasting number (``uid``); its name in Chinese or English,
        with or without the ending (东风村, 东风, "Dongfeng Village", "dongfeng"), if need be with the town or
        county after a comma ("东风村, 睢宁县", "Dongfeng, Suining") or the code of either before it
        ("320324105 东风村"). A village that was never listed has no name in the model: it is called by its town
        and number ("沙集镇 3").

    Raises
    ------
    WorldError : no village of the world is called so (the nearest names are given), or several are (their towns
        and counties are given).
    """
    text = str(place).strip()
    if text.isdigit():
        return _by_number(world, int(text))
    name, where = _parts(text)
    found = _by_name(world, name)
    if where is not None:
        found = found[_lies_in(world, found, where)]
    if found.size == 1:
        return int(found[0])
    if found.size:
        raise WorldError(_ambiguous(world, text, found))
    raise WorldError(_unknown(world, text, name))


def find_county(world: World, place: int | str) -> int:
    """Index of a county by its code or its name in Chinese or English, with or without the ending.

    Raises
    ------
    WorldError : no county of the world is called so, or several are.
    """
    counties = world.counties
    found = _counties(world, str(place))
    if len(found) == 1:
        return found[0]
    if found:
        choice = ", ".join(f"{counties.code[i]} ({counties.prefecture_en[i]})" for i in found)
        message = f"found {place}, the name of {len(found)} counties; use one of the codes {choice}"
        raise WorldError(message)
    known = [str(name) for name in (*counties.name_en, *counties.name_zh)]
    message = f"found {place}, allowed is a county of this world by code, Chinese or English name"
    message += f"; {_nearest(str(place), known)}"
    raise WorldError(message)


def village_words(world: World, village: int) -> str:
    """A village in words: name, town and county, such as "东风村 (Dongfeng Village), 沙集镇, Suining County"."""
    name, town = world.name_of_village(village), str(world.towns.name_zh[world.villages.town[village]])
    county = str(world.counties.name_en[world.villages.county[village]])
    english = village_names().get(name)
    spelt = f"{name} ({english})" if english is not None else name
    return f"{spelt}, {county}" if name.startswith(town) else f"{spelt}, {town}, {county}"


def _by_number(world: World, number: int) -> int:
    if number < world.n_villages:
        return number
    match = np.flatnonzero(world.villages.uid == number)
    if match.size:
        return int(match[0])
    message = (
        f"found village {number}, allowed is an index from 0 to {world.n_villages - 1} or the twelve-digit number "
        "of a village of this world"
    )
    raise WorldError(message)


def _parts(text: str) -> tuple[str, str | None]:
    """Name of the village, and of what it lies in."""
    coded = _WITH_CODE.match(text)
    if coded is not None:
        return coded.group(2).strip(), coded.group(1)
    name, comma, where = text.replace("，", ",").partition(",")
    return name.strip(), where.strip() or None if comma else None


def _by_name(world: World, name: str) -> Integers:
    villages, keys = world.villages, _keys(name)
    listed = np.flatnonzero(villages.observed >= 0)
    names = observed_villages().name_zh[villages.observed[listed]]
    english = village_names()
    full = [v for v, each in zip(listed, names, strict=True) if _is_called(keys[:1], each, english[each])]
    short = [v for v, each in zip(listed, names, strict=True) if _is_called(keys, each, english[each])]
    found = full or short
    return np.array(found or _numbered(world, name), np.int64)


def _keys(name: str) -> list[str]:
    """Forms in which a name is compared: as it is, and without its ending."""
    ending = next((each for each in _ENDINGS if name.endswith(each) and len(name) > len(each)), "")
    return [search_key(name), search_key(name.removesuffix(ending))]


def _is_called(keys: list[str], *names: str) -> bool:
    """Whether a name has one of these forms; in full where only one is given."""
    forms = {key for name in names for key in _keys(name)[: len(keys)]}
    return bool(forms & set(keys))


def _numbered(world: World, name: str) -> list[int]:
    """Villages called by their town and their number in it."""
    parts = _NUMBERED.match(name)
    if parts is None:
        return []
    town = np.flatnonzero([str(each) == parts.group(1) for each in world.towns.name_zh])
    first = np.searchsorted(world.villages.town, town)
    after = np.searchsorted(world.villages.town, town, side="right")
    place = first + int(parts.group(2)) - 1
    return [int(each) for each, low, high in zip(place, first, after, strict=True) if low <= each < high]


def _lies_in(world: World, village: Integers, where: str) -> NDArray[np.bool_]:
    town, county = world.villages.town[village], world.villages.county[village]
    if where.isdigit():
        code = int(where)
        inside: NDArray[np.bool_] = (world.towns.code[town] == code) | (world.counties.code[county] == code)
        return inside
    town_keys = {search_key(where), search_key(where.removesuffix("镇").removesuffix("乡"))}
    in_town = [bool({search_key(n), search_key(n[:-1])} & town_keys) for n in map(str, world.towns.name_zh[town])]
    return np.array(in_town, bool) | np.isin(county, _counties(world, where))


def _counties(world: World, place: str) -> list[int]:
    counties = world.counties
    index = name_index(counties.code.tolist(), map(str, counties.name_zh), map(str, counties.name_en))
    return list(index.get(search_key(place), ()))


def _ambiguous(world: World, text: str, found: Integers) -> str:
    shown = [
        f"{world.towns.code[world.villages.town[v]]} {world.name_of_village(v)} ({village_words(world, v)})"
        for v in found[:_LISTED_AT_MOST].tolist()
    ]
    more = f", and {found.size - len(shown)} more" if found.size > len(shown) else ""
    return f"found {text}, the name of {found.size} villages; write one of: {'; '.join(shown)}{more}"


def _unknown(world: World, text: str, name: str) -> str:
    rows = world.villages.observed[world.villages.observed >= 0]
    names = [str(each) for each in observed_villages().name_zh[rows]]
    towns = [f"{town} 1" for town in dict.fromkeys(map(str, world.towns.name_zh))]
    known = dict.fromkeys([*names, *(village_names()[each] for each in names), *towns])
    return f"found {text}, no village of this world; {_nearest(name, known)}; allowed is {_FORMS}"


def _nearest(name: str, known: Iterable[str]) -> str:
    spelt = {each.lower(): each for each in known}
    close = difflib.get_close_matches(name.lower(), spelt, n=3, cutoff=0.5)
    if close:
        return f"did you mean {' or '.join(spelt[each] for each in close)}?"
    return f"for example {next(iter(spelt.values()))}" if spelt else "it has none"
