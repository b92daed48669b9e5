"""``hinterland policies``: one table, where it is written, and how it ends."""

from __future__ import annotations

import json
import re

import pytest
from rich.console import Console
from typer.testing import CliRunner

from sim import cli_policies
from sim.cli import app

BASE = (
    "name: base\nstart: 2009-01\nend: 2010-12\n"
    "region: {synthetic: {villages: 8, households_per_village: 50, towns: 2, counties: 1}}\n"
    "adoption: {own_initiative: 0.001}\n"
)
POLICY = (
    "extends: base.yaml\nadoption: {own_initiative: 0.1}\npolicy:\n  question: What if all tried more?\n"
    "  base: base.yaml\n  expects: {outcome: shops, direction: more}\n"
)


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "base.yaml").write_text(BASE, encoding="utf-8")
    (tmp_path / "scenarios" / "trying.yaml").write_text(POLICY, encoding="utf-8")
    return tmp_path


def call(*arguments: str):
    return CliRunner().invoke(app, ["policies", *arguments, "--workers", "1"])


def test_prints_one_table_of_the_folder_scenarios(here):
    done = call("--replicates", "3")
    assert (done.exit_code, done.stderr, done.exception) == (0, "", None)
    lines = done.stdout.splitlines()
    assert lines[0].strip() == "1 policy, 2010: 3 pairs each on the same seeds"
    row = next(line for line in lines if line.strip().startswith("trying"))
    assert "What if all tried more?" in row
    assert row.split()[-3:] == ["more", "shops", "yes"]
    assert len(re.findall(r" \[[^\[\]]+, [^\[\]]+\](?= )", row)) == 3
    assert lines[-1] == "written to runs/policies"
    assert (here / "runs" / "policies" / "table.parquet").is_file()


def test_a_narrow_screen_puts_the_questions_below(monkeypatch):
    monkeypatch.setattr(cli_policies, "console", lambda: Console(width=90, force_terminal=True))
    shown = re.sub(r"\x1b\[[0-9;]*m", "", call("--replicates", "3").stdout)
    assert max(map(len, shown.splitlines())) <= 90
    assert "trying: What if all tried more?" in shown.splitlines()
    assert re.search(r"^ ?trying +base .* yes", shown, re.MULTILINE)


def test_values_are_laid_over_policy_and_base():
    done = call("scenarios/trying.yaml", "--replicates", "2", "--set", "end=2009-12", "--json")
    (row,) = json.loads(done.stdout)
    assert (row["policy"], row["compared_with"], row["year"]) == ("trying", "base", 2009)
    assert row["shops_difference"] > 0


def test_mistakes():
    done = call("scenarios/base.yaml")
    assert done.exit_code == 2
    assert done.stderr.startswith("scenarios/base.yaml: the scenario has no policy, so nothing says what it is")
    assert call("--set", "end=2009-06").stderr.startswith("command line: base: reaches no December")
    assert call("nowhere.yaml").exit_code == 2
