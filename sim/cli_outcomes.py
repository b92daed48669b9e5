"""What the commands of experiments write and print alike: figures, failures, numbers in few letters."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sim.cli_terminal import FAILURE, console, say_error
from sim.errors import counted

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["finish", "short", "write_figures"]

_MOST_FAILURES_SHOWN = 5


def write_figures(figures: Mapping[str, bytes], folder: Path) -> None:
    """Write figures (PNG by name) into the folder's ``figures``, all of them or none."""
    from sim.results.staging import told_if_unwritable, written_together

    place = folder / "figures"
    with told_if_unwritable(place, "leave them out with --no-figures, or name another folder"):
        place.mkdir(exist_ok=True)
        with written_together(place, [f"{name}.png" for name in figures]) as beside:
            for name, content in figures.items():
                beside[f"{name}.png"].write_bytes(content)


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
        more = counted(len(failures) - _MOST_FAILURES_SHOWN, "more failed run")
        say_error(f"and {more} (see experiment.sqlite)")
    if quiet and not as_json:
        typer.echo(str(folder))
    elif not as_json:
        console().print(f"written to {folder}", soft_wrap=True)
    if failures and dataset is not None and _is_empty(dataset):
        say_error("no run succeeded")
    if failures:
        raise typer.Exit(FAILURE)


def _is_empty(dataset: xr.Dataset) -> bool:
    """Whether no outcome of any run is known."""
    outcomes = [each for each in dataset.data_vars.values() if each.dtype.kind == "f"]
    return all(bool(each.isnull().all()) for each in outcomes)


def short(value: float) -> str:
    """A number in few letters: whole below ten million, then millions; nan is blank."""
    if value != value:
        return ""
    if abs(value) >= 1e7:
        return f"{value / 1e6:,.0f} M"
    return f"{value:,.0f}" if value == round(value) or abs(value) >= 100 else f"{value:,.1f}"
