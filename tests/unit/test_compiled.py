"""Where compiled code is kept: a folder named by the sources, or none."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest

from sim import compiled


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """The package's sources in a folder of our own, and an empty cache."""
    package = tmp_path / "sim"
    for pattern in compiled._SOURCES:
        for path in compiled._PACKAGE.glob(pattern):
            target = package / path.relative_to(compiled._PACKAGE)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    monkeypatch.setattr(compiled, "_PACKAGE", package)
    monkeypatch.setenv("HINTERLAND_CACHE_DIR", str(tmp_path / "cache"))
    return package


def test_the_folder_is_made_where_asked_for(copied):
    folder = compiled.cache_folder()
    assert folder is not None
    assert folder.is_dir()
    assert folder.parent == copied.parent / "cache"
    assert compiled.cache_folder() == folder


@pytest.mark.parametrize(
    "source",
    [
        "rules/adoption.py",
        "rules/exit.py",
        "kernel/events.py",
        "kernel/household.py",
        "kernel/telling.py",
        "streams.py",
        "world/graph.py",
        "world/positions.py",
    ],
)
def test_a_changed_equation_is_another_folder(copied, source):
    before = compiled.cache_folder()
    path = copied / source
    path.write_bytes(path.read_bytes() + b"\n# changed\n")
    assert compiled.cache_folder() != before


def test_another_version_of_the_compiler_is_another_folder(copied, monkeypatch):
    assert copied.is_dir()
    before = compiled.cache_folder()
    monkeypatch.setattr(compiled.numba, "__version__", "0.0.0")
    assert compiled.cache_folder() != before


def test_without_a_folder_to_write_nothing_is_kept(copied, tmp_path, monkeypatch):
    assert copied.is_dir()
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("HINTERLAND_CACHE_DIR", str(tmp_path / "file"))
    assert compiled.cache_folder() is None


def test_the_next_best_folder_is_taken(copied, tmp_path, monkeypatch):
    assert copied.is_dir()
    monkeypatch.delenv("HINTERLAND_CACHE_DIR")
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(compiled.tempfile, "gettempdir", lambda: str(tmp_path))
    folder = compiled.cache_folder()
    assert folder is not None
    assert folder.is_relative_to(tmp_path)


def compiles(source):
    """Whether a module takes a decorator from sim.compiled, on one line or several, or the module itself."""
    nodes = list(ast.walk(ast.parse(source)))
    taken = {
        a.name for n in nodes if isinstance(n, ast.ImportFrom) and n.module == "sim.compiled" for a in n.names
    }
    whole = any(isinstance(n, ast.Import) and any(a.name == "sim.compiled" for a in n.names) for n in nodes)
    return whole or bool(taken & {"compiled", "inlined", "*"})


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from sim.compiled import compiled", True),
        ("from sim.compiled import (\n    cache_folder,\n    inlined,\n)", True),
        ("import sim.compiled", True),
        ("from sim.compiled import cache_folder", False),
    ],
)
def test_a_module_that_compiles_is_seen(source, expected):
    assert compiles(source) == expected


def test_every_compiled_source_names_the_folder():
    sources = {path for pattern in compiled._SOURCES for path in compiled._PACKAGE.glob(pattern)}
    users = {path for path in Path(compiled._PACKAGE).rglob("*.py") if compiles(path.read_text(encoding="utf-8"))}
    # Numba itself looks at the file of a compiled function, so one that no other calls need not be named.
    leaves = {
        "world/export.py": "sim.world.export",
        "metrics/teachers.py": "sim.metrics.teachers",
        "metrics/exposure.py": "sim.metrics.exposure",
    }
    assert {path.relative_to(compiled._PACKAGE).as_posix() for path in users - sources} <= set(leaves)
    named = {leaf for path in sources for leaf in leaves.values() if leaf in path.read_text(encoding="utf-8")}
    assert named == set()
