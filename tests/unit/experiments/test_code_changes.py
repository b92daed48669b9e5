"""A store notices that code which decides results has changed, says which, and goes on only when told."""

from __future__ import annotations

import json
from pathlib import PurePath

import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.errors import ResultError
from sim.experiments import perform
from sim.experiments.ensemble import run_ensemble
from sim.results import sources
from sim.results.sources import changed_sources, source_hashes
from tests.architecture.source import imports, packages, sim_sources


def change(monkeypatch, *names):
    now = {**source_hashes(), **dict.fromkeys(names, "0" * 16)}
    monkeypatch.setattr(perform, "source_hashes", lambda: now)
    monkeypatch.setattr(sources, "source_hashes", lambda: now)


def test_only_what_code_does_counts():
    text = 'def f(x):\n    """Say."""\n    return x + 1  # why\n'
    assert sources.digest(text) == sources.digest("def f( x ):\n\n    return x+1\n")
    assert sources.digest(text) != sources.digest(text.replace("+ 1", "+ 2"))
    assert sources.digest('x = "kept"\n') != sources.digest('x = "other"\n')
    assert sources.digest('class A:\n    """Only words."""\n') == sources.digest("class A:\n    pass\n")


def test_deciding_files_are_those_of_the_model_and_no_figures():
    names = set(source_hashes())
    assert {
        "kernel/month.py",
        "rules/adoption.py",
        "world/graph.py",
        "streams.py",
        "experiments/outcomes.py",
    } <= names
    assert not any(name.startswith(("plotting/", "cli")) for name in names)
    assert changed_sources({"a": "1", "b": "2"}, {"b": "3", "c": "4"}) == ["a", "b", "c"]


#: Reached from a run, but deciding nothing of what a store keeps: words for people and shortcuts; the scenario,
#: which stands in the store resolved; names of places; what the published lists say; what is computed of a run
#: only when asked for; how its files are written; and rules replaced from outside, with which no store is written.
NOT_DECIDING = {
    *("*__init__.py", "errors.py", "compiled.py", "code_cache.py", "own_rules.py", "scenario/*.py"),
    "data/names.py",
    *(f"metrics/{name}.py" for name in ("bass", "diffusion", "exposure", "observed", "poverty", "teachers")),
    *(f"results/{name}.py" for name in ("clusters", "diagnostics", "display", "fields", "folder", "foundings")),
    *(f"results/{name}.py" for name in ("genealogy", "milestones", "poverty", "provenance", "result", "story")),
    *(f"results/{name}.py" for name in ("staging", "story_text", "teachers", "whole")),
}


def test_every_file_that_a_run_reaches_decides_or_is_known_not_to():
    modules, folders = sim_sources(), packages()
    loads: dict[str, set[str]] = {}
    for item in imports(modules, folders):
        if not item.for_types and item.imported in modules:
            loads.setdefault(item.importer, set()).add(item.imported)
    reached, fresh = set(), {"sim.runner", "sim.experiments.outcomes"}
    while fresh:
        reached |= fresh
        fresh = {each for name in fresh for each in loads.get(name, ())} - reached
    files = {f"{each}.__init__" if each in folders else each for each in reached}
    undecided = {f"{each.removeprefix('sim.').replace('.', '/')}.py" for each in files} - source_hashes().keys()
    assert [each for each in sorted(undecided) if not any(map(PurePath(each).match, NOT_DECIDING))] == []
    assert [
        each for each in sorted(NOT_DECIDING) if not any(PurePath(file).match(each) for file in undecided)
    ] == []


def test_changed_code_is_refused_named_and_accepted_on_request(tiny, tmp_path, monkeypatch):
    before = run_ensemble(tiny, 2, out=tmp_path)
    assert "mixed_code" not in before.dataset.attrs
    change(monkeypatch, "kernel/month.py", "rules/exit.py")
    with pytest.raises(ResultError) as caught:
        run_ensemble(tiny, 3, out=tmp_path, resume=True)
    assert str(caught.value) == (
        f"{tmp_path}/experiment.sqlite: holds runs of other code: kernel/month.py, rules/exit.py changed since; "
        f"name a new folder, or keep them all the same: hinterland accept-code {tmp_path}"
    )
    said = CliRunner().invoke(app, ["accept-code", str(tmp_path)])
    assert said.exit_code == 0
    assert said.stdout.replace("\n", "") == (
        f"{tmp_path}: its runs stay, though these files have changed since: kernel/month.py, rules/exit.py"
    )
    after = run_ensemble(tiny, 3, out=tmp_path, resume=True)
    assert after.dataset.attrs["mixed_code"].startswith("some runs are of earlier code")
    assert after.dataset.shops.values[:2].tolist() == before.dataset.shops.values.tolist()
    again = CliRunner().invoke(app, ["accept-code", str(tmp_path)])
    assert again.stdout.strip() == f"{tmp_path}: its runs are of today's code"
    as_json = CliRunner().invoke(app, ["accept-code", str(tmp_path), "--json"]).stdout
    assert json.loads(as_json) == {"folder": str(tmp_path), "changed": []}
    monkeypatch.undo()
    with pytest.raises(ResultError, match="changed since"):
        run_ensemble(tiny, 3, out=tmp_path, resume=True)


def test_a_store_without_runs_takes_todays_code(tiny, tmp_path, monkeypatch):
    with perform.Store(tmp_path) as store:
        store.check_same(perform.Plan({"x": tiny}, [], []).about)
    change(monkeypatch, "kernel/month.py")
    assert run_ensemble(tiny, 1, out=tmp_path).n_failed == 0


def test_a_folder_without_an_experiment(tmp_path):
    done = CliRunner().invoke(app, ["accept-code", str(tmp_path)])
    assert done.exit_code == 2
    assert "is no folder of an experiment; it holds no experiment.sqlite" in done.stderr
    assert list(tmp_path.iterdir()) == []
