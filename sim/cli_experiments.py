"""``hinterland run --replicates`` and ``sweep``: many runs, kept in a folder that can be resumed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli_terminal import RUNS, changes, console, load, mistake, plain_failures, plain_value, say_error
from sim.errors import Problem, ScenarioError

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from sim.experiments.compare import ComparisonResult
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
    "compare",
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
    typer.Option("--set", metavar="NAME=VALUE", help="Value laid over the file; may be repeated."),
]
Seed = Annotated[int | None, typer.Option("--seed", help="History seed of the first replicate.")]
WorldSeed = Annotated[int | None, typer.Option("--world-seed", help="World seed of the first replicate.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only where the files are.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the table as JSON.")]
ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO", help="Scenario file.")]

_MOST_FAILURES_SHOWN = 5


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
        rows = json.loads(result.table.to_json(orient="records"))
        facts = {"name": scenario.name, "folder": str(folder), "fingerprint": scenario.fingerprint}
        counts = {"replicates": replicates, "failed": result.n_failed}
        typer.echo(json.dumps({**facts, **counts, "outcomes": rows}, ensure_ascii=False, indent=2))
        return
    if not how.quiet:
        _print_ensemble(result)
    finish(folder, result.failures, quiet=how.quiet, dataset=result.dataset)


def draw(plots: EnsemblePlots | ComparisonPlots | AttributionPlots, folder: Path) -> None:
    """Write every figure of an experiment into the folder's ``figures``."""
    (folder / "figures").mkdir(exist_ok=True)
    for name, content in plots.pngs().items():
        (folder / "figures" / f"{name}.png").write_bytes(content)


def finish(folder: Path, failures: tuple[str, ...], *, quiet: bool, dataset: xr.Dataset | None = None) -> None:
    """Name failed runs, and the folder; where no run succeeded the command has failed too (status 1)."""
    for line in failures[:_MOST_FAILURES_SHOWN]:
        say_error(f"failed: {line}")
    if len(failures) > _MOST_FAILURES_SHOWN:
        say_error(f"and {len(failures) - _MOST_FAILURES_SHOWN} more failed runs (see experiment.sqlite)")
    if quiet:
        typer.echo(str(folder))
    else:
        console().print(f"written to {folder}", markup=False, soft_wrap=True)
    if failures and dataset is not None and _is_empty(dataset):
        say_error("no run succeeded")
        raise typer.Exit(1)


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


