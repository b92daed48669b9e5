"""The store keeps what was committed, notices harm, and refuses what is not its own."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections import Counter

import pytest

from sim.errors import ResultError
from sim.experiments import store as store_module
from sim.experiments.store import FILE_NAME, Store
from sim.experiments.tasks import Finished
from sim.streams import stream_key, uniform

SEEDS = {"label": "", "world_seed": 0, "history_seed": 0}
FAILED = Finished("b", 0.1, None, "world", "no such graph")


def about(**changes):
    return {
        "results_version": 1,
        "scenarios": {"scenario": {"parameters": {"x.y": 1}, "end": "2015-12"}},
        **changes,
    }


def add(store, *finished):
    for each in finished:
        store.add(each, **SEEDS)


def test_what_was_added_is_there_after_closing(tmp_path):
    with Store(tmp_path / "new" / "folder") as store:
        add(store, Finished("a", 0.1, b"1"), FAILED)
    with Store(tmp_path / "new" / "folder", resume=True) as store:
        assert store.done(["a", "b", "c"]) == {"a", "b"}
        assert store.done(["a", "b", "c"], retry_failed=True) == {"a"}
        assert (store.outcomes("a"), store.outcomes("b"), store.outcomes("c")) == (b"1", None, None)
        assert [(row["key"], row["stage"], row["message"]) for row in store.rows()] == [
            ("a", "", ""),
            ("b", "world", "no such graph"),
        ]


def test_a_success_is_never_replaced_and_a_failure_can_be(tmp_path):
    with Store(tmp_path) as store:
        add(store, Finished("a", 0.1, b"1"), Finished("a", 0.2, b"2"), Finished("a", 0.1, None, "world", "x"))
        add(store, FAILED, Finished("b", 0.3, b"3"))
        assert (store.outcomes("a"), store.outcomes("b")) == (b"1", b"3")
        assert store.done(["a", "b"], retry_failed=True) == {"a", "b"}


def test_runs_are_not_mixed_in_by_accident(tmp_path):
    with Store(tmp_path) as store:
        store.check_same(about())
    with Store(tmp_path) as store:  # nothing was finished: nothing to protect
        add(store, FAILED)
    with pytest.raises(ResultError, match=r"experiment.sqlite: holds 1 run already; resume it \(--resume\)"):
        Store(tmp_path)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"results_version": 2}, "results version was 1, is now 2"),
        ({"scenarios": {"scenario": {"parameters": {"x.y": 3}, "end": "2015-12"}}}, r"x\.y was 1, is now 3"),
        ({"scenarios": {"scenario": {"parameters": {}, "end": "2014-12"}}}, "x.y was 1, is now nothing; end was"),
    ],
)
def test_another_experiment_is_refused_and_named(tmp_path, changes, words):
    with Store(tmp_path) as store:
        store.check_same(about())
        store.check_same(about())
        with pytest.raises(ResultError, match=words):
            store.check_same(about(**changes))
        store.check_same(about())


def test_a_scenario_of_another_name_may_join(tmp_path):
    with Store(tmp_path) as store:
        store.check_same(about())
        store.check_same(about(scenarios={"policy": {"parameters": {"x.y": 2}}}))
        with pytest.raises(ResultError, match=r"x\.y was 2, is now 4"):
            store.check_same(about(scenarios={"policy": {"parameters": {"x.y": 4}}}))


def test_a_harmed_row_is_run_again(tmp_path):
    with Store(tmp_path) as store:
        add(store, Finished("a", 0.1, b"1234"), Finished("c", 0.1, b"5678"))
    base = sqlite3.connect(tmp_path / FILE_NAME)
    base.execute("update runs set outcomes = x'31323335' where key = 'a'")
    base.commit()
    base.close()
    with Store(tmp_path, resume=True) as store:
        assert store.done(["a", "c"]) == {"c"}
        assert not store.has("a")


def harm(path, how):
    content = bytearray(path.read_bytes())
    if how == "truncated":
        content = content[: len(content) // 2]
    elif how == "overwritten":
        content[4096:] = os.urandom(len(content) - 4096)
    else:
        content = bytearray(b"not a database at all" * 300)
    path.write_bytes(content)


@pytest.mark.parametrize("how", ["truncated", "overwritten", "something else"])
def test_a_harmed_file_is_refused_with_advice(tmp_path, how):
    with Store(tmp_path) as store:
        for number in range(50):
            add(store, Finished(str(number), 0.1, os.urandom(2000)))
    harm(tmp_path / FILE_NAME, how)
    with pytest.raises(ResultError, match=r"is damaged or no store of an experiment.*move it away"):
        Store(tmp_path, resume=True)


@pytest.mark.parametrize("said", ["{not json", "[1, 2]", b"\xff\xfe{"])
def test_a_store_that_speaks_nonsense_of_itself_is_refused(tmp_path, said):
    with Store(tmp_path) as store:
        store.check_same(about())
    base = sqlite3.connect(tmp_path / FILE_NAME)
    base.execute("update about set value = cast(? as text) where name = 'scenarios'", (said,))
    base.commit()
    base.close()
    for act in (lambda store: store.check_same(about()), lambda store: store.accept_sources({})):
        with (
            Store(tmp_path, resume=True) as store,
            pytest.raises(ResultError, match=r"is damaged or no store of an experiment.*move it away"),
        ):
            act(store)


def spoiled(content, seed):
    """The bytes of a file with a few changed, a part cleared, or the end cut off."""
    kind, *shares = uniform(stream_key(seed, "spoil"), range(12)).tolist()
    places = [int(share * len(content)) for share in shares]
    harmed = bytearray(content)
    if kind < 0.2:
        return bytes(harmed[: places[0]])
    if kind < 0.4:
        harmed[places[0] : places[0] + 500] = bytes(min(500, len(content) - places[0]))
        return bytes(harmed)
    for place in places[: 1 + 10 * (kind < 0.6)]:
        harmed[place] ^= 1 + place % 255
    return bytes(harmed)


def test_a_spoiled_file_is_refused_or_what_is_left_is_right(tmp_path):
    true = {str(number): bytes([number]) * 700 for number in range(12)}
    with Store(tmp_path / "whole") as store:
        store.check_same(about())
        add(store, *(Finished(key, 0.1, outcomes) for key, outcomes in true.items()))
    content = (tmp_path / "whole" / FILE_NAME).read_bytes()
    ended: Counter[str] = Counter()
    for seed in range(80):
        folder = tmp_path / str(seed)
        folder.mkdir()
        (folder / FILE_NAME).write_bytes(spoiled(content, seed))
        try:
            with Store(folder, resume=True) as store:
                store.check_same(about())
                done = store.done(true)
                assert {row["key"]: row["stage"] for row in store.rows() if row["key"] in done} == dict.fromkeys(
                    done, ""
                )
                assert all(store.outcomes(key) == true[key] for key in done), seed
            ended["whole" if len(done) == len(true) else "in part"] += 1
        except ResultError:
            ended["refused"] += 1
    assert min(ended[word] for word in ("whole", "in part", "refused")) > 5, ended


def test_a_place_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ResultError, match=r"cannot be made .*; name another folder"):
        Store(tmp_path / "file" / "folder")
    (tmp_path / "taken" / FILE_NAME).mkdir(parents=True)
    with pytest.raises(ResultError, match="cannot be written"):
        Store(tmp_path / "taken")


def test_a_read_only_store_is_refused(tmp_path, monkeypatch):
    with Store(tmp_path) as store:
        add(store, FAILED)
    connect = sqlite3.connect

    def read_only(path, **options):  # rights of files do not bind every user who runs tests
        return connect(f"file:{path}?mode=ro", uri=True, **options)

    monkeypatch.setattr(sqlite3, "connect", read_only)
    with pytest.raises(ResultError, match=r"cannot be written .*readonly.*name another folder"):
        Store(tmp_path, resume=True).check_same(about())


def test_a_full_disk_keeps_what_is_finished(tmp_path):
    with Store(tmp_path) as store:
        add(store, Finished("a", 0.1, b"1"))
        pages = store._base.execute("pragma page_count").fetchone()[0]
        store._base.execute(f"pragma max_page_count={pages + 2}")
        with pytest.raises(ResultError, match=r"full.*make room and resume"):
            add(store, Finished("c", 0.1, os.urandom(100_000)))
    with Store(tmp_path, resume=True) as store:
        assert store.done(["a", "c"]) == {"a"}


def test_two_writers_at_once(tmp_path):
    def write(first):
        with Store(tmp_path, resume=True) as store:
            store.check_same(about())
            for number in range(first, first + 60):
                add(store, Finished(str(number % 80), 0.1, str(number % 80).encode()))

    threads = [threading.Thread(target=write, args=(first,)) for first in (0, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Store(tmp_path, resume=True) as store:
        assert len(store.rows()) == 80
        assert all(store.outcomes(str(n)) == str(n).encode() for n in range(80))


def test_a_store_that_somebody_else_holds_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(store_module, "_WAIT_SECONDS", 0.05)
    with Store(tmp_path) as mine, Store(tmp_path, resume=True) as other:
        mine._base.execute("begin immediate")
        with pytest.raises(ResultError, match=r"is in use \(.*locked.*\); try again when the other one has ended"):
            add(other, Finished("a", 0.1, b"1"))
        mine._base.execute("rollback")
        add(other, Finished("a", 0.1, b"1"))
        assert mine.done(["a"]) == {"a"}


def test_without_a_folder_nothing_is_left(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Store(None) as store:
        store.check_same(about())
        add(store, Finished("a", 0.1, b"1"))
        assert store.outcomes("a") == b"1"
    assert list(tmp_path.iterdir()) == []
