"""``hinterland run --replicates``: medians and intervals of many histories, kept in a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.cli_options import Options
from sim.cli_outcomes import finish, short, write_figures
from sim.cli_terminal import console, print_json, rows_of
from sim.errors import counted

if TYPE_CHECKING:
    from sim.experiments.ensemble import EnsembleResult
    from sim.scenario import Scenario

__all__ = ["run_replicates"]


def run_replicates(scenario: Scenario, replicates: int, vary_seeds: str, how: Options, *, figures: bool) -> None:
    """Run an ensemble, write its folder and print medians with intervals beside the published counts."""
    from sim.experiments.ensemble import run_ensemble
    from sim.plotting import EnsemblePlots

    folder = how.folder(f"{scenario.name}-ensemble")
    result = run_ensemble(scenario, replicates, vary=vary_seeds, by_county=True, **how.conditions(folder))
    if figures:
        write_figures(EnsemblePlots(result).pngs(), folder)
    if how.as_json:
        facts = {"name": scenario.name, "folder": str(folder), "fingerprint": scenario.fingerprint}
        counts = {"replicates": replicates, "failed": result.n_failed}
        print_json({**facts, **counts, "outcomes": rows_of(result.table)})
    elif not how.quiet:
        _print_ensemble(result)
    finish(folder, result.failures, quiet=how.quiet, as_json=how.as_json, dataset=result.dataset)


def _print_ensemble(result: EnsembleResult) -> None:
    from rich import box
    from rich.table import Table

    frame, years = result.table, result.shown_years
    title = (
        f"{result.scenario.title or result.scenario.name}: {counted(result.n_replicates - result.n_failed, 'run')}"
    )
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left")
    table.add_column("")
    listed = bool(frame["observed"].notna().any())
    for year in years:
        table.add_column(f"{year}\nmedian [5 %, 95 %]", justify="right")
        if listed:
            table.add_column(f"{year}\nobserved", justify="right", style="dim")
    for meaning, rows in frame[frame["year"].isin(years)].groupby("meaning", sort=False):
        cells = {row["year"]: row for row in rows.to_dict("records")}
        texts = [_cells(cells.get(year), listed=listed) for year in years]
        table.add_row(str(meaning), *(text for pair in texts for text in pair))
    console().print(table)


def _cells(row: dict[Any, Any] | None, *, listed: bool) -> list[str]:
    if row is None:
        return [""] * (1 + listed)
    simulated = f"{short(row['median'])} [{short(row['low'])}, {short(row['high'])}]"
    observed = "" if row["observed"] != row["observed"] else short(row["observed"])
    return [simulated, observed] if listed else [simulated]
