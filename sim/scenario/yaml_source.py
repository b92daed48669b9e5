"""From the text of a scenario file to plain values, each with its line and column.

The YAML node graph is read, not constructed objects: nothing a file says can be executed, every key has a
mark, and a key that stands twice is seen.
"""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

from sim.errors import Place, Problem, ScenarioError

__all__ = ["LARGEST_FILE_BYTES", "KeyPath", "Source", "decoded", "read_source", "read_text"]

KeyPath: TypeAlias = tuple[str | int, ...]
Node: TypeAlias = Any  # the annotations of the YAML library leave out what its nodes hold

LARGEST_FILE_BYTES: Final = 1_000_000
_MOST_VALUES: Final = 100_000
_DEEPEST: Final = 50
_STANDARD: Final = "tag:yaml.org,2002:"
_UNREAD: Final = object()  # what has been reported already and is left out


@dataclass(frozen=True)
class Source:
    """Plain values of one file, with the place of every key and list item.

    Parameters
    ----------
    label : how the file is called in messages, as the user wrote it.
    values : keys are texts; values are mappings, lists, texts, numbers, truth values, dates or ``None``.
    places : by path of keys and list positions; the empty path is the file.
    problems : mistakes that left the rest readable (a key that stands twice, a tag).
    """

    label: str
    values: Mapping[str, Any]
    places: Mapping[KeyPath, Place]
    problems: tuple[Problem, ...] = ()

    @property
    def attempted(self) -> frozenset[str]:
        """Keys written at the top, readable or not."""
        return frozenset({*self.values, *(str(path[0]) for path in self.places if len(path) == 1)})

    def place(self, path: KeyPath) -> Place:
        """Place of the value at ``path``, or of the nearest value around it."""
        while path not in self.places and path:
            path = path[:-1]
        return self.places.get(path, Place(self.label))


