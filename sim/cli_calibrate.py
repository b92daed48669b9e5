"""``hinterland calibrate``: a posterior of the free parameters, from runs that look like the facts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli_complete import plain_names
from sim.cli_options import DesignSeed, Options, ScenarioFile, Targets, VaryBothSeeds, with_options
from sim.cli_outcomes import finish, write_figures
from sim.cli_terminal import (
    console,
    plain_failures,
    print_json,
    rows_of,
    say_error,
)

if TYPE_CHECKING:
    import pandas as pd

    from sim.calibration.posterior import Posterior
    from sim.calibration.recovery import Recovery

__all__ = ["calibrate"]


@with_options(without={"no_figures"})
def calibrate(
    scenario: ScenarioFile,
    *,
    quick: Annotated[
        bool, typer.Option("--quick", help="Few runs: minutes instead of hours, wide intervals.")
    ] = False,
    simulations: Annotated[int | None, typer.Option("--simulations", metavar="N", help="Runs in all.")] = None,
    rounds: Annotated[
        int | None,
        typer.Option("--rounds", metavar="N", help="Rounds, each drawn around what the ones before it found."),
    ] = None,
    free: Annotated[
        list[str] | None,
        typer.Option(
            "--free",
            metavar="NAME[=PRIOR]",
            help="Free parameter, such as base.trade=uniform(0, 1); repeatable.",
            autocompletion=plain_names,
        ),
    ] = None,
    targets: Targets = None,
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without", metavar="PROVINCE", help="Also predict this province from all others; repeatable."
        ),
    ] = None,
    vary_seeds: VaryBothSeeds = "both",
    design_seed: DesignSeed = 0,
    how: Options,
) -> None:
    """Fit the free parameters to the published facts: posterior.nc (ArviZ), summary, scenarios, figures.

    calibrated.yaml stands at the central draw, ensemble.yaml is swept over draws of the posterior (`sweep`).
    Runs are drawn where earlier ones came close to the facts. Every finished run is kept in the folder
    (runs/NAME-calibration): stopped at any moment, the same command with --resume goes on and gives the same
    posterior. All of China takes about an hour on two idle cores, --quick a quarter of an hour. Needs
    pip install --editable '.[calibration]'. Exit status: 2 a mistake, 1 another failure, 130 Ctrl-C.
    """
    from sim.calibration.fit import EFFORTS
    from sim.calibration.fit import calibrate as fit
    from sim.calibration.holdout import hold_out, province_code
    from sim.experiments.perform import Conditions

    with plain_failures():
        left_out = [province_code(name) for name in without or []]
        effort = EFFORTS["quick" if quick else "whole"]
        effort = replace(effort, simulations=simulations or effort.simulations, rounds=rounds or effort.rounds)
        loaded = how.load(scenario)
        folder = how.folder(f"{loaded.name}-calibration")
        plan: dict[str, Any] = {"free": free, "targets": targets, "effort": effort}
        plan |= {"vary": vary_seeds, "design_seed": design_seed}
        posterior = fit(loaded, **plan, **how.conditions(folder))
        recovery = posterior.recovery()
        _write(posterior, recovery, folder)
        again = Conditions.of(**how.conditions(folder) | {"resume": True})
        predicted = [hold_out(loaded, code, **plan, conditions=again) for code in left_out]
        for each in predicted:
            _write_table(each.table, folder / f"without-{each.province}" / "prediction.csv")
    if how.as_json:
        tables = {"summary": rows_of(posterior.summary), "recovery": rows_of(recovery.table)}
        print_json({**tables, "warnings": posterior.warnings})
    elif not how.quiet:
        _print(posterior, recovery)
        for each in predicted:
            console().print(repr(each))
    for line in posterior.warnings:
        say_error(line)
    finish(folder, (), quiet=how.quiet, as_json=how.as_json)


def _write(posterior: Posterior, recovery: Recovery, folder: Path) -> None:
    from sim.plotting.calibration import calibration_pngs

    posterior.save(folder)
    _write_table(recovery.table, folder / "recovery.csv")
    write_figures(calibration_pngs(posterior, recovery), folder)


def _write_table(table: pd.DataFrame, path: Path) -> None:
    from sim.results.staging import told_if_unwritable, written_whole

    with told_if_unwritable(path), written_whole(path) as beside:
        table.to_csv(beside, index=False, lineterminator="\n")


def _print(posterior: Posterior, recovery: Recovery) -> None:
    from rich import box
    from rich.table import Table

    cover = " and ".join(f"{recovery.held[level].mean():.0%} at {level:.0%}" for level in recovery.held)
    title = f"{posterior!r}\nintervals hold {recovery.n} known truths: {cover}"
    if posterior.widened > 1.0:
        title += f" (errors taken {posterior.widened:g} times as large for that)"
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left")
    for column in ("parameter", "prior", "median", "50 %", "90 %", "spread", "recovered", "scenario"):
        words = column in {"parameter", "prior"}
        table.add_column(column, justify="left" if words else "right", no_wrap=column == "parameter")
    skill = recovery.table.set_index("parameter")["skill"]
    for row in posterior.summary.to_dict("records"):
        table.add_row(
            row["parameter"], row["prior"], f"{row['median']:.3g}", f"{row['q25']:.3g} to {row['q75']:.3g}",
            f"{row['q05']:.3g} to {row['q95']:.3g}", f"{row['spread']:.0%}", f"{skill[row['parameter']]:.0%}",
            f"{row['scenario']:.3g}",
        )  # fmt: skip
    screen = console()
    screen.print(table)
    screen.print(
        "spread: of the posterior relative to the prior; recovered: skill on known truths, 0 is not knowing"
    )
