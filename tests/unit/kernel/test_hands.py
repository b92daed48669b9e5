"""Work divided among threads: all of it, each item once, in its order, and what goes wrong is heard of."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.kernel import hands
from tests.architecture.source import ROOT


@pytest.mark.parametrize(
    ("villages", "threads", "many"),
    [(500_000, 1, 1), (500_000, 2, 2), (500_000, 3, 2), (500_000, 4, 4), (500_000, 64, 4), (500, 2, 1)],
)
def test_large_worlds_take_threads_where_more_than_one_is_allowed(monkeypatch, villages, threads, many):
    monkeypatch.setattr(numba.config, "NUMBA_NUM_THREADS", threads)
    assert hands.hands_worth_having(villages) == many


@given(st.lists(st.integers(0, 1000), max_size=40), st.integers(1, 4), st.integers(0, 2000))
def test_every_item_is_in_one_stretch_and_in_its_place(effort, many, least):
    stretches = hands.divided(np.array(effort, np.int64), many, least)
    items = [item for stretch in stretches for item in range(*stretch.indices(len(effort)))]
    assert items == list(range(len(effort)))
    assert len(stretches) <= (many if sum(effort) >= least else 1)
    assert all(stretch.start < stretch.stop for stretch in stretches)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=40), st.integers(1, 4))
def test_no_hand_has_more_than_its_share_and_one_item(effort, many):
    stretches = hands.divided(np.array(effort, np.int64), many, 0)
    most = max(sum(effort[stretch]) for stretch in stretches)
    assert most <= sum(effort) / many + 2 * max(effort)


def test_pieces_go_on_at_one_time():
    both, by = threading.Barrier(2, timeout=20), []

    def piece():
        both.wait()
        by.append(threading.current_thread())

    hands.side_by_side([piece, piece])
    assert len(set(by)) == 2
    assert threading.main_thread() in by


def test_nothing_to_do_and_a_lone_piece_need_no_thread(monkeypatch):
    def refused(_):
        raise AssertionError

    monkeypatch.setattr(hands, "_begun", refused)
    by = []
    hands.side_by_side([])
    hands.side_by_side([lambda: by.append(threading.current_thread())])
    assert by == [threading.main_thread()]


@pytest.mark.parametrize("failing", [0, 1])
def test_what_goes_wrong_is_raised_when_all_are_done(failing):
    done = []

    def piece(number):
        if number == failing:
            raise ZeroDivisionError
        threading.Event().wait(0.05)
        done.append(number)

    with pytest.raises(ZeroDivisionError):
        hands.side_by_side([lambda: piece(0), lambda: piece(1)])
    assert done == [1 - failing]


def test_where_no_further_thread_is_allowed_a_piece_is_done_at_once(monkeypatch):
    def refused(_):
        raise RuntimeError("can't start new thread")

    hands._rest()
    by = []
    monkeypatch.setattr(threading.Thread, "start", refused)
    hands.side_by_side([lambda: by.append(threading.current_thread())] * 3)
    assert by == [threading.main_thread()] * 3
    hands._rest()


@pytest.fixture
def scarce(monkeypatch):
    """No thread is running, and one more is allowed."""
    hands._rest()
    allowed, start = [True], threading.Thread.start

    def started(thread):
        if not allowed:
            raise RuntimeError("can't start new thread")
        allowed.pop()
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", started)
    yield allowed
    hands._rest()


def test_a_piece_that_found_no_thread_is_not_done_again_by_another(scarce):
    done = []
    for _ in range(2):
        hands.side_by_side([lambda number=number: done.append(number) for number in range(4)])
        scarce.append(True)  # another thread in the second round
    hands._rest()  # all that waited for a thread would be done by now
    assert sorted(done) == [0, 0, 1, 1, 2, 2, 3, 3]


def test_what_goes_wrong_at_once_is_raised_when_the_others_are_done(scarce):
    assert scarce
    done = []

    def slow():
        time.sleep(0.05)
        done.append(threading.current_thread())

    def fail():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        hands.side_by_side([slow, slow, fail])
    assert len(done) == 1
    assert done != [threading.main_thread()]


def test_ctrl_c_is_heard_when_all_are_done():
    gate, done = threading.Event(), []

    def piece():
        assert gate.wait(20)
        time.sleep(0.02)
        done.append(True)

    heard = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have made the tests deaf to it
    try:
        threading.Timer(0.05, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT)).start()
        threading.Timer(0.1, gate.set).start()
        with pytest.raises(KeyboardInterrupt):
            hands.side_by_side([lambda: None, piece])
    finally:
        signal.signal(signal.SIGINT, heard)
    assert done == [True]


def test_threads_end_before_a_process_forks_and_come_again():
    hands.side_by_side([lambda: None] * 2)
    assert any(thread.name.startswith("hinterland") for thread in threading.enumerate())
    hands._rest()
    assert not any(thread.name.startswith("hinterland") for thread in threading.enumerate())
    test_pieces_go_on_at_one_time()


def test_a_forked_process_divides_its_work_too():
    code = """
import os, sys
from sim.kernel.hands import side_by_side
side_by_side([lambda: None] * 2)
child = os.fork()
done = []
side_by_side([lambda: done.append(1)] * 3)
if child == 0:
    os._exit(len(done))
print(len(done), os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    run = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(run, capture_output=True, text=True, cwd=ROOT, check=False, timeout=60)
    assert (done.stdout, done.stderr) == ("3 3\n", "")


def test_a_process_forked_while_others_made_threads_has_its_own():
    code = """
import concurrent.futures.thread, os, signal
os.register_at_fork(before=lambda: side_by_side([lambda: None] * 2))  # asked after the module's own
from sim.kernel.hands import side_by_side
child = os.fork()
if child == 0:
    signal.alarm(20)  # better dead than waiting for a thread that is not there
    done = []
    side_by_side([lambda: done.append(1)] * 2)
    os._exit(len(done))
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    run = [sys.executable, "-c", code]  # Python 3.12 warns of a fork beside threads
    done = subprocess.run(run, capture_output=True, text=True, cwd=ROOT, check=False, timeout=60)
    assert done.stdout == "2\n", done.stderr
