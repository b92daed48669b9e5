"""What the columns of a run folder mean: one table, written into the Parquet files and into docs/results.md."""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

__all__ = ["ROWS", "Field", "fields", "markdown"]

#: What one row of each saved table is.
ROWS = MappingProxyType(
    {
        "national": "a month",
        "counties": "a month and county",
        "villages": "a December and village that has a shop, a station or recognition; all others are left out",
        "events": "a shop opened",
        "closings": "a shop closed",
        "conditions": "a month and village in which a shop opened",
        "clusters": "a December, reading and cluster of Taobao villages",
        "patterns": "a pattern and December",
        "provinces": "a December and province",
        "county_list": "a county simulated",
        "town_list": "a town simulated",
    }
)

_HEAD = """# The tables of a run folder

`hinterland run` and `result.save` write these Parquet files; `sim.load_result(folder)` reads them back, and
`pandas.read_parquet` reads each by itself. Unit and meaning of a column stand in the file, too:
`pyarrow.parquet.read_schema(file).field("shops").metadata`. Months are timestamps of their first day.
`villages`, `clusters`, `patterns` and `provinces` are counted each December; in them online sales are those of
twelve months, in `national` and `counties` those of one.

`provenance.json` holds under `files_sha256` the digest of every other file. `sim.load_result` refuses a folder in
which a table, `scenario.yaml`, or a graph or table of the roll-out beside it is missing or not as it was saved,
and names the file. What is added later (a report) and what happens to the figures does not matter.

The columns of `conditions` from `base` on add up to the village's log hazard ratio in the month; `exp` of one is
the factor by which it multiplied the hazard of every household of the village, against the reference named there.
"""


class Field(NamedTuple):
    """Unit and meaning of a column."""

    unit: str
    meaning: str


@lru_cache(maxsize=1)
def fields() -> MappingProxyType[tuple[str, str], Field]:
    """Unit and meaning by table and column, in the order of the tables."""
    text = files("sim.results").joinpath("fields.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return MappingProxyType({(row["table"], row["column"]): Field(row["unit"], row["meaning"]) for row in rows})


def markdown() -> str:
    """The page docs/results.md, written anew by

    ``python -c "from sim.results.fields import markdown as m; print(m(), end='')" > docs/results.md``.
    """
    parts = [_HEAD]
    for table, row in ROWS.items():
        lines = [
            f"| `{column}` | {field.unit} | {field.meaning} |"
            for (of, column), field in fields().items()
            if of == table
        ]
        head = f"\n## {table}.parquet\n\nA row is {row}.\n\n| column | unit | meaning |\n|---|---|---|\n"
        parts.append(head + "\n".join(lines) + "\n")
    return "".join(parts)
