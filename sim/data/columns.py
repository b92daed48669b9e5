"""Reading shipped files into read-only columns."""

from __future__ import annotations

import csv
import gzip
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Codes",
    "Flags",
    "Floats",
    "Ints",
    "Texts",
    "codes",
    "flags",
    "floats",
    "frozen",
    "ints",
    "positions",
    "read_columns",
    "shipped_bytes",
    "texts",
]

Ints = NDArray[np.int32]
Codes = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Texts = NDArray[np.object_]
Column = tuple[str, ...]

UNKNOWN = "-1"
_END = "\x1e"  # put after each line; stands in no table


def shipped_bytes(name: str) -> bytes:
    """Return the content of a shipped file, decompressed if its name ends in ``.gz``."""
    data = files("sim.data").joinpath(name).read_bytes()
    return gzip.decompress(data) if name.endswith(".gz") else data


def read_columns(name: str) -> dict[str, Column]:
    """Read a shipped CSV file as columns of text, by header name."""
    lines = shipped_bytes(name).decode("utf-8").splitlines()
    header = next(csv.reader(lines))
    # As one long line: a list for each of 35,000 towns sets off the collection of garbage again and again.
    fields = next(csv.reader([f",{_END},".join(lines) + f",{_END}"]))
    width = len(header) + 1
    if len(fields) != width * len(lines) or fields[width - 1 :: width].count(_END) != len(lines):
        message = f"{name}: lines have other numbers of columns than the {len(header)} of its header"
        raise ValueError(message)
    return {column: tuple(fields[place::width][1:]) for place, column in enumerate(header)}


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Return the same array, closed for writing."""
    array.setflags(write=False)
    return array


def texts(column: Column) -> Texts:
    """Column of text."""
    return frozen(np.array(column, dtype=object))


def ints(column: Column, blank: str = UNKNOWN) -> Ints:
    """Column of whole numbers, int32; a blank becomes ``blank``."""
    return frozen(np.fromiter((int(text or blank) for text in column), np.int32, len(column)))


def codes(column: Column) -> Codes:
    """Column of codes of more than nine digits, int64; a blank becomes -1."""
    return frozen(np.fromiter((int(text or UNKNOWN) for text in column), np.int64, len(column)))


def floats(column: Column) -> Floats:
    """Column of numbers, float64; a blank becomes nan."""
    return frozen(np.fromiter((float(text or "nan") for text in column), np.float64, len(column)))


def flags(column: Column) -> Flags:
    """Column of 0 and 1 as booleans."""
    return frozen(np.fromiter((text == "1" for text in column), np.bool_, len(column)))


def positions(values: Codes | Ints, sorted_codes: Codes | Ints) -> Ints:
    """Position of every value in a sorted array of codes which holds them all."""
    return frozen(np.searchsorted(sorted_codes, values).astype(np.int32))
