"""Write what is generated in the pages of docs/ anew: equations from the rules, all else from code and tables.

    python docs/generate.py            rewrites what stands between the markers
    python docs/generate.py --check    changes nothing; exit status 1 if something would change

A marker is a line such as ``<!-- generated: parameters guidance skynet -->``; what follows it up to
``<!-- end -->`` is replaced. Kinds: ``equations FILE...`` (of sim/rules), ``parameters SECTION...``,
``mechanisms NAME...``, ``facts`` (all that the page names, and the sources of its parameters) and ``pages``;
of the whole model ``schedule``, ``state``, ``all_mechanisms``, ``all_parameters``, ``all_equations``,
``evidence``, ``assumptions``, ``limits``, ``shipped`` and ``documents``; ``commands`` and ``exit_status``.
"""

from __future__ import annotations

import ast
import csv
import gzip
import inspect
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import typer

from sim.cli import app
from sim.cli_examples import EXAMPLES, EXIT_STATUS
from sim.data import facts as shipped_facts
from sim.kernel.month import STEP_ORDER
from sim.scenario.parameters import Parameter
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


def made_pages() -> list[Path]:
    """All pages that hold something generated."""
    return [path for path in sorted(DOCS.glob("*.md")) if BLOCK.search(path.read_text(encoding="utf-8"))]


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
        source = f"{row.source}; prior {row.prior}" if row.prior else row.source
        rows.append((_named(row), row.description, row.unit, _default(row), _span(row), source))
    return table(("parameter", "meaning", "unit", "default", "range", "source"), rows)


def _named(row: Parameter) -> str:
    return f"`{row.name}`" + (f" ({row.symbol})" if row.symbol else "")


def _default(row: Parameter) -> str:
    return _text(row.default) if row.type != "month" else f"{row.default // 12}-{row.default % 12 + 1:02d}"


def _span(row: Parameter) -> str:
    bounds = " to ".join(_text(bound) for bound in (row.low, row.high) if bound is not None)
    return ", ".join(row.choices) if row.choices else bounds


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


def schedule(_words: Iterable[str], _page: str) -> str:
    """The stages of a month, in their order."""
    rows = ((str(number), f"`{name}`", words) for number, (name, words) in enumerate(STEP_ORDER, start=1))
    return table(("", "stage", "what happens"), rows)


def state(_words: Iterable[str], _page: str) -> str:
    """The columns of the state, as their classes describe them."""
    nodes = ast.parse((ROOT / "sim" / "state.py").read_text(encoding="utf-8")).body
    words = {node.name: ast.get_docstring(node) or "" for node in nodes if isinstance(node, ast.ClassDef)}
    named = (("village", "VillageState"), ("county", "CountyState"))
    return "\n\n".join(f"**A {word}** (`{name}`). {_plain(words[name])}" for word, name in named)


def all_mechanisms(_words: Iterable[str], page: str) -> str:
    """Every switch."""
    return mechanisms(default_vocabulary().mechanisms, page)


def all_parameters(_words: Iterable[str], page: str) -> str:
    """Every parameter, a table for each section."""
    sections = default_vocabulary().sections
    return "\n\n".join(f"### `{name}`\n\n{parameters([name], page)}" for name in sections)


def all_equations(_words: Iterable[str], page: str) -> str:
    """Every public function of the rules."""
    files = sorted(path.stem for path in (ROOT / "sim" / "rules").glob("*.py") if path.stem != "__init__")
    return equations(files, page)


def evidence(_words: Iterable[str], _page: str) -> str:
    """How many parameters rest on what."""
    counted = Counter(_ground(row) for row in default_vocabulary().parameters.values())
    rows = ((word, str(counted[word]), meaning) for word, meaning in GROUNDS.items())
    return table(("ground", "parameters", "meaning"), rows)


