"""Telling acquaintances beside the other stages: the same bytes, and nobody sees it half done."""

from __future__ import annotations

import threading
from dataclasses import fields

import numba
import numpy as np
import pytest

import sim
from sim.kernel import Simulation, ledger, shops


@pytest.fixture
def threaded(monkeypatch):
    """Every world is large enough for a thread, and there are processors for it."""
    monkeypatch.setattr(ledger, "_VILLAGES_WORTH_A_THREAD", 1)
    monkeypatch.setattr(numba.config, "NUMBA_NUM_THREADS", 2)


@pytest.fixture
def gated(monkeypatch):
    """Acquaintances are told only when the gate opens; what is returned says by which threads they were."""
    gate, by, tell = threading.Event(), [], shops.influence

    def influence(*args):
        assert gate.wait(20)
        by.append(threading.current_thread())
        tell(*args)

    monkeypatch.setattr(shops, "influence", influence)
    return gate, by


def everything(run, entries_of):
    """Bytes of all columns, clocks and entries of a run."""
    columns = [getattr(run.state.villages, column.name).tobytes() for column in fields(run.state.villages)]
    village, _, rows = entries_of(run)
    used = [rows[name].tobytes() for name in rows.dtype.names if name not in {"size", "opened"}]
    return [*columns, *(clock.tobytes() for clock in run.clocks), village.tobytes(), *used]


@pytest.mark.usefixtures("threaded")
@pytest.mark.parametrize("changes", [{}, {"adoption__rule": "information"}], ids=["imitation", "information"])
def test_a_thread_changes_no_byte(busy, entries_of, monkeypatch, changes):
    scenario, world = busy(**changes)
    beside = Simulation(scenario, world)
    monkeypatch.setattr(numba.config, "NUMBA_NUM_THREADS", 1)
    alone = Simulation(scenario, world)
    for month in range(scenario.n_months):
        left, right = beside.step(), alone.step()
        for column in fields(left):
            assert np.array_equal(getattr(left, column.name), getattr(right, column.name)), (month, column.name)
    assert everything(beside, entries_of) == everything(alone, entries_of)


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
    monkeypatch.setattr(shops, "influence", fail)
    with pytest.raises(ZeroDivisionError):
        sim.run(scenario)


@pytest.mark.parametrize(
    ("villages", "threads", "worth"), [(500_000, 2, True), (500_000, 1, False), (500, 2, False)]
)
def test_large_worlds_take_a_thread_where_more_than_one_is_allowed(monkeypatch, villages, threads, worth):
    monkeypatch.setattr(numba.config, "NUMBA_NUM_THREADS", threads)
    assert ledger.is_worth_a_thread(villages) is worth
