"""`hinterland calibrate` and `hinterland validate`: files, words, exit statuses."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from sim.calibration import posterior, recovery
from sim.calibration.targets import COLUMNS
from sim.cli import app

WORLD = """\
name: tiny
start: 2012-01
end: 2015-12
region: {synthetic: {villages: 40, households_per_village: 60, towns: 10, counties: 5}}
world: {synthetic_pioneers: 4}
pioneers: {shops: 6, first_year: 2012, last_year: 2013}
adoption: {imitation: 0.12, own_initiative: 0.0001}
recognition: {sales_min_yuan: 1000000, shops_min: 10}
"""
FACTS = (
    "villages,2015,,value,18,0,0,villages,2015-12,known,fit,",
    "villages,2014,,value,8,0,0,villages,2014-12,known,fit,",
    "recognised_shops,2015,,value,320,0,0,shops,2015-12,known,fit,",
)
FREE = ("--free", "adoption.imitation=loguniform(0.03, 0.3)")


@pytest.fixture
def files(tmp_path):
    (tmp_path / "world.yaml").write_text(WORLD, encoding="utf-8")
    (tmp_path / "facts.csv").write_text("\n".join([",".join(COLUMNS), *FACTS]) + "\n", encoding="utf-8")
    return tmp_path


def call(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_calibrate_then_validate_its_posterior(files, monkeypatch):
    # How many known truths are asked is looked at in other tests: here it is what is said and written of them.
    asked = []

    def few(table, targets, *, truths, **how):
        asked.append(truths)
        return recovery.recover(table, targets, truths=6, **how)

    monkeypatch.setattr(posterior, "recover", few)
    monkeypatch.setattr(recovery, "_TRIED", 6)
    given = (files / "world.yaml", "--targets", files / "facts.csv", "--workers", 1)
    out = files / "fit"
    done = call("calibrate", *given, *FREE, "--simulations", 60, "--rounds", 1, "--out", out)
    assert done.exit_code == 0, done.output
    assert asked == [100]
    assert "adoption.imitation" in done.output
    for name in (
        "posterior.nc",
        "posterior.json",
        "summary.csv",
        "prior_check.csv",
        "recovery.csv",
        "calibrated.yaml",
        "ensemble.yaml",
    ):
        assert (out / name).is_file()
    assert (out / "figures" / "pairs.png").is_file()
    found = ("--posterior", out / "posterior.nc")
    done = call("validate", *given, *found, "--replicates", 3, "--out", files / "check", "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    assert [row["target"] for row in found["bands"]] == ["villages 2015", "villages 2014", "recognised_shops 2015"]
    assert found["goals"][0]["asked"] == 3
    assert (files / "check" / "report.html").is_file()


@pytest.mark.filterwarnings("ignore:no font with Chinese characters")
def test_validate_writes_its_report_in_the_language_asked_for(files, monkeypatch):
    monkeypatch.setattr("sim.plotting.validation_report.validation_pngs", lambda _: {})  # drawn in other tests
    given = (files / "world.yaml", "--targets", files / "facts.csv", "--workers", 1, "--replicates", 1)
    done = call("validate", *given, "--out", files / "check", "--language", "fr")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--language: found 'fr', allowed is en or zh" in done.stderr
    assert not (files / "check").exists()
    done = call("validate", *given, "--out", files / "check", "--language", "zh", "--quiet")
    assert (done.exit_code, done.stdout) == (0, f"{files / 'check'}\n")
    text, page = ((files / "check" / name).read_text(encoding="utf-8") for name in ("report.md", "report.html"))
    assert text.startswith("# 验证：tiny\n")
    assert "| 淘宝村 | 2015 | 18 |" in text
    assert 'lang="zh-Hans"' in page
    assert "<td>淘宝村" in page
    assert "Taobao" not in text + page
    tables = (files / "check" / "bands.csv").read_text(encoding="utf-8")
    assert "Taobao villages,2015,villages" in tables, "tables are for programs"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--free", "adoption.imitation=uniform(0, 99)"), "allowed is 0 to 10"),
        (("--free", "adoption.imitatoin"), "did you mean adoption.imitation"),
        (("--simulations", "10"), "60 or more a round"),
        (("--without", "Shandnog"), "did you mean Shandong"),
    ],
)
def test_mistakes_have_status_two_and_no_folder(files, options, told):
    given = (files / "world.yaml", "--targets", files / "facts.csv", "--workers", 1, "--out", files / "fit")
    done = call("calibrate", *given, *options)
    assert done.exit_code == 2
    assert told in " ".join(done.output.split())
    assert "Traceback" not in done.output
    assert not (files / "fit").exists()


def test_an_unknown_county_among_the_targets_is_told_with_its_line(files):
    path = files / "bad.csv"
    row = "county_villages,2015,Cao,value,34,0,0,villages,2015-12,list,fit,"
    path.write_text("\n".join([",".join(COLUMNS), row]) + "\n", encoding="utf-8")
    done = call("calibrate", files / "world.yaml", "--targets", path, "--out", files / "fit")
    assert done.exit_code == 2
    assert "bad.csv:2:1: found place 'Cao'" in "".join(done.output.split("\n"))
    assert not (files / "fit").exists()
