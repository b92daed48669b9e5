"""Write what is generated in docs/mechanism*.md anew: equations from the rules, all else from tables.

    python docs/generate.py            rewrites what stands between the markers
    python docs/generate.py --check    changes nothing; exit status 1 if something would change

A marker is a line such as ``<!-- generated: parameters guidance skynet -->``; what follows it up to
``<!-- end -->`` is replaced. Kinds: ``equations FILE...`` (of sim/rules), ``parameters SECTION...``,
``mechanisms NAME...``, ``facts`` (all that the page names, and the sources of its parameters) and ``pages``.
"""

from __future__ import annotations

import ast
import csv
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from sim.scenario.values import number_text
from sim.scenario.vocabulary import default_vocabulary

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
INDEX = DOCS / "mechanisms.md"
BLOCK = re.compile(r"(<!-- generated: (\w+)([^\n]*?) -->\n).*?(<!-- end -->)", re.DOTALL)
_FACT = re.compile(r"F(\d{3})(?:-F(\d{3}))?")


def every_page() -> list[Path]:
    """The pages about mechanisms, the index among them."""
    return sorted(DOCS.glob("mechanism*.md"))


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; bars in cells are escaped."""
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def parameters(sections: Iterable[str], _page: str) -> str:
    """Name, meaning, unit, default, range, prior and source of every parameter of some sections."""
    known = default_vocabulary().sections
    rows = []
    for row in (row for section in sections for row in known[section]):
        span = " to ".join(_text(bound) for bound in (row.low, row.high) if bound is not None)
        span = ", ".join(row.choices) if row.choices else span
        source = f"{row.source}; prior {row.prior}" if row.prior else row.source
        name = f"`{row.name}`" + (f" ({row.symbol})" if row.symbol else "")
        default = _text(row.default) if row.type != "month" else f"{row.default // 12}-{row.default % 12 + 1:02d}"
        rows.append((name, row.description, row.unit, default, span, source))
    return table(("parameter", "meaning", "unit", "default", "range", "source"), rows)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(value) if isinstance(value, int | float) else str(value)


def mechanisms(names: Iterable[str], _page: str) -> str:
    """Switches, their defaults and what they need."""
    known = default_vocabulary().mechanisms
    rows = [known[name] for name in names]
    cells = [
        (f"`{row.name}`", row.description, "on" if row.default else "off", ", ".join(row.needs)) for row in rows
    ]
    return table(("switch", "what it turns on", "by default", "needs"), cells)


def equations(files: Iterable[str], _page: str) -> str:
    """First words and equation of every public function of some rule files, with a link to the file."""
    parts = []
    for name in files:
        path = ROOT / "sim" / "rules" / f"{name}.py"
        parts.append(f"From [`{name}`](../sim/rules/{name}.py):")
        nodes = ast.parse(path.read_text(encoding="utf-8")).body
        public = [node for node in nodes if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
        parts += [_equation(node.name, ast.get_docstring(node) or "") for node in public]
    return "\n\n".join(parts)


def _equation(name: str, words: str) -> str:
    first, *others = words.split("\n\n")
    line = f"- `{name}`: {_plain(first)}"
    maths = [part for part in others if part.startswith(".. math::")]
    if not maths:
        return line
    formula = " ".join(maths[0].removeprefix(".. math::").split())
    return f"{line}\n\n  ```math\n  {formula}\n  ```"


def _plain(text: str) -> str:
    """Text of a docstring as Markdown."""
    text = re.sub(r":math:`([^`]*)`", r"$`\1`$", " ".join(text.split()))
    text = re.sub(r":\w+:`([^`]*)`", r"`\1`", text)
    return re.sub(r"``([^`]*)``", r"`\1`", text)


def facts(_words: Iterable[str], page: str) -> str:
    """Every fact that the page names outside its fact table, or a source of its parameters does."""
    path = ROOT / "sim" / "data" / "facts.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        known: Mapping[str, dict[str, str]] = {row["id"]: row for row in csv.DictReader(stream)}
    wanted = sorted(set(_facts_named(page)) & known.keys())
    rows = [
        (
            name,
            known[name]["statement"],
            f"{known[name]['value']} {known[name]['unit']} ({known[name]['qualifier'].replace('_', ' ')})",
            known[name]["date"],
            known[name]["source"],
        )
        for name in wanted
    ]
    return table(("fact", "statement", "value", "date", "source"), rows)


def _facts_named(page: str) -> Iterable[str]:
    text = BLOCK.sub(lambda block: "" if block[2] == "facts" else block[0], page)
    for first, last in _FACT.findall(text):
        for number in range(int(first), int(last or first) + 1):
            yield f"F{number:03d}"


def pages(_words: Iterable[str], _page: str) -> str:
    """Every page with its title, its first sentence and the switches on it."""
    rows = []
    for path in sorted(DOCS.glob("mechanism-*.md")):
        text = path.read_text(encoding="utf-8")
        title, opening = re.match(r"# ([^\n]+)\n\n(.*?)\n\n", text, re.DOTALL).groups()
        switches = [name for block in BLOCK.findall(text) if block[1] == "mechanisms" for name in block[2].split()]
        first = re.split(r"(?<=[.:])\s", " ".join(opening.split()))[0]
        rows.append((f"[{title}]({path.name})", first, ", ".join(f"`{name}`" for name in switches)))
    return table(("page", "what it says", "switches"), rows)


KINDS = {
    "equations": equations,
    "facts": facts,
    "mechanisms": mechanisms,
    "pages": pages,
    "parameters": parameters,
}


def generated(text: str) -> str:
    """A page with every block made anew; the facts last, since they depend on the other tables."""
    return _filled(_filled(text, set(KINDS) - {"facts"}), {"facts"})


def _filled(text: str, kinds: set[str]) -> str:
    """A page with the blocks of some kinds made anew."""

    def fill(block: re.Match[str]) -> str:
        head, kind, words, end = block.groups()
        return f"{head}\n{KINDS[kind](words.split(), text)}\n\n{end}" if kind in kinds else block[0]

    return BLOCK.sub(fill, text)


def main() -> int:
    """Rewrite the pages, or say which would change."""
    check = "--check" in sys.argv[1:]
    changed = []
    for path in every_page():
        text = path.read_text(encoding="utf-8")
        new = generated(text)
        if new != text:
            changed.append(path.name)
            if not check:
                path.write_text(new, encoding="utf-8")
    if changed:
        print(f"{'would change' if check else 'written'}: {', '.join(changed)}")
    return 1 if check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
