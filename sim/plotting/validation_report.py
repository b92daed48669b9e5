"""A validation as a report for people: Markdown, and HTML in one file with its figures inside."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.plotting import html_page
from sim.plotting.html_page import Rows, escape, figure, heading, paragraph, table
from sim.plotting.language import say, speaking, spoken
from sim.plotting.report import figure_note
from sim.plotting.report_tables import region_words, span_words
from sim.plotting.validation import county_names, fact_words, validation_figures, validation_pngs
from sim.results.provenance import provenance, utc_now
from sim.results.staging import told_if_unwritable, written_together

if TYPE_CHECKING:
    from sim.calibration.validation import Validation

__all__ = ["markdown", "page", "write_report"]

_FIGURES = {
    "targets": "Facts among the runs",
    "map": "Where Taobao villages are",
    "residuals": "Where the model loses",
    "rank_size": "How concentrated they are",
    "chances": "Whether foretold chances are kept",
    "pairs": "Parameters of the runs",
}
_MOST_COUNTIES = 15


def _number(value: float) -> str:
    if value != value:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:.2f}"


def _yes(it_is: bool) -> str:
    return say("yes") if it_is else say("no")


def _head_of(*words: str) -> tuple[str, ...]:
    return tuple(map(say, words))


def _goals(validation: Validation) -> Rows:
    rows = [
        (say(goal.meaning), _number(goal.found), _number(goal.asked), _yes(goal.reached))
        for goal in validation.goals
    ]
    return [_head_of("goal", "found", "asked", "reached"), *rows]


def _scores(validation: Validation) -> Rows:
    if validation.map is None:
        return []
    rows = [
        (
            say(row["prediction"]) + (say(" (fitted to these counts)") if row["in_sample"] else ""),
            *(f"{row[name]:.3f}" for name in ("r_squared", "auc", "top_recall", "log_score")),
        )
        for row in validation.score_table.to_dict("records")
    ]
    return [_head_of("prediction", "R2", "AUC of any", "recall of the largest 25", "log score of any"), *rows]


def _bands(validation: Validation) -> Rows:
    bound = {"at_least": "at least {fact}", "more_than": "over {fact}"}
    rows = []
    for target, row in zip(validation.targets, validation.bands.to_dict("records"), strict=True):
        if row["fact"] == 0 and row["high"] == 0:
            continue
        fact = _number(row["fact"])
        if row["kind"] in bound:
            fact = say(bound[row["kind"]], fact=fact)
        used = {"fit": say("yes"), "check": ""}[row["use"]]
        band = _span(_number(row["low"]), _number(row["high"]))
        rows.append((fact_words(target), str(row["year"]), fact, _number(row["median"]), band,
                     _yes(row["holds"]), used))  # fmt: skip
    return [_head_of("fact", "year", "observed", "median", "90 % band", "holds", "fitted"), *rows]


def _span(low: str, high: str) -> str:
    return say("{low} to {high}", low=low, high=high)


def _counties(validation: Validation) -> Rows:
    frame = validation.county_table
    if not len(frame):
        return []
    name = dict(zip(validation.places.code.tolist(), county_names(validation), strict=True))
    worst = frame.reindex(frame["residual"].abs().sort_values(ascending=False, kind="stable").index)
    rows = [
        (name[row["county"]], _number(row["observed"]), f"{row['mean']:.1f}",
         _span(_number(row["low"]), _number(row["high"])), f"{row['residual']:+.1f}")
        for row in worst.head(_MOST_COUNTIES).to_dict("records")
    ]  # fmt: skip
    return [_head_of("county", "observed", "mean", "90 % band", "too many or too few"), *rows]


def _sections(validation: Validation) -> list[tuple[str, str, Rows]]:
    """Headings with a sentence and a table each; empty tables are left out."""
    found = [
        ("Goals", say("For the whole country; for a part of it they are a yardstick."), _goals(validation)),
        ("Skill on the counties of the list", _opponent_words(validation), _scores(validation)),
        ("Facts", say("'fitted': enters a fit; the others are only compared."), _bands(validation)),
        ("Counties farthest off", say("Mean of the runs less observed."), _counties(validation)),
        (
            "Parameters",
            say("Each run has values of its own, drawn from a posterior."),
            _parameters(validation),
        ),
    ]
    return [(say(title), words, rows) for title, words, rows in found if len(rows) > 1]


def _opponent_words(validation: Validation) -> str:
    """Which list is foretold, from which, and what the last score is."""
    judged = validation.map
    if judged is None:
        return ""
    words = "List of {year}, beside simple predictions. {log_score}"
    if judged.earlier_year is not None:
        words = "List of {year}, beside simple predictions from the list of {earlier}. {log_score}"
    log_score = say("Log score: mean log chance given to what happened, 0 is best.")
    return say(words, year=judged.year, earlier=judged.earlier_year, log_score=log_score)


def _parameters(validation: Validation) -> Rows:
    rows = []
    for name in validation.draws[0] if validation.draws else ():
        row = validation.scenario.vocabulary.parameters[name]
        low, middle, high = np.quantile([float(draw[name]) for draw in validation.draws], [0.05, 0.5, 0.95])
        own = float(validation.scenario.values[name])
        rows.append((name, row.unit, f"{middle:.3g}", _span(f"{low:.3g}", f"{high:.3g}"), f"{own:.3g}"))
    return [_head_of("parameter", "unit", "median", "90 % of the draws", "scenario"), *rows]


def _head(validation: Validation) -> tuple[str, str]:
    scenario = validation.scenario
    name, failed = scenario.title or scenario.name, len(validation.failures)
    facts = [
        f"{region_words(scenario)}, {span_words(scenario)}",
        say("{n} runs", n=validation.n_runs) + (say(", {n} kinds of failure", n=failed) if failed else ""),
        say("scenario fingerprint {fingerprint}", fingerprint=scenario.fingerprint[:12]),
    ]
    return say("Validation: {name}", name=name), "; ".join(facts) + "."


def markdown(validation: Validation) -> str:
    """The report as Markdown; figures are linked from the folder ``figures`` beside it."""
    title, words = _head(validation)
    lines = [f"# {title}", "", words, ""]
    for title_of_section, sentence, rows in _sections(validation):
        lines += [
            f"## {title_of_section}",
            "",
            sentence,
            "",
            _line(rows[0]),
            _line(["---", *["---:"] * (len(rows[0]) - 1)]),
        ]
        lines += [*(_line(row) for row in rows[1:]), ""]
    lines += [f"## {say('Figures')}", ""]
    for name in validation_figures(validation):
        lines += [f"![{say(_FIGURES[name])}](figures/{name}.png)", ""]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def page(validation: Validation, figures: Mapping[str, bytes], *, note: Sequence[str] = ()) -> str:
    """The report as one HTML file that needs nothing else, in the language spoken.

    Parameters
    ----------
    figures : PNG files by name, see :func:`sim.plotting.validation.validation_pngs`.
    note : paragraphs to come first, such as one on the language of the figures.
    """
    title, words = _head(validation)
    parts = [f"<h1>{escape(title)}</h1>", paragraph(words, "lead"), *note]
    good, bad = (say("yes"),), (say("no"),)
    for title_of_section, sentence, rows in _sections(validation):
        parts += [heading(title_of_section), paragraph(sentence), table(rows, good=good, bad=bad)]
    for name, content in figures.items():
        parts += [heading(say(_FIGURES[name])), figure(content, say(_FIGURES[name]))]
    return html_page.page(title, parts, language=spoken())


def write_report(validation: Validation, folder: Path, *, language: str = "en") -> Path:
    """Write report.html, report.md, figures, tables (CSV) and provenance into a folder; return the HTML's path.

    Broken off, it leaves the files that were there before.

    Parameters
    ----------
    language : of the report and its figures, "en" or "zh"; the tables are for programs and keep their words.

    Raises
    ------
    ScenarioError : there is no such language. ResultError : it cannot be written.
    """
    with speaking(language):
        figures = validation_pngs(validation)
    with speaking(language, drawn=False):
        html, text = page(validation, figures, note=figure_note(language)), markdown(validation)
    origin: dict[str, Any] = provenance(validation.scenario, started_at=utc_now(), seconds={})
    texts = {
        "report.html": html,
        "report.md": text,
        "bands.csv": validation.bands.to_csv(index=False, lineterminator="\n"),
        "scores.csv": validation.score_table.to_csv(index=False, lineterminator="\n"),
        "counties.csv": validation.county_table.to_csv(index=False, lineterminator="\n"),
        "validation.json": json.dumps(origin, ensure_ascii=False, indent=2) + "\n",
    }
    files = {name: text.encode() for name, text in texts.items()}
    files |= {f"figures/{name}.png": content for name, content in figures.items()}
    with told_if_unwritable(folder):
        (folder / "figures").mkdir(parents=True, exist_ok=True)
        with written_together(folder, list(files)) as beside:
            for name, content in files.items():
                beside[name].write_bytes(content)
    return folder / "report.html"
