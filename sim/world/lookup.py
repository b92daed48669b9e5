"""Finding one village or county of a world by what people call it, with the nearest names where there is none."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from sim.data import counties, name_index, observed_villages, search_key, towns, village_names
from sim.errors import WorldError
from sim.world.world import World

__all__ = ["county_of_village", "find_county", "find_village", "village_words", "villages_called"]

Integers = NDArray[np.int64]

#: "东风村, Suining County" or "320324107 东风村": a name and where it is.
_WITH_CODE = re.compile(r"^(\d{6}|\d{9})[\s,]+(.+)$")
_NUMBERED = re.compile(r"^(.+?)\s+(\d{1,9})$")
_ENDINGS = ("村民委员会", "居委会", "社区", "村", " Village", " Community", " village", " community")
_LISTED_AT_MOST = 12
_MOST_DIGITS = 12
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
    text, found = str(place).strip(), villages_called(world, place)
    if found.size == 1:
        return int(found[0])
    if found.size:
        raise WorldError(_ambiguous(world, text, found))
    if text.isdigit():
        message = (
            f"found village {text}, allowed is an index from 0 to {world.n_villages - 1} or the twelve-digit "
        )
        message += "number of a village of this world"
        raise WorldError(message)
    raise WorldError(_unknown(world, text, _parts(text)[0]))


def villages_called(world: World, place: int | str) -> Integers:
    """Indices of all villages that are called so, see :func:`find_village`; none, one or several."""
    text = str(place).strip()
    number = _number(text)
    if number is not None:
        return np.array([number]) if number < world.n_villages else np.flatnonzero(world.villages.uid == number)
    name, where = _parts(text)
    found = _by_name(world, name)
    return found if where is None else found[_lies_in(world, found, where)]


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


def county_of_village(place: str) -> int:
    """Code of the county in which a village of China lies, told before any world is built.

    Parameters
    ----------
    place : a listed village by name, or any by its town and number ("沙集镇 3"), as in :func:`find_village`, or
        its twelve-digit number.

    Raises
    ------
    WorldError : none is called so (the nearest names are given), or there are some in several counties.
    """
    text, listed, table = str(place).strip(), observed_villages(), counties()
    number = _number(text)
    if number is not None and len(text) == _MOST_DIGITS and number // 10**6 in set(table.adcode.tolist()):
        return number // 10**6
    if text.isdigit():
        message = (
            f"found village {text}, allowed is a name or a twelve-digit number: an index counts the villages of "
            "one run, so name a run or a scenario with it"
        )
        raise WorldError(message)
    name, where = _parts(text)
    english = village_names()
    called = [
        [i for i, each in enumerate(listed.name_zh) if _is_called(k, each, english[each])] for k in _both(name)
    ]
    units = {(int(listed.county_adcode[i]), int(listed.town_code[i])) for i in called[0] or called[1]}
    if not units and (numbered := _NUMBERED.match(name)) is not None:
        rows = np.flatnonzero(towns().name_zh == numbered.group(1))
        units = {(int(towns().county_adcode[i]), int(towns().town_code[i])) for i in rows}
    if where is not None:
        units = {unit for unit in units if _unit_is(unit, where)}
    found = sorted({county for county, _ in units})
    if len(found) == 1:
        return found[0]
    if found:
        choice = "; ".join(f"{code} {name} ({table.name_en[table.index_of(code)]})" for code in found)
        message = f"found {text}, the name of villages in {len(found)} counties; write one of: {choice}"
        raise WorldError(message)
    known = dict.fromkeys([*map(str, listed.name_zh), *english.values()])
    message = f"found {text}, no listed village; {_nearest(name, known)}; allowed is {_FORMS}"
    raise WorldError(message)


def _both(name: str) -> tuple[list[str], list[str]]:
    """Forms of a name to look for first, and where that gives nothing."""
    keys = _keys(name)
    return keys[:1], keys


def _unit_is(unit: tuple[int, int], where: str) -> bool:
    """Whether a county and town are what somebody called by code or name."""
    county, town = unit
    code = _number(where)
    if code is not None:
        return code in unit
    in_county = any(int(counties().adcode[i]) == county for i in counties().find(where))
    row = np.flatnonzero(towns().town_code == town)
    return in_county or any(search_key(str(towns().name_zh[i]))[: len(where)] == search_key(where) for i in row)


def village_words(world: World, village: int) -> str:
    """A village in words: name, town and county, such as "东风村 (Dongfeng Village), 沙集镇, Suining County"."""
    name, town = world.name_of_village(village), str(world.towns.name_zh[world.villages.town[village]])
    county = str(world.counties.name_en[world.villages.county[village]])
    english = village_names().get(name)
    spelt = f"{name} ({english})" if english is not None else name
    return f"{spelt}, {county}" if name.startswith(town) else f"{spelt}, {town}, {county}"


def _number(text: str) -> int | None:
    """An index, a code or a lasting number, in digits of any writing; signs that only count as digits are none."""
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None


def _parts(text: str) -> tuple[str, str | None]:
    """Name of the village, and of what it lies in."""
    coded = _WITH_CODE.match(text)
    if coded is not None:
        return coded.group(2).strip(), coded.group(1)
    name, comma, where = text.replace("，", ",").partition(",")
    return name.strip(), where.strip() or None if comma else None


def _by_name(world: World, name: str) -> Integers:
    villages, (full_keys, keys) = world.villages, _both(name)
    listed = np.flatnonzero(villages.observed >= 0)
    names = observed_villages().name_zh[villages.observed[listed]]
    english = village_names()
    full = [v for v, each in zip(listed, names, strict=True) if _is_called(full_keys, each, english[each])]
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
    code = _number(where)
    if code is not None:
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
    elsewhere = _elsewhere(world, text)
    if elsewhere is not None:
        return f"found {text}, a village of {elsewhere}, which lies outside the region of this run"
    return f"found {text or 'nothing'}, no village of this world; {_nearest(name, known)}; allowed is {_FORMS}"


def _elsewhere(world: World, text: str) -> str | None:
    """County of China, not of the world, with a village called so, in words."""
    try:
        code = county_of_village(text)
    except WorldError:
        return None
    if code in world.counties.code:
        return None
    table = counties()
    place = table.index_of(code)
    return f"{table.name_en[place]} ({code}, {table.province_en[place]})"


def _nearest(name: str, known: Iterable[str]) -> str:
    """The known names that come nearest, compared without their endings."""
    spelt = {_keys(each)[1]: each for each in known}
    close = difflib.get_close_matches(_keys(name)[1], spelt, n=3, cutoff=0.6)
    if close:
        return f"did you mean {' or '.join(spelt[each] for each in close)}?"
    return f"for example {next(iter(spelt.values()))}" if spelt else "it has none"
