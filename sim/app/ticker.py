"""What calls the page again and again while something goes on, and rests when nothing does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import panel as pn

__all__ = ["LOOK_MS", "Ticker", "has_loop"]

LOOK_MS = 100


class Ticker:
    """Calls a function every tenth of a second, from the event loop of the server or the notebook.

    Parameters
    ----------
    act : what is called. Where no event loop runs, as in a script, nobody calls it but the script.
    """

    def __init__(self, act: Callable[[], None]) -> None:
        self._act = act
        self._callback: Any = None

    def wake(self) -> None:
        """Call from now on."""
        if not has_loop():
            return
        if self._callback is None:
            self._callback = pn.state.add_periodic_callback(self._act, period=LOOK_MS, start=False)
        if not self._callback.running:
            self._callback.start()

    def rest(self) -> None:
        """Call no more, until woken."""
        if self._callback is not None and self._callback.running:
            self._callback.stop()


def has_loop() -> bool:
    """Whether an event loop runs in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
