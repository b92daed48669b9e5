"""Where a result comes from: everything needed to repeat the run and to tell two runs apart."""

from __future__ import annotations

import platform
import subprocess
import sys
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sim.data import data_hash
from sim.own_rules import own_rules
from sim.scenario import Scenario

__all__ = ["HISTORY_VERSION", "RESULTS_VERSION", "provenance", "utc_now"]

#: Number of the layout of a run folder; raised when a reader of the old one would be misled.
RESULTS_VERSION = 1

#: Number of the histories that seeds give; raised by hand when one moves, and explained in CHANGELOG.md.
HISTORY_VERSION = 3

_PACKAGES = (
    "hinterland",
    "numpy",
    "numba",
    "llvmlite",
    "scipy",
    "pandas",
    "pyarrow",
    "pydantic",
    "ruamel.yaml",
    "networkx",
    "mesa",
    "matplotlib",
)
_GIT_SECONDS = 5.0


def utc_now() -> str:
    """Date and time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def provenance(scenario: Scenario, *, started_at: str, seconds: dict[str, float]) -> dict[str, Any]:
    """Provenance of a run, in JSON types.

    Parameters
    ----------
    started_at : date and time in UTC. seconds : wall time by part of the run.

    Returns
    -------
    Mapping with scenario (words and resolved values), seeds, fingerprint, rules replaced while it ran, versions,
    data, machine and cost.
    """
    return {
        "results_version": RESULTS_VERSION,
        "history_version": HISTORY_VERSION,
        "scenario": {
            "name": scenario.name,
            "title": scenario.title,
            "description": scenario.description,
            **scenario.resolved(),
        },
        "fingerprint": scenario.fingerprint,
        "world_seed": scenario.world_seed,
        "history_seed": scenario.history_seed,
        "own_rules": dict(own_rules()),
        "data_sha256": data_hash(),
        "python": platform.python_version(),
        "packages": dict(_versions()),
        "git": _git(),
        "platform": platform.platform(),
        "started_at": started_at,
        "seconds": {part: round(value, 3) for part, value in seconds.items()},
        "peak_memory_mib": _peak_memory_mib(),
    }


@lru_cache(maxsize=1)
def _versions() -> tuple[tuple[str, str | None], ...]:
    return tuple((name, _version(name)) for name in _PACKAGES)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


@lru_cache(maxsize=1)
def _git() -> dict[str, Any] | None:
    """Commit of the checkout this package runs from, and whether its files were changed; else ``None``."""
    root = Path(__file__).parents[2]
    if not (root / ".git").exists():
        return None
    try:
        commit = _git_says(root, "rev-parse", "HEAD")
        changed = bool(_git_says(root, "status", "--porcelain", "--untracked-files=no", "--", "sim"))
    except (OSError, subprocess.SubprocessError):
        return None
    return {"commit": commit, "changed": changed}


def _git_says(root: Path, *words: str) -> str:
    command = ["git", "-C", str(root), *words]  # fixed words, no text of a user
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=_GIT_SECONDS)  # noqa: S603
    return done.stdout.strip()


def _peak_memory_mib() -> float | None:
    """Greatest resident memory of this process so far; ``None`` where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 2**20 if sys.platform == "darwin" else 2**10  # bytes there, KiB elsewhere
    return round(peak / unit, 1)
