"""A validation judges by bands and scores that can be computed by hand, and its report says the same."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import sim
from sim.calibration.history import list_counts
from sim.calibration.scores import ensemble_chance, scores
from sim.calibration.validation import Validation, validate
from sim.errors import ResultError, RunError, ScenarioError
from sim.plotting.validation import (
    bands_figure,
    chances_figure,
    map_figure,
    rank_size_figure,
    residuals_figure,
    validation_pngs,
)
from sim.plotting.validation_report import markdown, page, write_report
from tests.untranslated import untranslated

REGION = {"counties": [371721, 371724, 371725]}


@pytest.fixture(scope="module")
def heze():
    mapping = {"name": "heze", "start": "2013-01", "end": "2015-12", "region": REGION}
    return sim.Scenario.from_mapping(mapping)


@pytest.fixture(scope="module")
def validation(heze):
    return validate(heze, 4, progress=False)


def test_bands_are_quantiles_of_the_runs(heze, validation):
    villages = [
        len(run[run["recognised"] & (run["year"] == 2015)])
        for number in range(4)
        for run in [sim.run(heze, seed=number, world_seed=number).villages]
    ]
    row = validation.bands.set_index("target").loc["villages 2015"]
    assert row["median"] == np.median(villages)
    assert (row["low"], row["high"]) == tuple(np.quantile(villages, [0.05, 0.95]))
    assert row["fact"] == list_counts(validation.places, 2015).sum()
    assert row["holds"] == (row["low"] <= row["fact"] <= row["high"])


def test_the_map_is_the_mean_of_the_runs_and_scored_as_such(validation):
    found, counts = validation.map, validation.counts(2015)
    np.testing.assert_array_equal(found.mean, counts.mean(axis=0))
    expected = scores(found.mean, ensemble_chance(counts), list_counts(validation.places, 2015))
    for name in ("r_squared", "auc", "log_score"):
        assert getattr(found.scores, name) == pytest.approx(getattr(expected, name), nan_ok=True)
    assert set(found.opponents) == {"scaled", "poisson", "poisson_10_fold"}
    assert found.earlier_year == 2014
    table = validation.score_table
    assert table["prediction"].iloc[0] == "this model"
    assert table["in_sample"].tolist() == [False, False, True, False]


def test_goals_say_what_was_asked_and_whether_it_was_reached(validation):
    goals = {goal.meaning: goal for goal in validation.goals}
    held = goals["facts within their 90 % band"]
    assert held.reached == (held.found == held.asked)
    assert goals["R2 of the mean over counties"].asked == 0.70
    assert goals["AUC of counties with any"].asked == 0.95
    assert "villages" in repr(validation) or "facts" in repr(validation)


def test_a_later_list_of_the_users_own_runs_the_scenario_on(heze, tmp_path):
    path = tmp_path / "list_2016.csv"
    path.write_text("county_adcode,count\n371721,60\n371724,3\n", encoding="utf-8")
    found = validate(heze, 2, observed=path, year=2016, progress=False)
    assert found.map.year == 2016
    assert found.map.observed.sum() == 63
    assert found.map.earlier_year == 2015, "the opponents start from the last list before"
    assert found.scenario.end == 2016 * 12 + 11
    np.testing.assert_array_equal(found.map.mean, found.counts(2016).mean(axis=0))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"year": 2016}, r"no published list of 2016.*--observed"),
        ({"year": 2009}, "begins later"),
        ({"replicates": 0}, "found 0 runs"),
    ],
)
def test_mistakes_are_told_before_anything_runs(heze, options, told):
    with pytest.raises(ScenarioError, match=told):
        validate(heze, progress=False, **{"replicates": 1, **options})


def test_a_list_needs_its_year(heze, tmp_path):
    with pytest.raises(ScenarioError, match="not its year"):
        validate(heze, 1, observed=tmp_path / "list.csv", progress=False)


def test_draws_are_used_in_turn_and_a_store_resumes(heze, tmp_path):
    draws = [{"pioneers.shops": 2}, {"pioneers.shops": 30}]
    whole = validate(heze, 3, draws=draws, out=tmp_path / "store", progress=False)
    more = validate(heze, 4, draws=draws, out=tmp_path / "store", resume=True, progress=False)
    np.testing.assert_array_equal(more.values[:3], whole.values)
    assert [draw["pioneers.shops"] for draw in more.draws] == [2, 30, 2, 30]
    assert validation_pngs(more)["pairs"].startswith(b"\x89PNG")
    assert "| pioneers.shops | shops | 16 | 2 to 30 |" in markdown(more)
    assert "figures/pairs.png" in markdown(more)
    with pytest.raises(ResultError, match="another experiment"):
        validate(heze.replace({"pioneers.shops": 3}), 1, out=tmp_path / "store", resume=True, progress=False)


def test_an_invented_world_needs_targets_of_its_own(small):
    with pytest.raises(ScenarioError, match="--targets"):
        validate(small, 1, progress=False)


def test_its_figures_have_chinese_words(validation, monkeypatch):
    with untranslated(monkeypatch) as missing:
        bands = bands_figure(validation)
        for draw in (map_figure, residuals_figure, rank_size_figure, chances_figure):
            draw(validation, validation.map)
    assert missing == set()
    labels = [text.get_text() for axes in bands.axes for text in axes.get_yticklabels()]
    assert any("山东" in text for text in labels)
    assert [text for text in labels if "Taobao" in text or "villages" in text] == []


def test_its_report_has_chinese_words(validation, monkeypatch, tmp_path):
    with untranslated(monkeypatch) as missing:
        text, whole = markdown(validation), page(validation, {})
    assert missing == set()
    for words in (
        "# 验证：heze",
        "| 淘宝村 | 2015 |",
        "| 山东省的淘宝村 |",
        "| 曹县 |",
        "| 本模型 |",
        "| 泊松回归，十折 |",
    ):
        assert words in text
    assert "| 是 |" in text
    assert 'lang="zh-Hans"' in whole
    assert "<td class=no>否</td>" in whole
    with pytest.raises(ScenarioError, match="allowed is en or zh"):
        write_report(validation, tmp_path / "report", language="fr")
    assert list(tmp_path.iterdir()) == []


def test_the_report_stands_alone_and_says_what_the_tables_say(validation, tmp_path):
    figures = validation_pngs(validation)
    assert set(figures) == {"targets", "map", "residuals", "rank_size", "chances"}
    assert all(content.startswith(b"\x89PNG") for content in figures.values())
    whole = page(validation, figures)
    assert whole.count("data:image/png;base64,") == len(figures)
    assert "http" not in whole
    assert "this model" in whole
    text = markdown(validation)
    assert f"{validation.map.scores.r_squared:.3f}" in text
    assert "| Taobao villages | 2015 |" in text
    path = write_report(validation, tmp_path / "report")
    assert path.read_text(encoding="utf-8") == whole
    assert json.loads((path.parent / "validation.json").read_text(encoding="utf-8"))["packages"]
    assert (path.parent / "figures" / "map.png").is_file()


@pytest.mark.parametrize(
    ("messages", "why"), [(("run 1: no shops",), "run 1: no shops"), ((), "no run was asked for")]
)
def test_runs_that_all_failed_are_told_with_the_first_reason(messages, why):
    plan = SimpleNamespace(scenarios={"": None})
    runs = SimpleNamespace(plan=plan, messages=messages, status=np.full((len(messages), 1), "world", object))
    with pytest.raises(RunError, match=f"every run failed: {why}"):
        Validation(runs, (), None, None)


def test_of_a_report_broken_off_while_it_is_written_nothing_is_seen(validation, tmp_path, monkeypatch):
    def killed(path, content):
        if "scores" in path.name or "chances" in path.name:
            raise KeyboardInterrupt
        write(path, content)

    (tmp_path / "report.html").write_text("of earlier runs", encoding="utf-8")
    write = Path.write_bytes
    monkeypatch.setattr(Path, "write_bytes", killed)
    monkeypatch.setattr("sim.plotting.validation_report.validation_pngs", lambda _: {"map": b"", "chances": b""})
    with pytest.raises(KeyboardInterrupt):
        write_report(validation, tmp_path)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["report.html"]
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == "of earlier runs"
