"""Ways to spoil a scenario file, each with what a reader must say about it.

Edits are made in the text at the places the YAML library tells, so that every style of writing is met and the line
of the mistake is known beforehand.
"""

# ruff: noqa: E501 -- the pieces stand together

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from sim.scenario.values import number_text
from sim.scenario.vocabulary import default_vocabulary

__all__ = ["KINDS", "QUICK", "Case", "Item", "items"]

VOCABULARY = default_vocabulary()
#: File that a scenario would make if anything in it were executed.
EXECUTED = "executed-by-the-scenario"
_SHELL = f"'touch {EXECUTED}'"
TAGS = (
    f"!!python/object/apply:os.system [{_SHELL}]", f"!!python/object/new:subprocess.Popen [[touch, {EXECUTED}]]",
    "!!python/name:os.system", "!!python/module:os", f"!!python/object/apply:eval [\"open('{EXECUTED}', 'w')\"]",
    "!!python/tuple [1, 2]", "!custom {a: 1}", "!!binary aGlkZGVu", "!!set {a, b}", "!!omap [a: 1]", "!<tag:x.org,2026:y> 1",
)  # fmt: skip
NO_NUMBERS = (
    ".nan",
    ".NaN",
    ".inf",
    "-.inf",
    "1e999",
    "-1e999",
    "1" + "0" * 400,
    "-" + "9" * 400,
    "9" * 5000,
    "0x" + "f" * 2000,
)
PATHS = (
    "../../../../etc/passwd", "/etc/passwd", "~/.bashrc", "file:///etc/passwd", "https://example.org/base.yaml", "..", ".", "./", '""',
    '" "', '"a\\0b"', "scenarios", "x" * 5000, "../scenarios-other/secret.yaml", "link-out.yaml", "circle.yaml", "%s%n{0}", "CON", "'|ls'",
    "'-'", "/dev/zero", "/dev/stdin", "mutated.yaml/base.yaml", "🚚.yaml",
)  # fmt: skip
VALUES = (
    "null", "~", "true", "no", "0", "-1", "1", "0.5", "-0.0", "1e308", "1e-308", "5e-324", "-7e3", "2**3", "1_0", "0o17", "0b11", "1:30:00",
    "2015-13", "0000-00", "9999-12", "2015-01", "2015-02-30", "2015-01-01", "2009-01-01T00:00:00Z", "[]", "{}", "[[]]", "[1, a]", "a text",
    "''", "'2009-01'", "china", "China", "曹县", "[371721]", "[000000]", "[曹县, Zhejiang]", "[-1]", "[999999999999]", "{synthetic: {}}",
    "{counties: [], provinces: []}", "|\n  several\n  lines", '"\\u0000\\u001b[31m"', "&a 1", "*a", "!!str 1", "!!int a", "!!float 1", "? a",
    "9223372036854775807", "9223372036854775808", "1e15", "'" + "长" * 2000 + "'", '"\\ud800"', '"\\x07"', "=", "<<", "!!null ''",
)  # fmt: skip
#: Documents that replace the whole file; none is a scenario.
WHOLE = (
    "", " ", "#", "---", "null", "- a", "42", "a text", "[]", "{}", "--- a\n--- b\n", "%YAML 9.9\n---\na: 1\n", "\t", "a: b: c", "&r [*r]", "&r {a: *r}",
    "a: &r {b: *r}", "? [a]\n: 1", "? {a: 1}\n: 1", "[" * 400, "{a: " * 400, "- " * 400, "a:\n" * 3, "[" * 20_000, "'", '"', "|", "*x", "!!x", "@", "`",
    "".join(f"{'  ' * depth}a:\n" for depth in range(300)), "a: " + "[" * 60 + "]" * 60, "\0", "\ufeff\ufeff", "x" * 1_000_001,
)  # fmt: skip
UNKNOWN = (
    "qwert", "__class__", "model_config", "field_0", "colour", "extends_", "0", "1e5", "村", "self", "a.b", '"\\u001b[31mred"', '"a\\nb"', "k" * 5000,
    "''", "null", "true", "[a]", "2015-01-01", "adoption.imitation.x", "mechanisms.x",
)  # fmt: skip
CONTROL = (
    "\0",
    "\x01",
    "\x08",
    "\x0b",
    "\x0c",
    "\x1b",
    "\x7f",
    "\x80",
    "\x85",
    "\x9f",
    "\xa0",
    "\u2028",
    "\u202e",
    "\ufeff",
    "\ufffe",
    "\uffff",
    "\t",
    "\r",
)


class Item(NamedTuple):
    """A key of a file with where it and its value begin and end."""

    path: tuple[str | int, ...]
    key: str
    start: int
    key_end: int
    value: int
    end: int
    line: int
    column: int
    is_flow: bool


