"""The one order of the package: a module imports from its own row or the rows above it, never in a circle."""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

from tests.architecture.source import Import

# Row by row, first the ground.
ROWS: tuple[tuple[str, ...], ...] = (
    ("sim.errors", "sim.code_cache", "sim.compiled", "sim.streams"),
    ("sim.scenario",),
    ("sim.data", "sim.world"),
    ("sim.state",),
    ("sim.rules", "sim.metrics"),
    ("sim.kernel", "sim.own_rules"),
    ("sim.agents", "sim.model"),
    ("sim.results", "sim.runner"),
    ("sim.experiments",),
    ("sim.calibration",),
    ("sim.plotting", "sim.report"),
    ("sim.app", "sim.cli", "sim.__main__"),
)
IN_PARTS = ("sim.cli",)  # sim/cli.py and its parts sim/cli_*.py are one unit
ROW_OF = {unit: row for row, units in enumerate(ROWS) for unit in units}


def unit_of(module: str) -> str:
    """The entry of the table a module belongs to; raises KeyError for a module without a row."""
    unit = ".".join(module.split(".")[:2])
    for whole in IN_PARTS:
        if unit.startswith(f"{whole}_"):
            unit = whole
    if unit not in ROW_OF:
        raise KeyError(module)
    return unit


def upward_imports(found: Iterable[Import]) -> list[str]:
    """Imports of a lower row (a higher row number) by a higher one."""
    return [
        f"{item} (row {ROW_OF[unit_of(item.importer)]} from row {ROW_OF[unit_of(item.imported)]})"
        for item in found
        if item.importer != "sim" and item.imported.startswith("sim.")
        if ROW_OF[unit_of(item.imported)] > ROW_OF[unit_of(item.importer)]
    ]


def cycle(found: Iterable[Import], *, by_unit: bool) -> list[str]:
    """One circle of imports, among modules or among the units of the table; empty if there is none.

    Two modules of one package may name each other's types: nothing is loaded in a circle then.
    """
    graph: dict[str, set[str]] = {}
    for item in found:
        if item.importer == "sim" or not item.imported.startswith("sim."):
            continue
        source, target = item.importer, item.imported
        if by_unit:
            source, target = unit_of(source), unit_of(target)
        if source != target if by_unit else not item.for_types:
            graph.setdefault(source, set()).add(target)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []
