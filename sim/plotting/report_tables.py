"""The tables of a report: what was run, numbers beside the lists, values, mechanisms, timeline, limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.data import observed_villages
from sim.plotting.html_page import Rows
from sim.plotting.language import say, spoken
from sim.results.comparison import OBSERVED_YEARS, PATTERN_WORDS, observed_mask
from sim.results.display import comparison_rows, shown_years
from sim.scenario.months import format_month
from sim.scenario.show import describe_region, describe_span, timeline_lines
from sim.scenario.values import number_text

if TYPE_CHECKING:
    from sim.experiments.ensemble import EnsembleResult
    from sim.results import RunResult
    from sim.scenario import Scenario

__all__ = [
    "CLOSE",
    "changed_values",
    "comparison",
    "counties_beside_list",
    "ensemble_comparison",
    "facts_of_run",
    "limits",
    "mechanism_rows",
    "number",
    "region_words",
    "span_words",
    "timeline_rows",
    "value_rows",
]

#: A single run within this share of the list, or within so many, is called close.
CLOSE, _NEAR, _FEW = 0.10, 0.25, 2
#: On a list of fewer, two more or less would be further off than "near" allows: that is not called close.
_TELLING = _FEW / _NEAR
_MOST_COUNTIES = 12


def number(value: float) -> str:
    """A number in few letters; nothing for nan."""
    if value != value:
        return ""
    if abs(value) >= 1e9:
        return f"{value / 1e9:,.1f} " + say("billion")
    return f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:.2f}"


def region_words(scenario: Scenario) -> str:
    """The region in one line, in the language spoken."""
    whole, size = describe_region(scenario), scenario.region.synthetic
    if spoken() == "en":
        return whole
    if size is not None:
        return say(
            "synthetic: {villages:,} villages, {towns:,} towns, {counties:,} counties",
            villages=size.villages, towns=size.towns, counties=size.counties,
        )  # fmt: skip
    kind, _, names = whole.partition(": ")
    if more := re.fullmatch(r"(.*) and (\d+) more", names):
        names = say("{names} and {n} more", names=more[1], n=more[2])
    return f"{say(kind)}：{names}" if names else say(kind)


def span_words(scenario: Scenario) -> str:
    """First and last month and their number, in the language spoken."""
    if spoken() == "en":
        return describe_span(scenario)
    first, last = format_month(scenario.start), format_month(scenario.end)
    return say("{first} to {last} ({n} months)", first=first, last=last, n=scenario.n_months)


def facts_of_run(scenario: Scenario, origin: Mapping[str, Any], seeds: str) -> Rows:
    """What was run, when and with what, from the record of the run."""
    packages = dict(origin.get("packages") or {})
    git, own_rules = origin.get("git") or {}, origin.get("own_rules") or {}
    commit = str(git.get("commit", ""))[:12] + (say(" (files changed since)") if git.get("changed") else "")
    libraries = ("numpy", "numba", "scipy", "mesa")
    seconds = (origin.get("seconds") or {}).get("total")
    pairs = [
        (say("scenario"), scenario.name),
        (say("description"), scenario.description),
        (say("region"), region_words(scenario)),
        (say("span"), span_words(scenario)),
        (say("seeds"), seeds),
        (say("fingerprint"), str(origin.get("fingerprint", scenario.fingerprint))),
        (say("rules replaced"), ", ".join(f"{rule}: {own}" for rule, own in own_rules.items())),
        (say("version"), f"hinterland {packages.get('hinterland') or '?'}" + (f", {commit}" if commit else "")),
        (say("computed with"), ", ".join([
            f"Python {origin.get('python', '?')}",
            *(f"{name} {packages[name]}" for name in libraries if packages.get(name)),
        ])),
        (say("data"), f"SHA-256 {str(origin.get('data_sha256', ''))[:16]}"),
        (say("when"), str(origin.get("started_at") or origin.get("written_at") or "")),
        (say("cost"), "" if not seconds else say("{seconds:,.0f} s, {memory:,.0f} MiB", seconds=seconds,
                                                 memory=origin.get("peak_memory_mib") or 0)),
    ]  # fmt: skip
    return [("", ""), *((word, text) for word, text in pairs if text)]


def comparison(result: RunResult) -> Rows:
    """Patterns of the shown years, simulated beside observed, and how near they came."""
    patterns = result.columns("patterns")
    years = shown_years(patterns)
    rows = list(comparison_rows(patterns, result.columns("county_list")))
    if not rows:
        return []
    seen = any(observed for _, cells in rows for _, observed in cells)
    head = [say("pattern")]
    for year in years:
        head += [f"{year} {say('simulated')}"]
        head += [f"{year} {say('observed')}", say("difference"), say("how near")] if seen else []
    body = []
    for words, cells in rows:
        line = [say(words)]
        for simulated, observed in cells:
            line += [simulated, observed, *_nearness(simulated, observed)] if seen else [simulated]
        body.append(line)
    return [head, *body]


def _nearness(simulated: str, observed: str) -> tuple[str, str]:
    if not simulated or not observed:
        return "", ""
    one, other = (int(text.replace(",", "")) for text in (simulated, observed))
    off = abs(one - other)
    if off == 0:
        return "0", say("close")
    words = f"{one - other:+,}" + (f" ({(one - other) / other:+.0%})" if other else "")
    if off <= max(CLOSE * other, _FEW if other >= _TELLING else 0):
        return words, say("close")
    if off <= _NEAR * other:
        return words, say("near")
    return words, say("too few to tell") if off <= _FEW else say("far off")


def ensemble_comparison(result: EnsembleResult) -> Rows:
    """Medians and 90 % bands of the shown years beside the lists, and whether the band holds them."""
    frame, years = result.table, result.shown_years
    chosen = frame[frame["year"].isin(years)]
    seen = bool(chosen["observed"].notna().any())
    head = [say("outcome")]
    for year in years:
        head += [f"{year} {say('median')}", say("90 % band")]
        head += [f"{year} {say('observed')}", say("band holds it")] if seen else []
    body = []
    for meaning, rows in chosen.groupby("meaning", sort=False):
        cells = {row["year"]: row for row in rows.to_dict("records")}
        line = [say(str(meaning))]
        for year in years:
            line += _band_cells(cells.get(year), seen=seen)
        body.append(line)
    return [head, *body] if body else []


def _band_cells(row: dict[Any, Any] | None, *, seen: bool) -> list[str]:
    if row is None:
        return [""] * (4 if seen else 2)
    cells = [number(row["median"]), f"{number(row['low'])} – {number(row['high'])}"]
    if not seen:
        return cells
    observed = row["observed"]
    if observed != observed:
        return [*cells, "", ""]
    return [*cells, number(observed), say("yes") if row["low"] <= observed <= row["high"] else say("no")]


def counties_beside_list(result: RunResult) -> Rows:
    """Counties with the most villages, simulated or observed, in the last year with a list."""
    years = [year for year in shown_years(result.columns("patterns")) if year in OBSERVED_YEARS]
    places = result.columns("county_list")
    if not years or result.scenario.region.kind == "synthetic" or places["county"].size < 2:
        return []
    villages, table = result.columns("villages"), observed_villages()
    mine = villages["county"][villages["recognised"] & (villages["year"] == years[-1])]
    listed = table.listed_2014 if years[-1] == OBSERVED_YEARS[0] else table.listed_2015
    theirs = table.county_adcode[listed & observed_mask(places)]
    counts = np.stack([np.bincount(np.searchsorted(places["county"], each), minlength=places["county"].size)
                       for each in (mine, theirs)])  # fmt: skip
    order = np.argsort(-counts.max(axis=0), kind="stable")[:_MOST_COUNTIES]
    names, provinces = places["county_zh" if spoken() == "zh" else "county_en"], places["province_en"]
    rows = [
        (str(names[each]), str(provinces[each]), f"{counts[0, each]:,}", f"{counts[1, each]:,}")
        for each in order
        if counts[:, each].any()
    ]
    head = (say("county"), say("province"), f"{years[-1]} {say('simulated')}", f"{years[-1]} {say('observed')}")
    return [head, *rows] if rows else []


def changed_values(scenario: Scenario) -> Rows:
    """Values and switches that differ from the defaults, with where they were set."""
    table = scenario.vocabulary
    rows = [
        (name, _text(row.type, scenario.values[name]), _text(row.type, row.default), row.unit, row.description,
         scenario.source_of(name))
        for name, row in table.parameters.items()
        if scenario.values[name] != row.default
    ]  # fmt: skip
    rows += [
        (f"mechanisms.{name}", _switch(on), _switch(table.mechanisms[name].default), "",
         table.mechanisms[name].description, scenario.source_of(f"mechanisms.{name}"))
        for name, on in scenario.mechanisms.items()
        if on != table.mechanisms[name].default
    ]  # fmt: skip
    head = (say("name"), say("value"), say("default"), say("unit"), say("meaning"), say("set at"))
    return [head, *rows] if rows else []


def value_rows(scenario: Scenario) -> Rows:
    """Every value with symbol, unit and source."""
    head = (say("name"), say("symbol"), say("value"), say("unit"), say("meaning"), say("source of the default"))
    return [
        head,
        *(
            (name, row.symbol, _text(row.type, scenario.values[name]), row.unit, row.description, row.source)
            for name, row in scenario.vocabulary.parameters.items()
        ),
    ]


def mechanism_rows(scenario: Scenario) -> Rows:
    """Every mechanism, whether it is on at the start and at the end, and what it does."""
    last = scenario.settings(scenario.end).mechanisms
    rows = [
        (name, _switch(on), _switch(bool(last[name])), scenario.vocabulary.mechanisms[name].description)
        for name, on in scenario.mechanisms.items()
    ]
    return [(say("mechanism"), say("at the start"), say("at the end"), say("what it does")), *rows]


def timeline_rows(scenario: Scenario) -> Rows:
    """Every change in force, with the month."""
    lines = timeline_lines(scenario)
    head = (say("month"), say("name"), say("before"), say("after"))
    return [head, *lines] if lines else []


def _text(kind: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if kind == "month":
        return format_month(int(value))
    return number_text(value) if isinstance(value, int | float) else str(value)


def _switch(on: bool) -> str:
    return say("on") if on else say("off")


def limits(scenario: Scenario, *, is_ensemble: bool) -> list[str]:
    """What a reader must not take from the report."""
    texts = []
    if not is_ensemble:
        texts.append(
            "This is one history of one world. Other seeds give other numbers; only an ensemble says how far they "
            "spread, and nothing here is reproduced because one run came near."
        )
    else:
        texts.append(
            "The bands hold the luck that was varied and nothing else: not the doubt about parameters, equations "
            "or data."
        )
    texts.append(
        "What a policy does is not identified by the published lists: compare directions before numbers, and look "
        "at the source of each value below; an assumption is an assumption."
    )
    if scenario.region.kind == "synthetic":
        texts.append("The world is invented: its counties, towns and villages are nowhere in China.")
    else:
        texts += [
            "Villages lie where the model puts them within their county; borders are of 2016 and are not drawn.",
            "The list of 2014 may enter the starting state; nothing of 2015 does, so judge it by 2015.",
            "With the values that ship, Shandong and Hebei get too few villages; some lie where none was listed.",
        ]
        if scenario.region.kind != "china":
            texts.append(
                "Nobody outside the region can teach: a part alone is not the same part in the national run."
            )
    texts.append(
        "Teachers, sellers and villages are simulated: no line here is about a person or a real village's sales."
    )
    return [say(text) for text in texts]


def pattern_count(result: RunResult, pattern: str, year: int) -> tuple[int, int | None]:
    """Simulated and observed number of a pattern in a year."""
    assert pattern in PATTERN_WORDS
    columns = result.columns("patterns")
    row = np.flatnonzero((columns["pattern"] == pattern) & (columns["year"] == year))
    if not row.size:
        return 0, None
    observed = float(columns["observed"][row[0]])
    return int(columns["simulated"][row[0]]), None if observed != observed else int(observed)
