"""An experiment killed at any moment and resumed equals the unbroken one to the byte of its values."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import psutil
import pytest

import sim
from sim.experiments.ensemble import run_ensemble
from sim.experiments.store import FILE_NAME
from sim.streams import stream_key, uniform
from tests.architecture.source import ROOT

MAPPING = {
    "start": "2009-01",
    "end": "2015-12",
    "region": {"synthetic": {"villages": 20, "households_per_village": 100, "towns": 2, "counties": 1}},
    "world.synthetic_pioneers": 2,
    "pioneers.last_year": 2010,
    "adoption.imitation": 0.2,
}
REPLICATES = 40
CODE = """
import json, sys
import sim
from sim.experiments.ensemble import run_ensemble
if __name__ == "__main__":
    scenario = sim.Scenario.from_mapping(json.loads(sys.argv[1]))
    run_ensemble(scenario, int(sys.argv[2]), out=sys.argv[3], resume=True, workers=int(sys.argv[4]))
"""


def begin(folder: Path, workers: int = 1, replicates: int = REPLICATES) -> subprocess.Popen[bytes]:
    arguments = [json.dumps(MAPPING), str(replicates), str(folder), str(workers)]
    command = [sys.executable, "-c", CODE, *arguments]
    # Tests begun in the background of a shell are deaf to Ctrl-C, and so would be their children.
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True, stderr=subprocess.PIPE, preexec_fn=heard)


def end(process: subprocess.Popen[bytes]) -> bytes:
    _, said = process.communicate(timeout=120)
    return said


def finished(folder: Path) -> int:
    try:
        base = sqlite3.connect(f"file:{folder / FILE_NAME}?mode=ro", uri=True)
    except sqlite3.OperationalError:
        return 0
    try:
        return int(base.execute("select count(*) from runs").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        base.close()


def kill_at(process: subprocess.Popen[bytes], folder: Path, n_finished: int, seconds: float) -> None:
    """Kill the process some time after the store holds a number of runs, or leave it be if it ends before."""
    while process.poll() is None and finished(folder) < n_finished:
        time.sleep(0.005)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    end(process)


@pytest.fixture(scope="module")
def unbroken():
    return run_ensemble(sim.Scenario.from_mapping(MAPPING), REPLICATES).dataset


def check_killed(folder: Path, unbroken, moments, workers: int = 1, replicates: int = REPLICATES) -> None:
    for n_finished, seconds in moments:
        kill_at(begin(folder, workers), folder, n_finished, seconds)
    result = run_ensemble(sim.Scenario.from_mapping(MAPPING), replicates, out=folder, resume=True)
    assert result.n_failed == 0
    for name, variable in unbroken.isel(replicate=slice(0, replicates)).data_vars.items():
        assert result.dataset[name].values.tobytes() == variable.values.tobytes(), name


def moments(kills: int, first: int = 0) -> list[tuple[int, float]]:
    """Moments spread over the whole of an experiment, drawn once and for all."""
    shares = uniform(stream_key(0, "kills"), range(first, first + 2 * kills)).reshape(kills, 2)
    return [(int(a * REPLICATES), float(b) * 0.05) for a, b in sorted(shares.tolist())]


def test_other_luck_would_be_seen(unbroken):
    other = run_ensemble(sim.Scenario.from_mapping(MAPPING).replace({"history_seed": 1}), 2).dataset
    first = unbroken.isel(replicate=slice(0, 2))
    for name in ("monthly_sales_yuan", "monthly_openings"):
        assert other[name].values.tobytes() != first[name].values.tobytes(), name


def test_three_kills(tmp_path, unbroken):
    check_killed(tmp_path, unbroken, moments(3))


@pytest.mark.long
@pytest.mark.parametrize("workers", [1, 2])
def test_many_kills(tmp_path, unbroken, workers):
    for each in range(5):
        check_killed(tmp_path / str(each), unbroken, moments(5, 10 * each), workers)


@pytest.mark.long
def test_kills_at_the_very_beginning(tmp_path, unbroken):
    check_killed(tmp_path, unbroken, [(0, 0.1 * number) for number in range(25)])


def living(group: int) -> list[int]:
    """Processes of a group that are not mere remains."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):  # it has ended meanwhile, or is somebody else's
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
    return found


def test_workers_end_with_their_master(tmp_path, unbroken):
    process = begin(tmp_path, workers=2)
    while process.poll() is None and finished(tmp_path) < 3:
        time.sleep(0.01)
    assert len(living(process.pid)) >= 3
    process.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 30
    while living(process.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    end(process)
    assert living(process.pid) == []
    check_killed(tmp_path, unbroken, [])


def test_two_at_once_on_one_store(tmp_path, unbroken):
    few = 15  # each process does all of them
    both = [begin(tmp_path, replicates=few), begin(tmp_path, replicates=few)]
    said = [end(process) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert finished(tmp_path) == few
    check_killed(tmp_path, unbroken, [], replicates=few)


def test_ctrl_c_stops_cleanly_and_says_how_to_resume(tmp_path, unbroken):
    process = begin(tmp_path, workers=2)
    while process.poll() is None and finished(tmp_path) < 3:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to every process of the group
    said = end(process).decode()
    assert process.returncode != 0
    assert "runs are kept in" in said
    assert "--resume" in said.splitlines()[-1]
    assert "Process Spawn" not in said, "workers say nothing of their own"
    check_killed(tmp_path, unbroken, [])
