"""Run folders: whole or not at all, and enough to repeat the run."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import sim
from sim.errors import ResultError
from sim.results import folder

TABLES = ("national", "counties", "villages", "events", "closings", "conditions", "patterns", "provinces", "towns")


def same(left, right):
    for name in TABLES:
        ours, theirs = left.columns(name), right.columns(name)
        assert list(ours) == list(theirs)
        for column, values in ours.items():
            np.testing.assert_array_equal(values, theirs[column], err_msg=f"{name}.{column}")


def test_saved_read_back_and_repeated(tmp_path, small_result):
    path = small_result.save(tmp_path / "runs" / "one", figures={"dot": b"png"})
    names = {file.name for file in path.iterdir()}
    assert names == {f"{name}.parquet" for name in folder.SAVED_TABLES} | {
        "figures",
        "scenario.yaml",
        "provenance.json",
    }
    assert (path / "figures" / "dot.png").read_bytes() == b"png"
    loaded = sim.load_result(path)
    assert loaded.scenario == small_result.scenario
    assert loaded.provenance == json.loads(json.dumps(small_result.provenance))
    assert (loaded.scenario.name, loaded.scenario.title) == ("small", "A small <world>")
    same(loaded, small_result)
    same(sim.run(loaded.scenario), small_result)
    assert loaded.villages.dtypes["recognised_since"].kind == "M"


def test_tables_are_zstd_parquet(tmp_path, small_result):
    import pyarrow.parquet as pq

    path = small_result.save(tmp_path / "one")
    metadata = pq.read_metadata(path / "events.parquet")
    assert metadata.row_group(0).column(0).compression == "ZSTD"
    assert metadata.num_rows == len(small_result.events)


def test_only_words_have_dictionaries(tmp_path, small_result):
    import pyarrow.parquet as pq

    group = pq.read_metadata(small_result.save(tmp_path / "one") / "villages.parquet").row_group(0)
    columns = {column.path_in_schema: column for column in map(group.column, range(group.num_columns))}
    with_dictionary = {name for name, column in columns.items() if column.has_dictionary_page}
    assert with_dictionary == {"name", "product"}


def test_pandas_reads_months_as_timestamps(tmp_path, small_result):
    path = small_result.save(tmp_path / "one")
    assert pd.read_parquet(path / "national.parquet")["month"].dt.year.tolist()[::12] == [2009, 2010, 2011, 2012]
    since = pd.read_parquet(path / "villages.parquet")["recognised_since"]
    assert since.isna().equals(small_result.villages["recognised_since"].isna())
    loaded, ours = sim.load_result(path), small_result
    for table, column in (("national", "month"), ("villages", "recognised_since"), ("events", "month")):
        assert loaded.columns(table)[column].dtype == ours.columns(table)[column].dtype


def test_a_brought_graph_travels_along(tmp_path, small_scenario):
    size = {"villages": 2, "households_per_village": 20, "towns": 1, "counties": 1}
    world = sim.build_world(small_scenario.replace({"region": {"synthetic": size}}))
    edges = "".join(f"{i} {i + 1}\n" for i in range(world.n_households - 1))
    (tmp_path / "graph.txt").write_text(edges, encoding="utf-8")
    mapping = {**small_scenario.to_mapping(), "region": {"synthetic": size}, "end": "2009-12"}
    mapping["acquaintances"] = {"file": "graph.txt", "format": "edgelist"}
    result = sim.run(sim.Scenario.from_mapping(mapping, folder=tmp_path))
    path = result.save(tmp_path / "one")
    (tmp_path / "graph.txt").unlink()
    loaded = sim.load_result(path)
    assert loaded.scenario.fingerprint == result.scenario.fingerprint
    same(sim.run(loaded.scenario), result)


def without_digests(path):
    """Make a run folder one from before the digests of its files were kept."""
    content = json.loads((path / "provenance.json").read_text(encoding="utf-8"))
    del content["files_sha256"]
    (path / "provenance.json").write_text(json.dumps(content), encoding="utf-8")


def test_a_folder_from_before_conditions_were_recorded_is_read(tmp_path, small_result):
    path = small_result.save(tmp_path / "one")
    without_digests(path)
    (path / "conditions.parquet").unlink()
    loaded = sim.load_result(path)
    assert len(loaded.events) == len(small_result.events)
    with pytest.raises(KeyError, match=r"no table 'conditions'; there are national, "):
        loaded.columns("conditions")


def listing(path):
    return sorted(str(item.relative_to(path)) for item in path.rglob("*"))


def test_a_foreign_folder_is_never_touched(tmp_path, small_result):
    foreign = tmp_path / "thesis"
    foreign.mkdir()
    (foreign / "chapter.txt").write_text("x", encoding="utf-8")
    for overwrite in (False, True):
        with pytest.raises(ResultError, match=r"thesis: is a folder with other files in it"):
            small_result.save(foreign, overwrite=overwrite)
    with pytest.raises(ResultError, match=r"chapter.txt: is not a folder"):
        small_result.save(foreign / "chapter.txt")
    assert listing(tmp_path) == ["thesis", "thesis/chapter.txt"]


def test_a_result_is_replaced_only_when_asked(tmp_path, small_result, small_scenario):
    path = small_result.save(tmp_path / "one")
    other = sim.run(small_scenario.replace({"end": "2009-12"}))
    with pytest.raises(ResultError, match=r"one: holds a result already; .* --force .*overwrite=True"):
        other.save(path)
    assert sim.load_result(path).scenario == small_result.scenario
    other.save(path, overwrite=True)
    assert sim.load_result(path).scenario == other.scenario
    assert [item.name for item in tmp_path.iterdir()] == ["one"]


def test_a_place_below_a_file_is_refused_as_such(tmp_path, small_result):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(ResultError, match=r"sub: cannot be written: .*file is a file; name a place in a folder"):
        small_result.save(tmp_path / "file" / "sub")
    assert listing(tmp_path) == ["file"]


@pytest.mark.parametrize(("name", "reason"), [("x" * 300, "File name too long"), ("a\0b", "embedded null byte")])
def test_a_name_that_no_folder_may_have_is_refused(tmp_path, small_result, name, reason):
    with pytest.raises(ResultError, match=rf"cannot be a folder \(.*{reason}\); name another one"):
        small_result.save(tmp_path / name)


def test_a_place_that_may_not_be_looked_into_is_refused(tmp_path, small_result, monkeypatch):
    def forbidden(self):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(type(tmp_path), "lstat", forbidden)  # an administrator may look everywhere
    with pytest.raises(ResultError, match=r"one: cannot be a folder \(Permission denied\); name another one"):
        small_result.save(tmp_path / "one")


def test_an_empty_folder_is_used(tmp_path, small_result):
    (tmp_path / "one").mkdir()
    small_result.save(tmp_path / "one")
    assert [item.name for item in tmp_path.iterdir()] == ["one"]


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt(), MemoryError()])
@pytest.mark.parametrize("there", [False, True])
def test_nothing_stays_of_a_failed_save(tmp_path, small_result, monkeypatch, failure, there):
    path = tmp_path / "runs" / "one"
    if there:
        small_result.save(path)
    before = listing(tmp_path)

    def fail(*_):
        raise failure

    monkeypatch.setattr(folder, "_portable", fail)  # after the tables are written
    expected = ResultError if isinstance(failure, OSError) else type(failure)
    with pytest.raises(expected) as caught:
        small_result.save(path, overwrite=there)
    assert listing(tmp_path) == before
    if isinstance(failure, OSError):
        assert "one: cannot be written (No space left on device)" in str(caught.value)


def test_the_old_result_comes_back_when_the_last_step_fails(tmp_path, small_result, monkeypatch):
    path = small_result.save(tmp_path / "one")
    before = listing(tmp_path)
    rename = type(path).rename

    def fail(self, target):
        if target == path and "-old-" not in str(self):
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(type(path), "rename", fail)
    with pytest.raises(ResultError, match="Input/output error"):
        small_result.save(path, overwrite=True)
    assert listing(tmp_path) == before


@pytest.mark.parametrize("step", ["_portable", "_move"])
def test_of_two_that_save_in_one_place_the_later_is_told(tmp_path, small_result, cao_result, monkeypatch, step):
    path, as_it_is = tmp_path / "one", getattr(folder, step)

    def other_first(*args, **options):  # after the place was found free
        monkeypatch.setattr(folder, step, as_it_is)
        cao_result.save(path)
        return as_it_is(*args, **options)

    monkeypatch.setattr(folder, step, other_first)
    with pytest.raises(
        ResultError, match=r"one: (holds a result already|cannot be written \(Directory not empty)"
    ):
        small_result.save(path)
    assert sim.load_result(path).scenario == cao_result.scenario
    assert [item.name for item in tmp_path.iterdir()] == ["one"]


def test_of_two_that_replace_a_result_one_stays_and_nothing_beside_it(
    tmp_path, small_result, cao_result, monkeypatch
):
    path = small_result.save(tmp_path / "one")
    rename = type(path).rename

    def other_between(self, target):  # the old one is aside, the new one not yet in its place
        moved = rename(self, target)
        if self == path:
            cao_result.save(path)
        return moved

    monkeypatch.setattr(type(path), "rename", other_between)
    with pytest.raises(ResultError, match="Directory not empty"):
        small_result.save(path, overwrite=True)
    assert sim.load_result(path).scenario == cao_result.scenario
    assert [item.name for item in tmp_path.iterdir()] == ["one"]


def test_an_unwritable_place(tmp_path, small_result, monkeypatch):
    monkeypatch.setattr(folder.os, "access", lambda *_: False)  # a superuser may write everywhere
    with pytest.raises(ResultError, match=r"one: cannot be written: no right to write in"):
        small_result.save(tmp_path / "one")
    assert listing(tmp_path) == []


def test_what_is_no_run_folder(tmp_path, small_result):
    with pytest.raises(ResultError, match=r"nothing: is not a run folder"):
        sim.load_result(tmp_path / "nothing")
    path = small_result.save(tmp_path / "one")
    without_digests(path)
    (path / "events.parquet").write_bytes(b"PAR1")
    with pytest.raises(ResultError, match=r"events.parquet: cannot be read as a table"):
        sim.load_result(path)
    content = json.loads((path / "provenance.json").read_text(encoding="utf-8"))
    (path / "provenance.json").write_text(json.dumps({**content, "results_version": 99}), encoding="utf-8")
    with pytest.raises(ResultError, match=r"was written in layout 99, this version reads layout 1"):
        sim.load_result(path)
