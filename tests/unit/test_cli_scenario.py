"""``hinterland scenario``: what each command prints, and its exit status."""

# ruff: noqa: E501 -- messages stand as a user sees them

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from rich.console import Console
from typer.testing import CliRunner

from sim import cli_scenario
from sim.cli_scenario import app

GOOD = "name: small\ntitle: A small world\nstart: 2009-01\nend: 2010-12\nhistory_seed: 3\n"
SIZE = "region: {synthetic: {villages: 40, households_per_village: 100, towns: 4, counties: 2}}\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.yaml").write_text(GOOD + SIZE, encoding="utf-8")
    (tmp_path / "long.yaml").write_text("extends: good.yaml\nend: 2011-12\n", encoding="utf-8")
    (tmp_path / "bad.yaml").write_text("start: 2009-01\nend: 2008-01\ntitel: x\n", encoding="utf-8")
    return tmp_path


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


@pytest.mark.usefixtures("folder")
class TestCommands:
    def test_check_says_ok_and_lists_every_mistake(self):
        good = run("check", "good.yaml", "long.yaml")
        assert (good.exit_code, good.stderr) == (0, "")
        assert good.stdout.splitlines() == [
            "good.yaml: ok, 2009-01 to 2010-12 (24 months), synthetic: 40 villages, 4 towns, 2 counties",
            "long.yaml: ok, 2009-01 to 2011-12 (36 months), synthetic: 40 villages, 4 towns, 2 counties",
        ]
        mixed = run("check", "bad.yaml", "good.yaml", "none.yaml")
        assert mixed.exit_code == 2
        assert mixed.stdout.startswith("good.yaml: ok")
        assert mixed.stderr.splitlines() == [
            "bad.yaml:3:1: titel is not known; did you mean title?",
            "bad.yaml:2:1: end: found 2008-01, allowed is a month from start (2009-01) on; are start and end exchanged?",
            "none.yaml: there is no such file; check the name and the folder",
        ]  # fmt: skip

    def test_check_knows_the_names_of_places(self):
        with open("place.yaml", "w", encoding="utf-8") as stream:  # noqa: PTH123
            stream.write("start: 2009-01\nend: 2010-12\nregion: {provinces: [浙江省, Zhejiangg]}\n")
        result = run("check", "place.yaml")
        assert result.exit_code == 2
        assert result.stderr.startswith("place.yaml:3:27: ")

    def test_show_says_where_each_value_was_set(self):
        result = run("show", "long.yaml")
        assert result.exit_code == 0
        assert "span: 2009-01 to 2011-12 (36 months)" in result.stdout
        assert "history seed: 3" in result.stdout
        assert run("show", "bad.yaml").exit_code == 2

    def test_show_in_a_pipe_has_one_line_a_value(self):
        lines = run("show", "long.yaml").stdout.splitlines()
        heading = next(place for place, line in enumerate(lines) if line.startswith("name  "))
        cells = [re.split(r" {2,}", line) for line in lines[heading:]]
        assert {len(row) for row in cells} == {5}
        assert [row[0] for row in cells[1:]] == list(
            json.loads(run("show", "long.yaml", "--json").stdout)["set_at"]
        )

    @pytest.mark.parametrize("width", [80, 140])
    def test_show_on_a_terminal_cuts_no_unit(self, monkeypatch, width):
        monkeypatch.setattr(cli_scenario, "console", lambda: Console(width=width, force_terminal=True))
        shown = run("show", "long.yaml").stdout
        assert "log hazard ratio per yuan" in shown
        assert max(map(len, re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines())) <= width

    def test_show_json_is_the_whole_scenario(self):
        content = json.loads(run("show", "good.yaml", "--json").stdout)
        assert (content["name"], content["start"], content["history_seed"]) == ("small", "2009-01", 3)
        assert set(content["set_at"].values()) == {"default"}
        assert len(content["fingerprint"]) == 64

    def test_a_policy_is_shown_and_listed(self, folder):
        policy = "policy: {question: Why so long?, base: good.yaml, expects: {outcome: shops, direction: more}}\n"
        (folder / "why.yaml").write_text("extends: long.yaml\n" + policy, encoding="utf-8")
        shown = run("show", "why.yaml").stdout.splitlines()
        assert {"question: Why so long?", "compared with: good", "expected: more shops"} <= set(shown)
        content = json.loads(run("show", "why.yaml", "--json").stdout)
        assert content["policy"]["expects"] == {"outcome": "shops", "direction": "more"}
        assert json.loads(run("show", "long.yaml", "--json").stdout)["policy"] is None
        assert next(line for line in run("list", str(folder)).stdout.splitlines() if "why" in line).endswith(
            "long?"
        )

    def test_diff(self):
        assert run("diff", "good.yaml", "good.yaml").stdout == "the scenarios simulate the same\n"
        changes = json.loads(run("diff", "good.yaml", "long.yaml", "--json").stdout)
        assert changes == [{"path": "end", "left": "2010-12", "right": "2011-12"}]
        assert '"2011-12"' in run("diff", "good.yaml", "long.yaml").stdout
        assert run("diff", "good.yaml", "bad.yaml").exit_code == 2

    def test_schema_is_printed_or_written(self, folder):
        printed = run("schema")
        assert run("schema", "--out", "schema.json").exit_code == 0
        assert json.loads((folder / "schema.json").read_text(encoding="utf-8")) == json.loads(printed.stdout)
        refused = run("schema", "--out", "none/schema.json")
        assert refused.exit_code == 2
        assert refused.stderr == "none/schema.json: cannot be written (No such file or directory)\n"

    def test_list_shows_faulty_files_too(self, folder):
        result = run("list", str(folder))
        assert result.exit_code == 0
        lines = [line for line in result.stdout.splitlines() if ".yaml" in line]
        assert [line.split()[0] for line in lines] == ["bad.yaml", "good.yaml", "long.yaml"]
        assert "2 mistakes" in lines[0]
        assert "A small world" in lines[1]
        (folder / "run").mkdir()
        (folder / "run" / "provenance.json").write_text("{}", encoding="utf-8")
        (folder / "run" / "scenario.yaml").write_text(GOOD + SIZE, encoding="utf-8")
        assert run("list", str(folder)).stdout == result.stdout, "what a run keeps is not listed"
        missing = run("list", "nowhere")
        assert (missing.exit_code, missing.stderr.split(":")[0]) == (2, "nowhere")


def test_the_layer_loads_no_heavy_library():
    code = "import sys, sim.scenario; print(*sorted({m.partition('.')[0] for m in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"ruamel", "pandas", "scipy", "numba", "mesa", "rich", "typer"} & set(loaded.stdout.split())


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("371721,2014-10\n", "roll-out table of 1 county, 1 of them in the region"),
        ("330782,2014-10\n", "roll-out table with no county of the region, so no county center opens"),
    ],
)
def test_check_tells_how_far_a_roll_out_table_reaches(tmp_path, rows, told):
    (tmp_path / "mine.csv").write_text("county,month\n" + rows, encoding="utf-8")
    text = "name: mine\nstart: 2009-01\nend: 2015-12\nregion: {counties: [371721]}\nroll_out: mine.csv\n"
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    done = run("check", str(tmp_path / "mine.yaml"))
    assert done.exit_code == 0, done.stderr
    assert told in done.stdout.replace("\n", " ")
