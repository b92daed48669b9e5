"""Ctrl-C is noticed between two months, and only where somebody listens."""

from __future__ import annotations

import signal
import threading

import pytest

from sim.experiments.interrupt import interruptible, stop_if_asked
from sim.experiments.tasks import execute, task_of


def pressed_then(act):
    """Press Ctrl-C, then act; both the act and the end of listening are stopped."""
    with interruptible():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            act()


def test_a_run_stops_between_two_months(tiny):
    task = task_of(tiny, 0, 0, by_county=False, label="")
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        pressed_then(lambda: execute(task))
    assert signal.getsignal(signal.SIGINT) is before
    stop_if_asked()
    assert execute(task).stage == ""


def test_pressed_twice_it_stops_at_once():
    with pytest.raises(KeyboardInterrupt):
        pressed_then(lambda: signal.raise_signal(signal.SIGINT))


def test_nothing_changes_in_another_thread():
    handlers = []

    def look():
        with interruptible() as stop:
            stop()
            handlers.append(signal.getsignal(signal.SIGINT))

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert handlers == [before]
