"""Settings shared by every test."""

from __future__ import annotations

import fcntl
import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("MPLBACKEND", "Agg")  # no test may need a screen
# Several test processes share the cores; threads of linear algebra on top of them only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Dozens of processes import the same files: they are translated once.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Normal runs must give the same verdict twice; HYPOTHESIS_PROFILE=explore looks for new examples.
settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("explore", deadline=None, max_examples=2000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def pytest_configure(config: pytest.Config) -> None:
    """Where compilation is off (coverage, mutants), let Python run what is written for the compiler."""
    if os.environ.get("NUMBA_DISABLE_JIT", "0") != "0":
        from tests.uncompiled import run_uncompiled

        run_uncompiled()
        config.addinivalue_line("filterwarnings", "ignore:overflow encountered in scalar:RuntimeWarning")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Let one of several test processes compile; the others, and the processes they start, find it done."""
    if not hasattr(session.config, "workerinput"):
        return
    from sim.compiled import cache_folder

    folder = cache_folder()
    if folder is None:
        return
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        import sim

        region = {"synthetic": {"villages": 4, "households_per_village": 50, "towns": 2, "counties": 1}}
        sim.run(sim.Scenario.from_mapping({"start": "2009-01", "end": "2010-12", "region": region}))


@pytest.fixture(scope="session")
def repository() -> Path:
    """Root folder of the repository."""
    return Path(__file__).parents[1]
