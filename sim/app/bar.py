"""The bar of months: play, step, reset, speed, and a slider that goes to any month."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import panel as pn

from sim.app.clock import SPEEDS, Clock
from sim.app.look import styled

__all__ = ["MonthBar"]

_SMALL = {"margin": (0, 6, 6, 0), "height": 34}
_SPEED = 4
#: Months last shown while playing, which a browser may send back.
_ECHOES = 12


class MonthBar:
    """What moves the clock.

    Parameters
    ----------
    clock : is moved. on_move : called when another month is to be shown. on_play : called when it begins to move
        by itself, so that somebody calls :meth:`pass_time`.
    """

    def __init__(self, clock: Clock, on_move: Callable[[], None], on_play: Callable[[], None]) -> None:
        self.clock, self._on_move, self._on_play = clock, on_move, on_play
        self._waited_ms = 0
        self._just_shown: deque[int] = deque(maxlen=_ECHOES)
        self.play = pn.widgets.Button(label="▶ Play", color="primary", width=92, **_SMALL)
        self.back = pn.widgets.Button(label="‹", description="one month back", width=38, **_SMALL)
        self.on = pn.widgets.Button(label="Step ›", description="one month on", width=70, **_SMALL)
        self.reset = pn.widgets.Button(
            label="Reset", description="back to the first month; what was chosen stays", width=70, **_SMALL
        )
        self.speed = pn.widgets.Select(
            options={f"{n} months/s": n for n in SPEEDS}, value=_SPEED, width=116, **_SMALL
        )
        self.label = styled(pn.pane.HTML("", width=96, height=34, margin=(0, 10, 6, 2)))
        self.slider = pn.widgets.IntSlider(
            label="",
            end=max(clock.last, 1),
            show_value=False,
            min_width=160,
            margin=(6, 10, 6, 6),
            styles={"flex": "1 1 200px"},
            css_classes=["months"],
        )
        self.play.on_click(lambda _: self.play_or_pause())
        self.back.on_click(lambda _: self.step(-1))
        self.on.on_click(lambda _: self.step())
        self.reset.on_click(lambda _: self.to_first())
        self.slider.param.watch(lambda event: self._slid(int(event.new)), "value")

    def view(self) -> Any:
        """The bar, wrapped where it is narrow."""
        parts = (self.label, self.play, self.back, self.on, self.reset, self.speed, self.slider)
        return pn.FlexBox(*parts, sizing_mode="stretch_width", align_items="center", margin=(0, 0, 4, 0))

    def play_or_pause(self) -> None:
        """Let the months pass, or hold them."""
        if self.clock.is_playing:
            self.clock.pause()
        else:
            self.clock.play()
        self._waited_ms = 0
        self._on_move()
        if self.clock.is_playing:
            self._on_play()

    def step(self, by: int = 1) -> None:
        """One month on or back."""
        self.clock.step(by)
        self._on_move()

    def to_first(self) -> None:
        """Back to the first month; nothing else changes."""
        self.clock.reset()
        self._on_move()

    def pass_time(self, ms: int) -> None:
        """Let so much time pass; while playing, the month moves on when its time has come."""
        if self.clock.is_playing:
            self._waited_ms += ms
            if self._waited_ms * int(self.speed.value) >= 1000:
                self._waited_ms = 0
                self.clock.tick()
                self._on_move()

    def show(self, label: str) -> None:
        """Show the month of the clock under its name."""
        self.play.label = "❚❚ Pause" if self.clock.is_playing else "▶ Play"
        self.label.object = f"<span class='month'>{label}</span>"
        if self.slider.value != self.clock.month:
            self._just_shown.append(self.clock.month)
            self.slider.value = self.clock.month

    def _slid(self, month: int) -> None:
        if self.clock.is_playing and month in self._just_shown:
            return  # a slow browser says what it was told a while ago; nobody moved the slider
        if month != self.clock.month:
            self.clock.pause()
            self.clock.go(month)
            self._on_move()
