"""``hinterland run``: what it prints, what it writes, how it ends."""

# ruff: noqa: E501 -- messages stand as a user sees them

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import sim
from sim import cli_run, runner
from sim.cli import app
from sim.cli_terminal import plain_failures, plain_value
from sim.results import folder as run_folder
from sim.runner import compilation_notice

SCENARIO = (
    "name: tiny\ntitle: A tiny world\nstart: 2009-01\nend: 2010-12\nhistory_seed: 3\n"
    "region: {synthetic: {villages: 8, households_per_village: 50, towns: 2, counties: 1}}\n"
    "adoption: {own_initiative: 0.001}\n"
)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli_run, "_announce_compilation", lambda: None)  # the first test of all may compile
    (tmp_path / "tiny.yaml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "bad.yaml").write_text(SCENARIO + "adoption: {imitatoin: 1}\n", encoding="utf-8")
    return tmp_path


def run(*arguments: str):
    return CliRunner().invoke(app, ["run", *arguments])


def names(path):
    return sorted(item.name for item in path.iterdir())


def files(path):
    return sorted(str(item.relative_to(path)) for item in path.rglob("*") if item.is_file())


def test_a_run_prints_the_table_and_writes_the_folder(here):
    done = run("tiny.yaml", "--no-figures")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "A tiny world" in done.stdout
    assert "Taobao villages" in done.stdout
    assert not any(words in done.stdout for words in ("counties with any", "provinces", "largest"))  # one county
    assert done.stdout.splitlines()[-1] == "written to runs/tiny-3"
    assert sim.load_result(here / "runs" / "tiny-3").scenario.history_seed == 3
    assert "figures" not in names(here / "runs" / "tiny-3")
    # a second run goes beside the first, unless told to replace it
    assert run("tiny.yaml", "--no-figures", "--quiet").stdout == "runs/tiny-3-2\n"
    assert run("tiny.yaml", "--no-figures", "--quiet", "--force").stdout == "runs/tiny-3\n"
    assert names(here / "runs") == ["tiny-3", "tiny-3-2"]


@pytest.mark.usefixtures("here")
def test_what_set_changed_stands_above_the_table():
    settings = ("--set", "logistics.parcel_cost=7", "--set", "mechanisms.exit=false", "--seed", "1")
    done = run("tiny.yaml", "--no-figures", *settings)
    assert done.exit_code == 0, done.stderr
    assert sorted(done.stdout.splitlines()[:3]) == [
        "A tiny world",
        "changed: logistics.parcel_cost 10 -> 7 yuan per parcel",
        "changed: mechanisms.exit true -> false",
    ]
    assert "changed" not in run("tiny.yaml", "--no-figures").stdout


def test_the_wait_for_the_compiler_is_announced(tmp_path):
    look = "from sim.runner import compilation_notice as c; from sim.compiled import cache_folder; print(c(cache_folder()))"
    fresh = {**os.environ, "HINTERLAND_CACHE_DIR": str(tmp_path / "fresh")}
    done = subprocess.run([sys.executable, "-c", look], env=fresh, capture_output=True, text=True, check=True)
    assert done.stdout == "compiling, once, about half a minute\n"
    assert compilation_notice(tmp_path / "fresh") == "compiling, once, about half a minute"
    (tmp_path / "compiled").write_text("x", encoding="utf-8")
    assert compilation_notice(tmp_path) is None
    assert "HINTERLAND_CACHE_DIR or XDG_CACHE_HOME" in compilation_notice(None)


@pytest.mark.parametrize("command", ["run tiny.yaml --no-figures", "scenario show tiny.yaml", "scenario schema"])
def test_a_reader_that_stops_early_is_no_failure(here, command):
    program = f"{sys.executable} -m sim {command}"
    whole = f"set -o pipefail; {program} | true"  # nothing is read, so the first words meet a closed pipe
    done = subprocess.run(["bash", "-c", whole], cwd=here, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not {"Traceback", "Broken", "Exception"} & set(done.stderr.split())
    if command.startswith("run"):
        assert len(sim.load_result(here / "runs" / "tiny-3").national) == 24


def test_figures(here):
    assert run("tiny.yaml", "--quiet", "--out", "x").exit_code == 0
    assert files(here / "x" / "figures") == ["growth.png", "map.png", "rank_size.png", "sales.png"]


@pytest.mark.usefixtures("here")
def test_json_and_values_of_the_command_line():
    done = run("tiny.yaml", "--json", "--no-figures", "--seed", "0", "--world-seed", "5", "--set", "end=2009-12",
               "--set", "mechanisms.exit=false", "--set", "adoption.own_initiative=1e-2")  # fmt: skip
    content = json.loads(done.stdout)
    assert content["folder"] == "runs/tiny-0"
    assert (content["history_seed"], content["world_seed"]) == (0, 5)
    assert {row["year"] for row in content["patterns"]} == {2009}
    assert {row["observed"] for row in content["patterns"]} == {None}
    scenario = sim.load_result("runs/tiny-0").scenario
    assert scenario.values["adoption.own_initiative"] == 0.01
    assert scenario.mechanisms["exit"] is False


MISTAKES = {
    ("bad.yaml",): "bad.yaml:8:1: the key adoption stands twice",
    ("none.yaml",): "none.yaml: there is no such file",
    ("tiny.yaml", "--set", "adoption.imitatoin=1"): "command line: adoption.imitatoin is not known; did you mean imitation?",
    ("tiny.yaml", "--set", "adoption.imitation=much"): "command line: adoption.imitation: found the text 'much'",
    ("tiny.yaml", "--set", "adoption.imitation"): "command line: --set adoption.imitation: found no name and value",
    ("tiny.yaml", "--set", "a=1", "--set", "a=2"): "command line: --set a: given twice; keep one",
    ("tiny.yaml", "--set", "end=[1"): "command line: --set end=[1: the value cannot be read",
    ("tiny.yaml", "--set", "end=2009-02-30"): "command line: --set end=2009-02-30: the value cannot be read",
    ("tiny.yaml", "--set", "end=!!bool x"): "command line: --set end=!!bool x: the value cannot be read",
    ("tiny.yaml", "--seed", "1", "--set", "history_seed=2"): "command line: --seed and --set history_seed: both given",
    ("tiny.yaml", "--resume"): "command line: --resume: only many runs have it; add --replicates N",
    ("tiny.yaml", "--vary-seeds", "both"): "command line: --vary-seeds: only many runs have it; add --replicates N",
    ("tiny.yaml", "--seed", "-1"): "command line: history_seed: found -1",
    ("tiny.yaml", "--set", "region={counties: [Nowhere]}"): "command line: found Nowhere, allowed is a county",
}  # fmt: skip


@pytest.mark.parametrize("arguments", MISTAKES, ids=" ".join)
def test_mistakes_end_with_status_2_and_leave_nothing(here, arguments):
    done = run(*arguments)
    assert done.exit_code == 2
    assert done.stderr.startswith(MISTAKES[arguments]), done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert names(here) == ["bad.yaml", "tiny.yaml"]


@pytest.mark.parametrize("value", ["!!int a", "9" * 5000, "[" * 1000, "2009-01-01T25:00:00Z"], ids=lambda v: v[:9])
def test_a_value_that_no_scenario_file_could_hold_is_told(value):
    problems = []
    assert plain_value("--set end", value, problems) is None
    assert str(problems[0]).startswith("command line: --set end: the value cannot be read; write it as in")


def test_what_the_system_refuses_is_told_with_the_file_and_a_closed_pipe_is_left_to_the_library(capsys):
    with pytest.raises(typer.Exit) as ended, plain_failures():
        Path("x" * 300).stat()
    assert ended.value.exit_code == 1
    assert capsys.readouterr().err == f"{'x' * 300}: cannot be read or written (File name too long)\n"
    with pytest.raises(BrokenPipeError), plain_failures():
        raise BrokenPipeError(32, "Broken pipe")


def test_a_taken_folder_is_refused_before_the_run(here, monkeypatch):
    monkeypatch.setattr(runner, "run", lambda *_, **__: pytest.fail("simulated for nothing"))
    (here / "mine").mkdir()
    (here / "mine" / "notes.txt").write_text("x", encoding="utf-8")
    for force in ([], ["--force"]):
        done = run("tiny.yaml", "--out", "mine", *force)
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr == "mine: is a folder with other files in it; name a new one; it is never replaced\n"
    assert files(here / "mine") == ["notes.txt"]


def test_a_failed_save_leaves_nothing(here, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run_folder, "_portable", fail)
    done = run("tiny.yaml", "--no-figures")
    assert done.exit_code == 1
    assert done.stderr.startswith("runs/tiny-3: cannot be written (No space left on device)")
    assert names(here) == ["bad.yaml", "tiny.yaml"]


def test_a_run_whose_figures_cannot_be_drawn_is_kept(here, monkeypatch):
    def fail(_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("sim.plotting.Plots.pngs", fail)
    done = run("tiny.yaml")
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1] == (
        "the figures cannot be drawn (OSError: [Errno 30] Read-only file system); the tables are written without them"
    )
    assert done.stdout.splitlines()[-1] == "written to runs/tiny-3"
    assert len(sim.load_result(here / "runs" / "tiny-3").national) == 24


def test_an_interrupted_run_says_so_and_leaves_nothing(here, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "run", interrupt)
    done = run("tiny.yaml")
    assert (done.exit_code, done.stdout, done.stderr) == (130, "", "interrupted; nothing was written\n")
    assert names(here) == ["bad.yaml", "tiny.yaml"]


def test_ctrl_c_ends_the_run_between_two_months(here, monkeypatch):
    reached = []

    def months(*_, on_progress, **__):
        on_progress(0, 2)
        os.kill(os.getpid(), signal.SIGINT)
        reached.append("the rest of the month")  # compiled code may be running when the signal comes
        on_progress(1, 2)
        reached.append("the next month")

    monkeypatch.setattr(runner, "run", months)
    before = signal.getsignal(signal.SIGINT)
    done = run("tiny.yaml")
    assert (done.exit_code, done.stderr) == (130, "interrupted; nothing was written\n")
    assert reached == ["the rest of the month"]
    assert signal.getsignal(signal.SIGINT) is before
    assert names(here) == ["bad.yaml", "tiny.yaml"]


def test_as_a_program(here):
    def program(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "sim", *arguments], capture_output=True, text=True, cwd=here, check=False
        )

    done = program("run", "bad.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert "bad.yaml:8:1" in done.stderr
    assert "Traceback" not in done.stderr
    assert program("--version").stdout == f"hinterland {sim.__version__}\n"
    assert program("scenario", "check", "tiny.yaml").stdout.startswith("tiny.yaml: ok")


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from sim.cli import app; from typer.testing import CliRunner; "
        "done = CliRunner().invoke(app, ['--help']); assert 'scenario' in done.output, done.output; "
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = {
        "numpy",
        "numba",
        "pandas",
        "pyarrow",
        "matplotlib",
        "mesa",
        "scipy",
        "networkx",
        "ruamel",
        "pydantic",
    }
    assert heavy & set(loaded) == set()
