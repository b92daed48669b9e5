"""How far an experiment is: on a terminal or in a notebook a bar, in a pipe nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = ["Counter", "OnProgress", "Progress", "shown_progress"]

_SECONDS_A_MINUTE = 60.0
_SECONDS_BETWEEN_LINES = 0.2


@dataclass(frozen=True, slots=True)
class Progress:
    """Runs done, in all and failed, and how many were there already when it began."""

    done: int
    total: int
    failed: int
    found: int
    seconds: float

    @property
    def runs_per_minute(self) -> float:
        """Runs finished in a minute since the beginning; 0 before the first."""
        return (self.done - self.found) / self.seconds * _SECONDS_A_MINUTE if self.seconds > 0 else 0.0


OnProgress: TypeAlias = Callable[[Progress], None]


class Counter:
    """Counts runs and tells them on.

    Parameters
    ----------
    total : runs in all. found : runs that were there before. failed : failures among those.
    tell : called at the beginning and after each run.
    """

    def __init__(self, total: int, found: int, failed: int, tell: OnProgress | None) -> None:
        self._total, self._found, self._done, self._failed = total, found, found, failed
        self._tell, self._clock = tell, time.perf_counter()
        self._say()

    def count(self, *, failed: bool) -> None:
        """One more run has ended."""
        self._done += 1
        self._failed += int(failed)
        self._say()

    def _say(self) -> None:
        if self._tell is not None:
            seconds = time.perf_counter() - self._clock
            self._tell(Progress(self._done, self._total, self._failed, self._found, seconds))


@contextmanager
def shown_progress(show: bool | None = None) -> Iterator[OnProgress | None]:
    """A bar with runs, runs a minute, failures and the time left.

    Parameters
    ----------
    show : ``None`` shows it on terminals and in notebooks only.
    """
    from rich.console import Console

    console = Console(stderr=True)
    if show is False or (show is None and not (console.is_terminal or console.is_jupyter)):
        yield None
        return
    if console.is_jupyter:  # rich would draw its bar with ipywidgets, and warn where they are not installed
        from IPython.display import display  # type: ignore[import-not-found,unused-ignore]

        with _in_a_cell(display) as tell_cell:
            yield tell_cell
        return
    from rich import progress as bars

    columns = (
        bars.TextColumn("runs"),
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TextColumn("{task.fields[words]}"),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("runs", total=None, words="starting")
        first: list[Progress] = []

        def tell(now: Progress) -> None:
            if now.done > now.found and not first:
                first.append(now)
            rate = _steady_rate(first[0] if first else now, now)
            failed = f", {now.failed} failed" if now.failed else ""
            bar.update(task, total=now.total, completed=now.done, words=f"{rate:,.0f} a minute{failed}, left")

        yield tell


def _steady_rate(first: Progress, now: Progress) -> float:
    """Runs a minute since the first was finished: what came before is the start of processes, not a pace."""
    seconds = now.seconds - first.seconds
    return (now.done - first.done) / seconds * _SECONDS_A_MINUTE if seconds > 0 else now.runs_per_minute


@contextmanager
def _in_a_cell(display: Callable[..., Any]) -> Iterator[OnProgress]:
    """One line of text below the cell, kept up to date and gone at the end.

    Parameters
    ----------
    display : that of IPython.
    """
    line = display({"text/plain": "runs: starting"}, raw=True, display_id=True)
    first: list[Progress] = []
    told = -_SECONDS_BETWEEN_LINES

    def tell(now: Progress) -> None:
        nonlocal told
        if now.done > now.found and not first:
            first.append(now)
        if now.seconds - told < _SECONDS_BETWEEN_LINES:
            return
        told = now.seconds
        line.update({"text/plain": _line(now, _steady_rate(first[0] if first else now, now))}, raw=True)

    try:
        yield tell
    finally:
        line.update({"text/plain": ""}, raw=True)


def _line(now: Progress, rate: float) -> str:
    """Runs, runs a minute, failures and the time left in one line."""
    failed = f", {now.failed:,} failed" if now.failed else ""
    left = ""
    if rate > 0:
        minutes, seconds = divmod(round((now.total - now.done) / rate * _SECONDS_A_MINUTE), 60)
        left = f", {minutes}:{seconds:02d} left"
    return f"{now.done:,} of {now.total:,} runs, {rate:,.0f} a minute{failed}{left}"
