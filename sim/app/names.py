"""Names of places as the reader's browser can show them: in Chinese characters, or in Latin letters.

A browser without a font for Chinese shows empty boxes; the page finds out and then leaves the characters away.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.data import village_names
from sim.plotting.maps import MapUnits
from sim.results import RunResult
from sim.world import World
from sim.world.lookup import village_words

__all__ = ["latin", "spelt_story", "unit_names", "village_name"]

_HANZI = re.compile(r"[⺀-鿿豈-﫿\U00020000-\U0003ffff]+")


def has_hanzi(text: str) -> bool:
    """Whether a text has Chinese characters."""
    return _HANZI.search(text) is not None


def latin(text: str) -> str:
    """A text without its Chinese characters, and without what they leave behind."""
    if not has_hanzi(text):
        return text
    parts = [" ".join(_HANZI.sub(" ", part).split()) for part in text.split(",")]
    kept = (re.sub(r"^\((.*)\)$", r"\1", part).strip() for part in parts)
    return ", ".join(part for part in kept if part)


def village_name(world: World, village: int, *, hanzi: bool) -> str:
    """A village with town and county; in Latin letters "Village 3 of town 371721105" where it has no such name."""
    words = village_words(world, village)
    if hanzi or not has_hanzi(words):
        return words
    county = str(world.counties.name_en[world.villages.county[village]])
    english = village_names().get(world.name_of_village(village))
    if english is None:
        town = world.villages.town[village]
        number = village - int(np.searchsorted(world.villages.town, town)) + 1
        english = f"Village {number} of town {world.towns.code[town]}"
    return f"{english}, {county}"


def unit_names(result: RunResult, units: MapUnits, *, hanzi: bool) -> NDArray[np.object_]:
    """Name of each unit of a map, (N,)."""
    world = result.world
    if units.level == "village":
        names = [village_name(world, village, hanzi=hanzi) for village in range(world.n_villages)]
    elif units.level == "town":
        county = world.counties.name_en[world.towns.county]
        rows = zip(world.towns.name_zh, world.towns.code, county, strict=True)
        names = [
            f"{zh if hanzi or not has_hanzi(str(zh)) else f'Town {code}'}, {place}" for zh, code, place in rows
        ]
    else:
        rows = zip(world.counties.name_en, world.counties.name_zh, world.counties.province_en, strict=True)
        names = [f"{en} {zh}, {place}" if hanzi and zh != en else f"{en}, {place}" for en, zh, place in rows]
    return np.array(names, dtype=object)


def spelt_story(world: World, content: Any, *, hanzi: bool) -> Any:
    """The content of a story with every name as the browser can show it."""
    if hanzi:
        return content
    if isinstance(content, list):
        return [spelt_story(world, each, hanzi=hanzi) for each in content]
    if not isinstance(content, dict):
        return latin(content) if isinstance(content, str) else content
    told = {key: spelt_story(world, value, hanzi=hanzi) for key, value in content.items()}
    place = content.get("index", content.get("village"))
    if "words" in content and isinstance(place, int):
        told["words"] = village_name(world, place, hanzi=hanzi)
    return told
