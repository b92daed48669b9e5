"""Write the tables of docs/performance.md from the results that were kept.

    python benchmarks/tables.py            rewrites what stands between the markers
    python benchmarks/tables.py --check    changes nothing; exit status 1 if something would change

A marker is a line such as ``<!-- measured: ratios -->``; what follows it up to ``<!-- end -->`` is replaced.
Kinds: ``ratios``, ``costs``, ``absent``, ``stages``, ``households``, ``openings`` and ``months``. The results lie
in ``results.json``: ``diffusion.py``, ``national.py`` and ``scaling.py`` put them there when run with ``--keep``.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from diffusion import BASE, REFERENCE, lines
from measure import RESULTS
from one_program import PROGRAMS
from workload import OWN

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
BLOCK = re.compile(r"(<!-- measured: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
#: Two sides of an interval that holds 95 of 100.
INTERVAL = 1.96

Results = Mapping[str, Any]


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table, numbers to the right."""
    heads = list(heads)
    under = ["---", *["--:"] * (len(heads) - 1)]
    return "\n".join(f"| {' | '.join(line)} |" for line in (heads, under, *map(list, rows)))


def number(value: float) -> str:
    """Three digits that count, two below a tenth, nothing below a hundredth; whole numbers as they are."""
    if isinstance(value, int) or value >= 100:
        return f"{value:,.0f}"
    if value < 0.01:
        return "< 0.01"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"


def circumstances(result: Results, loads: Iterable[float | None]) -> str:
    """When, on what, and how busy the machine was."""
    machine, known = result["machine"], [load for load in loads if load is not None]
    versions = {"numpy": machine["numpy"], "numba": machine["numba"], **result.get("versions", {})}
    busy = f"load {min(known):.1f} to {max(known):.1f} on {machine['cores']} cores" if known else "load not known"
    return (
        f"Measured {result['date']}, {busy}, Python {machine['python']}, "
        f"{', '.join(f'{name} {version}' for name, version in sorted(versions.items()))}."
    )


def _cases(results: Results) -> dict[str, dict[str, dict[str, Any]]]:
    """Lines of the programs that are shown, by case and program."""
    cases = results["diffusion"]["cases"]
    return {
        case: {row["program"]: row for row in lines(result) if row["program"] != REFERENCE["computed"]}
        for case, result in cases.items()
    }


def _case_name(result: Results) -> str:
    """Households of a case, and whether few adopt by themselves."""
    return f"{result['households']:,}" + (", few adopt" if result["own"] < OWN else "")


def ratios(results: Results) -> str:
    """How often the time of this engine each program takes, by case."""
    cases = _cases(results)
    heads = [_case_name(result) for result in results["diffusion"]["cases"].values()]
    shares = ["share that adopts", *(f"{rows[BASE]['share']:.3g}" for rows in cases.values())]
    body = [
        [PROGRAMS[name].name, *(_times(rows.get(name)) for rows in cases.values())]
        for name in PROGRAMS
        if any(name in rows for rows in cases.values())
    ]
    loads = [
        run["load"]
        for result in results["diffusion"]["cases"].values()
        for runs in result["processes"].values()
        for run in runs
    ]
    rounds = [len(result["processes"][BASE]) for result in results["diffusion"]["cases"].values()]
    words = f"{circumstances(results['diffusion'], loads)} Rounds at each size: {', '.join(map(str, rounds))}."
    return f"{words}\n\n{table(['program', *heads], [*body, shares])}"


def _times(row: dict[str, Any] | None) -> str:
    return "" if row is None else number(float(row["times_hinterland"]))


def costs(results: Results) -> str:
    """What each program's histories came to, and what they cost."""
    heads = (
        "program, households",
        "share that adopts",
        "standard errors off",
        "build, s",
        "84 months, s",
        "million household-months a second",
        "bytes a household",
    )
    body = [
        (
            f"{PROGRAMS[name].name}, {_case_name(results['diffusion']['cases'][case])}",
            f"{row['share']:.4f} ± {INTERVAL * row['standard_error']:.4f}",
            "reference" if name == REFERENCE["given"] else f"{row['away']:+.1f}",
            number(row["build_seconds"]),
            number(row["run_seconds"]),
            number(row["million_steps_per_second"]),
            number(float(row["bytes_per_household"])),
        )
        for case, rows in _cases(results).items()
        for name, row in rows.items()
    ]
    return table(heads, body)


def absent(results: Results) -> str:
    """Programs that did not run, and why."""
    cases = results["diffusion"]["cases"]
    said = [
        f"- {_case_name(result)}: {PROGRAMS[name].name}: {reason}"
        for result in cases.values()
        for name, reason in result["without"].items()
    ]
    return "\n".join(said) or "Every program ran at every size."


def stages(results: Results) -> str:
    """Where the time of the national runs goes."""
    runs = [result for name, result in sorted(results.items()) if name.startswith("national ")]
    body = [
        [f"`{part}`" if part not in {"world", "start", "other"} else part, *(_percent(run, part) for run in runs)]
        for part in runs[0]["seconds"]
    ]
    body += [
        ["all of it, seconds of the processor", *(number(run["total"]) for run in runs)],
        ["the same, on the clock", *(number(run["wall"]) for run in runs)],
        ["households", *(number(run["households"]) for run in runs)],
        ["openings", *(number(run["openings"]) for run in runs)],
        ["greatest memory, MB", *(number(run["peak_megabytes"]) for run in runs)],
        ["bytes a household", *(number(run["bytes_per_household"]) for run in runs)],
    ]
    words = circumstances(runs[0], [run["load_at_start"] for run in runs])
    names = [f"`{run['scenario']}`" for run in runs]
    return f"{words}\n\n{table(['part', *names], body)}"


def _percent(run: Results, part: str) -> str:
    return f"{100.0 * run['seconds'][part] / run['total']:.1f} %"


def households(results: Results) -> str:
    """Cost by number of households."""
    chosen = ("provinces", "households", "openings", "world_seconds", "run_seconds", "per_million_households")
    return _series(results, "households", (*chosen, "bytes_per_household"))


def openings(results: Results) -> str:
    """Cost by number of openings."""
    chosen = ("imitation", "openings", "touched", "months", "run_seconds", "per_million_openings")
    return _series(results, "openings", (*chosen, "bytes_per_household"))


def months(results: Results) -> str:
    """Cost by number of months."""
    return _series(results, "months", ("end", "months", "openings", "run_seconds", "ms_per_month"))


def _series(results: Results, name: str, columns: Iterable[str]) -> str:
    columns, rows = list(columns), results["scaling"][name]
    body = [[row[c] if isinstance(row[c], str) else number(row[c]) for c in columns] for row in rows]
    words = circumstances(results["scaling"], [row["load"] for row in rows])
    return f"{words}\n\n{table([c.replace('_', ' ') for c in columns], body)}"


KINDS = {each.__name__: each for each in (ratios, costs, absent, stages, households, openings, months)}


def written(page: str, results: Results) -> str:
    """A page with every table made anew."""
    return BLOCK.sub(lambda block: f"{block[1]}\n{KINDS[block[2]](results)}\n\n{block[3]}", page)


def main() -> int:
    """Rewrite the page, or say that it would change."""
    check = "--check" in sys.argv[1:]
    old = PAGE.read_text(encoding="utf-8")
    new = written(old, json.loads(RESULTS.read_text(encoding="utf-8")))
    if new != old:
        print(f"{'would change' if check else 'written'}: {PAGE.name}")
        if not check:
            PAGE.write_text(new, encoding="utf-8")
    return 1 if check and new != old else 0


if __name__ == "__main__":
    sys.exit(main())
