"""Work for worker processes: run, fail, or die, as the label of the task says."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from sim.experiments.tasks import Finished, Task


def work(task: Task) -> Finished:
    """Die always, die once (a file remembers), raise, wait, or give the process and its settings."""
    what, _, argument = task.label.partition(" ")
    if what == "die" or (what == "die-once" and _first_time(argument)):
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "raise":
        raise RuntimeError(argument)
    if what == "wait":
        time.sleep(float(argument))
    return Finished(task.key, 0.0, f"{os.getpid()} {os.environ.get('NUMBA_NUM_THREADS')}".encode())


def _first_time(name: str) -> bool:
    path = Path(name)
    if path.exists():
        return False
    path.write_text("died")
    return True
