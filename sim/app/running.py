"""Runs in the background, so that the page stays alive: progress, giving up, results kept."""

from __future__ import annotations

import threading
import traceback
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sim.compiled import cache_folder
from sim.errors import HinterlandError
from sim.results import RunResult
from sim.runner import compilation_notice, run
from sim.scenario import Scenario

__all__ = ["MOST_SHOPS", "Background", "Given", "Progress", "ResultShelf", "pair"]

#: A slider may ask for growth without end; beyond so many shops a run is given up. The lists of 2015 have 200,000.
MOST_SHOPS = 3_000_000
#: Results kept, and the openings they may hold together, two results in any case: all of China, half a million
#: openings, takes 300 MB.
_KEPT, _KEPT_OPENINGS = 8, 2_000_000

_PAIR = 2

T = TypeVar("T")


class _GivenUpError(Exception):
    """Somebody asked for something else meanwhile."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far something is: in words, and as steps of all."""

    words: str
    done: int
    total: int

    @property
    def percent(self) -> int:
        """Steps done in percent, 0 to 100."""
        return round(100 * self.done / self.total) if self.total else 0


#: What a piece of work reports to: words, steps done, steps in all.
Given = Callable[[str, int, int], None]


class Background(Generic[T]):
    """One piece of work in a thread of its own; asked from time to time, it says how far it is.

    Pieces of work wait for each other, since two at once would only take each other's processor.

    Parameters
    ----------
    work : is called with a function to report progress to; that function raises when the work was given up.
    """

    _one_at_a_time = threading.Lock()

    def __init__(self, work: Callable[[Given], T]) -> None:
        self._work = work
        self._given_up = threading.Event()
        self._thread = threading.Thread(target=self._do, daemon=True)
        self.progress = Progress("waiting", 0, 0)
        self.error: str | None = None
        self._outcome: list[T] = []
        self._thread.start()

    @property
    def is_done(self) -> bool:
        """Whether there is an outcome or an error."""
        return not self._thread.is_alive()

    @property
    def outcome(self) -> T:
        """What the work gave; ask only when it is done without error."""
        return self._outcome[0]

    def give_up(self) -> None:
        """Ask the work to stop at its next report; what it gives is not wanted any more."""
        self._given_up.set()

    def wait(self, seconds: float) -> None:
        """Block until it is done, at most so long."""
        self._thread.join(seconds)

    def _report(self, words: str, done: int, total: int) -> None:
        if self._given_up.is_set():
            raise _GivenUpError
        self.progress = Progress(words, done, total)

    def _do(self) -> None:
        with Background._one_at_a_time:
            try:
                self._report("starting", 0, 0)
                self._outcome.append(self._work(self._report))
            except _GivenUpError:
                self.error = "given up"
            except HinterlandError as error:
                self.error = str(error)
            except Exception as error:  # noqa: BLE001  # the page must say so, whatever it is; the log has the rest
                traceback.print_exc()
                self.error = f"{type(error).__name__}: {error}"


class ResultShelf:
    """The results used last, by fingerprint, for every page of this process.

    Parameters
    ----------
    most : results kept. most_openings : openings they hold together; two results stay, however large.
    """

    def __init__(self, most: int = _KEPT, most_openings: int = _KEPT_OPENINGS) -> None:
        self._most, self._most_openings = most, most_openings
        self._results: OrderedDict[str, RunResult] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._results)

    def find(self, scenario: Scenario) -> RunResult | None:
        """The result of a scenario that simulates the same, if it is still here."""
        with self._lock:
            found = self._results.get(scenario.fingerprint)
            if found is not None:
                self._results.move_to_end(scenario.fingerprint)
            return found

    def keep(self, result: RunResult) -> None:
        """Put a result here; the one not used for longest leaves."""
        with self._lock:
            self._results[result.scenario.fingerprint] = result
            while len(self._results) > self._most or (len(self._results) > _PAIR and self._is_heavy()):
                self._results.popitem(last=False)

    def _is_heavy(self) -> bool:
        openings = sum(each.columns("events")["month"].size for each in self._results.values())
        return openings > self._most_openings

    def run(self, scenario: Scenario, report: Callable[[int, int], None]) -> RunResult:
        """The result of a scenario, simulated if it is not here."""
        result = self.find(scenario)
        if result is None:
            result = run(scenario, on_progress=report, most_shops=MOST_SHOPS)
            self.keep(result)
        return result


def pair(
    shelf: ResultShelf, baseline: Scenario, policy: Scenario
) -> Callable[[Given], tuple[RunResult, RunResult]]:
    """Work that gives the results of both scenarios; equal ones are run once."""
    plans: Sequence[tuple[str, Scenario]] = [("baseline", baseline), ("changed policy", policy)]

    def work(report: Given) -> tuple[RunResult, RunResult]:
        there = {plan: result for _, plan in plans if (result := shelf.find(plan)) is not None}
        before, total = 0, sum(plan.n_months for plan in {baseline, policy} - there.keys())
        for name, plan in plans:
            if plan not in there:
                there[plan] = _run_told(shelf, plan, name, report, before, total)
                before += plan.n_months
        return there[baseline], there[policy]

    return work


def _run_told(shelf: ResultShelf, plan: Scenario, name: str, report: Given, before: int, total: int) -> RunResult:
    """Run a scenario and report its months after those before it; what takes long before the first is named."""
    compiling = compilation_notice(cache_folder())

    def told(done: int, months: int) -> None:
        words = compiling if done == 0 and compiling else f"month {done} of {months}"
        report(f"{name}: {words}", before + done, total)

    report(f"{name}: building the world", before, total)
    return shelf.run(plan, told)
