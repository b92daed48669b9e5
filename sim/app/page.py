"""The dashboard: what is chosen is run twice, in the background, and what the runs say is shown month by month."""

from __future__ import annotations

import html
from typing import Any

import panel as pn

from sim.app.bar import MonthBar
from sim.app.choice import Choice, baseline_of, command, policy_of, words
from sim.app.clock import Clock
from sim.app.controls import Controls
from sim.app.growth import GrowthCurves
from sim.app.hanzi import HanziProbe
from sim.app.layout import Parts, lay_out
from sim.app.maps import PairOfMaps
from sim.app.months import Months
from sim.app.notebook import shows_itself_later
from sim.app.numbers import caption, lines, table
from sim.app.running import Background, ResultShelf, pair
from sim.app.ticker import LOOK_MS, Ticker
from sim.app.village import VillagePart
from sim.errors import Problem, ScenarioError
from sim.plotting.maps import map_units
from sim.results import RunResult
from sim.scenario import Scenario
from sim.scenario.months import format_month

__all__ = ["Dashboard"]

_SHELF = ResultShelf()
#: A run with more openings takes seconds: it waits for the button instead of following every slider.
_QUICK_OPENINGS = 40_000
#: How long a slider must be still before what it says is run.
_STILL_MS = 300

Pair = tuple[RunResult, RunResult]


