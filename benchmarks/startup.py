"""What a user waits for before anything happens: import, help, and the smallest real run.

    python benchmarks/startup.py [--repeats N]

Each line is a new Python process, the fastest of the repeats; ``python -c pass`` is what the interpreter itself
takes, and the last line runs Cao County in a process that has already loaded and warmed everything.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from measure import report, timed

ROOT = Path(__file__).parents[1]
CAO = ROOT / "scenarios" / "cao-county.yaml"
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "import sim": ["-c", "import sim"],
    "hinterland --help": ["-m", "sim", "--help"],
    "hinterland scenario check": ["-m", "sim", "scenario", "check", str(CAO)],
    "sim.run(cao county)": ["-c", f"import sim; sim.run({str(CAO)!r})"],
}


def fastest(arguments: list[str], repeats: int) -> float:
    """Fastest of several new processes; one more comes first, to compile and to fill the disk's cache."""

    def call() -> None:
        subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True)

    call()
    return min(timed(call)[0] for _ in range(repeats))


def in_process(repeats: int) -> float:
    """Fastest run of Cao County where everything is loaded and its world is built."""
    import sim

    return min(timed(lambda: sim.run(CAO))[0] for _ in range(repeats + 1))


def main() -> None:
    """Measure every command and print them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3)
    repeats = parser.parse_args().repeats
    seconds = {name: fastest(arguments, repeats) for name, arguments in COMMANDS.items()}
    seconds["the same again, in process"] = in_process(repeats)
    bare = seconds["python -c pass"]
    rows = [{"what": name, "seconds": value, "times_bare": value / bare} for name, value in seconds.items()]
    report({"benchmark": "startup", "seconds": {name: round(value, 4) for name, value in seconds.items()}}, rows)


if __name__ == "__main__":
    main()
