"""How cost grows with households (more provinces), with openings (stronger imitation), and with months.

    python benchmarks/scaling.py [--repeats N] [--keep]

The promise of the design is that the months cost what happens in them, not the households there are. So seconds
per million households should fall along the first table, where openings stay few; seconds per million openings
should stay level along the second; and in the third, where nothing spreads, a month should cost the same however
many there are. Read those columns, not the seconds. Each line is a process of its own, so its memory is its own,
and the fastest of the repeats, by processor time. ``--keep`` puts the result into ``results.json``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from measure import greatest_since, keep, load, report, resident_bytes, timed_cpu
from national import warm_up

from sim.kernel import Simulation
from sim.scenario import Scenario
from sim.world import build_world

ZHEJIANG = ["浙江省"]
PROVINCES = (ZHEJIANG, [*ZHEJIANG, "江苏省"], [*ZHEJIANG, "江苏省", "山东省", "河北省"])
IMITATION = (0.02, 0.05, 0.1, 0.2)
ENDS = ("2010-09", "2012-06", "2015-12", "2022-12")
#: Beyond so many openings a line is cut short: contagion has caught everybody and tells nothing more.
OPENINGS_AT_MOST = 3_000_000


def measured(repeats: int, changes: dict[str, Any]) -> dict[str, Any]:
    """Fastest of the repeats of one scenario, in this process."""
    warm_up()
    before, greatest, begun = resident_bytes(), greatest_since(), load()
    scenario = Scenario.from_mapping({"start": "2009-01", "end": "2015-12", **changes})
    world_seconds, world = timed_cpu(lambda: build_world(scenario))
    runs = [timed_cpu(lambda: _run(scenario, world)) for _ in range(repeats)]
    seconds, (months, openings, touched) = min(runs, key=lambda run: run[0])
    return {
        "households": world.n_households,
        "months": months,
        "openings": openings,
        "touched": touched,
        "world_seconds": world_seconds,
        "run_seconds": seconds,
        "per_million_households": 1e6 * seconds / world.n_households,
        "per_million_openings": 1e6 * seconds / max(openings, 1),
        "ms_per_month": 1e3 * seconds / months,
        "bytes_per_household": (greatest() - before) / world.n_households,
        "load": begun,
    }


def _run(scenario: Scenario, world: Any) -> tuple[int, int, int]:
    simulation, openings = Simulation(scenario, world), 0
    for _ in range(scenario.n_months):
        openings += simulation.step().village.size
        if openings > OPENINGS_AT_MOST:
            break
    return simulation.months_done, openings, int(simulation.blocks.length.sum())


def in_a_process(repeats: int, changes: dict[str, Any]) -> dict[str, Any]:
    """The same, in a process of its own."""
    command = [sys.executable, str(Path(__file__)), "--repeats", str(repeats), "--line", json.dumps(changes)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout))


def series() -> dict[str, list[tuple[dict[str, Any], dict[str, Any]]]]:
    """The lines of each table: what names a line, and what it changes."""
    only = {"region": {"provinces": ZHEJIANG}}
    return {
        "households": [({"provinces": len(names)}, {"region": {"provinces": names}}) for names in PROVINCES],
        "openings": [({"imitation": value}, only | {"adoption.imitation": value}) for value in IMITATION],
        "months": [({"end": end}, only | {"adoption.imitation": 0.0, "end": end}) for end in ENDS],
    }


def main() -> None:
    """Measure the series and print them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--keep", action="store_true", help="into results.json")
    parser.add_argument("--line", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.line:
        print(json.dumps(measured(given.repeats, json.loads(given.line))))
        return
    found = {}
    for name, steps in series().items():
        found[name] = [label | in_a_process(given.repeats, changes) for label, changes in steps]
        report({"benchmark": f"scaling in {name}", "rows": found[name]}, found[name])
    if given.keep:
        keep("scaling", found)


if __name__ == "__main__":
    main()