class Dashboard(pn.viewable.Viewer):  # type: ignore[misc]
    """A scenario and a changed policy on the same luck.

    Parameters
    ----------
    scenario : the baseline. file : what the shell command on the page calls it. shelf : where results are kept.
    """

    def __init__(self, scenario: Scenario, *, file: str | None = None, shelf: ResultShelf | None = None) -> None:
        super().__init__()
        self._is_real = scenario.region.synthetic is None
        self.scenario, self._file = scenario, file or f"{scenario.name}.yaml"
        self._shelf = _SHELF if shelf is None else shelf
        self.clock = Clock(scenario.n_months)
        self.controls = Controls(scenario, self._chosen)
        self.results: Pair | None = None
        self._job: Background[Pair] | None = None
        self._computed: Choice | None = None
        self._months: tuple[Months, Months] | None = None
        self._maps: PairOfMaps | None = None
        self._curves: GrowthCurves | None = None
        self._ticker = Ticker(self.tick)
        self._still_ms = 0
        self.bar = MonthBar(self.clock, self._show, self._ticker.wake)
        self.parts = Parts()
        self.parts.compute.on_click(self.compute)
        self.village = VillagePart(self._ticker.wake)
        self.hanzi = HanziProbe(sizing_mode="fixed", width=0, height=0, margin=0)
        self.hanzi.param.watch(lambda event: self._spell(bool(event.new)), "shown")
        self._view = lay_out(
            scenario, self.parts, self.controls.view(), self.bar.view(), self.village.view(), self.hanzi
        )
        self._show()
        self._say_waiting("")
        if shows_itself_later():  # what is told before the browser listens would be lost
            self.hanzi.param.watch(self.compute, "is_there")
        else:
            pn.state.onload(self.compute)  # the page first; at once where no browser asks for it

    def __panel__(self) -> Any:
        if self.is_busy:
            self._ticker.wake()
        return self._view

    # What the buttons do

    def compute(self, _: Any = None) -> None:
        """Run what is chosen, in the background; a run going on is given up."""
        if self._job is not None:
            self._job.give_up()
            self._job = None
        self._still_ms = 0
        choice = self.controls.choice
        try:
            work = pair(self._shelf, baseline_of(self.scenario, choice), policy_of(self.scenario, choice))
        except ScenarioError as error:
            self._say_problem("\n".join(_told(problem) for problem in error.problems))
            self.parts.status.object = "not run: the values contradict each other"
            return
        self._say_problem("")
        self._computed = choice
        self._job = Background(work)
        self._ticker.wake()

    def tick(self) -> None:
        """Look after what goes on in the background, and let the months pass."""
        if self._still_ms > 0:
            self._still_ms -= LOOK_MS
            if self._still_ms <= 0:
                self.compute()
        self._look_after_runs()
        self.village.look()
        if self._months is not None:
            self.bar.pass_time(LOOK_MS)
        if not self.is_busy and not self.clock.is_playing:
            self._ticker.rest()

    def close(self) -> None:
        """Give up what goes on in the background; the page is gone."""
        if self._job is not None:
            self._job.give_up()
        self._ticker.rest()

    @property
    def is_busy(self) -> bool:
        """Whether something is being computed, or about to be."""
        return self._job is not None or self._still_ms > 0 or self.village.is_busy

    # What follows from them

    def _chosen(self) -> None:
        if self.parts.at_once.value:
            self._still_ms = _STILL_MS
            self.parts.status.object = "changed; running soon"  # before the choice: "computed" is of the old one
            self._ticker.wake()
        else:
            self.parts.compute.color = "primary"
        self._tell_choice()

    def _look_after_runs(self) -> None:
        job = self._job
        if job is None:
            return
        self.parts.progress.param.update(value=job.progress.percent, visible=True)
        self.parts.status.object = html.escape(job.progress.words)
        if self.results is None:
            self._say_waiting(job.progress.words)
        if not job.is_done:
            return
        self._job = None
        self.parts.progress.visible = False
        self.parts.compute.param.update(color="default")
        if job.error is not None:
            self._say_problem(job.error)
            self._tell_choice()
            return
        self._take(job.outcome)

    def _take(self, results: Pair) -> None:
        """Show the results of a finished run."""
        before = self.results
        is_first, self.results = before is None, results
        units = map_units(results[0]) if self._months is None else self._units_for(results[0])
        baseline = Months(results[0], units)
        policy = baseline if results[0] is results[1] else Months(results[1], units)
        self._months = (baseline, policy)
        seconds = _seconds(results, before or ())
        if is_first:
            self.parts.at_once.value = results[0].columns("events")["month"].size <= _QUICK_OPENINGS
            self.clock.go(self.clock.last)
        if self._maps is None or self._curves is None or self._maps.units is not units:
            self._draw(baseline, policy)
        else:
            self._maps.replace(baseline, policy)
            self._curves.replace(baseline, policy)
        self.village.replace(baseline, policy)
        self._tell_choice()
        self._show()
        self._place_figures()
        self.parts.status.object = f"computed in {seconds:.1f} s a run"  # last: whoever reads it sees the results

    def _units_for(self, result: RunResult) -> Any:
        """Units of the map: those there are, unless the world is another one."""
        assert self._months is not None
        old = self._months[0]
        return old.units if result.world is old.result.world else map_units(result)

    def _draw(self, baseline: Months, policy: Months) -> None:
        self._maps = PairOfMaps(baseline, policy, hanzi=self.hanzi.shown, on_pick=self._pick)
        self._curves = GrowthCurves(baseline, policy)

    def _place_figures(self) -> None:
        """Put new figures on the page, once they hold what they show."""
        assert self._maps is not None
        assert self._curves is not None
        figures = (*self._maps.figures, *self._curves.figures)
        for place, figure in zip((*self.parts.maps, *self.parts.curves), figures, strict=True):
            if place.object is not figure:
                place.object = figure

    def _pick(self, unit: int) -> None:
        """A place on the map was clicked: tell the story of its largest village."""
        if self._months is not None:
            self.village.choose(self._months[1].busiest_village(unit, self.clock.month))

    def _spell(self, hanzi: bool) -> None:
        """The browser said whether it shows Chinese characters."""
        self.village.spell(hanzi=hanzi)
        if self._maps is not None:
            self._maps.rename(hanzi=hanzi)
            self._show()

    def _show(self) -> None:
        """Show the month of the clock everywhere."""
        month = self.clock.month
        self.bar.show(format_month(self.scenario.start + month))
        if self._months is None or self._maps is None or self._curves is None:
            return
        baseline, policy = self._months
        self.parts.numbers.object = table(
            lines(baseline, policy, month), caption(baseline, month), with_observed=self._is_real
        )
        self._maps.show(month)
        self._curves.show(month)

    def _tell_choice(self) -> None:
        """Say what differs from the scenario, and how to compare it from the shell."""
        choice = self.controls.choice
        rows, shell = words(self.scenario, choice), command(self.scenario, choice, self._file)
        scope = "over several histories" if rows else "the same run in the shell"
        told = ", ".join(f"{name} {before} → <b>{after}</b> {unit}".strip() for name, before, after, unit in rows)
        if not rows:
            told = "nothing yet: move a slider, and both runs differ by that alone"
        stale = self._computed != choice and self.results is not None and self._job is None
        note = " <span class='stale'>not computed yet</span>" if stale else ""
        self.parts.difference.object = (
            f"<div class='choice'><span class='changed'>Changed:</span> {told}{note}<br>"
            f"<small>{scope}: <code>{html.escape(shell)}</code></small></div>"
        )

    def _say_waiting(self, how_far: str) -> None:
        """Say in place of the results that the first ones are being made."""
        words = f"The first run is being computed: {how_far}" if how_far else "The first run is about to begin"
        self.parts.difference.object = (
            f"<div class='choice' role='status'><b>{html.escape(words)}</b><br>"
            "Maps, curves and stories appear when it is done; values can be chosen meanwhile.</div>"
        )

    def _say_problem(self, text: str) -> None:
        lines_of_text = [html.escape(line) for line in text.splitlines()]
        self.parts.problem.param.update(
            object=f"<div class='problem'>{'<br>'.join(lines_of_text)}</div>", visible=bool(text)
        )


def _seconds(results: Pair, shown_before: tuple[RunResult, ...]) -> float:
    """What the slower of the new runs took; one that was shown before is told of only where there is no other."""
    new = [result for result in results if all(result is not old for old in shown_before)] or results
    return max(float(result.provenance["seconds"]["total"]) for result in new)


def _told(problem: Problem) -> str:
    """A mistake without its place, which is this page."""
    return problem.message if problem.hint is None else f"{problem.message}; {problem.hint}"
