"""The run folder: tables, scenario, provenance and figures, written whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import ResultError
from sim.results.fields import fields
from sim.results.provenance import RESULTS_VERSION
from sim.results.staging import umask
from sim.results.tables import Columns
from sim.results.whole import changed_since, digests_of
from sim.scenario import Scenario, load_scenario

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["SAVED_TABLES", "check_free", "read", "save"]

SAVED_TABLES = (
    "national",
    "counties",
    "villages",
    "events",
    "closings",
    "conditions",
    "clusters",
    "patterns",
    "provinces",
    "county_list",
    "town_list",
)
#: Tables that run folders of the same layout did not always have; what reads them says so.
_ADDED_LATER = ("conditions",)
#: Said in the meaning of columns that only runs with a certain mechanism have.
_SOMETIMES = "(only with"
_PROVENANCE, _SCENARIO, _FIGURES = "provenance.json", "scenario.yaml", "figures"
#: Key of the provenance on disk under which the other files' digests stand.
_DIGESTS = "files_sha256"
_LARGEST_PROVENANCE_BYTES = 10_000_000
#: More rows than China has rural households are in no table; a few bytes may claim any number.
_MOST_ROWS = 200_000_000
_REPLACE = "name a new folder, or replace it with --force (in Python: overwrite=True)"


def check_free(path: Path, *, overwrite: bool = False) -> None:
    """Refuse a place where a run folder may not or cannot go.

    Raises
    ------
    ResultError : it is a file, holds something else, holds a result that may not be replaced, or lies where
        nothing can be written.
    """
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        pass  # free, or below a file, which is told below
    except (OSError, ValueError) as error:  # a name too long, a folder that may not be looked into
        reason = getattr(error, "strerror", None) or str(error)
        raise ResultError.at(path, f"cannot be a folder ({reason})", "name another one") from error
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        raise ResultError.at(path, "is not a folder", "name another one")
    if path.is_dir() and any(path.iterdir()):
        if not (path / _PROVENANCE).is_file():
            hint = "name a new one; it is never replaced"
            raise ResultError.at(path, "is a folder with other files in it", hint)
        if not overwrite:
            raise ResultError.at(path, "holds a result already", _REPLACE)
    above = next(folder for folder in path.absolute().parents if folder.exists())
    if not above.is_dir():
        raise ResultError.at(path, f"cannot be written: {above} is a file", "name a place in a folder")
    if not os.access(above, os.W_OK | os.X_OK):
        raise ResultError.at(path, f"cannot be written: no right to write in {above}", "name another folder")


def save(
    path: Path,
    scenario: Scenario,
    provenance: dict[str, Any],
    tables: Mapping[str, Columns],
    *,
    figures: Mapping[str, bytes],
    overwrite: bool,
) -> Path:
    """Write a run folder beside its place and move it there; on any failure nothing of it stays."""
    check_free(path, overwrite=overwrite)
    made = _make_parents(path.absolute().parent)
    staging: Path | None = None
    try:
        staging = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.absolute().parent))
        staging.chmod(0o777 & ~umask())
        _write(staging, scenario, provenance, tables, figures)
        check_free(path, overwrite=overwrite)  # another process may have saved there meanwhile
        _move(staging, path, overwrite=overwrite)
    except BaseException as error:
        if staging is not None:
            shutil.rmtree(staging, ignore_errors=True)
        for folder in reversed(made):
            _remove_if_empty(folder)
        if isinstance(error, OSError):
            reason = error.strerror or str(error)
            raise ResultError.at(path, f"cannot be written ({reason})", "nothing was left there") from error
        raise
    return path


def _make_parents(folder: Path) -> list[Path]:
    """Make the folders above, and say which were new, the outermost first."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ResultError.at(folder, f"cannot be made ({error.strerror})", "name another folder") from error
    return missing[::-1]


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:  # not empty: somebody else uses it by now
        return


