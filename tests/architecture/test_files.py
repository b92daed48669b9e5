"""Files stay small, are named for what they hold, and know no machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, sim_sources

LINES_AT_MOST = 500
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "misc", "common"}
MACHINE_PATH = re.compile(r"(?<![A-Za-z0-9_.])(?:/(?:work|root|tmp|home|opt|srv|Users)/[A-Za-z.]|[A-Z]:\\Users)")
ABOVE_THE_REPOSITORY = re.compile(r"\.\./shared\b|(?:\.\./){2,}\w|: \.\./\w")
#: Random letters of a picture inside a page; they spell anything sooner or later.
PICTURE = re.compile(r"data:image/png;base64,[A-Za-z0-9+/=]+")
SECRET = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(?:ghp|gho|sk|AKIA)[-_]?[A-Za-z0-9]{20,}")
HIDDEN_BUT_OURS = {".ci", ".github", ".gitignore", ".pre-commit-config.yaml"}
MADE_BY_TOOLS = {"__pycache__", "mutants", "build", "dist", "runs", "htmlcov"}
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".yaml",
    ".yml",
    ".cff",
    ".csv",
    ".txt",
    ".ipynb",
    ".json",
    ".cfg",
    ".html",
    "",
}


def text_files(folder: Path = ROOT) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        name = path.name
        if (name.startswith(".") and name not in HIDDEN_BUT_OURS) or name in MADE_BY_TOOLS:
            continue
        if path.is_dir():
            if not name.endswith(".egg-info"):
                yield from text_files(path)
        elif path.suffix in TEXT:
            yield path


def offending_lines(text: str) -> list[str]:
    patterns = (MACHINE_PATH, ABOVE_THE_REPOSITORY, SECRET)
    return [line for line in text.splitlines() if any(pattern.search(line) for pattern in patterns)]


def test_modules_are_short():
    long = {name: n for name, text in sim_sources().items() if (n := len(text.splitlines())) > LINES_AT_MOST}
    assert long == {}, "split by topic"


def test_modules_are_named_for_what_they_hold():
    assert [name for name in sim_sources() if EMPTY_NAMES & set(re.split(r"[._]", name))] == []


def test_no_file_knows_a_machine_or_a_secret():
    tests = ROOT / "tests"  # the patterns themselves stand here
    found = {
        str(path.relative_to(ROOT)): lines
        for path in text_files()
        if tests not in path.parents
        and (lines := offending_lines(PICTURE.sub("", path.read_text(encoding="utf-8"))))
    }
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        *(f'open("/{folder}/x.csv")' for folder in ("tmp", "work", "root", "opt", "srv")),
        "cd /home/someone/x",
        r"C:\Users\x",
        "data: ../elsewhere/geography",
        "[equations](../" + "../sim/rules)",
        "see `../" + "shared/geography`",
    ],
)
def test_the_check_sees(line):
    assert offending_lines(line) == [line]


@pytest.mark.parametrize("line", ["https://example.org/tmp/x", "town/opt/share", "cells/root/leaf"])
def test_the_check_lets_pass(line):
    assert offending_lines(line) == []
