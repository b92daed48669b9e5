"""``hinterland explain``: where the story comes from, what it prints, how mistakes end."""

from __future__ import annotations

import json
import os

import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.cli_explain import county_scenario
from sim.scenario import load_scenario

TINY = (
    "name: tiny\ntitle: A tiny world\nstart: 2009-01\nend: 2010-12\nhistory_seed: 3\n"
    "region: {synthetic: {villages: 8, households_per_village: 50, towns: 2, counties: 1}}\n"
    "adoption: {own_initiative: 0.001}\n"
)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.yaml").write_text(TINY, encoding="utf-8")
    return tmp_path


def explain(*arguments: str):
    return CliRunner().invoke(app, ["explain", *arguments])


def refused(*arguments: str):
    done = explain(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.usefixtures("here")
def test_a_scenario_is_simulated_and_one_village_told():
    done = explain("3", "--scenario", "tiny.yaml")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == f"{sim.run('tiny.yaml').explain(3)!r}\n"
    other = explain("3", "--scenario", "tiny.yaml", "--seed", "4", "--set", "adoption.own_initiative=0.002")
    assert "history seed 4" in other.stdout
    assert other.stdout != done.stdout


def test_json_and_a_figure(here):
    done = explain("Town 900000000 2", "--scenario", "tiny.yaml", "--json", "--figure", "story.png")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout) == sim.run("tiny.yaml").explain(1).to_dict()
    assert (here / "story.png").read_bytes().startswith(b"\x89PNG")


def test_the_newest_run_that_has_the_village_is_read(here):
    for seed, moment in ((5, 2_000), (6, 1_000)):
        path = sim.run("tiny.yaml", seed=seed).save(here / "runs" / f"tiny-{seed}")
        os.utime(path / "provenance.json", (moment, moment))
    (here / "runs" / "notes").mkdir()
    assert "history seed 5" in explain("3").stdout
    assert "history seed 6" in explain("3", "--run", "runs/tiny-6").stdout
    # A village it does not have is looked for in the country; a broken folder is left aside.
    assert "county-371721" not in explain("3").stdout
    assert "Cao County, Shandong, alone" in explain("丁楼村", "--set", "end=2009-12").stdout
    (here / "runs" / "tiny-5" / "provenance.json").write_text("{}", encoding="utf-8")
    os.utime(here / "runs" / "tiny-5" / "provenance.json", (3_000, 3_000))
    assert "found village 3, allowed is a name" in refused("3")


@pytest.mark.usefixtures("here")
def test_without_a_run_the_county_is_simulated_alone():
    done = explain("Dinglou", "--set", "end=2010-12")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("丁楼村 (Dinglou Village), 曹县大集镇, Cao County\n")
    assert "Cao County, Shandong, alone, 2009 to 2015" in done.stdout


def test_the_county_alone_has_the_values_of_the_shipped_scenario(repository):
    shipped = load_scenario(repository / "scenarios" / "china-2015.yaml")
    alone = county_scenario(371721)
    assert alone.values == shipped.values
    assert (alone.start, alone.end, alone.world_seed) == (shipped.start, shipped.end, shipped.world_seed)
    assert alone.settings(alone.end).mechanisms == shipped.settings(shipped.end).mechanisms


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["Dinglu"], "command line: found Dinglu, no listed village; did you mean Dinglou Village"),
        (
            ["花园村"],
            "found 花园村, the name of villages in 4 counties; write one of: 130534 花园村 (Qinghe County); ",
        ),
        (["7"], "command line: found village 7, allowed is a name or a twelve-digit number: an index counts"),
        (["999", "--scenario", "tiny.yaml"], "found village 999, allowed is an index from 0 to 7 or"),
        (["Atlantis", "--scenario", "tiny.yaml"], "command line: found Atlantis, no village of this world; "),
        (["3", "--run", "nowhere"], "nowhere: is not a run folder"),
        (["3", "--run", "a", "--scenario", "b"], "--run and --scenario: both given; keep one"),
        (["3", "--run", "a", "--seed", "1"], "--seed, --world-seed or --set with --run: that run is done"),
        (["3", "--figure", "a.txt"], "--figure a.txt: found .txt, allowed is .png, .svg, .pdf"),
        (["3", "--scenario", "tiny.yaml", "--set", "adoption.imitatoin=1"], "did you mean imitation?"),
    ],
)
def test_mistakes_end_with_status_2(arguments, message):
    assert message in refused(*arguments)


@pytest.mark.usefixtures("here")
def test_a_figure_that_cannot_be_written(here):
    (here / "taken.png").mkdir()
    done = explain("3", "--scenario", "tiny.yaml", "--figure", "taken.png")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "taken.png: cannot be written" in done.stderr


def test_the_help_teaches():
    text = " ".join(explain("--help").stdout.split())
    for words in ("who taught whom", "newest run", "Examples: hinterland explain 丁楼村", "exit status 2"):
        assert words in text


def test_an_empty_name_and_a_figure_into_no_folder(here):
    assert "command line: VILLAGE: found nothing; write a name" in refused("  ")
    assert "command line: VILLAGE: found nothing" in refused("", "--scenario", "tiny.yaml")
    told = "--figure none/a.png: the folder none is not there; make it, or name a file in another"
    assert told in refused("3", "--scenario", "tiny.yaml", "--figure", "none/a.png").replace("\n", " ")
    assert not (here / "none").exists()
