"""How cost grows with households (more provinces) and with openings (stronger imitation).

    python benchmarks/scaling.py [--repeats N]

The promise of the design is that the months cost what happens in them, not the households there are. So seconds
per million households should fall along the first table, where openings stay few, and seconds per million openings
should stay level along the second. Read those two columns, not the seconds. Each line is the fastest of the
repeats.
"""

from __future__ import annotations

import argparse
from typing import Any

from measure import peak_megabytes, report, timed
from national import warm_up

from sim.kernel import Simulation
from sim.scenario import Scenario
from sim.world import build_world

PROVINCES = (["浙江省"], ["浙江省", "江苏省"], ["浙江省", "江苏省", "山东省", "河北省"])
IMITATION = (0.02, 0.05, 0.1, 0.2)
#: Beyond so many openings a line is cut short: contagion has caught everybody and tells nothing more.
OPENINGS_AT_MOST = 3_000_000


def measured(repeats: int, **changes: Any) -> dict[str, Any]:
    """Fastest of the repeats of one scenario."""
    changes = {name.replace("__", "."): value for name, value in changes.items()}
    scenario = Scenario.from_mapping({"start": "2009-01", "end": "2015-12", **changes})
    world_seconds, world = timed(lambda: build_world(scenario))
    runs = [timed(lambda: _run(scenario, world)) for _ in range(repeats)]
    seconds, (openings, touched) = min(runs, key=lambda run: run[0])
    return {
        "households": world.n_households,
        "openings": openings,
        "touched": touched,
        "world_seconds": world_seconds,
        "run_seconds": seconds,
        "per_million_households": 1e6 * seconds / world.n_households,
        "per_million_openings": 1e6 * seconds / max(openings, 1),
        "peak_megabytes": round(peak_megabytes()),
    }


def _run(scenario: Scenario, world: Any) -> tuple[int, int]:
    simulation, openings = Simulation(scenario, world), 0
    for _ in range(scenario.n_months):
        openings += simulation.step().village.size
        if openings > OPENINGS_AT_MOST:
            break
    return openings, int(simulation.blocks.length.sum())


def main() -> None:
    """Measure both series and print them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=2)
    repeats = parser.parse_args().repeats
    warm_up()
    by_region = [
        {"provinces": len(names), **measured(repeats, region={"provinces": names})} for names in PROVINCES
    ]
    report({"benchmark": "scaling in households", "rows": by_region}, by_region)
    by_imitation = [
        {"imitation": value, **measured(repeats, region={"provinces": PROVINCES[0]}, adoption__imitation=value)}
        for value in IMITATION
    ]
    report({"benchmark": "scaling in openings", "rows": by_imitation}, by_imitation)


if __name__ == "__main__":
    main()
