"""The cluster executor: what a client tells becomes outcomes, tasks done again, or failures."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sim.errors import RunError
from sim.experiments import cluster
from sim.experiments.cluster import Cluster
from sim.experiments.executors import executor_for
from sim.experiments.tasks import Finished, Task
from tests.architecture.source import ROOT


class KilledWorker(Exception):  # noqa: N818 -- its name is what is looked at
    """Named as that of dask, which is not always installed."""


class Future:
    def __init__(self, status, value=None):
        self.status, self.value = status, value

    def result(self):
        return self.value

    def exception(self):
        return self.value


class Client:
    """Answers with the next status of each task's script; counts what is in flight."""

    def __init__(self, scripts):
        self.scripts = {key: list(script) for key, script in scripts.items()}
        self.cancelled, self.submitted = None, 0

    def nthreads(self):
        return {"a": 1, "b": 1}

    def submit(self, _work, task, *, pure):
        assert pure is False
        self.submitted += 1
        status = self.scripts[task.key].pop(0)
        values = {"finished": Finished(task.key, 0.1, b"1"), "error": KilledWorker("worker died")}
        return Future(status, values.get(status))

    def cancel(self, futures):
        self.cancelled = futures


def tasks(*keys):
    return iter([Task(key, "", "", 0, 0, False, "") for key in keys])


def test_lost_runs_are_done_again_and_errors_are_failures():
    client = Client({"a": ["finished"], "b": ["lost", "cancelled", "finished"], "c": ["lost"] * 3, "d": ["error"]})
    done = {each.key: each for each in cluster._done_by(client, None, tasks("a", "b", "c", "d"))}
    assert (done["a"].outcomes, done["b"].outcomes) == (b"1", b"1")
    assert (done["c"].stage, done["c"].message) == ("worker", "the cluster lost the run 3 times")
    assert (done["d"].stage, done["d"].message) == ("worker", "KilledWorker: worker died")


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (
            ModuleNotFoundError("No module named 'sim'"),
            r"cannot do runs \(ModuleNotFoundError.*install this package",
        ),
        (
            {**cluster._code(), "rules/exit.py": "0"},
            r"has other code or data .*\(rules/exit.py\); install the same",
        ),
        ({**cluster._code(), "rules/exit.py": "0", "data": "0"}, r"\(data and 1 more file\)"),
    ],
)
def test_a_worker_that_cannot_do_these_runs_ends_the_experiment_and_fails_no_run(what, words):
    client = Client({"a": ["odd"]})
    status = "finished" if isinstance(what, dict) else "error"
    client.submit = lambda _work, _task, *, pure: Future(status, what)
    with pytest.raises(RunError, match=words):
        list(cluster._done_by(client, None, tasks("a")))


def test_a_worker_does_tasks_only_for_those_who_have_its_code():
    (task,) = tasks("a")
    assert cluster._checked(lambda each: each.key, cluster._digest(), task) == "a"
    assert cluster._checked(lambda each: each.key, "other", task) == cluster._code()


def test_a_cluster_without_workers_is_given_up(monkeypatch):
    monkeypatch.setattr(cluster, "_LONELY_SECONDS", 0.1)
    client = Client({str(number): ["waiting"] for number in range(3)})
    client.nthreads = dict
    with pytest.raises(RunError, match=r"has had no worker for .*; start some; finished runs are kept"):
        list(cluster._done_by(client, None, tasks("0", "1", "2")))
    assert len(client.cancelled) == 3


def test_few_tasks_are_in_flight_and_stopping_cancels_them():
    client = Client({str(number): ["finished"] for number in range(1000)})
    running = cluster._done_by(client, None, tasks(*map(str, range(1000))))
    next(running)
    assert client.submitted == 6
    running.close()
    assert len(client.cancelled) == 5


def test_an_address_chooses_the_cluster(monkeypatch):
    assert executor_for("tcp://10.0.0.1:8786", 5).address == "tcp://10.0.0.1:8786"
    refused = OSError("timed out trying to connect")
    monkeypatch.setattr("distributed.Client", lambda *_, **__: (_ for _ in ()).throw(refused))
    told = r"no cluster answers at tcp://10\.0\.0\.1:8786 \(timed out .*\); give the address its scheduler prints"
    with pytest.raises(RunError, match=told):
        next(Cluster("tcp://10.0.0.1:8786").run(None, []))
    monkeypatch.setattr(cluster.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(RunError, match=r"'\.\[cluster\]'"):
        Cluster("tcp://10.0.0.1:8786")


SCRIPT = """
import json, os, signal, sys
import sim
from distributed import LocalCluster
from tests.property.test_experiments_properties import SCENARIO

if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        pids = [worker.pid for worker in cluster.workers.values()]

        def kill_one(now):
            if now.done == 5:
                os.kill(pids[0], signal.SIGKILL)

        far = sim.run_ensemble(SCENARIO, 60, workers=cluster.scheduler_address, progress=kill_one)
    near = sim.run_ensemble(SCENARIO, 60)
    print(far.n_failed, far.dataset.identical(near.dataset))
"""


@pytest.mark.long
def test_a_cluster_of_two_workers_of_which_one_is_killed(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{SCRIPT}")
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, cwd=ROOT, timeout=240, check=False
    )
    assert done.stdout.splitlines()[-1:] == ["0 True"], done.stderr