def compare(
    base: Annotated[Path, typer.Argument(metavar="BASE", help="Scenario file.")],
    policies: Annotated[
        list[str],
        typer.Argument(
            metavar="POLICY...", help="Scenario files, or changes of the base: NAME=VALUE[;NAME=VALUE]."
        ),
    ],
    *,
    replicates: Annotated[int, typer.Option("--replicates", metavar="N", help="Pairs of runs.")] = 32,
    cost: Annotated[
        list[str] | None,
        typer.Option("--cost", metavar="POLICY=YUAN", help="What a policy costs more, not what files say."),
    ] = None,
    vary_seeds: VarySeeds = "history",
    seed: Seed = None,
    world_seed: WorldSeed = None,
    out: Out = None,
    workers: Workers = None,
    resume: Resume = False,
    retry_failed: RetryFailed = False,
    no_figures: Annotated[bool, typer.Option("--no-figures", help="Draw nothing.")] = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Compare policies with a base: the same villages, the same luck, differences with intervals.

    A policy is another scenario file, or changes such as logistics.parcel_cost=7;mechanisms.training=false
    (in quotes). Without --out the folder is runs/NAME-compare; more replicates join it with --resume.
    """
    from sim.experiments.compare import compare as run_compare
    from sim.plotting import ComparisonPlots

    how = Options(out, workers, resume, retry_failed, quiet=quiet, as_json=as_json)
    with plain_failures():
        first = load(base, changes([], seed, world_seed))
        given = [_policy(text) for text in policies]
        folder = how.folder(f"{first.name}-compare")
        costs = _costs(cost or [])
        words: dict[str, Any] = {"replicates": replicates, "vary_seeds": vary_seeds, "costs": costs}
        result = run_compare(first, *given, **words, **how.conditions(folder))
        if not no_figures:
            draw(ComparisonPlots(result), folder)
    if as_json:
        typer.echo(result.table.to_json(orient="records", indent=2, force_ascii=False))
        return
    if not quiet:
        _print_comparison(result)
    finish(folder, result.failures, quiet=quiet, dataset=result.dataset)


def _policy(text: str) -> Path | dict[str, Any]:
    """A scenario file, or changes of the base."""
    if "=" not in text or Path(text).exists():
        return Path(text)
    return changes(text.split(";"), None, None)


def _costs(texts: list[str]) -> dict[str, float]:
    """Yuan by policy, whose own name may hold an equals sign."""
    costs, problems = {}, []
    for text in texts:
        name, _, yuan = text.rpartition("=")
        try:
            costs[name.strip()] = float(yuan)
        except ValueError:
            problems.append(mistake(f"--cost {text}: found no yuan", "write --cost no-training=5e6"))
    if problems:
        raise ScenarioError(problems)
    return costs


def _print_comparison(result: ComparisonResult) -> None:
    from rich import box
    from rich.table import Table

    scenario = result.scenario
    title = f"{scenario.title or scenario.name}, {result.year}: {result.n_replicates} pairs on the same seeds"
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left")
    table.add_column("")
    words = ("base", "policy", "difference [95 %]", "better in", "more pairs\nneeded", "variance\nreduced")
    for word in words:
        table.add_column(word, justify="right")
    months = result.months
    for policy in result.policies:
        table.add_row(f"[bold]{policy}[/bold]")
        for row in result.table[result.table["policy"] == policy].to_dict("records"):
            table.add_row(row["meaning"], *_compared_cells(row))
        for row in months[months["policy"] == policy].to_dict("records"):
            gained = "" if row["months_gained"] != row["months_gained"] else _signed(row, "months_gained")
            table.add_row(f"months gained in {row['in']}", "", "", gained)
    console().print(table)
    _print_costs(result)
    if len(result.policies) > 1:
        _print_ranking(result)


def _print_costs(result: ComparisonResult) -> None:
    """What policies cost, and for each additional village and shop."""
    screen, table = console(), result.table
    for row in result.costs.to_dict("records"):
        more = _signed(row, "more_yuan")
        screen.print(f"{row['policy']}: costs {more} yuan ({row['source']})", markup=False, soft_wrap=True)
        for name, word in (("villages", "Taobao village"), ("shops", "shop")):
            found = table[(table["policy"] == row["policy"]) & (table["outcome"] == name)].iloc[0]
            yuan, low, high = (found[f"cost_per_additional_{each}"] for each in ("yuan", "low", "high"))
            text = "the difference may be none, so no cost of one more is bounded"
            if yuan == yuan:
                text = f"{short(yuan)} yuan [{short(low)}, {short(high)}]"
            screen.print(f"  an additional {word}: {text}", markup=False, soft_wrap=True)


def _print_ranking(result: ComparisonResult) -> None:
    frame = result.ranking
    for outcome, words in (("villages", "Taobao villages"), ("shops", "shops"), ("seller_income_yuan", "income")):
        texts = []
        for row in frame[frame["outcome"] == outcome].to_dict("records"):
            text = f"{row['scenario']} {short(row['mean'])}"
            if row["next"] == row["next"] and not row["safe"]:
                more = row["more_pairs"]
                text += " (not safe" + (f", {more:,.0f} more pairs)" if more == more else ")")
            texts.append(text)
        console().print(f"by {words}: {' > '.join(texts)}", markup=False, soft_wrap=True)


def _compared_cells(row: dict[Any, Any]) -> list[str]:
    needed, reduced = row["more_pairs"], row["variance_reduction"]
    return [
        short(row["base_mean"]),
        short(row["policy_mean"]),
        _signed(row, "difference"),
        f"{row['better']:.0%}",
        "" if needed != needed else "enough" if needed == 0 else f"{needed:,.0f}",
        "" if reduced != reduced else "fully" if reduced == float("inf") else f"{reduced:.1f} x",
    ]


def _signed(row: dict[Any, Any], name: str) -> str:
    texts = [f"{'+' if row[each] > 0 else ''}{short(row[each])}" for each in (name, "low", "high")]
    return f"{texts[0]} [{texts[1]}, {texts[2]}]"


def sweep(
    scenario: ScenarioFile,
    *,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="NAME=V1,V2,...",
            help="Values, in place of the file's sweep; with --lhs or --sobol NAME=LOW:HIGH.",
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
        frame = _swept_table(dataset)
    if as_json:
        typer.echo(frame.to_json(orient="records", indent=2, force_ascii=False))
        return
    if not quiet:
        _print_frame(
            frame, f"{loaded.title or loaded.name}: median [5 %, 95 %] of {dataset.sizes['replicate']} runs"
        )
    finish(folder, tuple(filter(None, dataset.attrs["failures"].split("\n"))), quiet=quiet, dataset=dataset)


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


def _swept_table(dataset: xr.Dataset) -> pd.DataFrame:
    """One row a point: the varied values, then outcomes of the last December."""
    import pandas as pd

    from sim.experiments.intervals import band

    shown = ("villages", "taobao_towns", "cluster_counties", "shops", "sales_yuan")
    if not dataset.sizes["year"]:
        return pd.DataFrame()
    last = dataset.isel(year=-1)
    dims = [dim for dim in last["villages"].dims if dim != "replicate"]
    stacked = last[list(shown)].stack(points=dims).transpose("points", "replicate")
    names = [
        name for name in stacked.coords if stacked[name].dims == ("points",) and name not in {"points", "point"}
    ]
    rows = []
    for number in range(stacked.sizes["points"]):
        one = stacked.isel(points=number)
        row: dict[str, Any] = {str(name): one[name].item() for name in names}
        for outcome in shown:
            middle, low, high = band(one[outcome].values)
            row[one[outcome].attrs["long_name"]] = "failed" if middle != middle else _interval(middle, low, high)
        rows.append(row)
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
