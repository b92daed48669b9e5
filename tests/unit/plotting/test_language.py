"""Labels in English and Chinese: complete, formatted alike, and never boxes."""

from __future__ import annotations

import csv
import logging
import string
import warnings

import matplotlib as mpl
import pytest
from matplotlib import font_manager
from matplotlib.figure import Figure

import sim
from sim.errors import ScenarioError
from sim.experiments.outcomes import YEARLY
from sim.plotting import language
from sim.plotting.growth import draw_villages
from sim.plotting.language import chinese_font, font_families, say, speaking, spoken, words, writable
from sim.plotting.picture import OKABE_ITO, Picture, caption, wrapped
from sim.results.comparison import PATTERN_WORDS
from tests.architecture.source import ROOT
from tests.not_here import CHINESE_FONT, not_here
from tests.untranslated import untranslated

NO_FONT = (
    "matplotlib knows no font with Chinese characters (Debian: apt-get install fonts-wqy-microhei; if one is "
    "installed already, delete matplotlib's list: fontlist-*.json in its folder of caches)"
)


@pytest.fixture
def installed_font():
    """A font of this machine with Chinese characters."""
    if chinese_font() is None:
        not_here(CHINESE_FONT, NO_FONT)


@pytest.fixture
def no_chinese_font(monkeypatch):
    """Only the fonts that come with matplotlib, its last resort of boxes among them."""
    own = [entry for entry in font_manager.fontManager.ttflist if mpl.get_data_path() in entry.fname]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", own)
    language._note.cache_clear()
    yield
    language._note.cache_clear()


@pytest.fixture
def some_chinese_font(monkeypatch):
    """A font of which is believed that it has the characters, where none is installed."""
    monkeypatch.setattr(language, "_has_characters", lambda path: path.endswith("DejaVuSerif.ttf"))


def placeholders(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_placeholders():
    with (ROOT / "sim/plotting/words.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len({row["en"] for row in rows}) == len(rows), "a line stands twice"
    assert all(row["zh"] for row in rows)
    assert [row["en"] for row in rows if placeholders(row["en"]) != placeholders(row["zh"])] == []


@pytest.mark.usefixtures("installed_font")
@pytest.mark.parametrize("spoken_here", ["en", "zh"])
def test_a_chinese_font_without_bold_letters_is_no_news(spoken_here, caplog):
    font_manager.fontManager._findfont_cached.cache_clear()
    with speaking(spoken_here):
        picture = Picture(3, 2)
        picture.suptitle("Cao County 曹县", fontweight="bold")
        picture.png()
    assert caplog.messages == []
    logging.getLogger("matplotlib.font_manager").warning("something else")
    assert caplog.messages == ["something else"]


@pytest.mark.usefixtures("installed_font")
def test_another_font_without_a_weight_is_news(caplog):
    """Matplotlib names the font from 3.11 on."""
    words = "findfont: Failed to find font weight %s for %s, now using %s."
    for font in (chinese_font(), "Some Font"):
        logging.getLogger("matplotlib.font_manager").warning(words, "bold", font, 400)
    assert caplog.messages == [words % ("bold", "Some Font", 400)]


def test_outcomes_have_chinese_words():
    named = [*PATTERN_WORDS.values(), *(outcome.meaning for outcome in YEARLY)]
    assert [each for each in named if each not in words()] == []


def test_every_label_of_a_run_has_chinese_words(cao_result, monkeypatch):
    with untranslated(monkeypatch) as missing:
        plots = cao_result.plot
        for draw in (plots.growth, plots.map, plots.map_by_year, plots.rank_size, plots.provinces, plots.sales):
            draw()
        plots.partners()
        plots.town()
        plots.genealogy()
        plots.story("Dinglou")
    assert missing <= {cao_result.world.name_of_village(0), str(cao_result.scenario.name)}


@pytest.mark.usefixtures("no_chinese_font")
def test_without_a_font_labels_stay_english_with_one_note(small_result):
    assert chinese_font() is None
    with pytest.warns(UserWarning, match="fonts-noto-cjk"), speaking("zh") as used:
        assert (used, spoken(), say("simulated")) == ("en", "en", "simulated")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a second note, or a glyph drawn as a box, would be an error
        picture = small_result.plot(language="zh").growth()
        assert picture.axes[0].get_title(loc="left") == "Taobao villages, counted each December"
        picture.png()


@pytest.mark.usefixtures("no_chinese_font")
def test_without_a_font_chinese_names_are_left_out():
    picture = Picture(3.0, 2.0)
    caption(picture, "Simulated: 曹县 Cao County")
    assert writable("曹县 in 2015") == "in 2015"
    assert "曹" not in picture._supxlabel.get_text()
    picture.png()  # a missing glyph would warn, and a warning is an error


@pytest.mark.usefixtures("some_chinese_font")
def test_with_a_font_labels_are_chinese(small_result):
    assert font_families() == ["DejaVu Sans", "DejaVu Serif"]
    with speaking("zh") as used:
        assert used == "zh"
        axes = draw_villages(small_result, Figure().subplots())
    assert axes.get_title() == "淘宝村数量（每年十二月统计）"
    assert axes.title.get_fontfamily() == ["DejaVu Sans", "DejaVu Serif"]
    assert small_result.plot(language="zh").growth().axes[1].get_title(loc="left").startswith("网店")
    assert spoken() == "en"


@pytest.mark.usefixtures("installed_font")
def test_an_installed_font_has_every_character_of_the_words():
    from matplotlib.ft2font import FT2Font

    paths = [entry.fname for entry in font_manager.fontManager.ttflist if entry.name == chinese_font()]
    font = FT2Font(paths[0])
    used = {letter for text in words().values() for letter in text if ord(letter) >= 0x2E80}
    assert sorted(letter for letter in used if not font.get_char_index(ord(letter))) == []


@pytest.mark.usefixtures("installed_font")
def test_chinese_figures_are_drawn_without_boxes(small_result):
    small_result.plot(language="zh").growth().png()  # a missing glyph would warn


def test_an_unknown_language_is_refused(small_result):
    with pytest.raises(ScenarioError, match="found language 'fr', allowed is en or zh"):
        small_result.plot(language="fr").growth()


def test_words_without_translation_stay_english():
    with speaking("zh", drawn=False):
        assert say("no such words: {n:,}", n=1234) == "no such words: 1,234"
        assert say("{n:,} villages with fewer shops are left out.", n=1234) == "另有 1,234 个网店较少的村未绘出。"


def test_chinese_lines_are_broken_by_their_width():
    assert list(wrapped("one two three", 7)) == ["one two", "three"]
    assert list(wrapped("淘宝村名单 ab", 6)) == ["淘宝村", "名单", "ab"]
    assert list(wrapped("", 6)) == []


def test_colours_are_those_of_the_palette():
    """Colours of lines and bars come from one place; greys and colour maps have no hue to confuse."""
    import re

    coloured = re.compile(r'"#([0-9A-Fa-f]{6})"')
    found = {
        (path.name, code.lower())
        for path in sorted((ROOT / "sim/plotting").glob("*.py"))
        if path.name != "picture.py"
        for code in coloured.findall(path.read_text(encoding="utf-8"))
        if not code[0:2].lower() == code[2:4].lower() == code[4:6].lower()
    }
    blues = {("diffusion.py", code) for code in ("08306b", "2171b5", "6baed6", "bdd7e7")}  # one hue, by lightness
    assert found - blues == set()
    assert len(set(OKABE_ITO.values())) == 7
    assert sim.__version__
