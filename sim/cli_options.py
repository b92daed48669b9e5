"""Options that several commands have, each written once, and where and how an experiment is run."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, fields
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from sim.cli_complete import one_of, run_folders, scenario_files, setting_words, within
from sim.cli_terminal import RUNS, changes, load, mistake
from sim.errors import Problem, ScenarioError

if TYPE_CHECKING:
    from sim.scenario import Scenario

__all__ = [
    "AsJson",
    "DesignSeed",
    "Language",
    "NoFigures",
    "Options",
    "Out",
    "Quiet",
    "Resume",
    "RetryFailed",
    "RunFolder",
    "RunSeed",
    "RunWorldSeed",
    "ScenarioFile",
    "Seed",
    "Settings",
    "Targets",
    "VaryBothSeeds",
    "VarySeeds",
    "Workers",
    "WorldSeed",
    "bounds",
    "check_language",
    "with_options",
]

Workers = Annotated[
    str | None,
    typer.Option(
        "--workers", metavar="W", help="Processes, one a core by default; or tcp://HOST:PORT of a dask cluster."
    ),
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the folder: run only what is missing.")]
RetryFailed = Annotated[bool, typer.Option("--retry-failed", help="Run again what failed before.")]
VarySeeds = Annotated[
    str,
    typer.Option(
        "--vary-seeds",
        help="Seeds that differ: history, world or both.",
        autocompletion=one_of("history", "world", "both"),
    ),
]
VaryBothSeeds = Annotated[
    str,
    typer.Option(
        "--vary-seeds", help="Seeds that differ: both or history.", autocompletion=one_of("both", "history")
    ),
]
DesignSeed = Annotated[int, typer.Option("--design-seed", help="Seed of the points.")]
Targets = Annotated[
    Path | None, typer.Option("--targets", metavar="FILE", help="Facts in place of the shipped table (CSV).")
]
Out = Annotated[Path | None, typer.Option("--out", help="Folder to write; by default a new one under runs.")]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Value laid over the scenario; may be repeated.",
        autocompletion=setting_words,
    ),
]
Seed = Annotated[int | None, typer.Option("--seed", help="History seed of the first replicate.")]
WorldSeed = Annotated[int | None, typer.Option("--world-seed", help="World seed of the first replicate.")]
RunSeed = Annotated[int | None, typer.Option("--seed", help="History seed, in place of the file's.")]
RunWorldSeed = Annotated[int | None, typer.Option("--world-seed", help="World seed, in place of the file's.")]
Language = Annotated[
    str, typer.Option("--language", help="Language of the report: en or zh.", autocompletion=one_of("en", "zh"))
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only where the files are.")]
NoFigures = Annotated[bool, typer.Option("--no-figures", help="Draw nothing.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the table as JSON.")]
ScenarioFile = Annotated[
    Path, typer.Argument(metavar="SCENARIO", help="Scenario file.", autocompletion=within(scenario_files))
]
RunFolder = Annotated[
    Path,
    typer.Argument(
        metavar="RUN", help="Folder that hinterland run has written.", autocompletion=within(run_folders)
    ),
]


@dataclass(frozen=True, slots=True)
class Options:
    """The options that all experiments have: what is run, where and how, and what is printed."""

    seed: Seed = None
    world_seed: WorldSeed = None
    settings: Settings = None
    out: Out = None
    workers: Workers = None
    resume: Resume = False
    retry_failed: RetryFailed = False
    no_figures: NoFigures = False
    quiet: Quiet = False
    as_json: AsJson = False

    @property
    def laid_over(self) -> dict[str, Any]:
        """Values given on the command line, by dotted name."""
        return changes(self.settings or [], self.seed, self.world_seed)

    def load(self, path: Path) -> Scenario:
        """The scenario of a file, with the values given."""
        return load(path, self.laid_over)

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


Command = Callable[..., None]


def with_options(*, without: Collection[str] = ()) -> Callable[[Command], Command]:
    """Give a command the options of all experiments, behind its own; it gets them together, as ``how``.

    Parameters
    ----------
    without : fields of :class:`Options` that mean nothing to the command.
    """
    hints = get_type_hints(Options, include_extras=True)
    shared = [
        Parameter(each.name, Parameter.KEYWORD_ONLY, default=each.default, annotation=hints[each.name])
        for each in fields(Options)
        if each.name not in without
    ]

    def decorated(command: Command) -> Command:
        own = [each for each in signature(command, eval_str=True).parameters.values() if each.name != "how"]

        def parsed(**given: Any) -> None:
            how = Options(**{each.name: given.pop(each.name) for each in shared})
            command(**given, how=how)

        # What typer reads to make the parser and the help.
        parsed.__signature__ = Signature([*own, *shared])  # type: ignore[attr-defined]
        parsed.__annotations__ = {each.name: each.annotation for each in (*own, *shared)}
        parsed.__name__, parsed.__doc__ = command.__name__, command.__doc__
        return parsed

    return decorated


def _workers(text: str) -> int | str:
    """A number of processes, or the address of a cluster."""
    if "://" in text:
        return text
    try:
        return int(text)
    except ValueError:
        hint = "write a number, or the address of a cluster such as tcp://10.0.0.1:8786"
        raise ScenarioError(mistake(f"--workers: found {text}", hint)) from None


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


def check_language(language: str) -> None:
    """Refuse a language that reports are not written in.

    Raises
    ------
    ScenarioError : it is neither en nor zh.
    """
    if language not in {"en", "zh"}:
        hint = "write en for English or zh for Chinese"
        raise ScenarioError(mistake(f"--language: found {language!r}, allowed is en or zh", hint))