def _move(staging: Path, path: Path, *, overwrite: bool) -> None:
    """Put the finished folder in its place; the one it replaces goes only after that."""
    if not overwrite or not path.exists():
        if path.exists():
            path.rmdir()  # empty, or this fails: another process has saved there meanwhile
        staging.rename(path)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{path.name}-old-", dir=staging.parent))
    path.rename(aside / path.name)
    try:
        staging.rename(path)
    except BaseException:
        if path.exists():  # another process was quicker; both were to replace what is aside
            shutil.rmtree(aside, ignore_errors=True)
        else:
            (aside / path.name).rename(path)
            aside.rmdir()
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _write(
    folder: Path,
    scenario: Scenario,
    provenance: dict[str, Any],
    tables: Mapping[str, Columns],
    figures: Mapping[str, bytes],
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    for name, columns in tables.items():
        table = _arrow(name, columns)
        # A dictionary of numbers that hardly repeat is for nothing: files are larger and take twice the time.
        words = [column.name for column in table.schema if pa.types.is_string(column.type)]
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd", use_dictionary=words)
    if figures:
        (folder / _FIGURES).mkdir()
    for name, content in figures.items():
        (folder / _FIGURES / f"{name}.png").write_bytes(content)
    (folder / _SCENARIO).write_text(_portable(scenario, folder).to_yaml(), encoding="utf-8")
    text = json.dumps({**provenance, _DIGESTS: digests_of(folder)}, ensure_ascii=False, indent=2)
    (folder / _PROVENANCE).write_text(text + "\n", encoding="utf-8")


def _portable(scenario: Scenario, folder: Path) -> Scenario:
    """The scenario with its own graph and table of the roll-out, if it has them, copied beside it."""
    graph, table = scenario.acquaintances, scenario.roll_out
    if graph is None and table is None:
        return scenario
    content = scenario.to_mapping()
    if graph is not None:
        shutil.copyfile(graph.path, folder / graph.path.name)
        content["acquaintances"] = {"file": graph.path.name, "format": graph.format}
    if table is not None:
        name = (
            table.path.name
            if graph is None or graph.path.name != table.path.name
            else f"roll-out-{table.path.name}"
        )
        shutil.copyfile(table.path, folder / name)
        content["roll_out"] = name
    return Scenario.from_mapping(content, folder=folder, vocabulary=scenario.vocabulary)


def _arrow(table: str, columns: Columns) -> pa.Table:
    """A table with unit and meaning of its columns; days as timestamps, which pandas reads as such."""
    import pyarrow as pa

    arrays, schema = [], []
    for name, values in columns.items():
        kept = values.astype("datetime64[ms]") if values.dtype.kind == "M" else values
        array = pa.array(kept, from_pandas=False)
        known = fields().get((table, name))
        arrays.append(array)
        schema.append(pa.field(name, array.type, metadata=None if known is None else known._asdict()))
    return pa.table(arrays, schema=pa.schema(schema))


def read(path: Path) -> tuple[Scenario, dict[str, Any], dict[str, Columns]]:
    """Scenario, provenance and tables of a run folder.

    Raises
    ------
    ResultError : it is no run folder, is damaged, holds another file than was saved, or was written by a later
        version.
    """
    try:
        provenance, recorded = _read_provenance(path / _PROVENANCE)
        written_as = provenance["results_version"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ResultError.at(path, f"is not a run folder (no readable {_PROVENANCE})", "check the path") from error
    if written_as != RESULTS_VERSION:
        message = f"was written in layout {written_as}, this version reads layout {RESULTS_VERSION}"
        raise ResultError.at(path, message, "read it with the version named in its provenance.json")
    files = {name: path / f"{name}.parquet" for name in SAVED_TABLES}
    there = {name: file for name, file in files.items() if name not in _ADDED_LATER or file.exists()}
    if recorded is not None:
        _check_whole(path, recorded, there.values())
    scenario = load_scenario(path / _SCENARIO)
    return scenario, provenance, {name: _read_table(name, file) for name, file in there.items()}


def _read_provenance(file: Path) -> tuple[dict[str, Any], dict[str, str] | None]:
    """The provenance and the digests that stand in it; none in folders from before they were kept."""
    with file.open("rb") as stream:
        content = stream.read(_LARGEST_PROVENANCE_BYTES + 1)
    if len(content) > _LARGEST_PROVENANCE_BYTES:
        raise ValueError(file)
    provenance: dict[str, Any] = dict(json.loads(content.decode("utf-8")))
    recorded = provenance.pop(_DIGESTS, None)
    is_mapping = isinstance(recorded, dict) and all(isinstance(digest, str) for digest in recorded.values())
    if recorded is not None and not is_mapping:
        raise TypeError(file)
    return provenance, recorded


def _check_whole(path: Path, recorded: Mapping[str, str], tables: Iterable[Path]) -> None:
    changed = changed_since(path, recorded)
    if changed is not None:
        raise changed
    for file in (path / _SCENARIO, *tables):
        if file.name not in recorded:
            raise ResultError.at(file, "was not saved with this run", "run it again")


def _read_table(name: str, file: Path) -> Columns:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(file) as stored:
            mistake = _foreign(name, stored.metadata.num_rows, stored.schema_arrow)
            table = None if mistake else stored.read()
    except (OSError, pa.ArrowException) as error:
        hint = "the run folder is damaged; run it again"
        raise ResultError.at(file, "cannot be read as a table", hint) from error
    if table is None:
        raise ResultError.at(file, f"is not the table {name} of a run ({mistake})", "run it again")
    return {column: _values(table.column(column)) for column in table.column_names}


def _foreign(table: str, n_rows: int, schema: pa.Schema) -> str:
    """Why a Parquet file is no such table; empty if it may be."""
    import pyarrow.types as kinds

    needed = [
        column for (of, column), field in fields().items() if of == table and _SOMETIMES not in field.meaning
    ]
    lacking = [column for column in needed if column not in schema.names]
    plain = (kinds.is_primitive, kinds.is_string, kinds.is_null)  # a column of no rows may be of no kind
    strange = [field.name for field in schema if not any(is_plain(field.type) for is_plain in plain)]
    if lacking:
        return f"no column {', '.join(lacking[:3])}"
    if len(set(schema.names)) < len(schema.names):
        return "a column stands twice"
    if strange:
        return f"in {', '.join(strange[:3])} neither numbers nor texts"
    return f"{n_rows:,} rows" if n_rows > _MOST_ROWS else ""


def _values(column: pa.ChunkedArray) -> np.ndarray[Any, Any]:
    values: np.ndarray[Any, Any] = column.to_numpy()
    return values.astype("datetime64[D]") if values.dtype.kind == "M" else values
