"""A result in a few lines: plain text, and HTML for notebooks."""

from __future__ import annotations

import base64
import html as escaping
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from sim.results.comparison import OBSERVED_YEARS, PATTERN_WORDS
from sim.results.tables import Columns
from sim.scenario import Scenario
from sim.scenario.show import describe_region, describe_span

__all__ = ["comparison_rows", "html", "shown_years", "text"]


def shown_years(patterns: Columns) -> list[int]:
    """Years a short table shows: those with a published list, else the last two of the run."""
    years = sorted({int(year) for year in patterns["year"]})
    listed = [year for year in years if year in OBSERVED_YEARS]
    return listed or years[-2:]


def comparison_rows(
    patterns: Columns, county_list: Columns | None = None
) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Words of each pattern, and for each shown year the texts simulated and observed ("" where none).

    With ``county_list``, patterns that can say nothing in so few places are left out: the number of provinces of
    a region in one province, and the largest county where there is no other.
    """
    hidden = _saying_nothing(county_list) if county_list is not None else set()
    cells: dict[tuple[str, int], tuple[str, str]] = {}
    for name, year, simulated, observed in zip(
        patterns["pattern"], patterns["year"], patterns["simulated"], patterns["observed"], strict=True
    ):
        seen = "" if np.isnan(observed) else f"{int(observed):,}"
        cells[str(name), int(year)] = (f"{int(simulated):,}", seen)
    for name, words in PATTERN_WORDS.items():
        row = [cells.get((name, year), ("", "")) for year in shown_years(patterns)]
        if name not in hidden and any(simulated for simulated, _ in row):
            yield words, row


def _saying_nothing(county_list: Columns) -> set[str]:
    units = {"county": "counties", "prefecture": "prefectures", "province": "provinces"}
    hidden = {pattern for unit, pattern in units.items() if np.unique(county_list[unit]).size == 1}
    return hidden | {"largest_county"} if "counties" in hidden else hidden


def _heading(scenario: Scenario) -> str:
    return scenario.title or scenario.name


def _facts(scenario: Scenario) -> str:
    seeds = f"world seed {scenario.world_seed}, history seed {scenario.history_seed}"
    return f"{describe_region(scenario)}, {describe_span(scenario)}, {seeds}"


def text(scenario: Scenario, patterns: Columns) -> str:
    """One line for the run and one for its Taobao villages."""
    chosen = patterns["pattern"] == "villages"
    counts = [
        f"{int(year)}: {int(simulated):,}" + ("" if np.isnan(observed) else f" (observed {int(observed):,})")
        for year, simulated, observed in zip(
            patterns["year"][chosen], patterns["simulated"][chosen], patterns["observed"][chosen], strict=True
        )
        if int(year) in shown_years(patterns)
    ]
    listed = ", ".join(counts) or "no December reached"
    return f"<RunResult {scenario.name}: {_facts(scenario)}; Taobao villages {listed}>"


def html(scenario: Scenario, patterns: Columns, provenance: Mapping[str, Any], picture: bytes | None) -> str:
    """Title, facts, table simulated against observed, and the growth curve if there is one."""
    years = shown_years(patterns)
    seen = not np.isnan(patterns["observed"]).all()
    span = 2 if seen else 1
    head = "".join(f'<th colspan="{span}" style="text-align:center">{year}</th>' for year in years)
    second = "".join("<th>simulated</th>" + ("<th>observed</th>" if seen else "") for _ in years)
    body = "".join(
        f'<tr><td style="text-align:left">{escaping.escape(words)}</td>'
        + "".join(
            f"<td>{simulated}</td>" + (f"<td>{observed}</td>" if seen else "") for simulated, observed in row
        )
        + "</tr>"
        for words, row in comparison_rows(patterns)
    )
    image = ""
    if picture is not None:
        data = base64.b64encode(picture).decode("ascii")
        image = f'<img style="max-height:280px" alt="Growth" src="data:image/png;base64,{data}">'
    total = provenance.get("seconds", {}).get("total")
    cost = f", {total:.1f} s" if total is not None else ""
    own = "".join(f", own rule {rule}" for rule in provenance.get("own_rules", {}))
    return (
        f"<div><strong>{escaping.escape(_heading(scenario))}</strong><br>"
        f"<small>{escaping.escape(_facts(scenario))}{cost}, fingerprint {scenario.fingerprint[:12]}{own}</small>"
        '<div style="display:flex;gap:1.5em;align-items:center;flex-wrap:wrap">'
        f"<table><thead><tr><th></th>{head}</tr><tr><th></th>{second}</tr></thead><tbody>{body}</tbody></table>"
        f"{image}</div></div>"
    )
