"""docs/scenarios.md: every file on it loads, every key stands there, and the messages are those of the check."""

from __future__ import annotations

import re
import shutil

import pytest

from sim.errors import ScenarioError
from sim.scenario import load_scenario
from sim.scenario.vocabulary import FILE_KEYS
from tests.architecture.source import ROOT

TEXT = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(?:<!-- (\w+) -->\n)?```yaml\n(.*?)\n```", re.DOTALL)
FILES = [text for mark, text in BLOCK.findall(TEXT) if not mark]


@pytest.fixture
def folder(tmp_path):
    inside = tmp_path / "scenarios"
    inside.mkdir()
    for name in ("china-2015", "cao-county"):
        shutil.copy(ROOT / "scenarios" / f"{name}.yaml", inside)
    return inside


@pytest.mark.parametrize("text", FILES, ids=range(len(FILES)))
def test_every_file_on_the_page_is_a_scenario(text, folder):
    file = folder / "example.yaml"
    file.write_text(text, encoding="utf-8")
    load_scenario(file)


def test_every_key_stands_in_the_table():
    table = TEXT.partition("## Every key")[2].partition("\n\n`name`")[0]
    firsts = re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)
    named = [key for first in firsts for key in re.findall(r"`([a-z_]+)`", first)]
    assert sorted(set(named) - {"logistics"}) == sorted(FILE_KEYS)


def test_the_messages_are_those_of_the_check(folder, monkeypatch):
    faulty = re.search(r"<!-- faulty -->\n```yaml\n(.*?)\n```", TEXT, re.DOTALL)[1]
    said = re.search(r"<!-- says -->\n```text\n(.*?)\n```", TEXT, re.DOTALL)[1]
    monkeypatch.chdir(folder)
    (folder / "faulty.yaml").write_text(faulty + "\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenario("faulty.yaml")
    assert [str(problem) for problem in caught.value.problems] == said.splitlines()
