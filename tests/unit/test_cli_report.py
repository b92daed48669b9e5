"""``hinterland report``: what it writes, and how it ends where there is no run."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.plotting import report
from sim.plotting.picture import Picture
from sim.plotting.report_figures import ReportFigure


@pytest.fixture
def run_folder(small_result, tmp_path, monkeypatch):
    """A saved run, drawn with one small picture in place of all."""
    monkeypatch.setattr(
        report, "run_figures", lambda *_: [ReportFigure("A figure", "words", lambda: Picture(1, 1))]
    )
    return small_result.save(tmp_path / "run")


def call(*arguments):
    return CliRunner().invoke(app, ["report", *map(str, arguments)])


def test_a_run_folder_gets_its_report(run_folder):
    done = call(run_folder)
    assert (done.exit_code, done.stderr, done.exception) == (0, "", None)
    assert done.stdout == f"written to {run_folder / 'report.html'}\n"
    text = (run_folder / "report.html").read_text(encoding="utf-8")
    assert "A small &lt;world&gt;" in text
    done = call(run_folder, "--output", run_folder.parent / "other.html", "--quiet")
    assert done.stdout == f"{run_folder.parent / 'other.html'}\n"
    assert (run_folder.parent / "other.html").read_text(encoding="utf-8") == text
    done = call(run_folder, "--out", run_folder.parent / "third.html", "--json")
    where = str(run_folder.parent / "third.html")
    assert json.loads(done.stdout) == {"run": str(run_folder), "language": "en", "report": where}
    assert (run_folder.parent / "third.html").read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: folder / "nowhere", "is not there; name a folder"),
        (lambda folder: folder / "scenario.yaml", "is no folder; name a folder"),
        (lambda folder: folder.parent, "is not a run folder (no readable provenance.json)"),
        (lambda folder: _cut(folder, "provenance.json"), "is not a run folder (no readable provenance.json)"),
        (lambda folder: _cut(folder, "villages.parquet"), "villages.parquet: is not as it was saved with the run"),
        (lambda folder: _removed(folder, "events.parquet"), "events.parquet: is missing"),
    ],
)
def test_what_is_no_run_is_named(run_folder, spoil, said):
    done = call(spoil(run_folder), "--output", run_folder.parent / "report.html")
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (run_folder.parent / "report.html").exists()


def _cut(folder, name):
    file = folder / name
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 3])
    return folder


def _removed(folder, name):
    (folder / name).unlink()
    return folder


def test_mistakes_in_options(run_folder, tmp_path):
    done = call(run_folder, "--language", "fr")
    assert done.exit_code == 2
    assert "--language: found 'fr', allowed is en or zh" in done.stderr
    done = call(run_folder, "--output", tmp_path / "missing" / "report.html")
    assert done.exit_code == 2
    assert "cannot be written" in done.stderr
    done = call(run_folder, "--animation", tmp_path / "map.mp4")
    assert done.exit_code == 2
    assert "allowed is .gif" in done.stderr
    assert not (run_folder / "report.html").exists(), "nothing is left of a command that failed"
