"""Reading a scenario file with all it extends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from sim.scenario.layers import file_layers, python_layer
from sim.scenario.model import Scenario, assemble
from sim.scenario.vocabulary import Vocabulary, default_vocabulary

__all__ = ["load_scenario"]


def load_scenario(
    path: str | PathLike[str],
    overrides: Mapping[str, Any] | None = None,
    *,
    vocabulary: Vocabulary | None = None,
) -> Scenario:
    """Load a scenario file.

    Parameters
    ----------
    path : a YAML file. What it ``extends`` must lie in the nearest enclosing folder called ``scenarios``,
        or, without one, in the file's own folder or below.
    overrides : values laid over the file, as in :meth:`Scenario.replace`.
    vocabulary : the tables; those of the package by default.

    Raises
    ------
    ScenarioError : with every mistake of every file at its line and column.
    """
    file = Path(path)
    vocabulary = default_vocabulary() if vocabulary is None else vocabulary
    layers = file_layers(file, vocabulary)
    if overrides:
        layers.append(python_layer(overrides, vocabulary, file.parent, top=True))
    name = re.sub(r"[^\w.-]+", "-", file.stem).strip("-_.")[:100] or "scenario"
    return assemble(layers, file.parent, vocabulary, label=str(file), name=name)
