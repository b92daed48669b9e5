"""Ctrl-C between two months: compiled code cannot be left in the middle without an error of its own."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["interruptible", "stop_if_asked"]

_asked: list[int] = []


def stop_if_asked() -> None:
    """Raise KeyboardInterrupt if Ctrl-C was pressed within :func:`interruptible`; called between months."""
    if _asked:
        raise KeyboardInterrupt


@contextmanager
def interruptible() -> Iterator[Callable[[], None]]:
    """Let Ctrl-C end what is done where :func:`stop_if_asked` is called; pressed twice, at once.

    In a thread that is not the main one nothing changes: signals do not arrive there.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None
        return
    _asked.clear()

    def ask(number: int, _: FrameType | None) -> None:
        if _asked:
            raise KeyboardInterrupt
        _asked.append(number)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield stop_if_asked
        stop_if_asked()
    finally:
        signal.signal(signal.SIGINT, before)
        _asked.clear()
