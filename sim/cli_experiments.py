"""``hinterland run --replicates`` and ``sweep``: many runs, kept in a folder that can be resumed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli_complete import parameter_names, scenario_files
from sim.cli_terminal import (
    FAILURE,
    RUNS,
    changes,
    console,
    load,
    mistake,
    plain_failures,
    plain_value,
    print_json,
    rows_of,
    say_error,
)
from sim.errors import Problem, ScenarioError

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from sim.experiments.ensemble import EnsembleResult
    from sim.plotting import AttributionPlots, ComparisonPlots, EnsemblePlots
    from sim.scenario import Scenario

__all__ = [
    "AsJson",
    "Options",
    "Out",
    "Quiet",
    "Resume",
    "RetryFailed",
    "ScenarioFile",
    "Seed",
    "Settings",
    "VarySeeds",
    "Workers",
    "WorldSeed",
    "bounds",
    "draw",
    "finish",
    "run_replicates",
    "short",
    "sweep",
]

Workers = Annotated[
    str | None,
    typer.Option(
        "--workers", metavar="W", help="Processes, one a core by default; or tcp://HOST:PORT of a dask cluster."
    ),
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the folder: run only what is missing.")]
RetryFailed = Annotated[bool, typer.Option("--retry-failed", help="Run again what failed before.")]
VarySeeds = Annotated[str, typer.Option("--vary-seeds", help="Seeds that differ: history, world or both.")]
Out = Annotated[Path | None, typer.Option("--out", help="Folder to write; by default a new one under runs.")]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Value laid over the file; may be repeated.",
        autocompletion=parameter_names,
    ),
]
Seed = Annotated[int | None, typer.Option("--seed", help="History seed of the first replicate.")]
WorldSeed = Annotated[int | None, typer.Option("--world-seed", help="World seed of the first replicate.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only where the files are.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the table as JSON.")]
ScenarioFile = Annotated[
    Path, typer.Argument(metavar="SCENARIO", help="Scenario file.", autocompletion=scenario_files)
]

_MOST_FAILURES_SHOWN = 5
#: Outcomes that a sweep prints; results.nc holds all.
_SWEPT = ("villages", "taobao_towns", "cluster_counties", "shops", "sales_yuan")


@dataclass(frozen=True, slots=True)
class Options:
    """Where and how an experiment is run, and what is printed."""

    out: Path | None
    workers: str | None
    resume: bool
    retry_failed: bool
    quiet: bool
    as_json: bool

    def folder(self, name: str) -> Path:
        """The folder named, or a new one under ``runs``; to resume, the last one there is."""
        if self.out is not None:
            return self.out
        number, folder = 1, RUNS / name
        following = folder
        while following.exists():
            folder = following
            number += 1
            following = RUNS / f"{name}-{number}"
        return folder if self.resume else following

    def conditions(self, folder: Path) -> dict[str, Any]:
        """Arguments that all experiments share."""
        from sim.experiments.executors import usable_cores

        return {
            "out": folder,
            "resume": self.resume,
            "retry_failed": self.retry_failed,
            "workers": usable_cores() if self.workers is None else _workers(self.workers),
            "progress": False if self.quiet or self.as_json else None,
        }


def _workers(text: str) -> int | str:
    """A number of processes, or the address of a cluster."""
    if "://" in text:
        return text
    try:
        return int(text)
    except ValueError:
        hint = "write a number, or the address of a cluster such as tcp://10.0.0.1:8786"
        raise ScenarioError(mistake(f"--workers: found {text}", hint)) from None


def run_replicates(scenario: Scenario, replicates: int, vary_seeds: str, how: Options, *, figures: bool) -> None:
    """Run an ensemble, write its folder and print medians with intervals beside the published counts."""
    from sim.experiments.ensemble import run_ensemble
    from sim.plotting import EnsemblePlots

    folder = how.folder(f"{scenario.name}-ensemble")
    result = run_ensemble(scenario, replicates, vary=vary_seeds, by_county=True, **how.conditions(folder))
    if figures:
        draw(EnsemblePlots(result), folder)
    if how.as_json:
        facts = {"name": scenario.name, "folder": str(folder), "fingerprint": scenario.fingerprint}
        counts = {"replicates": replicates, "failed": result.n_failed}
        print_json({**facts, **counts, "outcomes": rows_of(result.table)})
    elif not how.quiet:
        _print_ensemble(result)
    finish(folder, result.failures, quiet=how.quiet, as_json=how.as_json, dataset=result.dataset)


def draw(plots: EnsemblePlots | ComparisonPlots | AttributionPlots, folder: Path) -> None:
    """Write every figure of an experiment into the folder's ``figures``."""
    (folder / "figures").mkdir(exist_ok=True)
    for name, content in plots.pngs().items():
        (folder / "figures" / f"{name}.png").write_bytes(content)


