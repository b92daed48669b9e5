"""``hinterland sweep``: a scenario over values of parameters, kept in a folder that can be resumed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli_complete import setting_words
from sim.cli_options import Options, ScenarioFile, bounds, with_options
from sim.cli_outcomes import finish, short
from sim.cli_terminal import changes, console, mistake, plain_failures, plain_value, print_json
from sim.errors import Problem, ScenarioError, counted

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = ["sweep"]

#: Outcomes that a sweep prints; results.nc holds all.
_SWEPT = ("villages", "taobao_towns", "cluster_counties", "shops", "sales_yuan")


@with_options(without={"no_figures"})
def sweep(
    scenario: ScenarioFile,
    *,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="NAME=V1,V2,...",
            help="Values, in place of the file's sweep; with --lhs or --sobol NAME=LOW:HIGH.",
            autocompletion=setting_words,
        ),
    ] = None,
    point: Annotated[
        list[str] | None,
        typer.Option(
            "--point", metavar="NAME=V[;NAME=V]", help="One point of your own (in quotes); repeat for more."
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
    by_county: Annotated[bool, typer.Option("--by-county", help="Keep every county's numbers too.")] = False,
    by_village: Annotated[bool, typer.Option("--by-village", help="Keep those of Taobao villages too.")] = False,
    how: Options,
) -> None:
    """Run a scenario over values of parameters: labelled results (netCDF) and tidy tables (Parquet).

    What is varied stands in the scenario file (sweep:) or is given: --vary, --point. Without --out the folder
    is runs/NAME-sweep. Every finished run is kept: --resume goes on after an interruption, and adds points or
    replicates. Exit status: 2 a mistake, 1 another failure, 130 Ctrl-C.
    """
    from sim.experiments.sweep import sweep as run_sweep

    with plain_failures():
        axes, design, points = _design(vary or [], point or [], lhs, sobol)
        loaded = how.load(scenario)
        if axes is None and loaded.sweep is None:
            hint = "write --vary logistics.parcel_cost=6,8,10, or sweep: into the file"
            raise ScenarioError(mistake("nothing to vary: the scenario has no sweep", hint))
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
    if how.as_json:
        print_json(_swept_rows(dataset))
    elif not how.quiet:
        title = (
            f"{loaded.title or loaded.name}: median [5 %, 95 %] of {counted(dataset.sizes['replicate'], 'run')}"
        )
        _print_frame(_swept_table(dataset), title)
    failures = tuple(filter(None, dataset.attrs["failures"].split("\n")))
    finish(folder, failures, quiet=how.quiet, as_json=how.as_json, dataset=dataset)


def _design(
    vary: list[str], listed: list[str], lhs: int | None, sobol: int | None
) -> tuple[dict[str, Any] | list[dict[str, Any]] | None, str | None, int | None]:
    """Values by name or points, design and number; ``None`` for what is left to the scenario file."""
    problems: list[Problem] = []
    if listed and (vary or lhs is not None or sobol is not None):
        raise ScenarioError(mistake("--point: goes with none of --vary, --lhs and --sobol", "keep one of them"))
    if listed:
        return [changes(text.split(";"), None, None, given_as="--point") for text in listed], None, None
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
