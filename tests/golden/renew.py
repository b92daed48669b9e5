"""Write the golden numbers anew: ``python -m tests.golden.renew``.

Refused where results moved and nobody said so: raise ``HISTORY_VERSION`` in ``sim/results/provenance.py`` by one
and write into ``CHANGELOG.md``, after **Results change**, what moves and why, with the words "history version N".
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.results.provenance import HISTORY_VERSION
from tests.golden.digests import GOLDEN, ROOT, golden_run, summary

__all__ = ["FILE", "differing", "kept", "refusal"]

#: Processors and versions of libraries differ in the last digits of sums.
SAME = 1e-5

FILE = Path(__file__).with_name("golden.json")
HOW = (
    "raise HISTORY_VERSION in sim/results/provenance.py, say in CHANGELOG.md under **Results change** what moves "
    'and why, with the words "history version {}", and run: python -m tests.golden.renew'
)


def kept() -> dict[str, Any]:
    """What the golden file holds; nothing where there is none."""
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {"history_version": 0, "runs": {}}


def differing(before: Any, now: Any, path: str = "") -> Iterator[str]:
    """Paths of what was written down and is another now, or gone; a further column is none of them."""
    if isinstance(before, dict) and isinstance(now, dict):
        for name, value in before.items():
            yield from differing(value, now.get(name), f"{path}/{name}".strip("/"))
    elif isinstance(before, float) and isinstance(now, float):
        if not math.isclose(before, now, rel_tol=SAME):
            yield path
    elif before != now:
        yield path


def refusal(before: dict[str, Any], runs: dict[str, Any], version: int, changes: str) -> str | None:
    """Why the golden file may not be replaced, or ``None``.

    Parameters
    ----------
    before : what it holds. runs : what the runs give now. version : of the code. changes : text of the change log.
    """
    moved = sorted({path.partition("/")[0] for path in differing(before["runs"], runs)})
    if moved and version <= before["history_version"]:
        return f"results of {', '.join(moved)} moved: {HOW.format(before['history_version'] + 1)}"
    if f"history version {version}" not in changes.lower():
        return f"CHANGELOG.md says nothing of history version {version}: {HOW.format(version)}"
    return None


def main() -> int:
    """Run, compare and write; 1 if refused."""
    runs = {name: summary(golden_run(name)) for name in GOLDEN}
    said = refusal(kept(), runs, HISTORY_VERSION, (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    if said is not None:
        print(said, file=sys.stderr)
        return 1
    text = json.dumps({"history_version": HISTORY_VERSION, "runs": runs}, indent=2)
    FILE.write_text(text + "\n", encoding="utf-8")
    print(f"{FILE.relative_to(ROOT)}: history version {HISTORY_VERSION}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