@dataclass(frozen=True)
class Case:
    """A spoiled file.

    Parameters
    ----------
    kind : of the mutation. content : of the file. is_wrong : whether it must be refused, ``None`` if either may be.
    line : where one of the mistakes must be said to stand; 0 if anywhere.
    word : what the message must hold.
    """

    kind: str
    content: bytes
    is_wrong: bool | None = None
    line: int = 0
    word: str = ""


def items(text: str) -> list[Item]:
    """Every key of a file, in order; nothing for a file that is no mapping."""
    return list(_walk(YAML(typ="rt", pure=True).compose(text), ()))


def _walk(node: Any, path: tuple[str | int, ...]) -> Iterator[Item]:
    if node is None or node.id == "scalar":
        return
    if node.id == "sequence":
        for place, inner in enumerate(node.value):
            yield from _walk(inner, (*path, place))
        return
    for key, value in node.value:
        mark = key.start_mark
        here = (*path, str(key.value))
        yield Item(
            here, str(key.value), mark.index, key.end_mark.index, value.start_mark.index, value.end_mark.index,
            mark.line + 1, mark.column, bool(node.flow_style),
        )  # fmt: skip
        yield from _walk(value, here)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _with_value(text: str, item: Item, value: str) -> str:
    """Text with another value of a key."""
    old = text[item.value : item.end]
    tail = "\n" if old.endswith("\n") and not item.is_flow else ""
    before = "" if text[item.value - 1] in " \n" else " "
    return text[: item.value] + before + value + tail + text[item.end :]


def _with_sister(text: str, item: Item, sister: str) -> str:
    """Text with a further key before a key, in the style of its mapping."""
    between = ", " if item.is_flow else "\n" + " " * item.column
    return text[: item.start] + sister + between + text[item.start :]


def misspelt_key(text: str, luck: random.Random) -> Case:
    item = luck.choice(items(text))
    at = luck.randrange(len(item.key) + 1)
    key = item.key[:at] + luck.choice("qxzQ_é") + item.key[at:]
    changed = text[: item.start] + key + text[item.key_end :]
    return Case("misspelt key", _encoded(changed), True, item.line, key)


def unknown_key(text: str, luck: random.Random) -> Case:
    item = luck.choice(items(text))
    key = luck.choice(UNKNOWN)
    value = luck.choice(("1", "null", "{a: 1}", "[x]", "'text'"))
    return Case("unknown key", _encoded(_with_sister(text, item, f"{key}: {value}")), True, item.line)


def repeated_key(text: str, luck: random.Random) -> Case:
    item = luck.choice(items(text))
    changed = _with_sister(text, item, f"{item.key}: {luck.choice(('1', 'null', '2009-01', '[]'))}")
    return Case("repeated key", _encoded(changed), True, 0, "stands twice")


def merge_key(text: str, luck: random.Random) -> Case:
    item = luck.choice(items(text))
    sister = luck.choice(("<<: {adoption: {imitation: 1}}", "<<: [{a: 1}, {b: 2}]", "<<: null"))
    return Case("merge key", _encoded(_with_sister(text, item, sister)), True, item.line, "merge key")


def foreign_mapping(text: str, luck: random.Random) -> Case:
    item = luck.choice(items(text))
    return Case("foreign mapping", _encoded(_with_value(text, item, "{zzz_unknown: {a: 1}}")), True, item.line)


def no_number(text: str, luck: random.Random) -> Case:
    item = luck.choice(items(text))
    value = luck.choice(NO_NUMBERS)
    return Case(
        "no number", _encoded(_with_value(text, item, luck.choice((value, f"[{value}]")))), True, item.line
    )


def tag(text: str, luck: random.Random) -> Case:
    item = luck.choice(items(text))
    return Case("tag", _encoded(_with_value(text, item, luck.choice(TAGS))), True, item.line)


def other_value(text: str, luck: random.Random) -> Case:
    item = luck.choice(items(text))
    return Case("other value", _encoded(_with_value(text, item, luck.choice(VALUES))))


def parameter(text: str, luck: random.Random) -> Case:
    """A parameter, a switch, a cost or a swept value that is no number or at the end of what is allowed."""
    row = luck.choice(list(VOCABULARY.parameters.values()))
    is_wrong = luck.random() < 0.5
    low, high = (("0" if end is None else number_text(end)) for end in (row.low, row.high))
    value = luck.choice(NO_NUMBERS) if is_wrong or row.type not in {"float", "int"} else luck.choice((low, high))
    forms = {
        "costs": f"{{source: a, lump_sum_yuan: {value}}}",
        "sweep": f"{{vary: {{{row.name}: [{value}]}}}}",
        "timeline": f"[{{from: 2012-01, set: {{{row.name}: {value}}}}}]",
        "region": f"{{synthetic: {{villages: {value}, households_per_village: 1, towns: 1, counties: 1}}}}",
        row.section: f"{{{row.key}: {value}}}",
    }
    key = luck.choice(list(forms))
    changed, line = _set(text, key, forms[key])
    return Case(
        "parameter", _encoded(changed), True if value in NO_NUMBERS else None, line if value in NO_NUMBERS else 0
    )


