"""What all commands share: help with examples, JSON, exit status, completion, colours."""

from __future__ import annotations

import inspect
import json
import math
import re
import shlex
import tomllib

import pytest
import typer
from typer.testing import CliRunner

from sim.cli import app
from sim.cli_complete import (
    experiment_folders,
    mechanism_names,
    one_of,
    outcome_names,
    parameter_names,
    plain_names,
    policy_words,
    run_folders,
    scenario_files,
    setting_words,
    short_villages,
    village_names,
    within,
)
from sim.cli_examples import EXAMPLES, EXIT_STATUS
from sim.cli_terminal import console, plain_value, print_json, say_error
from sim.experiments.indices import METHODS
from sim.experiments.outcomes import YEARLY
from sim.plotting.language import LANGUAGES
from sim.results.diagnostics import STRATA
from sim.scenario.values import read_value
from sim.scenario.vocabulary import default_vocabulary
from tests.architecture.source import ROOT

GROUP = typer.main.get_command(app)
LINES = [line for lines in EXAMPLES.values() for line, _ in lines]


def commands(group=GROUP, before=""):
    """Every command with its name as typed."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{before}{name} ")
        else:
            yield before + name, command


def parsed(line):
    """The command of a line and what its parser makes of the rest; nothing is run."""
    program, *words = shlex.split(line, comments=True)
    assert program == "hinterland"
    words = words[: words.index("|")] if "|" in words else words
    command, name = GROUP, "hinterland"
    while hasattr(command, "commands"):
        name, *words = words
        command = command.commands[name]
    with command.make_context(name, words) as context:
        return context.params


def call(*words, **more):
    return CliRunner().invoke(app, list(words), **more)


def test_every_command_has_examples_and_every_example_a_command():
    assert set(EXAMPLES) == {name for name, _ in commands()}
    assert all(EXAMPLES.values())


@pytest.mark.parametrize("line", LINES)
def test_an_example_is_understood_and_its_files_are_there(line):
    parsed(line)
    for file in re.findall(r"scenarios/[\w.-]+\.yaml", line):
        assert (ROOT / file).is_file(), file


@pytest.mark.parametrize("name", EXAMPLES)
def test_help_ends_with_the_examples(name):
    done = call(*name.split(), "--help", env={"COLUMNS": "300"})
    assert done.exit_code == 0
    said = " ".join(done.stdout.split())
    assert all(line in said for line, _ in EXAMPLES[name])


@pytest.mark.parametrize("name", [name for name, _ in commands()])
def test_help_shows_every_word_of_command_and_options(name):
    command = dict(commands())[name]
    said = words_of(call(*name.split(), "--help", env={"COLUMNS": "400"}).stdout)
    assert words_of(inspect.getdoc(command.callback)) in said
    for option in command.params:
        assert words_of(getattr(option, "help", None) or "") in said, option.name


def words_of(text):
    """Text without frames and line ends."""
    return " ".join(text.replace("│", " ").split())


def test_extras_that_the_help_names_are_in_the_package():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]
    named = {
        extra
        for _, command in commands()
        for extra in re.findall(r"\.\[([\w,]+)\]", inspect.getdoc(command.callback))
    }
    assert "calibration" in named
    assert named <= set(extras)


def test_the_screen_shows_brackets_and_numbers_between_colons_as_they_are(capsys):
    from rich.table import Table

    table = Table(title="[draft] of :100:")
    table.add_row("[/red] :car:")
    console().print(table)
    say_error("one.yaml:100:3: '.[calibration]'")
    shown = capsys.readouterr()
    assert all(text in shown.out for text in ("[draft] of :100:", "[/red] :car:"))
    assert shown.err == "one.yaml:100:3: '.[calibration]'\n"


def test_no_text_of_the_commands_has_tags_that_the_screen_would_show():
    tag = re.compile(r"\[/\w*\]")
    assert [
        path.name for path in (ROOT / "sim").glob("cli*.py") if tag.search(path.read_text(encoding="utf-8"))
    ] == []


def test_help_tells_the_exit_status():
    said = " ".join(call("--help", env={"COLUMNS": "300"}).stdout.split())
    assert all(f"{status} {words}" in said for status, words in EXIT_STATUS.items())


@pytest.mark.parametrize("words", ["nowhere", "run", "run x.yaml --sed 1", "scenario show nowhere.yaml"])
def test_mistakes_end_with_status_2_and_an_empty_screen(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = call(*words.split())
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr


def test_a_bare_name_is_told_where_the_file_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "one.yaml").write_text("start: 2009-01\nend: 2009-12\n", encoding="utf-8")
    done = call("run", "one")
    assert (done.exit_code, done.stderr) == (2, "one: there is no such file; did you mean scenarios/one.yaml?\n")
    assert (
        call("run", "onne.yaml").stderr == "onne.yaml: there is no such file; did you mean scenarios/one.yaml?\n"
    )
    assert "did you mean" not in call("run", "other").stderr


@pytest.mark.parametrize("library", ["scikit-learn", "esda", "libpysal"])
@pytest.mark.parametrize("command", ["validate", "calibrate"])
def test_a_missing_extra_is_told_before_anything_runs(command, library, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    away = library.replace("scikit-learn", "sklearn")
    monkeypatch.setattr("sim.calibration.libraries.find_spec", lambda name: None if name == away else name)
    text = "start: 2014-01\nend: 2015-12\nregion: {counties: [371721]}\n"
    (tmp_path / "one.yaml").write_text(text, encoding="utf-8")
    done = call(command, "one.yaml")
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"needs {library}, which is not installed; in the checkout: pip install" in done.stderr
    assert not (tmp_path / "runs").exists()


def test_check_as_json_holds_every_mistake_with_its_place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    good = "start: 2009-01\nend: 2009-12\nregion: {counties: [371721]}\n"
    (tmp_path / "good.yaml").write_text(good, encoding="utf-8")
    (tmp_path / "bad.yaml").write_text(good + "logistic: {}\nadoption: {imitation: 40}\n", encoding="utf-8")
    done = call("scenario", "check", "good.yaml", "bad.yaml", "--json")
    assert (done.exit_code, done.stderr) == (2, "")
    fine, faulty = json.loads(done.stdout)
    assert (fine["file"], fine["ok"], fine["problems"]) == ("good.yaml", True, [])
    assert "2009-01 to 2009-12" in fine["says"]
    assert not faulty["ok"]
    assert [(each["file"], each["line"], each["column"]) for each in faulty["problems"]] == [
        ("bad.yaml", 4, 1),
        ("bad.yaml", 5, 12),
    ]
    assert faulty["problems"][0]["hint"] == "did you mean logistics?"
    quiet = call("scenario", "check", "good.yaml", "--quiet")
    assert (quiet.exit_code, quiet.stdout, quiet.stderr) == (0, "", "")


def test_list_as_json_has_what_the_table_has(tmp_path):
    (tmp_path / "one.yaml").write_text("start: 2009-01\nend: 2009-12\ntitle: One\n", encoding="utf-8")
    done = call("scenario", "list", str(tmp_path), "--json")
    (row,) = json.loads(done.stdout)
    assert (row["file"], row["title"], row["region"]) == ("one.yaml", "One", "china")


def test_json_has_no_word_for_what_is_no_number(capsys):
    print_json({"a": [1.5, math.nan, {"b": -math.inf}], "丁": "ö"})
    said = capsys.readouterr().out
    assert json.loads(said) == {"a": [1.5, None, {"b": None}], "丁": "ö"}
    assert "丁" in said


def test_errors_are_red_on_a_terminal_only_and_never_with_no_color():
    plain = call("scenario", "show", "nowhere.yaml").stderr
    red = call("scenario", "show", "nowhere.yaml", env={"FORCE_COLOR": "1", "TERM": "xterm"}).stderr
    none = call(
        "scenario", "show", "nowhere.yaml", env={"FORCE_COLOR": "1", "TERM": "xterm", "NO_COLOR": "1"}
    ).stderr
    assert "\x1b" not in plain
    assert "\x1b[31m" in red
    assert "\x1b[31m" not in none


def test_the_shell_is_offered_parameters_with_their_meaning():
    offered = dict(parameter_names("logistics.parcel"))
    assert list(offered) == ["logistics.parcel_cost="]
    assert "yuan per parcel" in offered["logistics.parcel_cost="]
    assert [text for text, _ in parameter_names("mechanisms.credit=t")] == ["mechanisms.credit=true"]
    assert [text for text, _ in parameter_names("adoption.rule=")] == [
        "adoption.rule=linear",
        "adoption.rule=threshold",
        "adoption.rule=information",
    ]
    assert parameter_names("logistics.parcel_cost=") == []


def test_the_shell_is_offered_files_villages_mechanisms_outcomes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").mkdir()
    for name in ("a.yaml", "b.yaml", "a.csv", ".a.yaml"):
        (tmp_path / "scenarios" / name).write_text("", encoding="utf-8")
    assert scenario_files("sc") == ["scenarios/"]
    assert scenario_files("scenarios/a") == ["scenarios/a.yaml"]
    assert scenario_files("nowhere/") == []
    assert "丁楼村" in village_names("丁楼")
    assert "Dinglou Village" in village_names("dinglou")
    assert village_names("") == []
    assert dict(mechanism_names("ties_v"))["ties_village"]
    assert {name for name, _ in outcome_names("")} <= {each.name for each in YEARLY}


def test_the_shell_is_offered_folders_of_runs_and_of_experiments(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    marks = {"one": "provenance.json", "many": "experiment.json", "swept": "experiment.sqlite", "other": "x.csv"}
    for name, mark in marks.items():
        (tmp_path / "runs" / name).mkdir(parents=True)
        (tmp_path / "runs" / name / mark).write_text("", encoding="utf-8")
    assert run_folders("") == ["runs/"]
    assert run_folders("runs/") == ["runs/many", "runs/one", "runs/other/", "runs/swept/"]
    assert run_folders("runs/on") == ["runs/one"]
    assert experiment_folders("runs/s") == ["runs/swept"]
    assert run_folders("nowhere/") == []
    assert one_of("history", "world", "both")("w") == ["world"]


def test_a_lone_word_that_is_no_end_is_followed_by_what_comes_next(tmp_path, monkeypatch):
    # A shell puts a blank after the only word it is offered.
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios" / "empty").mkdir(parents=True)
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / "scenarios" / name).write_text("", encoding="utf-8")
    files = within(scenario_files)
    assert files("sc") == ["scenarios/a.yaml", "scenarios/b.yaml", "scenarios/empty/"]
    assert files("scenarios/e") == ["scenarios/empty/"]
    assert files("none") == []
    assert [word for word, _ in setting_words("mechanisms.cred")] == [
        "mechanisms.credit=true",
        "mechanisms.credit=false",
    ]
    assert [word for word, _ in setting_words("logistics.parcel")] == [
        "logistics.parcel_cost=",
        "logistics.parcel_cost=10.0",
    ]
    assert len(setting_words("logistics.")) > 2
    assert short_villages("dinglou") == ["Dinglou", "Dinglou Village"]
    assert short_villages("丁楼") == ["丁楼村"]
    assert [word for word, _ in plain_names("adoption.imit")] == ["adoption.imitation"]
    assert policy_words("scenarios/a") == ["scenarios/a.yaml"]
    assert policy_words("mechanisms.credit=t") == [("mechanisms.credit=true", "")]


def test_every_default_that_is_offered_can_be_set():
    known = default_vocabulary().parameters
    offered = {words[1][0] for name in known if len(words := setting_words(name)) == 2}
    given = dict(word.split("=") for word in offered if word.count("=") == 1)
    assert len(given) > 100
    for name, text in given.items():
        if known[name].type not in {"choice", "bool"}:
            assert read_value(known[name], plain_value(name, text, [])) == known[name].default, name


def test_every_argument_is_offered_something():
    silent = {
        f"{name} {given.name}"
        for name, command in commands()
        for given in command.params
        if given.param_type_name == "argument" and given._custom_shell_complete is None
    }
    assert silent == {"scenario list folder"}  # the shell itself knows folders


def test_every_command_that_answers_does_so_in_json_too():
    without = {name for name, command in commands() if not any("--json" in each.opts for each in command.params)}
    assert without == {"app", "scenario schema"}  # a page; a JSON document in any case


def test_all_experiments_have_the_options_that_they_share():
    shared = {"--seed", "--world-seed", "--out", "--workers", "--resume", "--retry-failed", "--quiet", "--json"}
    found = {
        name: {word for option in command.params for word in option.opts}
        for name, command in commands()
        if any("--resume" in option.opts for option in command.params)
    }
    assert len(found) == 8
    assert {name: shared - words for name, words in found.items() if shared - words} == {}


def test_what_an_option_offers_is_what_its_command_allows():
    offered = {
        (name, option.name): option._custom_shell_complete(None, option, "")
        for name, command in commands()
        for option in command.params
        if option.name in {"strata", "method", "language"}
    }
    words = {key: {item.value for item in items} for key, items in offered.items()}
    assert words["diagnose", "strata"] == set(STRATA)
    assert words["sensitivity", "method"] == set(METHODS)
    assert words["report", "language"] == set(LANGUAGES)


def test_completion_comes_through_the_command():
    words = {"_HINTERLAND_COMPLETE": "complete_bash", "COMP_WORDS": "hinterland attribute x --mechanism lim"}
    done = CliRunner().invoke(app, [], prog_name="hinterland", env={**words, "COMP_CWORD": "4"})
    assert done.stdout.split() == ["limits"]
