"""What a run gave, in a few lines: a digest of each column that counts, and numbers to read.

``python -m tests.golden.digests`` prints those of the golden runs. Digests are of whole numbers, marks and months,
which are equal on every machine; sums of sales are numbers, since processors differ in their last digit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

import sim

__all__ = ["GOLDEN", "bytes_digest", "golden_run", "summary"]

ROOT = Path(__file__).parents[2]
#: Scenario file and what is laid over it, by the name of the golden run.
GOLDEN: Mapping[str, tuple[str, dict[str, Any]]] = {
    "teaching-village": ("teaching-village.yaml", {}),
    "cao-county": ("cao-county.yaml", {}),
    "shuyang-county-systems": ("china-systems.yaml", {"region": {"counties": [321322]}}),
}
TABLES = ("national", "counties", "villages", "events", "closings", "conditions", "patterns")


def golden_run(name: str) -> sim.RunResult:
    """One of the golden runs."""
    file, changes = GOLDEN[name]
    return sim.run(sim.load_scenario(ROOT / "scenarios" / file, changes))


def summary(result: sim.RunResult) -> dict[str, Any]:
    """Digests of what is counted, by table, and a few numbers."""
    national, events = result.columns("national"), result.columns("events")
    recognised = result.columns("villages")["recognised"]
    return {
        "openings": int(events["month"].size),
        "closings": int(result.columns("closings")["month"].size),
        "shops_at_the_end": int(national["shops"][-1]),
        "taobao_village_years": int(recognised.sum()),
        "sales_yuan": float(f"{national['online_sales_yuan'].sum():.9g}"),
        "mean_own_initiative": float(f"{events['by_own_initiative'].mean():.6g}"),
        "digests": {
            f"{table}.{name}": digest for table in TABLES for name, digest in _exact(result.columns(table))
        },
    }


def bytes_digest(result: sim.RunResult) -> str:
    """Digest of every byte of every table: for runs on one machine with the same libraries."""
    digest = hashlib.sha256()
    for table in TABLES:
        for name, values in result.columns(table).items():
            digest.update(f"{table}.{name} ".encode() + _bytes(values))
    return digest.hexdigest()


def _exact(columns: Mapping[str, np.ndarray]) -> Iterator[tuple[str, str]]:
    """Digests of the columns that hold no sums."""
    for name, values in columns.items():
        if values.dtype.kind != "f":
            yield name, hashlib.sha256(_bytes(values)).hexdigest()[:12]


def _bytes(values: np.ndarray) -> bytes:
    if values.dtype.kind in "OUT":
        return json.dumps(values.tolist(), ensure_ascii=False, default=str).encode()
    return values.dtype.str.encode() + np.ascontiguousarray(values).tobytes()


if __name__ == "__main__":
    found = {}
    for each in GOLDEN:
        run = golden_run(each)
        found[each] = {**summary(run), "bytes": bytes_digest(run)}
    print(json.dumps(found, indent=2))
