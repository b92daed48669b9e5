"""Reading and writing CSV so that the same input gives the same bytes."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.errors import WorldError

__all__ = ["Row", "read_rows", "write_rows"]

Row = dict[str, str]


def read_rows(path: Path) -> list[Row]:
    """Read a CSV file with a header line, plain or gzipped, as dictionaries of text.

    Parameters
    ----------
    path : file; a name ending in ``.gz`` is decompressed.

    Raises
    ------
    WorldError
        If the file is missing.
    """
    if not path.is_file():
        message = f"{path}: file not found; give the folder which holds {path.name}"
        raise WorldError(message)
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows with line feeds as line ends; a ``.gz`` name is gzipped with time stamp 0.

    Parameters
    ----------
    path : file to write.
    columns : header, in order; every row must have exactly these keys.
    rows : values; ``None`` is written blank.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    data = text.getvalue().encode("utf-8")
    if path.suffix == ".gz":
        packed = io.BytesIO()
        with gzip.GzipFile("", "wb", 9, packed, mtime=0) as stream:
            stream.write(data)
        data = packed.getvalue()
    path.write_bytes(data)
