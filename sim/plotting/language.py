"""Words of figures and reports in English or Chinese, and a font that can write them."""

from __future__ import annotations

import csv
import functools
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.resources import files
from pathlib import Path

import matplotlib as mpl

from sim.errors import Place, Problem, ScenarioError

__all__ = [
    "CHINESE_FONTS",
    "LANGUAGES",
    "chinese_font",
    "font_families",
    "has_bold",
    "say",
    "speaking",
    "spoken",
    "words",
    "writable",
]

#: Names of the languages; English is what the code is written in.
LANGUAGES = ("en", "zh")
#: Families with Chinese characters, the first there is taken; after them any other font that has the characters.
CHINESE_FONTS = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Noto Sans CJK JP",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Microsoft YaHei", "PingFang SC", "PingFang HK",
    "Hiragino Sans GB", "Heiti SC", "Heiti TC", "STHeiti", "SimHei", "DengXian", "Droid Sans Fallback",
    "Arial Unicode MS", "Noto Serif CJK SC", "SimSun", "AR PL UMing CN",
)  # fmt: skip
_LATIN_FONT = "DejaVu Sans"
#: A font must have all of these; matplotlib's own "last resort" font, which draws boxes, says it has every one.
_SAMPLE = "淘宝村县镇销售额模拟观测世界历史种子"
_FIRST_CHINESE = 0x2E80
_BOXES = "Last Resort"
_BOLD = ("600", "700", "800", "900", "bold", "black", "heavy", "semibold", "demibold")
_NOTE = (
    "no font with Chinese characters is installed, so figures stay in English; install one, such as Noto Sans CJK "
    "(Debian: fonts-noto-cjk), and remove matplotlib's old list of fonts ({folder}), "
    "or name a file with matplotlib.font_manager.fontManager.addfont(path)"
)

_SPOKEN: ContextVar[str] = ContextVar("language", default="en")


@functools.cache
def words() -> Mapping[str, str]:
    """Chinese by English words; placeholders in braces are the same in both."""
    text = files("sim.plotting").joinpath("words.csv").read_text(encoding="utf-8")
    return {row["en"]: row["zh"] for row in csv.DictReader(text.splitlines())}


def say(text: str, /, **values: object) -> str:
    """Words in the language spoken; what has no translation stays English.

    Parameters
    ----------
    text : English words with placeholders such as ``{n:,}``. values : what stands in their place.
    """
    found = words().get(text, text) if _SPOKEN.get() == "zh" else text
    return found.format(**values) if values else found


def spoken() -> str:
    """The language in use: "en" or "zh"."""
    return _SPOKEN.get()


@contextmanager
def speaking(language: str, *, drawn: bool = True) -> Iterator[str]:
    """Use a language for all figures and axes made within; where no font can write it, English and one note.

    Axes of your own are made within, too: their titles keep the font they were made with.

    Parameters
    ----------
    language : "en" or "zh". drawn : False for text that a browser writes, which has fonts of its own.

    Yields
    ------
    The language really used.

    Raises
    ------
    ScenarioError : there is no such language.
    """
    if language not in LANGUAGES:
        hint = "write en for English or zh for Chinese"
        raise ScenarioError(Problem(f"found language {language!r}, allowed is en or zh", Place("python"), hint))
    used = language
    if drawn and language == "zh" and chinese_font() is None:
        _note()
        used = "en"
    token = _SPOKEN.set(used)
    try:
        with mpl.rc_context(rc={"font.family": font_families()}):
            yield used
    finally:
        _SPOKEN.reset(token)


@functools.cache
def _note() -> None:
    """Say once in a process that there is no font."""
    folder = Path(mpl.get_cachedir()) / "fontlist-*.json"
    warnings.warn(_NOTE.format(folder=folder), UserWarning, stacklevel=4)


def font_families() -> list[str]:
    """Families of figures; each character is taken from the first that has it, so Chinese names always show."""
    chinese = chinese_font()
    return [_LATIN_FONT] if chinese is None else [_LATIN_FONT, chinese]


def writable(text: str) -> str:
    """Text without the Chinese characters that no font here can draw."""
    if chinese_font() is not None:
        return text
    return " ".join("".join(" " if ord(letter) >= _FIRST_CHINESE else letter for letter in text).split())


def has_bold() -> bool:
    """Whether the fonts in use have bold letters; Chinese fonts often have none."""
    from matplotlib.font_manager import fontManager

    name = font_families()[-1] if spoken() == "zh" else _LATIN_FONT
    return any(entry.name == name and str(entry.weight) in _BOLD for entry in fontManager.ttflist)


def chinese_font() -> str | None:
    """The family that writes Chinese in figures; ``None`` where no font has the characters.

    Fonts added with ``matplotlib.font_manager.fontManager.addfont(path)`` are seen at once.
    """
    from matplotlib.font_manager import fontManager

    there: dict[str, list[str]] = {}
    for entry in fontManager.ttflist:
        there.setdefault(entry.name, []).append(entry.fname)
    others = sorted(name for name in there if name not in CHINESE_FONTS and not name.startswith(_BOXES))
    for name in (*CHINESE_FONTS, *others):
        if any(_has_characters(path) for path in there.get(name, ())):
            return name
    return None


@functools.cache
def _has_characters(path: str) -> bool:
    from matplotlib.ft2font import FT2Font

    if not Path(path).is_file():  # the list of fonts may be older than the disk
        return False
    try:
        font = FT2Font(path)
    except (OSError, RuntimeError):
        return False
    return all(font.get_char_index(ord(letter)) for letter in _SAMPLE)
