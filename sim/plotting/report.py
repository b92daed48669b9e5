"""A run or an ensemble as one HTML file for people: what was run, what came out, and how far to trust it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.plotting.html_page import (
    Rows,
    escape,
    figure,
    heading,
    items,
    page,
    paragraph,
    table,
    write_whole,
)
from sim.plotting.language import say, speaking, spoken
from sim.plotting.report_figures import ReportFigure, ensemble_figures, run_figures
from sim.plotting.report_tables import (
    changed_values,
    comparison,
    counties_beside_list,
    ensemble_comparison,
    facts_of_run,
    limits,
    mechanism_rows,
    number,
    pattern_count,
    region_words,
    span_words,
    timeline_rows,
    value_rows,
)
from sim.results.display import shown_years

if TYPE_CHECKING:
    from sim.experiments.ensemble import EnsembleResult
    from sim.plotting.accessor import EnsemblePlots, Plots
    from sim.results import RunResult
    from sim.scenario import Scenario

__all__ = ["ensemble_page", "figure_note", "run_page", "write_ensemble_report", "write_run_report"]

_CARDS = ("villages", "taobao_towns", "counties", "cluster_counties")


def write_run_report(result: RunResult, plots: Plots, path: str | os.PathLike[str], language: str) -> Path:
    """Write the report of one run; see :func:`run_page`.

    Raises
    ------
    ResultError : the file cannot be written. ScenarioError : there is no such language.
    """
    return write_whole(Path(path), run_page(result, plots, language))


def write_ensemble_report(
    result: EnsembleResult, plots: EnsemblePlots, path: str | os.PathLike[str], language: str
) -> Path:
    """Write the report of an ensemble; see :func:`ensemble_page`."""
    return write_whole(Path(path), ensemble_page(result, plots, language))


def run_page(result: RunResult, plots: Plots, language: str = "en") -> str:
    """The report of one run as one HTML file that needs nothing else.

    Parameters
    ----------
    plots : the figures, in any language; they are drawn in the one given, or in English where no font has it.
    """
    with speaking(language, drawn=False):
        scenario, origin = result.scenario, result.provenance
        seeds = say("world {world}, history {history}", world=scenario.world_seed, history=scenario.history_seed)
        drawn = list(run_figures(result, plots(language=language)))
        parts = [
            *_top(scenario, say("One run"), seeds),
            _cards(_run_cards(result)),
            *figure_note(language),
            *_section(say("What was run"), facts_of_run(scenario, origin, seeds), kind="words"),
            *_numbers(comparison(result)),
            *_section(
                say("Counties with the most villages"),
                counties_beside_list(result),
                say("The twelve with the most, simulated or observed."),
            ),
            *_figures(drawn, language),
            *_scenario_sections(scenario, is_ensemble=False),
            *_repeat(scenario, origin, "hinterland run RUN/scenario.yaml"),
            *_values(scenario),
        ]
        return page(_title(scenario), parts, language=spoken())


def ensemble_page(result: EnsembleResult, plots: EnsemblePlots, language: str = "en") -> str:
    """The report of an ensemble as one HTML file that needs nothing else."""
    with speaking(language, drawn=False):
        scenario, origin = result.scenario, result.provenance
        n = result.n_replicates - result.n_failed
        seeds = _seed_words(result)
        kind = say("{n} runs", n=n) + (say(", {n} failed", n=result.n_failed) if result.n_failed else "")
        varied = "both" if len(seeds.split("–")) > 2 else "world" if "–" in seeds.split(",")[0] else "history"
        first = f"--world-seed {scenario.world_seed} --seed {scenario.history_seed}"
        command = f"hinterland run SCENARIO {first} --replicates {result.n_replicates} --vary-seeds {varied}"
        parts = [
            *_top(scenario, kind, seeds),
            _cards(_ensemble_cards(result)),
            *figure_note(language),
            *_section(say("What was run"), facts_of_run(scenario, origin, seeds), kind="words"),
            *_section(
                say("Key numbers beside the lists"),
                ensemble_comparison(result),
                say("Medians of the runs and the bands that hold nine of ten."),
                good=(say("yes"),),
                bad=(say("no"),),
            ),
            *_figures(list(ensemble_figures(result, plots(language=language))), language),
            *_scenario_sections(scenario, is_ensemble=True),
            *_repeat(scenario, origin, command),
            *_values(scenario),
        ]
        return page(_title(scenario), parts, language=spoken())


def _title(scenario: Scenario) -> str:
    return f"{scenario.title or scenario.name} – Hinterland"


def _top(scenario: Scenario, kind: str, seeds: str) -> list[str]:
    facts = f"{kind}; {region_words(scenario)}, {span_words(scenario)}; {say('seeds')}: {seeds}"
    links = (
        ("run", say("What was run")),
        ("figures", say("Figures")),
        ("limits", say("How far to trust it")),
        ("repeat", say("How to repeat it")),
        ("values", say("Every value")),
    )
    nav = " ".join(f'<a href="#{name}">{escape(text)}</a>' for name, text in links)
    about = say("Simulated spread of rural online shops and Taobao villages in China.")
    return [f"<h1>{escape(scenario.title or scenario.name)}</h1>", paragraph(about + " " + facts, "lead"),
            f"<nav>{nav}</nav>"]  # fmt: skip


def _cards(cards: Iterable[tuple[str, str, str]]) -> str:
    """The few numbers at the top: number, what it is, and what was observed."""
    blocks = [
        f"<div><b>{escape(value)}</b>{escape(words)}<span>{escape(beside)}</span></div>"
        for value, words, beside in cards
    ]
    return f'<div class="numbers">{"".join(blocks)}</div>' if blocks else ""


def _run_cards(result: RunResult) -> list[tuple[str, str, str]]:
    years = shown_years(result.columns("patterns"))
    if not years:
        return []
    meanings = {"villages": "Taobao villages", "taobao_towns": "Taobao towns",
                "counties": "counties with any", "cluster_counties": "counties with a cluster"}  # fmt: skip
    cards = []
    for name in _CARDS:
        simulated, observed = pattern_count(result, name, years[-1])
        beside = "" if observed is None else say("on the list: {n:,}", n=observed)
        cards.append((f"{simulated:,}", f"{say(meanings[name])}, {years[-1]}", beside))
    shops = result.columns("national")["shops"]
    cards.append((number(float(shops[-1])), say("active shops"), say("at the end")))
    return cards


def _ensemble_cards(result: EnsembleResult) -> list[tuple[str, str, str]]:
    frame = result.table
    if not result.shown_years:
        return []
    year = result.shown_years[-1]
    cards = []
    for name in (*_CARDS, "shops"):
        rows = frame[(frame["outcome"] == name) & (frame["year"] == year)].to_dict("records")
        if rows:
            row = rows[0]
            band = f"{number(row['low'])} – {number(row['high'])}"
            seen = "" if row["observed"] != row["observed"] else say("; on the list: {n:,.0f}", n=row["observed"])
            cards.append((number(row["median"]), f"{say(row['meaning'])}, {year}", band + seen))
    return cards


def _seed_words(result: EnsembleResult) -> str:
    found = []
    for kind in ("world", "history"):
        values = np.unique(result.dataset[f"{kind}_seed"].values)
        span = f"{values[0]}" if values.size == 1 else f"{values[0]} – {values[-1]}"
        found.append(say("{kind} {span}", kind=say(kind), span=span))
    return ", ".join(found)


def figure_note(language: str) -> list[str]:
    """A paragraph that says so where figures stay English for want of a font; else nothing."""
    with speaking(language) as used:
        if used == language:
            return []
    return [paragraph(say("Figures are labelled in English: no font with Chinese characters was found."), "note")]


def _section(
    title: str, rows: Rows, words: str = "", *, kind: str = "", name: str = "", **marks: Any
) -> list[str]:
    """A heading, a sentence and a table; nothing where the table is empty."""
    if len(rows) < 2:
        return []
    first = name or ("run" if title == say("What was run") else "")
    return [heading(title, name=first), *([paragraph(words)] if words else []), table(rows, kind, **marks)]


def _numbers(rows: Rows) -> list[str]:
    note = say(
        "Close: within 10 % of the list, or within 2 where it has 8 or more; near: within 25 %. "
        "Words for the eye: one history is no test."
    )
    seen = bool(rows) and say("how near") in rows[0]
    return _section(
        say("Key numbers beside the lists") if seen else say("Key numbers"),
        rows,
        note if seen else say("No list was published for this region and these years."),
        good=(say("close"),),
        bad=(say("far off"),),
    )


def _figures(drawn: Sequence[ReportFigure], language: str) -> list[str]:
    parts = [heading(say("Figures"), name="figures", new_page=True)]
    for each in drawn:
        with speaking(language):
            png = each.draw().png()
        parts.append(figure(png, each.title, each.words))
    return parts


def _scenario_sections(scenario: Scenario, *, is_ensemble: bool) -> list[str]:
    changed = changed_values(scenario)
    none = [heading(say("Values that differ from the defaults")), paragraph(say("None."))]
    return [
        *(_section(say("Values that differ from the defaults"), changed, kind="words") or none),
        *_section(say("Mechanisms"), mechanism_rows(scenario), kind="words"),
        *(
            _section(say("Changes on the timeline"), timeline_rows(scenario), kind="words")
            or [heading(say("Changes on the timeline")), paragraph(say("None."))]
        ),
        heading(say("How far to trust it"), name="limits"),
        items(limits(scenario, is_ensemble=is_ensemble)),
    ]


def _repeat(scenario: Scenario, origin: Any, command: str) -> list[str]:
    words = say(
        "The same scenario, seeds, version and data give the same numbers. RUN is the folder of the run, whose "
        "scenario.yaml holds every value and both seeds; SCENARIO is the file an ensemble was made from."
    )
    version, commit = dict(origin.get("packages") or {}).get("hinterland"), (origin.get("git") or {}).get("commit")
    made_with = [f"# hinterland {version}" + (f", commit {commit}" if commit else "")] if version else []
    code = "\n".join([*made_with, command])
    own = say("This scenario has files of its own (acquaintances or roll-out); they are needed, too.")
    has_own = scenario.acquaintances is not None or scenario.roll_out is not None
    return [
        heading(say("How to repeat it"), name="repeat"),
        paragraph(words),
        f"<pre>{escape(code)}</pre>",
        *([paragraph(own, "note")] if has_own else []),
    ]


def _values(scenario: Scenario) -> list[str]:
    words = say(
        "In the order of the table; a source is a fact of the shipped table, a calibration, or an assumption."
    )
    return [
        heading(say("Every value"), name="values", new_page=True),
        paragraph(words),
        table(value_rows(scenario), "words small"),
    ]