#: What a parameter's value rests on, by the first word of its source.
GROUNDS = {
    "assumption": "chosen by us; no source gives a number",
    "calibrated": "fitted to the published lists: twelve at the middle of a posterior, the others found by search",
    "definition": "a unit, a reference point or a size; not a claim about the world",
    "fact": "taken from a published fact or a shipped table, which its source names",
}


def _ground(row: Parameter) -> str:
    word = re.split(r"[:; ]", row.source)[0]
    return word if word in GROUNDS else "fact"


def assumptions(_words: Iterable[str], _page: str) -> str:
    """Every parameter whose value is an assumption, with the reason where one is given."""
    rows = [row for row in default_vocabulary().parameters.values() if _ground(row) == "assumption"]
    cells = (
        (
            _named(row),
            row.description,
            f"{_default(row)} {row.unit}" if row.unit != "dimensionless" else _default(row),
            row.mechanism or "",
            row.source.removeprefix("assumption").lstrip(":; "),
        )
        for row in rows
    )
    return table(("parameter", "meaning", "value", "mechanism", "why"), cells)


def limits(_words: Iterable[str], _page: str) -> str:
    """What each page about mechanisms says of its limits."""
    parts = []
    for path in every_page():
        text = path.read_text(encoding="utf-8")
        found = re.search(r"^## Limits\n\n(.*?)(?=\n## )", text, re.DOTALL | re.MULTILINE)
        if found:
            title = re.match(r"# ([^\n:]+)", text)[1]
            parts.append(f"- [{title}]({path.name}): {' '.join(found[1].split())}")
    return "\n".join(parts)


def shipped(_words: Iterable[str], _page: str) -> str:
    """The tables of sim/data with their rows and columns."""
    rows = []
    for path in sorted((ROOT / "sim" / "data").glob("*.csv*")):
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8", newline="") as stream:
            heads, *lines = csv.reader(stream)
        columns = ", ".join(f"`{head}`" for head in heads)
        rows.append((f"[`{path.name}`](../sim/data/{path.name})", f"{len(lines):,}", columns))
    return table(("table", "rows", "columns"), rows)


def documents(_words: Iterable[str], _page: str) -> str:
    """How many facts come from which document."""
    counted = Counter(fact.source for fact in shipped_facts().rows)
    rows = (
        (source, str(number)) for source, number in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    )
    return table(("document", "facts"), rows)


def commands(_words: Iterable[str], _page: str) -> str:
    """Every command: what it does, its examples, its options."""
    group = typer.main.get_command(app)
    parts = []
    for name, command in _commands(group, ""):
        summary = " ".join((inspect.getdoc(command.callback) or "").split("\n\n")[0].split())
        lines = [line + (f"   # {words}" if words else "") for line, words in EXAMPLES.get(name, ())]
        rows = [
            (" ".join(f"`{word}`" for word in option.opts), _plain(option.help or ""))
            for option in command.params
            if option.param_type_name == "option" and "--help" not in option.opts
        ]
        shell = "\n".join(lines)
        parts.append(
            f"### `hinterland {name}`\n\n{summary}\n\n```bash\n{shell}\n```\n\n{table(('option', 'says'), rows)}"
        )
    return "\n\n".join(parts)


def _commands(group: typer.core.TyperGroup, before: str) -> Iterable[tuple[str, typer.core.TyperCommand]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, f"{before}{name} ")
        else:
            yield before + name, command


def exit_status(_words: Iterable[str], _page: str) -> str:
    """What the shell is told."""
    return table(("status", "means"), ((str(status), words) for status, words in EXIT_STATUS.items()))


KINDS = {
    "all_equations": all_equations,
    "all_mechanisms": all_mechanisms,
    "all_parameters": all_parameters,
    "assumptions": assumptions,
    "commands": commands,
    "documents": documents,
    "equations": equations,
    "evidence": evidence,
    "exit_status": exit_status,
    "facts": facts,
    "limits": limits,
    "mechanisms": mechanisms,
    "pages": pages,
    "parameters": parameters,
    "schedule": schedule,
    "shipped": shipped,
    "state": state,
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
    for path in made_pages():
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
