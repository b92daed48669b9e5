"""Sphinx: the pages of this folder and the docstrings as one site, readable without a network."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import sim

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS))  # for mathml, beside this file

project = "Hinterland"
author = "the Hinterland authors"
copyright = author  # noqa: A001 - Sphinx reads this name
release = sim.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "mathml"]
root_doc = "index"
myst_enable_extensions = ["dollarmath"]
myst_fence_as_directive = ["math"]
myst_heading_anchors = 4
suppress_warnings = ["myst.header"]  # a page may go from ## to ####

autodoc_member_order = "bysource"
autodoc_typehints = "none"
napoleon_numpy_docstring = True
napoleon_use_rtype = False

html_theme = "furo"
html_math_renderer = "mathml"
html_static_path = ["_static"]
html_css_files = ["math.css"]
html_title = f"Hinterland {release}"
html_show_sourcelink = False

#: The order of the pages in the margin; what is not named follows at the end.
CONTENTS = {
    "Use": [
        "first-use",
        "scenarios",
        "command-line",
        "experiments",
        "policies",
        "dashboard",
        "figures",
        "results",
    ],
    "Understand": ["odd", "mechanisms", "genealogy", "diagnostics", "data", "limits"],
    "Trust": ["calibration", "validation/report", "verification", "mutation-testing", "performance"],
    "Change": ["adding-a-mechanism", "reference", "decisions"],
}
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(((?:\.\./)[^)#\s]+)(#[^)]*)?\)")


def contents() -> str:
    """Hidden tables of contents, one a part."""
    pages = {path.stem for path in DOCS.iterdir() if path.suffix in {".md", ".rst"}} - {"index"}
    pages |= {f"validation/{path.stem}" for path in (DOCS / "validation").glob("*.md")}
    mechanisms = sorted(name for name in pages if name.startswith("mechanism-"))
    records = sorted(f"decisions/{path.stem}" for path in (DOCS / "decisions").glob("0*.md"))
    parts = []
    for part, names in CONTENTS.items():
        listed = [name for name in names if name in pages]
        if "mechanisms" in listed:
            listed[listed.index("mechanisms") + 1 : 0] = mechanisms
        listed += records if "decisions" in names else []
        pages -= set(listed)
        parts.append((part, listed))
    parts.append(("More", sorted(pages)))
    return "\n\n".join(
        f"```{{toctree}}\n:hidden:\n:caption: {part}\n\n" + "\n".join(names) + "\n```"
        for part, names in parts
        if names
    )


def reference() -> str:
    """Directives for every public name and every rule."""
    found = [(f"sim.{name}", public) for name in sim.__all__ if (public := _loaded(name)) is not None]
    lines = ["Python interface", "----------------", ""]
    for name, public in found:
        lines += [f".. auto{'class' if isinstance(public, type) else 'function'}:: {name}"]
        lines += ["   :members:", ""] if isinstance(public, type) else [""]
    lines += ["Equations", "---------", ""]
    for path in sorted((DOCS.parent / "sim" / "rules").glob("*.py")):
        if path.stem != "__init__":
            lines += [path.stem, "~" * len(path.stem), ""]
            lines += [f".. automodule:: sim.rules.{path.stem}", "   :members:", ""]
    return "\n".join(lines)


def _loaded(name: str) -> object | None:
    """A public name that can be described here; what needs an extra that is not installed is left out."""
    try:
        public = getattr(sim, name)
    except ImportError:
        return None
    return public if callable(public) else None


def on_read(_app: object, name: str, source: list[str]) -> None:
    """Add the contents to the first page; links to files outside this folder become plain words."""
    page = DOCS / f"{name}.md"
    if name == "reference":
        source[0] += "\n" + reference()
    if not page.is_file():
        return

    def plain(link: re.Match[str]) -> str:
        target = (page.parent / link[2]).resolve()
        return link[0] if target.is_relative_to(DOCS) else link[1]

    source[0] = LINK.sub(plain, source[0])
    if name == root_doc:
        source[0] += "\n\n" + contents() + "\n"


def on_docstring(_app: object, _what: str, _name: str, _obj: object, _options: object, lines: list[str]) -> None:
    """Give each "name : meaning" of our docstrings a line for the name, as napoleon reads them."""
    section, told = "", []
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if set(below) == {"-"} and len(below) == len(line):
            section = line
        entry = re.match(r"([\w*]+(?:, [\w*]+)*) : (.+)$", line)
        named = entry is not None and section in {"Parameters", "Raises", "Warns"}
        told += [entry[1], "    " + entry[2]] if named else [line]
    lines[:] = told


def setup(app: object) -> None:
    """Connect what stands above."""
    app.connect("source-read", on_read)
    app.connect("autodoc-process-docstring", on_docstring, priority=400)  # before napoleon
