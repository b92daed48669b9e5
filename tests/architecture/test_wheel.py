"""The wheel holds every file of the package and works far from the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

BUILT_FROM = ("pyproject.toml", "README.md", "LICENSE")
BUILD = "import sys; from setuptools.build_meta import build_wheel; print(build_wheel(sys.argv[1]))"
READ = """
import sys
from pathlib import Path
import sim
assert Path(sim.__file__).is_relative_to(sys.argv[1]), sim.__file__
from sim.calibration.targets import read_targets
from sim.data import data_hash
from sim.scenario.vocabulary import default_vocabulary
assert data_hash() == sys.argv[2], "other tables than in the tree"
assert read_targets() and default_vocabulary().parameters
county = {"start": "2015-01", "end": "2015-12", "region": {"counties": [371721]}}
print(sim.build_world(sim.Scenario.from_mapping(county)).n_counties)
"""
RUN = """
import sys
from pathlib import Path
import sim
assert Path(sim.__file__).is_relative_to(sys.argv[1]), sim.__file__
region = {"synthetic": {"villages": 4, "households_per_village": 20, "towns": 2, "counties": 1}}
result = sim.run({"start": "2015-10", "end": "2015-12", "region": region})
result.save(Path("saved"))
assert sim.load_result("saved").national.equals(result.national)
print(len(result.national))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from a copy, so that nothing is left in the checkout; without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    shutil.copytree(ROOT / "sim", source / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    for name in BUILT_FROM:
        shutil.copy(ROOT / name, source)
    command = [sys.executable, "-c", BUILD, str(folder)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stderr}\nif setuptools is too old: pip install --editable '.[dev]'"
    return folder / done.stdout.splitlines()[-1]


def missing(names: set[str], root: Path = ROOT) -> list[str]:
    """Files of the package in the tree that are not among the names."""
    tree = {str(path.relative_to(root)) for path in (root / "sim").rglob("*") if path.is_file()}
    return sorted(name for name in tree - names if "__pycache__" not in name)


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert missing(names) == [], "name its kind in package-data of pyproject.toml"
    others = {name for name in names if not name.startswith("sim/")}
    assert {name.split("/")[0].split("-")[0] for name in others} == {"hinterland"}


def test_a_file_left_out_would_be_seen(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert missing(names - {"sim/scenario/parameters.csv"}) == ["sim/scenario/parameters.csv"]


def installed(wheel, folder, code, **environment):
    """What a program prints that has the wheel unpacked, which is all that an installer does, and no checkout."""
    from sim.data import data_hash

    site = folder / "site"
    zipfile.ZipFile(wheel).extractall(site)
    command = [sys.executable, "-c", code, str(site), data_hash()]
    environment = os.environ | {"PYTHONPATH": str(site)} | environment
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_installed_it_reads_its_tables_and_builds_a_county(wheel, tmp_path):
    assert installed(wheel, tmp_path, READ, NUMBA_DISABLE_JIT="1") == "1\n"


@pytest.mark.long
def test_installed_it_runs(wheel, tmp_path):
    # Long, since it compiles: compiled code is kept by the folder of its source.
    assert installed(wheel, tmp_path, RUN) == "3\n"
