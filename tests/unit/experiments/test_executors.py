"""Executors do every task once, whoever dies, and leave no process behind."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import subprocess
import sys
import time
from collections import deque

import pytest

from sim.errors import RunError
from sim.experiments.executors import Processes, Serial, _Todo, executor_for
from sim.experiments.tasks import Task
from sim.experiments.workers import Worker
from tests.architecture.source import ROOT
from tests.unit.experiments.dying import work


def tasks(*labels: str) -> list[Task]:
    return [Task(str(number), "", "", 0, 0, False, label) for number, label in enumerate(labels)]


def test_the_executor_fits_the_number_of_tasks():
    assert isinstance(executor_for(1, 100), Serial)
    assert isinstance(executor_for(8, 1), Serial)
    assert executor_for(8, 3).workers == 3
    with pytest.raises(ValueError, match="1 or more"):
        executor_for(0, 1)


def test_processes_do_every_task_with_one_thread_and_are_gone_afterwards():
    before = os.environ.get("NUMBA_NUM_THREADS")
    finished = list(Processes(2).run(work, tasks(*["wait 0.02"] * 20)))
    assert sorted(int(each.key) for each in finished) == list(range(20))
    said = {each.outcomes.decode() for each in finished}
    assert {text.split()[1] for text in said} == {"1"}
    assert str(os.getpid()) not in {text.split()[0] for text in said}
    assert os.environ.get("NUMBA_NUM_THREADS") == before
    assert multiprocessing.active_children() == []


def test_a_killed_worker_costs_nothing_and_a_deadly_or_raising_task_is_one_failure(tmp_path):
    labels = ["run"] * 12
    labels[3], labels[7], labels[9] = f"die-once {tmp_path / 'died'}", "die", "raise broken"
    finished = {int(each.key): each for each in Processes(2).run(work, tasks(*labels))}
    assert sorted(finished) == list(range(12))
    assert {number for number, each in finished.items() if each.stage} == {7, 9}
    assert (finished[7].stage, finished[7].outcomes) == ("worker", None)
    assert "died 3 times" in finished[7].message
    assert (finished[9].stage, finished[9].message) == ("worker", "RuntimeError: broken")


class Hand:
    """A worker without a process: it remembers what it was handed."""

    def __init__(self, *tasks, wants=True):
        self.tasks, self.wants = deque(tasks), wants

    def hand(self, task):
        self.tasks.append(task)


def test_nobody_gets_a_second_task_before_all_have_a_first():
    first, second, third = tasks("a", "b", "c")
    busy, idle, starting = Hand(first), Hand(), Hand(wants=False)
    todo = _Todo([second])
    assert todo.hand_out([busy, idle, starting])
    assert (list(busy.tasks), list(idle.tasks), list(starting.tasks)) == ([first], [second], [])
    assert not _Todo([]).hand_out([idle := Hand()])
    assert not idle.tasks
    assert _Todo([third]).hand_out([starting]), "somebody will want it"


def test_of_a_dead_worker_only_the_task_it_was_at_is_suspected():
    guilty, waiting = tasks("guilty", "waiting")
    todo, lost = _Todo([]), []
    for _ in range(3):
        lost += todo.take_back(Hand(guilty, waiting))
        todo.hand_out([(again := Hand())])
        todo.hand_out([again])
    assert [(each.key, each.stage) for each in lost] == [(guilty.key, "worker")]
    assert list(again.tasks) == [waiting]


def test_short_runs_are_handed_out_ahead_long_ones_not():
    for seconds, wanted in ((0.1, True), (5.0, False)):
        worker = Worker.__new__(Worker)
        worker.tasks, worker.has_begun, worker.is_gone = deque(tasks("a")), True, False
        worker._last_seconds = seconds
        assert worker.wants is wanted


def test_stopping_in_the_middle_ends_the_workers():
    waits = itertools.chain(["wait 0.01"] * 5, itertools.repeat("wait 90"))
    endless = (Task(str(number), "", "", 0, 0, False, label) for number, label in enumerate(waits))
    running = Processes(2).run(work, endless)
    for _ in range(5):
        next(running)
    clock = time.perf_counter()
    running.close()
    assert multiprocessing.active_children() == []
    assert time.perf_counter() - clock < 30, "what was begun is not waited for"


def test_a_script_without_the_guard_is_told_what_to_do(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from tests.unit.experiments.test_executors import *\n"
        "print(len(list(Processes(2).run(work, tasks('run', 'run')))))\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert "if __name__ == '__main__':" in done.stderr.splitlines()[-1]
    assert RunError.__name__ in done.stderr.splitlines()[-1]
