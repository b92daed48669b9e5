"""What the compiler allows and Python does not, so that the event loop also runs where compilation is off.

Coverage and mutants need ``NUMBA_DISABLE_JIT=1``. Then random bits, made modulo 2**64, make NumPy warn, and fields
of a record would not be attributes.
"""

from __future__ import annotations

import numpy as np

from sim.kernel import entries

FIELDS = frozenset(entries.ENTRY.names)


class Entry(np.void):
    """One household's record, its fields attributes also where NumPy has one of that name (``size``)."""

    def __getattribute__(self, name):
        return self[name] if name in FIELDS else super().__getattribute__(name)

    def __setattr__(self, name, value):
        self[name] = value


def run_uncompiled() -> None:
    """Make new tables of entries give such records; directories are tables of numbers and stay so."""
    lines = entries._lines

    def of_records(size, kind):
        table = lines(size, kind)
        return table if kind.names is None else table.view(np.dtype((Entry, kind)))

    entries._lines = of_records
