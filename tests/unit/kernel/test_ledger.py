"""Telling acquaintances beside the other stages: the same bytes, and nobody sees it half done."""

from __future__ import annotations

import copy
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import fields

import numba
import numpy as np
import pytest

import sim
from sim.kernel import Simulation, hands, influence, ledger, shops, telling
from tests.architecture.source import ROOT


@pytest.fixture
def threaded(monkeypatch):
    """Every world and every piece of work is large enough for a thread, and there are processors for it."""
    monkeypatch.setattr(hands, "_VILLAGES_WORTH_A_THREAD", 1)
    monkeypatch.setattr(influence, "_TELLERS_WORTH_A_THREAD", 1)
    monkeypatch.setattr(shops, "_ENTRIES_WORTH_A_THREAD", 1)
    monkeypatch.setattr(shops, "_OPENINGS_WORTH_A_THREAD", 1)
    monkeypatch.setattr(numba.config, "NUMBA_NUM_THREADS", 2)


@pytest.fixture
def gated(monkeypatch):
    """Acquaintances are told only when the gate opens; what is returned says by which threads they were."""
    gate, by, tell = threading.Event(), [], influence.influence

    def at_the_gate(*args):
        assert gate.wait(20)
        by.append(threading.current_thread())
        tell(*args)

    monkeypatch.setattr(influence, "influence", at_the_gate)
    return gate, by


def everything(run, entries_of):
    """Bytes of all columns, clocks and entries of a run."""
    columns = [getattr(run.state.villages, column.name).tobytes() for column in fields(run.state.villages)]
    village, _, rows = entries_of(run)
    used = [rows[name].tobytes() for name in rows.dtype.names if name not in {"size", "opened"}]
    return [*columns, *(clock.tobytes() for clock in run.clocks), village.tobytes(), *used]


#: Villages enough for four shares of them, by the sixty-four.
MANY = {"region": {"synthetic": {"villages": 300, "households_per_village": 30, "towns": 30, "counties": 5}}}


@pytest.mark.usefixtures("threaded")
@pytest.mark.parametrize("changes", [MANY, {"adoption__rule": "information"}], ids=["imitation", "information"])
@pytest.mark.parametrize("threads", [2, 4])
def test_threads_change_no_byte(busy, entries_of, monkeypatch, changes, threads):
    monkeypatch.setattr(numba.config, "NUMBA_NUM_THREADS", threads)
    tell = influence.influence

    def late(*args):
        if threading.current_thread() is not threading.main_thread():
            time.sleep(0.001)  # so that the stages that follow are done before it
        tell(*args)

    monkeypatch.setattr(influence, "influence", late)
    scenario, world = busy(**changes)
    beside = Simulation(scenario, world)
    assert beside.ledger.hands == threads
    monkeypatch.setattr(numba.config, "NUMBA_NUM_THREADS", 1)
    alone = Simulation(scenario, world)
    for month in range(scenario.n_months):
        left, right = beside.step(), alone.step()
        for column in fields(left):
            assert np.array_equal(getattr(left, column.name), getattr(right, column.name)), (month, column.name)
    assert everything(beside, entries_of) == everything(alone, entries_of)
    if changes is MANY:
        assert (np.diff(beside.blocks.used[:, 0]) != 0).all(), "every share of the villages has entries of its own"


@pytest.mark.usefixtures("threaded")
@pytest.mark.parametrize("listed", [1, 40])
def test_lists_of_acquaintances_may_be_as_short_as_they_like(busy, entries_of, monkeypatch, listed):
    scenario, world = busy(**MANY)
    roomy = Simulation(scenario, world)
    monkeypatch.setattr(telling, "_LISTED", listed)
    short = Simulation(scenario, world)
    assert short.ledger.found[0].village.shape[1] < roomy.ledger.found[0].village.shape[1]
    for _ in range(scenario.n_months):
        left, right = short.step(), roomy.step()
        assert np.array_equal(left.local, right.local)
    assert everything(short, entries_of) == everything(roomy, entries_of)


@pytest.mark.usefixtures("threaded")
def test_the_stages_that_follow_do_not_wait_and_the_ledger_does(busy, gated):
    gate, by = gated
    run = Simulation(*busy(pioneers__last_year=2012))
    month = run.step()
    assert month.village.size > 0
    assert not by
    threading.Timer(0.05, gate.set).start()
    assert (run.blocks.length[month.village] > 1).any()  # acquaintances have entries
    assert len(by) == 2
    assert threading.main_thread() not in by


def test_without_a_second_thread_they_are_told_at_once(busy, gated):
    gate, by = gated
    gate.set()
    run = Simulation(*busy())
    run.step()
    assert by == [threading.main_thread()] * 2


