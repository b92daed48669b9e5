"""The part of the page that tells the story of one village."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import panel as pn

from sim.app.look import styled
from sim.app.months import Months
from sim.app.running import Background, Given
from sim.app.stories import Told, offered, tell, village_of
from sim.errors import WorldError

__all__ = ["VillagePart"]

_RUNS = {"baseline": 0, "changed policy": 1}


class VillagePart:
    """A village to choose, a run to choose, and the story, made in the background.

    Parameters
    ----------
    on_start : called when a story is begun, so that somebody calls :meth:`look` until it is there.
    """

    def __init__(self, on_start: Callable[[], None]) -> None:
        self._on_start = on_start
        self._months: tuple[Months, Months] | None = None
        self._village: int | None = None
        self._offered: dict[str, int] = {}
        self._job: Background[Told] | None = None
        self._hanzi, self._silent = False, False
        self.picker = pn.widgets.AutocompleteInput(
            label="Village (name, number, or choose)",
            options=[],
            restrict=False,
            case_sensitive=False,
            search_strategy="includes",
            min_characters=0,
            sizing_mode="stretch_width",
            margin=(0, 12, 8, 0),
        )
        self.run = pn.widgets.RadioButtonGroup(options=list(_RUNS), value="changed policy", margin=(20, 0, 8, 0))
        self.story = styled(pn.pane.HTML("", sizing_mode="stretch_width", margin=0))
        self.picker.param.watch(self._picked, "value")
        self.run.param.watch(lambda _: self._tell_again(), "value")

    @property
    def is_busy(self) -> bool:
        """Whether a story is being made."""
        return self._job is not None

    def view(self) -> Any:
        """The part below each other."""
        head = pn.FlexBox(self.picker, self.run, sizing_mode="stretch_width", margin=0)
        self.picker.styles = {"flex": "1 1 300px"}
        return pn.Column(head, self.story, sizing_mode="stretch_width", margin=0)

    def replace(self, baseline: Months, policy: Months) -> None:
        """Offer the villages of other runs, and tell the story chosen anew."""
        self._months = (baseline, policy)
        self._offer()
        if self._village is None and self._offered:
            self._village = next(iter(self._offered.values()))
        self._name()
        self._begin()

    def spell(self, *, hanzi: bool) -> None:
        """Show names with or without Chinese characters."""
        self._hanzi = hanzi
        if self._months is not None:
            self._offer()
            self._name()
            self._begin()

    def choose(self, village: int) -> None:
        """Tell the story of a village by its index."""
        self._village = village
        self._name()
        self._begin()

    def look(self) -> None:
        """Show the story when it is there."""
        job = self._job
        if job is None or not job.is_done:
            return
        self._job = None
        if job.error is not None:
            self._say_problem(job.error)
        else:
            self.story.object = job.outcome.html()

    def _offer(self) -> None:
        assert self._months is not None
        self._offered = offered(*self._months, hanzi=self._hanzi)
        self.picker.options = list(self._offered)

    def _name(self) -> None:
        """Write the village chosen into the field."""
        words = [text for text, village in self._offered.items() if village == self._village]
        self._silent = True
        self.picker.value = words[0] if words else ("" if self._village is None else str(self._village))
        self._silent = False

    def _picked(self, event: Any) -> None:
        text = str(event.new or "").strip()
        if self._silent or self._months is None or not text:
            return
        try:
            found = self._offered.get(text)
            self._village = village_of(self._months[0].result, text) if found is None else found
        except WorldError as error:
            self._say_problem(str(error))
            return
        self._begin()

    def _tell_again(self) -> None:
        """Tell of the village chosen last, and say which it is: the field may hold words that named none."""
        if self._village is not None:
            self._name()
        self._begin()

    def _say_problem(self, text: str) -> None:
        self.story.object = f"<div class='problem'>{html.escape(text, quote=False)}</div>"

    def _begin(self) -> None:
        if self._months is None or self._village is None:
            return
        if self._job is not None:
            self._job.give_up()
        result, village, hanzi = self._months[_RUNS[self.run.value]].result, self._village, self._hanzi

        def work(report: Given) -> Told:
            report("telling the story", 0, 1)
            return tell(result, village, hanzi=hanzi)

        self.story.object = "<p>telling the story …</p>"
        self._job = Background(work)
        self._on_start()