def finish(
    folder: Path,
    failures: tuple[str, ...],
    *,
    quiet: bool,
    as_json: bool = False,
    dataset: xr.Dataset | None = None,
) -> None:
    """Name failed runs, and the folder unless JSON was printed; with failed runs the exit status is 1."""
    for line in failures[:_MOST_FAILURES_SHOWN]:
        say_error(f"failed: {line}")
    if len(failures) > _MOST_FAILURES_SHOWN:
        say_error(f"and {len(failures) - _MOST_FAILURES_SHOWN} more failed runs (see experiment.sqlite)")
    if quiet and not as_json:
        typer.echo(str(folder))
    elif not as_json:
        console().print(f"written to {folder}", markup=False, soft_wrap=True)
    if failures and dataset is not None and _is_empty(dataset):
        say_error("no run succeeded")
    if failures:
        raise typer.Exit(FAILURE)


def _is_empty(dataset: xr.Dataset) -> bool:
    """Whether no outcome of any run is known."""
    outcomes = [each for each in dataset.data_vars.values() if each.dtype.kind == "f"]
    return all(bool(each.isnull().all()) for each in outcomes)


def _print_ensemble(result: EnsembleResult) -> None:
    from rich import box
    from rich.table import Table

    frame, years = result.table, result.shown_years
    title = f"{result.scenario.title or result.scenario.name}: {result.n_replicates - result.n_failed} runs"
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


def short(value: float) -> str:
    """A number in few letters: whole below ten million, then millions; nan is blank."""
    if value != value:
        return ""
    if abs(value) >= 1e7:
        return f"{value / 1e6:,.0f} M"
    return f"{value:,.0f}" if value == round(value) or abs(value) >= 100 else f"{value:,.1f}"


