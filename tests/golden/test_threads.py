"""All of China for any number of threads: the golden runs are too small for more than one."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.architecture.source import ROOT

RUN = """
import sim
from tests.golden.digests import bytes_digest

print(bytes_digest(sim.run("scenarios/china-2015.yaml")))
"""


def digest(threads):
    set_to = os.environ | {"NUMBA_NUM_THREADS": str(threads), "PYTHONPATH": str(ROOT)}
    run = [sys.executable, "-c", RUN]
    return subprocess.run(run, capture_output=True, text=True, cwd=ROOT, env=set_to, check=True).stdout


@pytest.mark.long
def test_all_of_china_is_the_same_for_any_number_of_threads():
    alone = digest(1)
    assert len(alone) == 65
    assert digest(2) == alone
    assert digest(4) == alone
