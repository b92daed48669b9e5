"""Compiled code on disk: found again when whole, compiled anew when not, and never a reason to fail."""

from __future__ import annotations

import importlib.util
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

from sim import compiled
from sim.code_cache import cache_of
from tests.architecture.source import ROOT

SOURCE = "def twice(x):\n    return 2 * x\n"


class ExecutedError(Exception):
    """Raised by what should never run."""


def boom():
    raise ExecutedError


class Malicious:
    def __reduce__(self):
        return (boom, ())


@pytest.fixture
def function(tmp_path, monkeypatch):
    """A function of a file of its own, and an empty cache."""
    (tmp_path / "source.py").write_text(SOURCE, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("source", tmp_path / "source.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setitem(
        sys.modules, "source", module
    )  # where Numba looks for a function's globals when it loads code
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "cache"))
    return module.twice


def called(function):
    """Call a function compiled as in a new process; whether the code was found on disk."""
    dispatcher = compiled.compiled(function)
    assert dispatcher(21) == 42
    return sum(dispatcher.stats.cache_hits.values()) == 1


def files(tmp_path, ending):
    found = list((tmp_path / "cache").rglob(f"*.{ending}"))
    assert len(found) == 1
    return found[0]


def test_code_is_found_again(function):
    assert not called(function)
    assert called(function)


def test_code_that_is_there_is_loaded_without_what_compiling_needs(tmp_path):
    code = """
import sys
import numpy as np
from sim.world.positions import county_radius_km
radius_km = county_radius_km(np.arange(100.0, 105.0), np.arange(30.0, 35.0))
print(radius_km.tolist(), "numba.np.arraymath" in sys.modules)
"""
    told = [
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=True,
            env=os.environ | {"HINTERLAND_CACHE_DIR": str(tmp_path)},
        ).stdout
        for _ in range(2)
    ]
    assert told[0].endswith("True\n")
    assert told[1] == told[0].replace("True", "False")


def test_what_is_loaded_so_counts_no_references():
    # Loaded without what compiling needs, a function that counts references would end the process.
    def counting(values):
        values[1:] = values[:-1]

    with pytest.raises(numba.core.errors.NumbaError, match="NRT required"):
        compiled.compiled(counting)(np.arange(3))


def turned(content):
    place = len(content) // 2
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


@pytest.mark.parametrize("ending", ["nbi", "nbc"])
@pytest.mark.parametrize(
    "harm",
    [
        lambda content: content[: len(content) // 2],
        lambda content: b"",
        turned,
        lambda content: pickle.dumps(Malicious()),
        lambda content: b"something else altogether" * 40,
    ],
    ids=["cut short", "empty", "a bit turned", "malicious", "foreign"],
)
def test_what_is_not_whole_is_compiled_anew_and_mended(function, tmp_path, ending, harm):
    called(function)
    path = files(tmp_path, ending)
    path.write_bytes(harm(path.read_bytes()))
    assert not called(function)
    assert called(function)


def test_numba_alone_would_have_run_it(function, tmp_path):
    # What the test above is about: the same file, read as Numba does.
    numba.njit(cache=True)(function)(21)
    files(tmp_path, "nbi").write_bytes(pickle.dumps(Malicious()))
    with pytest.raises(ExecutedError):
        numba.njit(cache=True)(function)(21)


def test_folders_in_place_of_files_and_nothing_to_write_to(function, tmp_path):
    called(function)
    path = files(tmp_path, "nbi")
    path.unlink()
    path.mkdir()
    assert not called(function)
    shutil.rmtree(tmp_path / "cache")
    dispatcher = compiled.compiled(function)
    shutil.rmtree(tmp_path / "cache")
    (tmp_path / "cache").write_text("in the way", encoding="utf-8")  # taken away while the program runs
    assert dispatcher(21) == 42


def test_without_any_folder_a_function_has_no_cache(function, monkeypatch):
    def nowhere(_):
        raise RuntimeError("cannot cache function: no locator available")

    monkeypatch.setattr("sim.code_cache._Cache", nowhere)
    assert cache_of(function) is None
    assert not called(function)


@pytest.fixture
def only_temporary_files(tmp_path, monkeypatch):
    """No other place for compiled code than the folder for temporary files."""
    monkeypatch.delenv("HINTERLAND_CACHE_DIR", raising=False)
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(compiled.tempfile, "gettempdir", lambda: str(tmp_path))


@pytest.mark.usefixtures("only_temporary_files")
def test_a_folder_for_temporary_files_must_be_ones_own(tmp_path, monkeypatch):
    own = tmp_path / f"hinterland-{os.getuid()}"
    assert compiled.cache_folder().is_relative_to(own)
    assert own.stat().st_mode & 0o777 == 0o700
    own.chmod(0o777)
    assert compiled.cache_folder() is None
    own.chmod(0o700)
    uid = os.getuid()
    monkeypatch.setattr(compiled.os, "getuid", lambda: uid + 1)
    own.rename(tmp_path / f"hinterland-{uid + 1}")  # prepared by somebody else
    assert compiled.cache_folder() is None
    monkeypatch.setattr(compiled.os, "getuid", lambda: uid)
    own.symlink_to(Path(tmp_path / f"hinterland-{uid + 1}"))
    assert compiled.cache_folder() is None


@pytest.mark.usefixtures("only_temporary_files")
def test_where_users_have_no_numbers_the_folder_for_temporary_files_is_taken_as_it_is(tmp_path, monkeypatch):
    monkeypatch.delattr(compiled.os, "getuid")  # as on Windows, where that folder is each user's own
    own = tmp_path / "hinterland-0"
    assert compiled.cache_folder().is_relative_to(own)
    own.chmod(0o777)
    assert compiled.cache_folder().is_relative_to(own)
