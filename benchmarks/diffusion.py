"""The diffusion workload in this engine and in its peers, in one run, as ratios.

    python benchmarks/diffusion.py [--cases NAME ...] [--rounds N] [--keep]

Every program that is installed runs (``pip install -e ".[bench]"`` brings them all); the others are named with the
reason. Each runs in a process of its own, one after another; in every round all run once, and every other round
goes backwards, so that what slows the machine for a while slows all. A ratio is taken within a round, by processor
time, and the table has the middle one. The shares that adopted are compared with those of the compiled dense loop
on the same ties: a program that does something else is named, and the exit status is 1. ``--keep`` puts the
result into ``results.json``, from which ``tables.py`` writes the page; cases that were not asked for stay there.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from measure import RESULTS, keep, load, report
from one_program import PROGRAMS, Program
from workload import MONTHS, OWN, computed_ties, given_ties

HERE = Path(__file__).parent
BASE = "hinterland-computed"
REFERENCE = {"given": "numba-dense", "computed": "numba-dense-computed"}
#: A difference of so many standard errors happens by chance once in 16,000 comparisons.
STANDARD_ERRORS = 4.0
ONE_THREAD = dict.fromkeys((f"{name}_NUM_THREADS" for name in ("OMP", "OPENBLAS", "NUMBA", "MKL")), "1")


class Case(NamedTuple):
    """A size, how much adopts by itself, and who runs how many histories a round."""

    households: int
    own: float
    with_objects: bool
    histories: int


CASES = {
    "small": Case(10_000, OWN, with_objects=True, histories=10),
    "middle": Case(100_000, OWN, with_objects=True, histories=3),
    "large": Case(1_000_000, OWN, with_objects=False, histories=2),
    "large, few adopt": Case(1_000_000, OWN / 200, with_objects=False, histories=2),
}


def missing(program: Program) -> str:
    """What this program needs and is not here, or nothing."""
    absent = [name for name in program.needs if find_spec(name) is None]
    return f"not installed: {', '.join(absent)}" if absent else ""


def one_process(name: str, ties: Path, histories: int, seed: int) -> dict[str, Any]:
    """What a program's process printed, with the load as it began."""
    command = [sys.executable, str(HERE / "one_program.py"), name, "--ties", str(ties)]
    command += ["--histories", str(histories), "--seed", str(seed)]
    begun = load()
    paths = os.pathsep.join(filter(None, (str(HERE.parent), os.environ.get("PYTHONPATH"))))
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | ONE_THREAD | {"PYTHONPATH": paths}
    )
    if done.returncode:
        return {"failed": (done.stderr.strip().splitlines() or ["no message"])[-1]}
    return {"load": begun, **json.loads(done.stdout.splitlines()[-1])}


def measured(case: Case, rounds: int) -> dict[str, Any]:
    """All rounds of one case: what each program's processes printed, and who did not run and why."""
    without = {name: missing(program) for name, program in PROGRAMS.items()}
    if not case.with_objects:
        slow = [name for name, program in PROGRAMS.items() if program.holds_objects]
        without |= dict.fromkeys(slow, "an object a household: at the smaller sizes only")
    names = [name for name, reason in without.items() if not reason]
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        ties = {"given": Path(folder) / "given.npz", "computed": Path(folder) / "computed.npz"}
        for kind, draw in (("given", given_ties), ("computed", computed_ties)):
            np.savez(ties[kind], **draw(case.households, case.own)._asdict())
        for number in range(rounds):
            for name in names if number % 2 == 0 else reversed(names):
                histories = 1 if PROGRAMS[name].holds_objects else case.histories
                seed = 1 + number * case.histories
                found[name].append(one_process(name, ties[PROGRAMS[name].ties], histories, seed))
                print(f"  {case.households:,} round {number + 1} {name}", file=sys.stderr, flush=True)
    return {**case._asdict(), "processes": found, "without": {k: v for k, v in without.items() if v}}


def lines(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Lines of the table of one case: shares with their standard error, costs, and ratios to this engine."""
    processes = {
        name: runs for name, runs in result["processes"].items() if not any("failed" in run for run in runs)
    }
    shares = {name: [share for run in runs for share in run["shares"]] for name, runs in processes.items()}
    spread = _spread(shares)
    rows = []
    for name, runs in processes.items():
        reference = shares[REFERENCE[PROGRAMS[name].ties]]
        away = statistics.mean(shares[name]) - statistics.mean(reference)
        run_seconds = statistics.median(run["run_cpu_seconds"] for run in runs)
        expected = spread * (1.0 / len(shares[name]) + 1.0 / len(reference)) ** 0.5
        rows.append(
            {
                "program": name,
                "households": result["households"],
                "share": statistics.mean(shares[name]),
                "standard_error": spread / len(shares[name]) ** 0.5,
                "away": away / expected if name not in REFERENCE.values() else 0.0,
                "build_seconds": statistics.median(run["build_cpu_seconds"] for run in runs),
                "run_seconds": run_seconds,
                "million_steps_per_second": 1e-6 * result["households"] * MONTHS / run_seconds,
                "times_hinterland": _ratio(runs, processes[BASE], "run_cpu_seconds"),
                "times_hinterland_wall": _ratio(runs, processes[BASE], "run_seconds"),
                "bytes_per_household": statistics.median(run["bytes_per_household"] for run in runs),
            }
        )
    return rows


def _spread(shares: dict[str, list[float]]) -> float:
    """Standard deviation of the share of one history, over the histories of all programs about their means."""
    squares = sum((len(each) - 1) * statistics.variance(each) for each in shares.values() if len(each) > 1)
    return (squares / max(sum(len(each) - 1 for each in shares.values()), 1)) ** 0.5


def _ratio(runs: list[dict[str, Any]], base: list[dict[str, Any]], cost: str) -> float:
    """Middle of the ratios taken round by round."""
    return statistics.median(one[cost] / other[cost] for one, other in zip(runs, base, strict=True))


def objections(results: dict[str, dict[str, Any]]) -> list[str]:
    """Programs that failed, or whose shares lie further from the reference than chance lets them."""
    said = []
    for case, result in results.items():
        for name, runs in result["processes"].items():
            said += [f"{case}: {name} failed: {run['failed']}" for run in runs if "failed" in run]
        for row in lines(result):
            if abs(row["away"]) > STANDARD_ERRORS:
                said.append(f"{case}: {row['program']} does something else: {row['away']:+.1f} standard errors")
    return said


def versions() -> dict[str, str]:
    """Versions of everything that may be measured."""
    found = {}
    for name in ("mesa", "networkx", "ndlib", "starsim", "scipy", "numpy", "numba"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _with_those_kept(results: dict[str, Any]) -> dict[str, Any]:
    """Cases just measured, and those kept before that were not measured this time, in their order."""
    known = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    cases = known.get("diffusion", {}).get("cases", {}) | results
    return {name: cases[name] for name in CASES if name in cases}


def main() -> int:
    """Measure the cases and print them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", action="store_true", help="into results.json")
    given = parser.parse_args()
    results: dict[str, dict[str, Any]] = {}
    result = {"benchmark": "diffusion", "versions": versions(), "cases": results}
    for name in given.cases:
        results[name] = measured(CASES[name], given.rounds)
        if given.keep and not objections(results):
            keep("diffusion", {**result, "cases": _with_those_kept(results)})  # a run may yet be stopped
    report(result, [row for case in results.values() for row in lines(case)])
    for case, each in results.items():
        for name, reason in each["without"].items():
            print(f"{case}: {name} did not run, {reason}")
    said = objections(results)
    print("\n".join(said) or "every program adopts as the dense loop does, within chance")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
