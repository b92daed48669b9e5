"""The worked example of docs/adding-a-mechanism.md, applied to the package as it is."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from types import ModuleType

import pytest

import sim
import sim.kernel
import sim.rules
from sim.scenario import mechanisms, parameters
from sim.scenario.vocabulary import default_vocabulary
from tests.architecture.source import ROOT

PAGE = ROOT / "docs" / "adding-a-mechanism.md"
BLOCK = re.compile(r"<!-- ([^\n]+?) -->\n```\w+\n(.*?)\n```", re.DOTALL)


@dataclass
class Example:
    """New texts of files by their path, the tests of the page, and what it tries without changing a file."""

    files: dict[str, str]
    tests: str
    outside: str


def example(page):
    """What the blocks of the page make of the files of the package."""
    files, tests, outside, replaced = {}, "", "", None
    for what, text in BLOCK.findall(page):
        doing, _, path = what.partition(": ")
        if path and doing != "new file":
            files.setdefault(path, (ROOT / path).read_text(encoding="utf-8"))
        if doing == "new file":
            assert not (ROOT / path).exists()
            files[path] = text + "\n"
        elif doing == "append to":
            files[path] += text + "\n"
        elif doing == "replace in":
            replaced = path, text
        elif doing == "with":
            path, old = replaced
            assert files[path].count(old + "\n") == 1, f"{path} has no single {old!r}"
            files[path] = files[path].replace(old + "\n", text + "\n")
        elif doing == "tests":
            tests = text
        elif doing == "from outside":
            outside = text
        else:
            pytest.fail(f"{what}: no such block")
    return Example(files, tests, outside)


def module(name, text):
    made = ModuleType(name)
    made.__file__ = name
    exec(compile(text, name, "exec"), made.__dict__)
    return made


@pytest.fixture
def package(monkeypatch, tmp_path):
    """The package with the example in it, and the page's tests as a module."""
    found = example(PAGE.read_text(encoding="utf-8"))
    for reader, file in ((parameters.read_parameters, "parameters"), (mechanisms.read_mechanisms, "mechanisms")):
        table = tmp_path / f"{file}.csv"
        table.write_text(found.files.pop(f"sim/scenario/{file}.csv"), encoding="utf-8")
        monkeypatch.setattr(reader, "__defaults__", (table,))
    default_vocabulary.cache_clear()
    for path, text in found.files.items():  # new files come first on the page
        put_in_place(path.removesuffix(".py").replace("/", "."), text, monkeypatch)
    yield module("tests_of_the_page", found.tests)
    default_vocabulary.cache_clear()


def put_in_place(name, text, monkeypatch):
    """Put a module in place of the old one, also where its functions were imported."""
    made = module(name, text)
    parent, _, last = name.rpartition(".")
    monkeypatch.setitem(sys.modules, name, made)
    monkeypatch.setattr(sys.modules[parent], last, made, raising=False)
    for other in [each for key, each in sys.modules.items() if key.startswith("sim.") and each is not made]:
        for word, value in list(vars(other).items()):
            if getattr(value, "__module__", None) == name and hasattr(made, word):
                monkeypatch.setattr(other, word, getattr(made, word))


def test_the_tests_of_the_page_pass(package):
    names = [name for name in vars(package) if name.startswith("test_")]
    assert len(names) == 3
    for name in names:
        getattr(package, name)()


def test_what_the_page_tries_from_outside_runs_and_is_named():
    size = {"villages": 8, "households_per_village": 40, "towns": 2, "counties": 1}
    scenario = sim.Scenario.from_mapping({"start": "2012-01", "end": "2012-12", "region": {"synthetic": size}})
    names = {"scenario": scenario}
    exec(example(PAGE.read_text(encoding="utf-8")).outside, names)
    assert list(names["own"].provenance["own_rules"]) == ["logistics.parcel_cost"]
    own, shipped = (names[word].villages["parcel_cost_yuan"] for word in ("own", "shipped"))
    assert (own * 2 % 1 == 0).all()
    assert (abs(own - shipped) <= 0.25 + 1e-6).all()
    assert (own != shipped).any()


def test_the_package_is_as_before():
    assert "fame" not in default_vocabulary().mechanisms
    assert not hasattr(sim.rules, "fame")
    assert "fame" not in vars(sim.kernel.support)


def test_tests_named_on_the_page_are_there():
    named = re.findall(r"`(tests/[\w/]+\.py)`", PAGE.read_text(encoding="utf-8"))
    assert named
    assert [path for path in named if not (ROOT / path).is_file()] == []
