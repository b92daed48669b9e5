"""Every column of a run folder has a unit and a meaning, in the file and in docs/results.md."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

import sim
from sim.results.fields import ROWS, fields, markdown
from sim.results.folder import SAVED_TABLES

PAGE = Path(__file__).parents[3] / "docs" / "results.md"
MECHANISMS = ("guidance", "credit", "chain", "consumption", "migration")


@pytest.fixture(scope="module")
def everything(small_scenario):
    """A run whose tables have every column there can be."""
    on = {f"mechanisms.{name}": True for name in MECHANISMS} | {"adoption.rule": "information"}
    return sim.run(small_scenario.replace({**on, "end": "2010-12"}))


def test_the_table_holds_the_columns_in_their_order(everything):
    found = [(table, column) for table in SAVED_TABLES for column in everything.columns(table)]
    order = {table: place for place, table in enumerate(SAVED_TABLES)}
    assert sorted(fields(), key=lambda key: order[key[0]]) == found
    assert list(ROWS) == list(SAVED_TABLES)
    assert all(field.unit and field.meaning for field in fields().values())


def test_the_files_say_unit_and_meaning(everything, tmp_path):
    path = everything.save(tmp_path / "one")
    for table in SAVED_TABLES:
        for field in pq.read_schema(path / f"{table}.parquet"):
            expected = fields()[table, field.name]
            metadata = {key.decode(): value.decode() for key, value in field.metadata.items()}
            assert (metadata["unit"], metadata["meaning"]) == expected


def test_the_page_is_the_table():
    written = PAGE.read_text(encoding="utf-8")
    assert written == markdown(), "write it anew, see the docstring of markdown"