@dataclass
class _Walk:
    """State of one walk over the node graph; counts visits so that aliases cannot multiply for ever."""

    label: str
    places: dict[KeyPath, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    visits: int = 0

    def problem(self, node: Node, message: str, hint: str | None = None) -> None:
        self.problems.append(Problem(message, self.mark(node), hint))

    def mark(self, node: Node) -> Place:
        return Place(self.label, node.start_mark.line + 1, node.start_mark.column + 1)


def read_source(path: Path, label: str | None = None) -> Source:
    """Read one scenario file.

    Raises
    ------
    ScenarioError : no such file, a folder, larger than 1 MB, not UTF-8, not YAML, or not a mapping.
    """
    label = str(path) if label is None else label
    try:
        if path.is_dir():
            raise ScenarioError(Problem("found a folder, allowed is a file", Place(label), "name a file in it"))
        if not path.exists():
            raise ScenarioError(Problem("there is no such file", Place(label), "check the name and the folder"))
        if not path.is_file():
            raise ScenarioError(Problem("found a device, allowed is a file", Place(label)))
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, ScenarioError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioError(Problem(f"cannot be read ({reason})", Place(label))) from None
    return read_text(decoded(content, label), label)


def decoded(content: bytes, label: str) -> str:
    """Text of a file in UTF-8, of at most 1 MB; anything else is a ``ScenarioError`` at the first wrong byte."""
    if len(content) > LARGEST_FILE_BYTES:
        message = "found more than 1 MB, allowed is a file of at most 1 MB"
        raise ScenarioError(Problem(message, Place(label), "put large tables into files of their own"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig", errors="replace")
        place = Place(label, before.count("\n") + 1, len(before) - before.rfind("\n"))
        message = f"found the byte 0x{content[error.start]:02x}, allowed is text in UTF-8"
        raise ScenarioError(Problem(message, place, "save the file as UTF-8")) from None
    return text


def read_text(text: str, label: str) -> Source:
    """Read the text of a scenario; see :func:`read_source`."""
    root = _compose(text, label)
    if root is None:
        message = "found an empty file, allowed is a mapping of keys such as start and end"
        raise ScenarioError(Problem(message, Place(label)))
    walk = _Walk(label, {(): Place(label)})
    if root.id != "mapping":
        what = "a list" if root.id == "sequence" else "a single value"
        message = f"found {what}, allowed is a mapping of keys such as start and end"
        raise ScenarioError(Problem(message, walk.mark(root), "write lines like 'start: 2009-01'"))
    values = _plain(root, (), walk)
    return Source(label, values, walk.places, tuple(walk.problems))


def _compose(text: str, label: str) -> Node | None:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.reader import ReaderError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a reused anchor is harmless here
            node: Node | None = YAML(typ="rt", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(label) if mark is None else Place(label, mark.line + 1, mark.column + 1)
        reason = error.problem or error.context or "cannot be read"
        hint = "indent with spaces, not tabs" if "\\t" in reason else None
        raise ScenarioError(Problem(f"is not YAML: {reason}", place, hint)) from None
    except ReaderError as error:
        before = text[: error.position] if isinstance(error.position, int) else ""
        place = Place(label, before.count("\n") + 1, len(before) - before.rfind("\n"))
        message = "is not YAML: found a character that text files do not hold"
        raise ScenarioError(Problem(message, place, "is it a binary file?")) from None
    except RecursionError:
        raise ScenarioError(Problem("is nested too deeply", Place(label))) from None
    except (YAMLError, ValueError, TypeError, LookupError, AttributeError, AssertionError) as error:
        # the parser meets some malformed input with plain Python errors
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise ScenarioError(Problem(f"is not YAML: {reason}", Place(label))) from None
    return node


def _plain(node: Node, path: KeyPath, walk: _Walk) -> Any:
    walk.visits += 1
    if walk.visits > _MOST_VALUES or len(path) > _DEEPEST:
        message = f"holds more than {_MOST_VALUES} values or {_DEEPEST} levels, aliases counted each time"
        raise ScenarioError(Problem(message, walk.mark(node)))
    tag = str(node.tag)
    if node.id == "mapping" and tag == _STANDARD + "map":
        return _mapping(node, path, walk)
    if node.id == "sequence" and tag == _STANDARD + "seq":
        return _list(node, path, walk)
    if node.id == "scalar" and tag.startswith(_STANDARD):
        try:
            return _scalar(tag.removeprefix(_STANDARD), node.value)
        except ValueError:
            shown = tag.replace(_STANDARD, "!!")
            walk.problem(node, f"found {node.value[:60]!r}, allowed is a value of the tag {shown}")
            return _UNREAD
        except LookupError:
            pass
    walk.problem(node, f"found the tag {tag.replace(_STANDARD, '!!')}, allowed are plain values", "remove the tag")
    return _UNREAD


def _list(node: Node, path: KeyPath, walk: _Walk) -> list[Any]:
    items: list[Any] = []
    for item in node.value:
        here = (*path, len(items))
        walk.places[here] = walk.mark(item)
        value = _plain(item, here, walk)
        if value is not _UNREAD:
            items.append(value)
    return items


def _mapping(node: Node, path: KeyPath, walk: _Walk) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if str(key_node.tag) == _STANDARD + "merge":
            walk.problem(key_node, "found a merge key <<, allowed are plain keys", "use extends")
            continue
        if key_node.id != "scalar" or str(key_node.tag) != _STANDARD + "str":
            shown = {"sequence": "a list", "mapping": "a mapping"}.get(key_node.id, str(key_node.value))
            walk.problem(key_node, f"found {shown} as a key, allowed are names", "is a quote or a dash missing?")
            continue
        key = str(key_node.value)
        if (*path, key) in walk.places:
            first = walk.places[(*path, key)].line
            walk.problem(key_node, f"the key {key} stands twice, first in line {first}", "remove one")
            continue
        walk.places[(*path, key)] = walk.mark(key_node)
        value = _plain(value_node, (*path, key), walk)
        if value is not _UNREAD:
            mapping[key] = value
    return mapping


def _scalar(kind: str, text: str) -> Any:
    if kind == "str":
        return text
    if kind == "null":
        return None
    if kind == "bool":
        return {"true": True, "false": False}[text.lower()]
    if kind == "int":
        return _whole(text.replace("_", ""))
    if kind == "float":
        special = text.lower().lstrip("+-")
        if special in {".inf", ".nan"}:
            return float(text.replace(".", "", 1))
        return float(text.replace("_", ""))
    if kind == "timestamp":
        return dt.date.fromisoformat(text[:10])
    raise LookupError(kind)


def _whole(text: str) -> int:
    prefix = text.lstrip("+-")[:2].lower()
    return int(text, {"0x": 16, "0o": 8, "0b": 2}.get(prefix, 10))