@pytest.mark.usefixtures("threaded")
def test_what_goes_wrong_there_is_raised_once_and_the_thread_goes_on(busy):
    def fail(_):
        raise ZeroDivisionError

    run = Simulation(*busy())
    done = []
    run.beside(fail)
    with pytest.raises(ZeroDivisionError):
        run.wait()
    run.beside(lambda held: done.append(held is run._ledger))
    run.wait()
    assert done == [True]


@pytest.mark.usefixtures("threaded")
def test_a_run_that_ends_has_told_everybody(busy, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError

    scenario, _ = busy(start="2014-12", pioneers__last_year=2014)
    monkeypatch.setattr(influence, "influence", fail)
    with pytest.raises(ZeroDivisionError):
        sim.run(scenario)


@pytest.fixture
def halted(busy, gated):
    """A run after a month of whose openings nobody has been told, the gate, and by whom they were told."""
    gate, by = gated
    run = Simulation(*busy(pioneers__last_year=2012))
    run.step()
    assert not by
    yield run, gate, by
    gate.set()


@pytest.mark.usefixtures("threaded")
def test_ctrl_c_while_waiting_leaves_it_to_be_waited_for(halted):
    run, gate, by = halted
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have made the tests deaf to it
    try:
        threading.Timer(0.05, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):
            run.wait()
    finally:
        signal.signal(signal.SIGINT, heard)
    threading.Timer(0.05, gate.set).start()
    assert run.ledger is run._ledger
    assert len(by) == 2


@pytest.mark.usefixtures("threaded")
def test_a_copy_goes_on_by_itself(halted, entries_of):
    run, gate, _ = halted
    threading.Timer(0.05, gate.set).start()
    other = copy.deepcopy(run)
    assert other.ledger is not run.ledger
    untouched = everything(run, entries_of)
    assert everything(other, entries_of) == untouched
    other.step()
    assert everything(run, entries_of) == untouched
    run.step()
    assert everything(other, entries_of) == everything(run, entries_of) != untouched


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")  # the tests' own threads
@pytest.mark.usefixtures("threaded")
def test_a_forked_process_has_all_of_it_and_goes_on(halted, entries_of):
    run, gate, _ = halted
    threading.Timer(0.05, gate.set).start()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(60)  # better dead than waiting for a thread that is not there
        try:
            run.step()
            os.write(write, b"".join(everything(run, entries_of))[-1000:])
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as stream:
        found = stream.read()
    os.waitpid(child, 0)
    before = everything(run, entries_of)
    run.step()
    assert found == b"".join(everything(run, entries_of))[-1000:] != b"".join(before)[-1000:]


@pytest.mark.usefixtures("threaded")
def test_where_no_further_thread_is_allowed_it_is_done_at_once(busy, gated, monkeypatch):
    def refused(_):
        raise RuntimeError("can't start new thread")

    gate, by = gated
    gate.set()
    monkeypatch.setattr(threading.Thread, "start", refused)
    run = Simulation(*busy())
    run.step()
    assert by == [threading.main_thread()] * 2
    run.step()
    assert len(by) == 4


def test_a_process_that_ends_lets_it_be_done_and_does_what_is_left_at_once():
    code = """
import atexit, threading, time
from sim.kernel.ledger import Beside
beside = Beside(is_threaded=True)
atexit.register(lambda: beside.do(lambda: print("at once", threading.current_thread().name)))
beside.do(lambda: (time.sleep(0.1), print("done")))
raise SystemExit(3)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (3, "done\nat once MainThread\n", "")


@pytest.mark.parametrize("changes", [{}, {"adoption__rule": "information"}], ids=["imitation", "information"])
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.usefixtures("threaded")
def test_a_ledger_that_must_grow_again_and_again_is_the_same(busy, entries_of, monkeypatch, changes, threads):
    monkeypatch.setattr(numba.config, "NUMBA_NUM_THREADS", threads)
    scenario, world = busy(**changes)
    roomy = Simulation(scenario, world)
    monkeypatch.setattr(ledger, "_SMALLEST_CAPACITY", 1)
    monkeypatch.setattr(ledger, "_ENTRIES_PER_VILLAGE", 0)
    asked, make_room = [], ledger.Ledger.make_room

    def noted(self, entries):
        asked.append(entries)
        make_room(self, entries // 2)  # the least that lets them go on

    monkeypatch.setattr(ledger.Ledger, "make_room", noted)
    short = Simulation(scenario, world)
    for _ in range(scenario.n_months):
        left, right = short.step(), roomy.step()
        assert np.array_equal(left.local, right.local)
    assert everything(short, entries_of) == everything(roomy, entries_of)
    for stopped in (8 * short.largest_village + 64, 8 * (world.graph.max_degree + 1) * short.largest_village):
        assert stopped in asked, "the look ahead, or the telling, was stopped and went on"
