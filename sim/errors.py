"""Errors a user can meet, each with its place, what was found, what is allowed and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import NoReturn

__all__ = [
    "HinterlandError",
    "Place",
    "Problem",
    "ResultError",
    "RunError",
    "ScenarioError",
    "WorldError",
    "counted",
    "refuse",
]


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a file; line and column count from 1, 0 means the file as a whole."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line > 0 else self.file


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it stands, what is wrong, and what would be right.

    Parameters
    ----------
    message : what was found and what is allowed, with its unit.
    place : where it stands; ``None`` for values given in Python.
    hint : what to do, for example the nearest known name.
    """

    message: str
    place: Place | None = None
    hint: str | None = None

    def __str__(self) -> str:
        text = self.message if self.place is None else f"{self.place}: {self.message}"
        return _on_one_line(text if self.hint is None else f"{text}; {self.hint}")


def counted(number: int, one: str, many: str = "") -> str:
    """A number and its word, such as "1 county" and "1,200 runs"; the plural is given where it is no added s.

    Examples
    --------
    >>> counted(1, "county", "counties"), counted(1200, "run")
    ('1 county', '1,200 runs')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _on_one_line(text: str) -> str:
    """Text with escapes in place of line ends and of signs that would move or colour a terminal."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


class HinterlandError(Exception):
    """Base of every error this package raises on purpose."""


class ScenarioError(HinterlandError, ValueError):
    """A scenario cannot be used; ``problems`` lists every mistake found, not only the first."""

    def __init__(self, problems: Iterable[Problem] | Problem | str) -> None:
        if isinstance(problems, str):
            problems = (Problem(problems),)
        elif isinstance(problems, Problem):
            problems = (problems,)
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def refuse(message: str, hint: str | None = None, *, place: str = "python") -> NoReturn:
    """Refuse a value given in Python, or one of a file.

    Raises
    ------
    ScenarioError : always.
    """
    raise ScenarioError(Problem(message, Place(place), hint)) from None


class WorldError(HinterlandError, ValueError):
    """The world cannot be built: a shipped table, a graph or a region is inconsistent."""


class RunError(HinterlandError, RuntimeError):
    """A run cannot go on: an invariant is broken or a limit is reached."""


class ResultError(HinterlandError, ValueError):
    """A result cannot be read, written or compared."""

    @classmethod
    def at(cls, place: PurePath | str, message: str, hint: str) -> ResultError:
        """The error of a file or folder: which, what was found, and what to do."""
        return cls(str(Problem(message, Place(str(place)), hint)))
