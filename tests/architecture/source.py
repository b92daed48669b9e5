"""Reads Python sources as syntax trees, so that the rules of the house are checked, not promised."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Import:
    """One imported module: by whom and on which line, at the top of the file, for types only."""

    importer: str
    imported: str
    line: int
    at_top: bool
    for_types: bool = False

    def __str__(self) -> str:
        return f"{self.importer}, line {self.line}: imports {self.imported}"


@functools.cache
def sim_sources(root: Path = ROOT) -> Mapping[str, str]:
    """Source text of every module in ``sim/`` by dotted name; a package's name stands for its __init__."""
    texts = {
        _dotted_name(path.relative_to(root)): path.read_text(encoding="utf-8")
        for path in sorted((root / "sim").rglob("*.py"))
    }
    return MappingProxyType(texts)


@functools.cache
def packages(root: Path = ROOT) -> frozenset[str]:
    """Dotted names that are folders; relative imports count from them differently."""
    return frozenset(_dotted_name(path.relative_to(root)) for path in (root / "sim").rglob("__init__.py"))


def _dotted_name(relative: Path) -> str:
    parts = relative.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(sources: Mapping[str, str], package_names: frozenset[str] = frozenset()) -> list[Import]:
    """Every import of every module, those inside functions and under TYPE_CHECKING too.

    ``from a.b import c`` is an import of ``a.b.c`` if that is a module of ``sources``, else of ``a.b``.
    """
    found = []
    for name, text in sources.items():
        for node, at_top, for_types in _walk(ast.parse(text)):
            for target in _targets(node, name, name in package_names, sources):
                found.append(Import(name, target, node.lineno, at_top, for_types))
    return found


def _walk(tree: ast.AST, at_top: bool = True, for_types: bool = False) -> Iterator[tuple[ast.AST, bool, bool]]:
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, at_top, for_types
            continue
        if isinstance(child, ast.expr):
            continue
        inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        guard = isinstance(child, ast.If) and dotted(child.test).split(".")[-1] == "TYPE_CHECKING"
        yield from _walk(child, at_top and not inside, for_types or guard)


def _targets(node: ast.AST, name: str, is_package: bool, sources: Mapping[str, str]) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    base = node.module or ""
    if node.level:
        parts = name.split(".")
        keep = len(parts) - node.level + (1 if is_package else 0)
        base = ".".join([*parts[:keep], *([node.module] if node.module else [])])
    return [f"{base}.{alias.name}" if f"{base}.{alias.name}" in sources else base for alias in node.names]


def dotted(node: ast.AST) -> str:
    """``a.b.c`` for an attribute chain of names, else an empty string."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return f"{base}.{node.attr}" if base else ""
    return ""