def _set(text: str, key: str, value: str) -> tuple[str, int]:
    """Text with a key at the top set to a value, and the line of the key."""
    there = [item for item in items(text) if item.path == (key,)]
    if there:
        return _with_value(text, there[0], value), there[0].line
    first = items(text)[0]
    return _with_sister(text, first, f"{key}: {value}"), first.line


def path_out(text: str, luck: random.Random) -> Case:
    key = luck.choice(("extends", "roll_out", "acquaintances", "policy"))
    value = luck.choice(PATHS)
    forms = {
        "acquaintances": f"{{file: {value}, format: {luck.choice(('graphml', 'edgelist'))}}}",
        "policy": f"{{question: a?, base: {value}, expects: {{outcome: shops, direction: more}}}}",
    }
    changed, line = _set(text, key, forms.get(key, value))
    return Case("path out", _encoded(changed), True, line)


def bomb(text: str, luck: random.Random) -> Case:
    wide, deep = luck.choice(((9, 9), (2, 40), (50, 5)))
    lines = [f"b0: &b0 [{', '.join(['lol'] * wide)}]"]
    lines += [f"b{n}: &b{n} [{', '.join([f'*b{n - 1}'] * wide)}]" for n in range(1, deep)]
    if luck.random() < 0.5:
        lines = [
            re.sub(
                r"\[(.*)\]",
                lambda found: (
                    "{" + ", ".join(f"k{n}: {each}" for n, each in enumerate(found[1].split(", "))) + "}"
                ),
                line,
            )
            for line in lines
        ]
    return Case("bomb", _encoded(text + "\n" + "\n".join(lines) + "\n"), True)


def whole_file(_: str, luck: random.Random) -> Case:
    return Case("whole file", _encoded(luck.choice(WHOLE)), True)


def several_documents(text: str, luck: random.Random) -> Case:
    return Case("several documents", _encoded(text + luck.choice(("---\n", "...\n---\n")) + text), True)


def encoding(text: str, luck: random.Random) -> Case:
    if luck.random() < 0.3:
        at = luck.randrange(len(text) + 1)
        return Case("encoding", _encoded(text[:at] + "\ud800" + text[at:]), True, text[:at].count("\n") + 1)
    name = luck.choice(("utf-16", "utf-32", "utf-16-be", "gb18030", "latin-1", "utf-7", "utf-8-sig"))
    changed = "# 村 é\n" + text
    content = changed.encode(name, "replace")
    return Case("encoding", content, (name.startswith("utf-") and name[4] in "13") or None)


def control(text: str, luck: random.Random) -> Case:
    at = luck.randrange(len(text) + 1)
    return Case("control", _encoded(text[:at] + luck.choice(CONTROL) * luck.choice((1, 1, 3)) + text[at:]))


def truncated(text: str, luck: random.Random) -> Case:
    content = _encoded(text)
    return Case("truncated", content[: luck.randrange(len(content))])


def indented(text: str, luck: random.Random) -> Case:
    lines = text.split("\n")
    place = luck.randrange(len(lines))
    lines[place] = (
        luck.choice(("\t", " ", "  ", "   ")) + lines[place] if luck.random() < 0.6 else lines[place].lstrip()
    )
    return Case("indented", _encoded("\n".join(lines)))


def moved(text: str, luck: random.Random) -> Case:
    """A value of one key under another."""
    several = items(text)
    one, other = luck.choice(several), luck.choice(several)
    value = text[other.value : other.end].strip()
    return Case("moved", _encoded(_with_value(text, one, value)) if "\n" not in value else _encoded(text))


def line_ends(text: str, luck: random.Random) -> Case:
    return Case("line ends", _encoded(text.replace("\n", "\r\n" if luck.random() < 0.7 else "\r")))


def bytes_changed(text: str, luck: random.Random) -> Case:
    content = bytearray(_encoded(text))
    for _ in range(luck.choice((1, 2, 8))):
        content[luck.randrange(len(content))] = luck.randrange(256)
    return Case("bytes changed", bytes(content))


#: Ways that cost milliseconds, and those that cost a second.
QUICK: tuple[Callable[[str, random.Random], Case], ...] = (
    misspelt_key, unknown_key, repeated_key, merge_key, foreign_mapping, no_number, tag, other_value, other_value, other_value,
    path_out, parameter, parameter, several_documents, encoding, control, truncated, indented, moved, line_ends, bytes_changed,
)  # fmt: skip
KINDS = (*QUICK, bomb, whole_file)