def sweep(
    scenario: ScenarioFile,
    *,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="NAME=V1,V2,...",
            help="Values, in place of the file's sweep; with --lhs or --sobol NAME=LOW:HIGH.",
            autocompletion=parameter_names,
        ),
    ] = None,
    lhs: Annotated[
        int | None, typer.Option("--lhs", metavar="N", help="N points of a Latin hypercube, not a grid.")
    ] = None,
    sobol: Annotated[
        int | None, typer.Option("--sobol", metavar="N", help="N points of a Sobol sequence.")
    ] = None,
    design_seed: Annotated[int | None, typer.Option("--design-seed", help="Seed of the points.")] = None,
    replicates: Annotated[
        int | None, typer.Option("--replicates", metavar="N", help="Runs of each point (16).")
    ] = None,
    vary_seeds: Annotated[
        str | None, typer.Option("--vary-seeds", help="Seeds that differ: history (the default), world or both.")
    ] = None,
    seed: Seed = None,
    world_seed: WorldSeed = None,
    settings: Settings = None,
    by_county: Annotated[bool, typer.Option("--by-county", help="Keep every county's numbers too.")] = False,
    by_village: Annotated[bool, typer.Option("--by-village", help="Keep those of Taobao villages too.")] = False,
    out: Out = None,
    workers: Workers = None,
    resume: Resume = False,
    retry_failed: RetryFailed = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Run a scenario over values of parameters: labelled results (netCDF) and tidy tables (Parquet).

    What is varied stands in the scenario file (sweep:) or is given with --vary. Without --out the folder is
    runs/NAME-sweep. Every finished run is kept: --resume goes on after an interruption, and adds points or
    replicates. Exit status: 2 a mistake, 1 another failure, 130 Ctrl-C.
    """
    from sim.experiments.sweep import sweep as run_sweep

    how = Options(out, workers, resume, retry_failed, quiet=quiet, as_json=as_json)
    with plain_failures():
        axes, design, points = _design(vary or [], lhs, sobol)
        loaded = load(scenario, changes(settings or [], seed, world_seed))
        folder = how.folder(f"{loaded.name}-sweep")
        dataset = run_sweep(
            loaded,
            axes,
            replicates=replicates,
            design=design,
            points=points,
            design_seed=design_seed,
            vary_seeds=vary_seeds,
            by_county=by_county or None,
            by_village=by_village or None,
            **how.conditions(folder),
        )
    if as_json:
        print_json(_swept_rows(dataset))
    elif not quiet:
        title = f"{loaded.title or loaded.name}: median [5 %, 95 %] of {dataset.sizes['replicate']} runs"
        _print_frame(_swept_table(dataset), title)
    failures = tuple(filter(None, dataset.attrs["failures"].split("\n")))
    finish(folder, failures, quiet=quiet, as_json=as_json, dataset=dataset)


def _design(
    vary: list[str], lhs: int | None, sobol: int | None
) -> tuple[dict[str, Any] | None, str | None, int | None]:
    """Values by name, design and points; ``None`` for what is left to the scenario file."""
    problems: list[Problem] = []
    if lhs is not None and sobol is not None:
        problems.append(mistake("--lhs and --sobol: both given", "keep one"))
    filled = lhs is not None or sobol is not None
    axes: dict[str, Any] = {}
    for text in vary:
        name, sign, values = (part.strip() for part in text.partition("="))
        if not name or (not values and not (filled and not sign)):
            problems.append(
                mistake(f"--vary {text}: found no values", "write --vary logistics.parcel_cost=6,8,10")
            )
        elif name in axes:
            problems.append(mistake(f"--vary {name}: given twice", "keep one"))
        elif filled:
            axes[name] = bounds(f"--vary {text}", values, problems)
        else:
            axes[name] = plain_value(f"--vary {text}", f"[{values}]", problems)
    if problems:
        raise ScenarioError(problems)
    design = "lhs" if lhs is not None else "sobol" if sobol is not None else None
    return axes or None, design, lhs if lhs is not None else sobol


def bounds(words: str, values: str, problems: list[Problem]) -> tuple[float, float] | None:
    """A range written LOW:HIGH, ``None`` for none; what cannot be read joins the problems under these words."""
    if not values:
        return None
    try:
        low, high = (float(bound) for bound in values.split(":"))
    except ValueError:
        problems.append(mistake(f"{words}: found no range", "write logistics.parcel_cost=6:12"))
        return None
    return low, high


def _swept_rows(dataset: xr.Dataset) -> list[dict[str, Any]]:
    """One row a point: the varied values, then median and 5 % and 95 % of outcomes of the last December."""
    from sim.experiments.intervals import band

    if not dataset.sizes["year"]:
        return []
    last = dataset.isel(year=-1)
    dims = [dim for dim in last["villages"].dims if dim != "replicate"]
    stacked = last[list(_SWEPT)].stack(points=dims).transpose("points", "replicate")
    names = [
        name for name in stacked.coords if stacked[name].dims == ("points",) and name not in {"points", "point"}
    ]
    rows = []
    for number in range(stacked.sizes["points"]):
        one = stacked.isel(points=number)
        bands = {outcome: band(one[outcome].values) for outcome in _SWEPT}
        outcomes = {name: dict(zip(("median", "low", "high"), band, strict=True)) for name, band in bands.items()}
        rows.append({**{str(name): one[name].item() for name in names}, "outcomes": outcomes})
    return rows


def _swept_table(dataset: xr.Dataset) -> pd.DataFrame:
    """The same with an outcome a column, in words."""
    import pandas as pd

    rows = _swept_rows(dataset)
    for row in rows:
        for outcome, found in row.pop("outcomes").items():
            text = "failed" if found["median"] != found["median"] else _interval(*found.values())
            row[dataset[outcome].attrs["long_name"]] = text
    return pd.DataFrame(rows)


def _interval(middle: float, low: float, high: float) -> str:
    return f"{short(middle)} [{short(low)}, {short(high)}]"


def _print_frame(frame: pd.DataFrame, title: str) -> None:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left")
    for column in frame.columns:
        table.add_column(str(column).replace(".", ".\n"), justify="right")
    for row in frame.to_dict("records"):
        table.add_row(*(f"{value:g}" if isinstance(value, float) else str(value) for value in row.values()))
    console().print(table)
