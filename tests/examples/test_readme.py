"""Commands and code of the README and the pages: all are read by the command's own parser, the cheap ones run."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from sim.cli import app
from tests.architecture.source import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SHELL = re.compile(r"```bash\n(.*?)\n```", re.DOTALL)
PYTHON = re.compile(r"```python\n(.*?)\n```", re.DOTALL)
GROUP = typer.main.get_command(app)


def lines_of(page):
    """Commands of a page, continued lines joined, comments taken off."""
    for block in SHELL.findall(page.read_text(encoding="utf-8")):
        for line in block.replace("\\\n", " ").splitlines():
            _, found, rest = line.partition("hinterland ")
            if (
                found
                and not line.startswith(("pip", "#"))
                and "pip install" not in rest.partition("hinterland ")[0]
            ):
                rest = line.rpartition("/hinterland ")[2] if "/hinterland " in line else rest
                yield "hinterland " + rest.strip()


LINES = [(page.name, line) for page in PAGES for line in lines_of(page)]
CHEAP = [
    line
    for name, line in LINES
    if name == "README.md" and re.search(r"run \S*teaching-village|explain|scenario ", line)
]


def words_of(line):
    words = shlex.split(line, comments=True)[1:]
    return words[: words.index("|")] if "|" in words else words


def test_there_are_commands_on_the_pages():
    assert len(LINES) > 30
    assert len(CHEAP) >= 4


@pytest.mark.parametrize(
    "line", [line for _, line in LINES], ids=[f"{name}-{n}" for n, (name, _) in enumerate(LINES)]
)
def test_a_command_is_understood_and_its_files_are_there(line):
    command, name, words = GROUP, "hinterland", words_of(line)
    while hasattr(command, "commands") and words[0] in command.commands:
        name, *words = words
        command = command.commands[name]
    if "--help" not in words and words[:1] != ["--install-completion"]:
        command.make_context(name, words).close()
    for file in re.findall(r"scenarios/[\w.-]+\.yaml", line):
        assert (ROOT / file).is_file(), file


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A folder with the scenarios, as a user sits in."""
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize("line", CHEAP)
def test_a_cheap_command_of_the_readme_runs(line):
    done = CliRunner().invoke(app, words_of(line))
    assert (done.exit_code, done.exception) == (0, None), done.stderr
    assert done.stdout


@pytest.mark.usefixtures("checkout")
def test_the_code_of_the_readme_runs(capsys):
    (code,) = PYTHON.findall(README)
    exec(compile(code.replace("zhejiang", "cao-county"), "README.md", "exec"), {})
    assert "villages" in capsys.readouterr().out.lower()
    assert Path("growth.png").stat().st_size > 10_000


@pytest.mark.long
@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize("line", [line for name, line in LINES if name == "README.md" and line not in CHEAP])
def test_every_other_command_of_the_readme_runs(line):
    for name in re.findall(r"runs/([\w-]+)-0\b", line):  # what a command above it leaves there
        assert CliRunner().invoke(app, ["run", f"scenarios/{name}.yaml"]).exit_code == 0
    done = CliRunner().invoke(app, words_of(line))
    assert (done.exit_code, done.exception) == (0, None), done.stderr
