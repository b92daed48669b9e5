"""``hinterland accept-code``: go on with an experiment although the code has changed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli_complete import experiment_folders, within
from sim.cli_terminal import mistake, plain_failures, print_json
from sim.errors import ScenarioError

__all__ = ["accept_code"]


def accept_code(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER", help="Folder of an experiment.", autocompletion=within(experiment_folders)
        ),
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the files that have changed as JSON.")] = False,
) -> None:
    """Keep the runs of an experiment although code that decides results has changed; then --resume goes on.

    The folder remembers that it holds runs of several versions, and results.nc says so (attribute mixed_code).
    """
    from sim.experiments.store import FILE_NAME, Store
    from sim.results.sources import source_hashes

    with plain_failures():
        if not (folder / FILE_NAME).is_file():
            raise ScenarioError(mistake(f"{folder}: is no folder of an experiment", f"it holds no {FILE_NAME}"))
        with Store(folder, resume=True) as store:
            files = store.accept_sources(source_hashes())
    if as_json:
        print_json({"folder": str(folder), "changed": list(files)})
        return
    if not files:
        typer.echo(f"{folder}: its runs are of today's code")
        return
    typer.echo(f"{folder}: its runs stay, though these files have changed since: {', '.join(files)}")
