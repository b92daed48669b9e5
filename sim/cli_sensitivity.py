"""``hinterland sensitivity``: which parameters matter, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli_complete import one_of, outcome_names, plain_names
from sim.cli_options import DesignSeed, Options, ScenarioFile, VarySeeds, bounds, with_options
from sim.cli_outcomes import finish, short, write_figures
from sim.cli_terminal import console, mistake, plain_failures, print_json, rows_of
from sim.errors import Problem, ScenarioError

if TYPE_CHECKING:
    from sim.experiments.sensitivity import SensitivityResult

__all__ = ["sensitivity"]

_NOISY = 0.1


@with_options()
def sensitivity(
    scenario: ScenarioFile,
    *,
    method: Annotated[
        str,
        typer.Option(
            "--method",
            help="morris (screens) or sobol (shares of variance).",
            autocompletion=one_of("morris", "sobol"),
        ),
    ] = "morris",
    parameter: Annotated[
        list[str] | None,
        typer.Option(
            "--parameter",
            metavar="NAME[=LOW:HIGH]",
            help="May be repeated; by default all with a prior.",
            autocompletion=plain_names,
        ),
    ] = None,
    outcome: Annotated[
        str, typer.Option("--outcome", help="Yearly outcome that is printed.", autocompletion=outcome_names)
    ] = "villages",
    size: Annotated[
        int | None, typer.Option("--size", metavar="N", help="Trajectories (8) or base samples (64).")
    ] = None,
    span: Annotated[
        float, typer.Option("--span", help="Width of ranges not given, as a share of the prior.")
    ] = 0.25,
    replicates: Annotated[int, typer.Option("--replicates", metavar="N", help="Runs of each point.")] = 4,
    design_seed: DesignSeed = 0,
    vary_seeds: VarySeeds = "history",
    how: Options,
) -> None:
    """Vary parameters together and print which matter for an outcome of the last December, with intervals.

    All outcomes are kept in the folder (runs/NAME-sensitivity): with --resume another --outcome is printed
    without a new run. Needs SALib: pip install --editable '.[calibration]'.
    """
    from sim.experiments.sensitivity import sensitivity as analyse
    from sim.plotting import SensitivityPlots

    with plain_failures():
        _check(outcome)
        loaded = how.load(scenario)
        folder = how.folder(f"{loaded.name}-sensitivity")
        result = analyse(
            loaded,
            _parameters(parameter),
            method=method,
            size=size,
            span=span,
            replicates=replicates,
            design_seed=design_seed,
            vary_seeds=vary_seeds,
            **how.conditions(folder),
        )
        indices = result.indices(outcome)
        if not how.no_figures:
            write_figures(SensitivityPlots(result).pngs(outcome), folder)
    if how.as_json:
        print_json(rows_of(indices))
    elif not how.quiet:
        _print(result, outcome)
    finish(folder, result.failures, quiet=how.quiet, as_json=how.as_json)


def _check(outcome: str) -> None:
    """Refuse an unknown outcome before anything runs."""
    from sim.experiments.outcomes import YEARLY

    known = [each.name for each in YEARLY]
    if outcome not in known:
        raise ScenarioError(mistake(f"--outcome: found {outcome!r}", f"allowed is one of {', '.join(known)}"))


def _parameters(texts: list[str] | None) -> dict[str, Any] | None:
    """Ranges by name, ``None`` for those to be taken from priors."""
    if not texts:
        return None
    problems: list[Problem] = []
    found: dict[str, Any] = {}
    for text in texts:
        name, _, values = (part.strip() for part in text.partition("="))
        if name in found:
            problems.append(mistake(f"--parameter {name}: given twice", "keep one"))
        found[name] = bounds(f"--parameter {text}", values, problems)
    if problems:
        raise ScenarioError(problems)
    return found


def _print(result: SensitivityResult, outcome: str) -> None:
    from rich import box
    from rich.table import Table

    from sim.experiments.indices import METHODS

    frame, wavering = result.indices(outcome), result.convergence(outcome).set_index("parameter")
    title = f"{result!r}; {outcome}, {result.years[-1]}"
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left")
    for column in ("parameter", "from", "to"):
        table.add_column(column, justify="left" if column == "parameter" else "right")
    heads = ("mu* +-", "mu", "sigma") if result.method == "morris" else ("S1 +-", "ST +-")
    for column in (*heads, "from half the design"):
        table.add_column(column, justify="right")
    for row in frame.to_dict("records"):
        if result.method == "morris":
            star, reach, mean, sigma = (_figures(row[name]) for name in METHODS["morris"][1])
            cells = [f"{star} +- {reach}", mean, sigma]
        else:
            cells = [f"{row[name]:.2f} +- {row[f'{name}_conf']:.2f}" for name in ("S1", "ST")]
        half = _figures(wavering.loc[row["parameter"], "50%"])
        table.add_row(row["parameter"], f"{row['low']:.4g}", f"{row['high']:.4g}", *cells, half)
    screen = console()
    screen.print(table)
    noise = result.noise_share(outcome)
    if noise == noise:
        advice = "; more --replicates would help" if noise > _NOISY else ""
        screen.print(f"luck left in the differences between points: {noise:.0%}{advice}")


def _figures(value: float) -> str:
    """A number with three figures, or whole from a hundred on."""
    return short(value) if abs(value) >= 100 else f"{value:.3g}"
