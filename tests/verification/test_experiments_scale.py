"""Experiments from odd places and of great length: notebook cells, full disks, ten thousand runs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

import sim
from sim.errors import ResultError
from sim.experiments.ensemble import run_ensemble
from sim.experiments.store import FILE_NAME, Store
from tests.architecture.source import ROOT
from tests.property.test_experiments_properties import MAPPING, SCENARIO

NOBODY = 65_534


def test_two_workers_from_a_cell_of_a_notebook():
    # The __main__ of a notebook has no file, as here, and so needs no guard.
    cell = (
        "import json, sys, sim\nscenario = sim.Scenario.from_mapping(json.loads(sys.argv[1]))\n"
        "result = sim.run_ensemble(scenario, 4, workers=2)\nprint(result.n_failed, result.n_replicates)\n"
    )
    command = [sys.executable, "-c", cell, json.dumps(MAPPING)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert (done.stdout, done.stderr) == ("0 4\n", "")


def test_ctrl_c_in_one_process_ends_between_two_months(tmp_path):
    # Compiled code turns the signal into an error of its own; that must not become a failed run.
    code = (
        "import sys, sim\nfrom sim.experiments.ensemble import run_ensemble\n"
        "scenario = sim.load_scenario(sys.argv[1])\nrun_ensemble(scenario, 1000, out=sys.argv[2])\n"
    )
    scenario = ROOT / "scenarios" / "cao-county.yaml"
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(scenario), str(tmp_path / "x")], cwd=ROOT, stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and _runs(tmp_path / "x") < 2:
        time.sleep(0.02)
    time.sleep(0.03)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[1].decode()
    assert "runs are kept in" in said.splitlines()[-1]
    with Store(tmp_path / "x", resume=True) as store:
        assert {row["stage"] for row in store.rows()} == {""}


def _runs(folder: Path) -> int:
    if not (folder / FILE_NAME).exists():
        return 0
    try:
        with Store(folder, resume=True) as store:
            return len(store.rows())
    except ResultError:
        return 0


def resident_mib() -> float:
    return psutil.Process().memory_info().rss / 2**20


@pytest.mark.long
def test_memory_stays_flat_over_ten_thousand_runs(tmp_path):
    seen = {}

    def watch(now):
        if now.done in {1000, 9990}:
            seen[now.done] = resident_mib()

    result = run_ensemble(SCENARIO, 10_000, out=tmp_path, progress=watch)
    assert result.n_failed == 0
    assert seen[9990] - seen[1000] < 10, seen


@pytest.mark.long
def test_a_full_disk_keeps_what_was_finished(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(disk)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip(f"no small disk here, run as an administrator who may mount one ({mounted.stderr.strip()})")
    try:
        with pytest.raises(ResultError, match="make room and resume"):
            run_ensemble(SCENARIO, 3000, out=disk / "x")
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        done = []
        run_ensemble(SCENARIO, 300, out=disk / "x", resume=True, progress=done.append)
        assert done[0].done > 50
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.fixture
def no_administrator():
    """The rights of folders do not bind the administrator, who is nobody for the time of a test."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.usefixtures("no_administrator")
def test_a_read_only_folder_is_refused_before_anything_runs():
    with tempfile.TemporaryDirectory() as name:  # made by whoever runs the test, as tmp_path is not
        folder = Path(name)
        folder.chmod(0o555)
        with pytest.raises(ResultError, match=r"cannot be made .* name another folder"):
            run_ensemble(SCENARIO, 1, out=folder / "x")
        with pytest.raises(ResultError, match=r"cannot be written .* name another folder"):
            run_ensemble(SCENARIO, 1, out=folder)
        folder.chmod(0o755)


def test_a_plain_run_repeats_a_member():
    member = run_ensemble(SCENARIO.replace({"history_seed": 7}), 3).dataset.isel(replicate=2)
    sold = member.monthly_sales_yuan.values.tolist()
    assert sold == sim.run(SCENARIO, seed=9).national["online_sales_yuan"].tolist()
    assert sold != sim.run(SCENARIO, seed=8).national["online_sales_yuan"].tolist()
