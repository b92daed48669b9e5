"""A validation as a report for people: Markdown, and HTML in one file with its figures inside."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.plotting import html_page
from sim.plotting.html_page import Rows, escape, figure, heading, paragraph, table
from sim.plotting.validation import validation_pngs
from sim.results.provenance import provenance, utc_now
from sim.results.staging import told_if_unwritable
from sim.scenario.show import describe_region, describe_span

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


def _goals(validation: Validation) -> Rows:
    words = {True: "yes", False: "no"}
    rows = [
        (goal.meaning, _number(goal.found), _number(goal.asked), words[goal.reached]) for goal in validation.goals
    ]
    return [("goal", "found", "asked", "reached"), *rows]


def _scores(validation: Validation) -> Rows:
    if validation.map is None:
        return []
    rows = [
        (
            row["prediction"] + (" (fitted to these counts)" if row["in_sample"] else ""),
            *(f"{row[name]:.3f}" for name in ("r_squared", "auc", "top_recall", "log_score")),
        )
        for row in validation.score_table.to_dict("records")
    ]
    return [("prediction", "R2", "AUC of any", "recall of the largest 25", "log score of any"), *rows]


def _bands(validation: Validation) -> Rows:
    sign = {"value": "", "at_least": "at least ", "more_than": "over "}
    rows = []
    for row in validation.bands.to_dict("records"):
        if row["fact"] == 0 and row["high"] == 0:
            continue
        band = f"{_number(row['low'])} to {_number(row['high'])}"
        fact = sign[row["kind"]] + _number(row["fact"])
        used = {"fit": "yes", "check": ""}[row["use"]]
        rows.append((row["meaning"], str(row["year"]), fact, _number(row["median"]), band,
                     "yes" if row["holds"] else "no", used))  # fmt: skip
    return [("fact", "year", "observed", "median", "90 % band", "holds", "fitted"), *rows]


def _counties(validation: Validation) -> Rows:
    frame = validation.county_table
    if not len(frame):
        return []
    worst = frame.reindex(frame["residual"].abs().sort_values(ascending=False, kind="stable").index)
    rows = [
        (str(row["county_en"]), _number(row["observed"]), f"{row['mean']:.1f}",
         f"{_number(row['low'])} to {_number(row['high'])}", f"{row['residual']:+.1f}")
        for row in worst.head(_MOST_COUNTIES).to_dict("records")
    ]  # fmt: skip
    return [("county", "observed", "mean", "90 % band", "too many or too few"), *rows]


def _sections(validation: Validation) -> list[tuple[str, str, Rows]]:
    """Headings with a sentence and a table each; empty tables are left out."""
    judged = validation.map
    before = "" if judged is None or judged.earlier_year is None else f" from the list of {judged.earlier_year}"
    found = [
        ("Goals", "For the whole country; for a part of it they are a yardstick.", _goals(validation)),
        (
            f"Skill on the counties of {'' if judged is None else judged.year}",
            f"Beside simple predictions{before}. Log score: mean log chance given to what happened, 0 is best.",
            _scores(validation),
        ),
        ("Facts", "'fitted': enters a fit; the others are only compared.", _bands(validation)),
        ("Counties farthest off", "Mean of the runs less observed.", _counties(validation)),
        ("Parameters", "Each run has values of its own, drawn from a posterior.", _parameters(validation)),
    ]
    return [each for each in found if len(each[2]) > 1]


def _parameters(validation: Validation) -> Rows:
    rows = []
    for name in validation.draws[0] if validation.draws else ():
        row = validation.scenario.vocabulary.parameters[name]
        low, middle, high = np.quantile([float(draw[name]) for draw in validation.draws], [0.05, 0.5, 0.95])
        own = float(validation.scenario.values[name])
        rows.append((name, row.unit, f"{middle:.3g}", f"{low:.3g} to {high:.3g}", f"{own:.3g}"))
    return [("parameter", "unit", "median", "90 % of the draws", "scenario"), *rows]


def _head(validation: Validation) -> tuple[str, str]:
    scenario = validation.scenario
    title = f"Validation: {scenario.title or scenario.name}"
    facts = f"{describe_region(scenario)}, {describe_span(scenario)}, {validation.n_runs} runs"
    failed = f", {len(validation.failures)} kinds of failure" if validation.failures else ""
    return title, f"{facts}{failed}. Scenario fingerprint {scenario.fingerprint[:12]}."


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
    lines += ["## Figures", ""]
    for name in _drawn(validation):
        lines += [f"![{_FIGURES[name]}](figures/{name}.png)", ""]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _drawn(validation: Validation) -> list[str]:
    of_map = [] if validation.map is None else ["map", "residuals", "rank_size", "chances"]
    of_draws = ["pairs"] if validation.draws else []
    return [*(["targets"] if validation.targets else []), *of_map, *of_draws]


def page(validation: Validation, figures: Mapping[str, bytes]) -> str:
    """The report as one HTML file that needs nothing else.

    Parameters
    ----------
    figures : PNG files by name, see :func:`sim.plotting.validation.validation_pngs`.
    """
    title, words = _head(validation)
    parts = [f"<h1>{escape(title)}</h1>", paragraph(words, "lead")]
    for title_of_section, sentence, rows in _sections(validation):
        parts += [heading(title_of_section), paragraph(sentence), table(rows)]
    for name, content in figures.items():
        parts += [heading(_FIGURES[name]), figure(content, _FIGURES[name])]
    return html_page.page(title, parts)


def write_report(validation: Validation, folder: Path) -> Path:
    """Write report.html, report.md, figures, tables (CSV) and provenance into a folder; return the HTML's path.

    Raises
    ------
    ResultError : it cannot be written.
    """
    figures = validation_pngs(validation)
    origin: dict[str, Any] = provenance(validation.scenario, started_at=utc_now(), seconds={})
    texts = {
        "report.html": page(validation, figures),
        "report.md": markdown(validation),
        "bands.csv": validation.bands.to_csv(index=False, lineterminator="\n"),
        "scores.csv": validation.score_table.to_csv(index=False, lineterminator="\n"),
        "counties.csv": validation.county_table.to_csv(index=False, lineterminator="\n"),
        "validation.json": json.dumps(origin, ensure_ascii=False, indent=2) + "\n",
    }
    with told_if_unwritable(folder):
        (folder / "figures").mkdir(parents=True, exist_ok=True)
        for name, content in figures.items():
            (folder / "figures" / f"{name}.png").write_bytes(content)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    return folder / "report.html"
