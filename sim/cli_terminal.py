"""What the commands share: the screen, failures in plain words, values given on the command line."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sim.errors import HinterlandError, Place, Problem, ScenarioError

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from sim.scenario import Scenario

__all__ = [
    "FAILURE",
    "RUNS",
    "USER_MISTAKE",
    "changes",
    "console",
    "load",
    "mistake",
    "plain_failures",
    "plain_value",
    "print_json",
    "rows_of",
    "say_error",
]

#: Folder in which results go that were given no place.
RUNS = Path("runs")
#: What the shell is told; ``sim.cli_examples.EXIT_STATUS`` says it in words.
FAILURE, USER_MISTAKE, INTERRUPTED = 1, 2, 130
_PIPED_WIDTH = 120
_COMMAND_LINE = "command line"
#: What an argument in Python is called on the command line, where it is not the same.
_OPTION_OF = {
    "start_year": "--from",
    "vary": "--vary-seeds",
    "vary_seeds": "--vary-seeds",
    **{name: f"--{name}" for name in ("method", "outcome", "size", "span")},
}


@contextmanager
def plain_failures() -> Iterator[None]:
    """Turn what goes wrong for known reasons into a message and an exit status, without a traceback."""
    try:
        yield
    except ScenarioError as error:
        for problem in error.problems:
            say_error(str(_placed(problem)))
        raise typer.Exit(USER_MISTAKE) from None
    except HinterlandError as error:
        say_error(str(error))
        raise typer.Exit(FAILURE) from None
    except OSError as error:
        if error.filename is None:  # a closed pipe, for example, which the library of commands ends with
            raise
        say_error(f"{error.filename}: cannot be read or written ({error.strerror})")
        raise typer.Exit(FAILURE) from None
    except KeyboardInterrupt as error:
        say_error(str(error) or "interrupted; nothing was written")
        raise typer.Exit(INTERRUPTED) from None


def _placed(problem: Problem) -> Problem:
    """Name the command line as the place, and its option, of a value that was checked as one given in Python."""
    if problem.place is None or problem.place.file != "python":
        return problem
    name, colon, rest = problem.message.partition(":")
    message = f"{_OPTION_OF.get(name, name)}{colon}{rest}"
    return replace(problem, message=message, place=Place(_COMMAND_LINE))


def say_error(message: str) -> None:
    """Write a message to the error stream."""
    console(stderr=True).print(message, soft_wrap=True, style="red")


def print_json(value: Any) -> None:
    """Print one JSON document; what is no number, or without bounds, is null, which JSON has no other word for."""
    typer.echo(json.dumps(_plain(value), ensure_ascii=False, indent=2, allow_nan=False))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table as JSON takes them."""
    rows: list[dict[str, Any]] = json.loads(frame.to_json(orient="records", date_format="iso"))
    return rows


def console(*, stderr: bool = False) -> Console:
    """The screen; wide enough for tables where no terminal says how wide it is.

    What is printed comes from files and people: [square brackets] and :100: stay what they are.
    """
    from rich.console import Console

    screen = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not screen.is_terminal:
        screen.width = _PIPED_WIDTH
    return screen


def changes(
    settings: list[str], seed: int | None, world_seed: int | None, *, given_as: str = "--set"
) -> dict[str, Any]:
    """Values given on the command line by dotted name, under an option; the same name twice is a mistake."""
    given_values: dict[str, Any] = {}
    problems: list[Problem] = []
    for text in settings:
        name, sign, value = text.partition("=")
        name = name.strip()
        if not sign or not name:
            problems.append(
                mistake(f"{given_as} {text}: found no name and value", f"write {given_as} logistics.parcel_cost=7")
            )
        elif name in given_values:
            problems.append(mistake(f"{given_as} {name}: given twice", "keep one"))
        else:
            given_values[name] = plain_value(f"{given_as} {text}", value, problems)
    for name, given, option in (("history_seed", seed, "--seed"), ("world_seed", world_seed, "--world-seed")):
        if given is not None and name in given_values:
            problems.append(mistake(f"{option} and --set {name}: both given", "keep one"))
        elif given is not None:
            given_values[name] = given
    if problems:
        raise ScenarioError(problems)
    return given_values


def mistake(message: str, hint: str | None = None) -> Problem:
    """A mistake on the command line."""
    return Problem(message, Place(_COMMAND_LINE), hint)


def plain_value(words: str, value: str, problems: list[Problem]) -> Any:
    """A value as a scenario file would hold it; what cannot be read joins the problems under these words."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return YAML(typ="safe", pure=True).load(value)
    except (YAMLError, ValueError, LookupError, RecursionError):  # the library lets others through as they are
        problems.append(mistake(f"{words}: the value cannot be read", "write it as in a scenario file"))
        return None


def load(path: Path, given: dict[str, Any]) -> Scenario:
    """Scenario of a file with values laid over it; a bare name is told where a file of about that name is."""
    from sim.scenario import load_scenario

    if not path.exists() and (meant := _shipped(path)) is not None:
        raise ScenarioError(Problem("there is no such file", Place(str(path)), f"did you mean {meant}?"))
    return load_scenario(path, given or None)


def _shipped(path: Path) -> Path | None:
    """The file of the folder ``scenarios`` with the name that is nearest."""
    from sim.scenario.problems import nearest

    stem = nearest(path.stem, [each.stem for each in Path("scenarios").glob("*.yaml")])
    return None if stem is None else Path("scenarios") / f"{stem}.yaml"
