"""Three small runs give what they gave when their numbers were last written down."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from sim.results.provenance import HISTORY_VERSION
from tests.golden.digests import GOLDEN, ROOT, golden_run, summary
from tests.golden.renew import HOW, differing, kept, refusal


@pytest.fixture(scope="module", params=list(GOLDEN))
def golden(request):
    return request.param, summary(golden_run(request.param))


def test_results_are_those_written_down(golden):
    name, found = golden
    moved = list(differing(kept()["runs"][name], found))
    assert not moved, f"{name} moved. If that is meant, {HOW.format(kept()['history_version'] + 1)}"


def test_something_happens_in_each(golden):
    _, found = golden
    assert found["openings"] > 100
    assert found["taobao_village_years"] > 0


def test_the_version_is_that_of_the_file_and_explained():
    assert kept()["history_version"] == HISTORY_VERSION
    assert f"history version {HISTORY_VERSION}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").lower()


def test_moved_results_are_not_written_down_without_a_word():
    before = {"history_version": 3, "runs": {"a": 1, "b": {"x": 2, "y": 0.5}}}
    told = "**Results change**, history version 3: parcels are dearer. History version 4: and cheaper again"
    same, further = {"a": 1, "b": {"x": 2, "y": 0.5 + 1e-9}}, {"a": 1, "b": {"x": 2, "y": 0.5, "z": 7}, "new": 5}
    moved, gone = {"a": 1, "b": {"x": 9, "y": 0.5}}, {"a": 1, "b": {"x": 2}}
    assert refusal(before, same, 3, told) is None
    assert refusal(before, further, 3, told) is None
    for runs in (moved, gone):
        assert "results of b moved: raise HISTORY_VERSION" in refusal(before, runs, 3, told)
        assert refusal(before, runs, 4, told) is None
        assert "says nothing of history version 5" in refusal(before, runs, 5, told)


def pythons():
    """Other interpreters that have the package's libraries: HINTERLAND_PYTHONS, separated as in PATH."""
    return [path for path in os.environ.get("HINTERLAND_PYTHONS", "").split(os.pathsep) if path]


@pytest.fixture(scope="module")
def ours():
    """Digests of the runs by this Python, with one thread."""
    return digests_by(sys.executable, "1")


def digests_by(python: str, threads: str):
    environment = os.environ | dict.fromkeys(("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "PYTHONHASHSEED"), threads)
    command = [python, "-m", "tests.golden.digests"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=True)
    return json.loads(done.stdout)


@pytest.mark.long
@pytest.mark.parametrize("threads", ["1", "3"])
@pytest.mark.parametrize("python", [sys.executable, *pythons()])
def test_every_python_and_number_of_threads_gives_the_same(ours, python, threads):
    """Other Pythons are those that HINTERLAND_PYTHONS names; threads are compared in any case."""
    assert digests_by(python, threads) == ours
