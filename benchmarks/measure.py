"""What the benchmarks share: wall time, memory, the machine, a table for people, and the file of results kept."""

from __future__ import annotations

import json
import os
import platform
import resource
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

#: What was measured last and kept, one entry a benchmark; ``tables.py`` writes the tables of the page from it.
RESULTS = Path(__file__).parent / "results.json"
_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def timed(function: Callable[[], Any]) -> tuple[float, Any]:
    """Wall seconds of a call, and what it returns."""
    begin = time.perf_counter()
    value = function()
    return time.perf_counter() - begin, value


def timed_cpu(function: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds of a call, and what it returns."""
    begin = time.process_time()
    value = function()
    return time.process_time() - begin, value


def peak_megabytes() -> float:
    """Greatest resident memory of this process so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def resident_bytes() -> int:
    """Resident memory of this process now; where the system does not tell, the greatest so far."""
    return _status("VmRSS") or int(peak_megabytes() * 2**20)


def greatest_since() -> Callable[[], int]:
    """Begin to watch; what is returned says the greatest resident memory since, in bytes.

    Linux lets a process begin its greatest anew. Elsewhere it is the greatest since the process began, which is
    too much where importing and compiling took more than the measured part.
    """
    if _CLEAR.exists():
        _CLEAR.write_text("5", encoding="ascii")
    return lambda: _status("VmHWM") or int(peak_megabytes() * 2**20)


def _status(name: str) -> int:
    if not _STATUS.exists():
        return 0
    lines = dict(line.split(":", 1) for line in _STATUS.read_text(encoding="ascii", errors="replace").splitlines())
    return int(lines[name].split()[0]) * 2**10


def load() -> float | None:
    """Processes that wanted the processor, mean of the last minute."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def machine() -> dict[str, Any]:
    """What is needed to compare two outputs."""
    import numba
    import numpy as np

    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": numba.__version__,
        "cores": os.cpu_count(),
        "load": load(),
    }


def report(result: dict[str, Any], rows: Sequence[dict[str, Any]]) -> None:
    """Print one line of JSON for programs, then the rows as a table for people."""
    print(json.dumps({**result, "machine": machine()}))
    columns = list(rows[0])
    cells = [[_shown(row[column]) for column in columns] for row in rows]
    widths = [max(len(column), *(len(line[i]) for line in cells)) for i, column in enumerate(columns)]
    print("  ".join(column.ljust(width) for column, width in zip(columns, widths, strict=True)))
    for line in cells:
        print("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)))


def keep(name: str, result: dict[str, Any], path: Path = RESULTS) -> None:
    """Put a result in the place of the one kept before under this name."""
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    kept[name] = _rounded({"date": datetime.now(UTC).date().isoformat(), "machine": machine(), **result})
    text = json.dumps(dict(sorted(kept.items())), indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def _rounded(value: Any) -> Any:
    """The same with six digits that count in every number; more would be noise."""
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value


def _shown(value: Any) -> str:
    return f"{value:,.3f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
