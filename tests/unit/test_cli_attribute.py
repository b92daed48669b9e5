"""``hinterland attribute``: what it prints, writes, and how it ends."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.kernel import Simulation

SCENARIO = (
    "name: tiny\ntitle: A tiny world\nstart: 2009-01\nend: 2010-12\nhistory_seed: 3\n"
    "region: {synthetic: {villages: 8, households_per_village: 50, towns: 2, counties: 1}}\n"
    "adoption: {own_initiative: 0.001}\nworld: {synthetic_pioneers: 1}\n"
)
OPTIONS = ("--mechanism", "imitation", "--mechanism", "own_initiative", "--outcome", "shops", "--replicates", "2")


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.yaml").write_text(SCENARIO, encoding="utf-8")
    return tmp_path


def call(*arguments: str):
    return CliRunner().invoke(app, ["attribute", "tiny.yaml", *arguments, "--workers", "1"])


def test_prints_shares_and_writes_a_folder(here):
    done = call(*OPTIONS, "--shapley")
    assert (done.exit_code, done.stderr, done.exception) == (0, "", None)
    assert "A tiny world: active shops " in done.stdout
    rows = [line.split()[0] for line in done.stdout.splitlines() if line.strip()[:4] in {"imit", "own_", "the "}]
    assert sorted(rows) == ["imitation", "own_initiative", "the"]
    assert done.stdout.splitlines()[-1] == "written to runs/tiny-attribute"
    assert (here / "runs/tiny-attribute/figures/shares.png").is_file()
    assert (here / "runs/tiny-attribute/table.parquet").is_file()


def test_json_and_resume_without_new_runs(monkeypatch):
    assert call(*OPTIONS, "-q", "--no-figures").stdout == "runs/tiny-attribute\n"
    monkeypatch.setattr(Simulation, "step", None)
    again = call(*OPTIONS, "--resume", "--json", "--no-figures")
    rows = {row["mechanism"]: row for row in json.loads(again.stdout)}
    assert rows.keys() == {"imitation", "own_initiative"}
    assert rows["own_initiative"]["share"] > 0.5


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--mechanism", "credit"), "command line: credit: it is off in this scenario already; leave it out"),
        (("--outcome", "shosp"), "command line: --outcome: found 'shosp', allowed is one of villages"),
        (("--from", "2012"), "command line: --from: found 2012, allowed is one of 2009"),
        (("--shapley",), "command line: found 10 mechanisms to combine (logistics, training, "),
    ],
)
def test_mistakes(arguments, words):
    done = call(*arguments)
    assert done.exit_code == 2
    assert done.stderr.startswith(words)
