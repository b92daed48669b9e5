"""The code that decides results, by its contents: a changed equation is noticed without a version number."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

__all__ = ["changed_sources", "source_hashes"]

_PACKAGE = Path(__file__).parents[1]
#: Files whose code decides what a run gives and what an experiment keeps of it.
_DECIDING = (
    *("streams.py", "state.py", "runner.py", "scenario/settings.py", "data/tables.py", "data/columns.py"),
    "data/records.py",
    *("world/*.py", "rules/*.py", "kernel/*.py"),
    *(f"metrics/{name}.py" for name in ("criteria", "income", "patterns", "recognition", "sales", "selling")),
    *(f"results/{name}.py" for name in ("comparison", "recorder", "systems", "tables")),
    "experiments/outcomes.py",
)


@lru_cache(maxsize=1)
def source_hashes() -> Mapping[str, str]:
    """Digest of each deciding file by its path in the package, comments and docstrings left out."""
    paths = sorted({path for pattern in _DECIDING for path in _PACKAGE.glob(pattern)})
    return {path.relative_to(_PACKAGE).as_posix(): digest(path.read_text(encoding="utf-8")) for path in paths}


def digest(text: str) -> str:
    """Digest of what a source does: its comments, docstrings and layout say nothing."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            kept = [item for item in body if not _is_text(item)]
            node.body = kept or [ast.Pass()]  # type: ignore[attr-defined]
    return hashlib.sha256(ast.unparse(tree).encode()).hexdigest()[:16]


def _is_text(item: ast.stmt) -> bool:
    return (
        isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant) and isinstance(item.value.value, str)
    )


def changed_sources(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Files that differ, are new or are gone, in the order of their names."""
    return sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
