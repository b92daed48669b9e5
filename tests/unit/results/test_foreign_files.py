"""Run folders made by others: whatever lies there is refused in words, and nothing of it is executed."""

from __future__ import annotations

import json
import pickle
import shutil

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sim
from sim.errors import ResultError, ScenarioError
from sim.results import folder


class Trap:
    """Writes a file when it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return (open, (str(self.mark), "w"))


def npy(path, mark):
    np.save(path, np.array([Trap(mark)], object), allow_pickle=True)


def npz(path, mark):
    np.savez(path, month=np.array([Trap(mark)], object), allow_pickle=True)


def extension(path, mark):
    """A column that asks for a type of Python's own, which pyarrow before 14.0.1 unpickled."""
    asked = {b"ARROW:extension:name": b"arrow.py_extension_type"}
    asked |= {b"ARROW:extension:metadata": pickle.dumps(Trap(mark))}
    column = pa.field("month", pa.int64(), metadata=asked)
    pq.write_table(pa.table([pa.array([1])], schema=pa.schema([column])), path)


TABLES = {
    "a pickle": lambda path, mark: path.write_bytes(pickle.dumps(Trap(mark))),
    "numpy's npy": npy,
    "numpy's npz": npz,
    "a type of Python's own": extension,
    "nothing": lambda path, mark: path.write_bytes(b""),
    "another table": lambda path, mark: pq.write_table(pa.table({"a": [1]}), path),
    "lists": lambda path, mark: nested(path),
    "a column twice": lambda path, mark: doubled(path),
}


def nested(path):
    table = pq.read_table(path)
    lists = pa.array([[1]] * len(table))
    pq.write_table(table.set_column(1, table.column_names[1], lists), path)


def doubled(path):
    table = pq.read_table(path)
    pq.write_table(table.append_column(table.column_names[0], table.column(0)), path)


@pytest.fixture(scope="module")
def saved(tmp_path_factory, small_result):
    """A run folder without digests: whoever makes a folder makes them, too."""
    path = small_result.save(tmp_path_factory.mktemp("foreign") / "one")
    content = json.loads((path / "provenance.json").read_text(encoding="utf-8"))
    del content["files_sha256"]
    (path / "provenance.json").write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.fixture
def run(saved, tmp_path):
    """A copy that a test may spoil."""
    return shutil.copytree(saved, tmp_path / "one")


def test_the_trap_works(tmp_path):
    pickle.loads(pickle.dumps(Trap(tmp_path / "executed"))).close()
    assert (tmp_path / "executed").exists()


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_of_another_kind_is_refused_and_not_executed(run, tmp_path, kind):
    made = {"numpy's npy": "events.npy", "numpy's npz": "events.npz"}.get(kind, "events.parquet")
    TABLES[kind](run / made, tmp_path / "executed")
    if made != "events.parquet":
        (run / made).replace(run / "events.parquet")
    with pytest.raises(ResultError, match=r"events\.parquet: (cannot be read as a table|is not the table events)"):
        sim.load_result(run)
    assert not (tmp_path / "executed").exists()


def test_a_table_that_claims_more_rows_than_there_can_be_is_not_unpacked(run, monkeypatch):
    read = pq.ParquetFile.read
    monkeypatch.setattr(
        pq.ParquetFile, "read", lambda stored: asked.append(stored.metadata.num_rows) or read(stored)
    )
    asked: list[int] = []
    sim.load_result(run)
    assert len(asked) == len(folder.SAVED_TABLES)
    monkeypatch.setattr(folder, "_MOST_ROWS", max(asked) - 1)
    largest = max(asked)
    asked.clear()
    with pytest.raises(ResultError, match=rf"is not the table \w+ of a run \({largest:,} rows\)"):
        sim.load_result(run)
    assert largest not in asked


def test_tables_without_what_only_some_runs_have_are_read(run):
    left_out = {name for (table, name), field in folder.fields().items() if folder._SOMETIMES in field.meaning}
    assert left_out - set(sim.load_result(run).national.columns)


@pytest.mark.parametrize(
    "text",
    [
        "!!python/object/apply:os.system ['touch executed']\n",
        "start: !!python/object/apply:os.system ['touch executed']\n",
        "start: !!python/object/new:subprocess.Popen [['touch', 'executed']]\n",
        "extends: !!python/name:os.system\n",
        "start: &a [*a]\n",
        "\0\0\0",
        "",
    ],
)
def test_a_scenario_with_more_than_values_is_refused_and_not_executed(run, tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    (run / "scenario.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"scenario\.yaml"):
        sim.load_result(run)
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_a_provenance_of_another_kind_is_refused_and_not_executed(run, tmp_path):
    (run / "provenance.json").write_bytes(pickle.dumps(Trap(tmp_path / "executed")))
    with pytest.raises(ResultError, match="is not a run folder"):
        sim.load_result(run)
    assert not (tmp_path / "executed").exists()


def test_a_graph_that_unpacks_without_end_is_not_unpacked(run):
    entities = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    text = f'<!DOCTYPE g [<!ENTITY a0 "lolololololololol">{entities}]><graphml><graph id="&a9;"/></graphml>'
    (run / "ties.graphml").write_text(text, encoding="utf-8")
    scenario = (run / "scenario.yaml").read_text(encoding="utf-8")
    own = "acquaintances: {file: ties.graphml, format: graphml}\n"
    (run / "scenario.yaml").write_text(scenario.replace("acquaintances: null\n", "") + own, encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"ties\.graphml: found a file that is not a readable graphml"):
        sim.build_world(sim.load_result(run).scenario)
