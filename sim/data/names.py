"""Looking places up by Chinese or English name, with or without the suffix."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

__all__ = ["name_index", "search_key"]

_IGNORED = str.maketrans({"ü": "u", " ": None, "-": None, "'": None, "’": None, ",": None})
_ENGLISH_SUFFIXES = (
    " Autonomous County", " Autonomous Banner", " Autonomous Prefecture", " Forestry District",
    " Special District", " Mining District", " New Area", " County", " City", " District", " Banner",
    " Prefecture", " League",
)  # fmt: skip
_CHINESE_SUFFIXES = (
    "特别行政区", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "自治县", "自治旗", "自治州",
    "地区", "省", "市", "县", "区", "旗", "盟",
)  # fmt: skip


def search_key(name: str) -> str:
    """Return the form in which names are compared: lower case, no blanks, hyphens or apostrophes.

    ``search_key("Xi'an ") == search_key("xian")``.
    """
    return name.strip().casefold().translate(_IGNORED)


def _spellings(name: str, suffixes: Iterable[str]) -> list[str]:
    """Return a name in full and, if it has a suffix, without it."""
    suffix = next((s for s in suffixes if name.endswith(s) and len(name) > len(s)), None)
    return [name] if suffix is None else [name, name.removesuffix(suffix)]


def name_index(
    codes: Iterable[int], names_zh: Iterable[str], names_en: Iterable[str]
) -> dict[str, tuple[int, ...]]:
    """Map codes and spellings of names to the positions of the rows which bear them.

    Parameters
    ----------
    codes, names_zh, names_en : one entry per row.

    Returns
    -------
    dict
        `search_key` of each spelling -> positions in ascending order.
    """
    found: dict[str, list[int]] = defaultdict(list)
    for position, (code, chinese, english) in enumerate(zip(codes, names_zh, names_en, strict=True)):
        spellings = [
            str(code),
            *_spellings(chinese, _CHINESE_SUFFIXES),
            *_spellings(english, _ENGLISH_SUFFIXES),
        ]
        for key in dict.fromkeys(search_key(spelling) for spelling in spellings):
            found[key].append(position)
    return {key: tuple(positions) for key, positions in found.items()}
