"""Work in the background: progress, errors, giving up, and results kept."""

from __future__ import annotations

import threading

from sim.app import running
from sim.app.running import Background, ResultShelf, pair
from sim.errors import RunError
from sim.runner import run

PATIENCE = 600.0  # a loaded machine may take long


def test_work_gives_its_outcome():
    job = Background(lambda report: report("half", 1, 2) or 7)
    job.wait(PATIENCE)
    assert job.is_done
    assert (job.outcome, job.error) == (7, None)
    assert (job.progress.words, job.progress.percent) == ("half", 50)


def test_an_error_for_people_is_told_as_it_is(capsys):
    def fails(_):
        raise RunError("3 shops are more than the 2 allowed")

    job = Background(fails)
    job.wait(PATIENCE)
    assert job.error == "3 shops are more than the 2 allowed"
    assert capsys.readouterr().err == ""


def test_another_error_is_named_and_logged(capsys):
    job = Background(lambda _: 1 / 0)
    job.wait(PATIENCE)
    assert job.error == "ZeroDivisionError: division by zero"
    assert "Traceback" in capsys.readouterr().err


def test_work_given_up_ends_at_its_next_report_and_lets_others_begin():
    at_work, told = threading.Event(), threading.Event()

    def endless(report):
        at_work.set()
        while True:
            told.wait(0.01)
            report("on and on", 0, 1)

    first = Background(endless)
    assert at_work.wait(PATIENCE)
    second = Background(lambda _: "done")
    assert not second.is_done
    first.give_up()
    second.wait(PATIENCE)
    first.wait(PATIENCE)
    assert (first.error, second.outcome) == ("given up", "done")


def test_a_pair_reports_months_and_runs_equal_scenarios_once(small):
    shelf, heard = ResultShelf(), []
    cheaper = small.replace({"logistics.parcel_cost": 5})
    one, other = pair(shelf, small, cheaper)(lambda *told: heard.append(told))
    assert (one.scenario, other.scenario) == (small, cheaper)
    n = small.n_months
    assert heard[0] == ("baseline: building the world", 0, 2 * n)
    assert heard[1] == (f"baseline: month 0 of {n}", 0, 2 * n)
    assert heard[-1] == (f"changed policy: month {n} of {n}", 2 * n, 2 * n)
    assert [done for _, done, _ in heard] == sorted(done for _, done, _ in heard)
    heard.clear()
    again, same = pair(shelf, small, small)(lambda *told: heard.append(told))
    assert again is same is one
    assert heard == []


def test_a_first_run_says_that_it_compiles(small, monkeypatch):
    heard = []
    monkeypatch.setattr(running, "compilation_notice", lambda _: "compiling, once")
    monkeypatch.setattr(running, "run", lambda _, on_progress, **__: [on_progress(0, 2), on_progress(1, 2)])
    monkeypatch.setattr(ResultShelf, "keep", lambda *_: None)
    pair(ResultShelf(), small, small)(lambda words, *_: heard.append(words))
    assert heard[:3] == ["baseline: building the world", "baseline: compiling, once", "baseline: month 1 of 2"]


def test_the_shelf_keeps_few_large_results_but_always_a_pair(small, result, cheaper):
    shelf = ResultShelf(most_openings=1)
    other = run(small.replace({"history_seed": 4}))
    for each in (result, cheaper, other):
        shelf.keep(each)
    assert shelf.find(small) is None
    assert len(shelf) == 2


def test_the_shelf_keeps_the_results_used_last(small, result, cheaper):
    shelf = ResultShelf(most=1)
    shelf.keep(result)
    assert shelf.find(small) is result
    shelf.keep(cheaper)
    assert shelf.find(small) is None
    assert shelf.find(cheaper.scenario) is cheaper
    assert len(shelf) == 1
