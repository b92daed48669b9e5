"""The report of a run and of an ensemble: one file, everything escaped, the same numbers as the tables."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import sim
from sim.errors import ResultError, ScenarioError
from sim.plotting import language, report
from sim.plotting.html_page import table, write_whole
from sim.plotting.picture import Picture
from sim.plotting.report_figures import ReportFigure
from sim.plotting.report_tables import (
    _nearness,
    changed_values,
    comparison,
    facts_of_run,
    mechanism_rows,
    region_words,
    span_words,
    timeline_rows,
)

NETWORK = re.compile(r"""(?:src|href)=["'](?!data:image/png;base64,|#)""")


class Page(HTMLParser):
    """Tags that are open, and the text of the page."""

    VOID = frozenset({"meta", "img", "br"})

    def __init__(self, text):
        super().__init__()
        self.open, self.words, self.images = [], [], 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, _attrs):
        self.images += tag == "img"
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture
def one_figure(monkeypatch):
    """One small picture in place of all: they are tested by themselves."""
    only = [ReportFigure("A <figure>", "what & where", lambda: Picture(1.0, 1.0))]
    for name in ("run_figures", "ensemble_figures"):
        monkeypatch.setattr(report, name, lambda _result, _plots: only)


@pytest.fixture(scope="module")
def ensemble(small_scenario, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report") / "ensemble"
    return folder, sim.run_ensemble(small_scenario, 2, out=folder)


@pytest.mark.usefixtures("one_figure")
def test_a_report_is_one_well_formed_file_with_the_numbers(cao_result, tmp_path):
    path = cao_result.report(tmp_path / "report.html")
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    assert page.images == 1
    assert not NETWORK.search(text)
    assert "<script" not in text
    words = " ".join(page.words)
    villages = cao_result.patterns.query("pattern == 'villages' and year == 2015").iloc[0]
    assert f"{villages['simulated']}" in page.words
    assert "on the list: 34" in words
    assert cao_result.provenance["fingerprint"] in page.words
    for name, row in cao_result.scenario.vocabulary.parameters.items():
        assert name in page.words, "every value is in the table"
        assert not row.source or row.source in page.words
    assert "Nobody outside the region can teach" in words
    assert "hinterland run RUN/scenario.yaml" in words
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.usefixtures("one_figure")
def test_names_are_escaped(small_result, tmp_path):
    text = small_result.report(tmp_path / "report.html").read_text(encoding="utf-8")
    assert "A small &lt;world&gt;" in text
    assert "A &lt;figure&gt;" in text
    assert "<world>" not in text
    assert "The world is invented" in text
    assert "No list was published" in text


def test_all_figures_of_a_small_run_are_in_its_report(small_result, tmp_path):
    text = small_result.report(tmp_path / "report.html").read_text(encoding="utf-8")
    titles = re.findall(r"<figcaption><b>([^<]*)</b>[^<]+</figcaption>", text)
    assert titles[:3] == ["Growth", "Where Taobao villages are", "The map year by year"]
    assert "Who taught whom in the county with the most Taobao villages" in titles
    assert "Provinces" not in titles, "an invented world has none"
    assert "What partners earn" not in titles
    assert text.count("data:image/png;base64,") == len(titles) == 7


@pytest.mark.usefixtures("one_figure")
def test_an_ensemble_read_back_gives_the_same_report(ensemble, tmp_path):
    folder, made = ensemble
    read = sim.load_ensemble(folder)
    assert repr(read) == repr(made)
    assert read.table.equals(made.table)
    assert read.scenario.fingerprint == made.scenario.fingerprint
    text = read.report(tmp_path / "report.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    assert "2 runs" in " ".join(page.words)
    assert "history 0 – 1" in " ".join(page.words)
    assert "--replicates 2 --vary-seeds history" in " ".join(page.words)
    median = made.table.query("outcome == 'shops' and year == 2012")["median"].iloc[0]
    assert f"{median:,.0f}" in page.words or f"{median:,.2f}" in page.words


@pytest.mark.usefixtures("one_figure")
def test_a_chinese_report_is_chinese_where_figures_are_not(small_result, tmp_path):
    with pytest.warns(UserWarning, match="fonts-noto-cjk") if not _has_font() else _nothing():
        text = small_result.report(tmp_path / "report.html", language="zh").read_text(encoding="utf-8")
    assert '<html lang="zh-Hans">' in text
    assert "运行内容" in text
    assert re.search("虚构：[0-9]+ 个村，[0-9]+ 个镇", text)
    assert re.search("[0-9]{4}-[0-9]{2} 至 [0-9]{4}-[0-9]{2}（[0-9]+ 个月）", text)
    assert ("未找到中文字体" in text) is not _has_font()
    with pytest.raises(ScenarioError, match="found language 'de'"):
        small_result.report(tmp_path / "report.html", language="de")


def test_regions_are_named_in_the_language_spoken():
    def plan(region):
        return sim.Scenario.from_mapping({"start": "2009-01", "end": "2009-12", "region": region})

    counties = plan({"counties": [371721, 371724, 371725, 330782, 330726, 320324]})
    assert region_words(counties) == "counties: 371721, 371724, 371725, 330782, 330726 and 1 more"
    assert span_words(counties) == "2009-01 to 2009-12 (12 months)"
    with language.speaking("zh", drawn=False):
        assert region_words(counties) == "县：371721, 371724, 371725, 330782, 330726 等另 1 个"
        assert region_words(plan({"provinces": ["Jiangsu"]})) == "省：Jiangsu"
        assert region_words(plan("china")) == "全国"


def _has_font():
    language._note.cache_clear()
    return language.chinese_font() is not None


def _nothing():
    from contextlib import nullcontext

    return nullcontext()


def test_changes_stand_before_the_defaults(small_scenario):
    rows = {row[0]: row for row in changed_values(small_scenario)[1:]}
    assert rows["adoption.imitation"][1] == "0.3"
    assert "logistics.parcel_cost" not in rows
    off = small_scenario.replace({"mechanisms": {"crowding": False}})
    assert "mechanisms.crowding" in {row[0] for row in changed_values(off)}
    shown = {row[0]: row[1] for row in mechanism_rows(off)}
    assert (shown["crowding"], shown["exit"]) == ("off", "on")
    assert timeline_rows(off) == []
    later = small_scenario.replace({"timeline": [{"from": "2010-01", "set": {"logistics.parcel_cost": 9}}]})
    assert timeline_rows(later)[1][:2] == ("2010-01", "logistics.parcel_cost")


def test_nearness_is_that_of_the_numbers(cao_result):
    head, first, *_ = comparison(cao_result)
    assert head == ["pattern", "2014 simulated", "2014 observed", "difference", "how near",
                    "2015 simulated", "2015 observed", "difference", "how near"]  # fmt: skip
    simulated, observed, difference, near = first[5:]
    assert observed == "34"
    assert difference.startswith(f"{int(simulated) - 34:+}")
    assert near == "far off"


@pytest.mark.parametrize(
    ("simulated", "observed", "difference", "near"),
    [
        ("1", "1", "0", "close"),
        ("0", "0", "0", "close"),
        ("0", "1", "-1 (-100%)", "too few to tell"),  # nothing where there was something is no success
        ("2", "0", "+2", "too few to tell"),
        ("5", "7", "-2 (-29%)", "too few to tell"),
        ("6", "7", "-1 (-14%)", "near"),
        ("6", "8", "-2 (-25%)", "close"),
        ("4", "1", "+3 (+300%)", "far off"),
        ("70", "64", "+6 (+9%)", "close"),
        ("52", "64", "-12 (-19%)", "near"),
        ("28", "64", "-36 (-56%)", "far off"),
        ("28", "", "", ""),
    ],
)
def test_nothing_is_called_close_for_its_small_number_alone(simulated, observed, difference, near):
    assert _nearness(simulated, observed) == (difference, near)


def test_a_record_without_versions_is_still_shown(small_scenario):
    rows = dict(facts_of_run(small_scenario, {}, "world 0, history 0"))
    assert rows["version"] == "hinterland ?"
    assert rows["fingerprint"] == small_scenario.fingerprint


def test_tables_escape_and_mark_their_cells():
    text = table([("a", "b"), ("<x>", "no")], "words")
    assert "<td>&lt;x&gt;</td><td class=no>no</td>" in text
    assert "<thead>" not in table([("", ""), ("a", "b")])


def test_nothing_half_written_stays(tmp_path, monkeypatch):
    place = tmp_path / "report.html"
    write_whole(place, "old")

    def fail(*_arguments, **_options):
        message = "disk full"
        raise OSError(28, message)

    monkeypatch.setattr(Path, "write_text", fail)
    with pytest.raises(ResultError, match="cannot be written"):
        write_whole(place, "new")
    assert place.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    with pytest.raises(ResultError, match="is a folder"):
        write_whole(tmp_path, "new")


def test_damaged_ensembles_are_named(ensemble, tmp_path):
    folder, _ = ensemble
    with pytest.raises(ResultError, match="no folder of an ensemble"):
        sim.load_ensemble(tmp_path)
    (tmp_path / "experiment.json").write_bytes((folder / "experiment.json").read_bytes())
    with pytest.raises(ResultError, match=r"results\.nc: cannot be read"):
        sim.load_ensemble(tmp_path)
    (tmp_path / "results.nc").write_bytes((folder / "results.nc").read_bytes()[:2000])
    with pytest.raises(ResultError, match="the folder is damaged"):
        sim.load_ensemble(tmp_path)
    (tmp_path / "experiment.json").write_text("[1]", encoding="utf-8")
    with pytest.raises(ResultError, match=r"no readable experiment\.json"):
        sim.load_ensemble(tmp_path)
