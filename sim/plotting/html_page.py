"""The shell of all reports: one HTML file with its figures inside, for a screen, a phone and paper."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable, Sequence
from pathlib import Path

from sim.errors import ResultError
from sim.results.staging import told_if_unwritable, written_whole

__all__ = ["Rows", "escape", "figure", "heading", "items", "page", "paragraph", "table", "write_whole"]

Rows = Sequence[Sequence[str]]

_STYLE = """
:root { color-scheme: light }
body { font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei",
  sans-serif; color: #222; background: #fff; max-width: 60rem; margin: 2rem auto; padding: 0 1.2rem }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem } h2 { font-size: 1.25rem; margin: 2.4rem 0 .4rem;
  border-bottom: 2px solid #0072B2; padding-bottom: .15rem } h3 { font-size: 1rem; margin: 1.4rem 0 .2rem }
p, ul { margin: .5rem 0 } .lead { color: #555 } .note { color: #555; font-size: .88rem }
a { color: #0072B2 } nav { font-size: .9rem } nav a { margin-right: 1rem; white-space: nowrap }
.numbers { display: flex; flex-wrap: wrap; gap: .8rem; margin: 1rem 0 }
.numbers div { border: 1px solid #ddd; border-radius: .4rem; padding: .5rem .9rem; flex: 1 1 9rem }
.numbers b { display: block; font-size: 1.5rem; line-height: 1.2 }
.numbers span { display: block; color: #555; font-size: .85rem }
.wide { overflow-x: auto; margin: .8rem 0 }
table { border-collapse: collapse; font-size: .86rem }
th, td { padding: .25rem .7rem; border-bottom: 1px solid #ddd; text-align: right; vertical-align: top }
th { border-bottom: 2px solid #999; vertical-align: bottom } thead { display: table-header-group }
th:first-child, td:first-child { text-align: left; padding-left: 0 }
table.words td, table.words th { text-align: left } td { overflow-wrap: anywhere }
td:first-child { overflow-wrap: normal }
td.no { color: #A3461A; font-weight: 600 } td.yes { color: #00704F }
table.small { font-size: .76rem; width: 100%; min-width: 46rem; table-layout: fixed }
.small th:nth-child(1) { width: 20% } .small th:nth-child(2) { width: 7% } .small th:nth-child(3) { width: 9% }
.small th:nth-child(4) { width: 13% } .small td:first-child { overflow-wrap: anywhere }
figure { margin: 1.2rem 0 1.8rem } figure .wide { margin: 0 }
figure img { max-width: 100%; height: auto; display: block }
figcaption { font-size: .9rem; margin-top: .3rem } figcaption b { display: block }
code, pre { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .85em }
pre { background: #f4f4f4; padding: .7rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere }
@media (max-width: 40rem) { body { margin: 1rem auto; padding: 0 .8rem } h1 { font-size: 1.4rem }
  th, td { padding: .25rem .45rem } figure img { max-width: none; width: 42rem } }
@page { size: A4; margin: 16mm 14mm }
@media print { body { print-color-adjust: exact; font-size: 10pt; max-width: none; margin: 0; padding: 0 }
  nav { display: none }
  h2, h3 { break-after: avoid } figure, tr, .numbers { break-inside: avoid } .wide { overflow: visible }
  h2.page { break-before: page } figure img { max-height: 125mm; max-width: 100%; width: auto; margin: 0 auto }
  pre { border: 1px solid #ccc }
  table { font-size: 8pt } table.small { font-size: 6.5pt; min-width: 0 }
  table.small th, table.small td { padding: .15rem .3rem } }
"""


def escape(text: object) -> str:
    """Text that says nothing to a browser but itself."""
    return html.escape(str(text))


def heading(text: str, *, name: str = "", level: int = 2, new_page: bool = False) -> str:
    """A heading, to which a link may lead by its name; on paper it may begin a page."""
    marks = (f' id="{escape(name)}"' if name else "") + (' class="page"' if new_page else "")
    return f"<h{level}{marks}>{escape(text)}</h{level}>"


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph; ``kind`` is "lead", "note" or nothing."""
    return f"<p{f' class={kind!r}' if kind else ''}>{escape(text)}</p>"


def items(texts: Iterable[str]) -> str:
    """A list."""
    return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in texts) + "</ul>"


def table(rows: Rows, kind: str = "", *, good: Sequence[str] = ("yes",), bad: Sequence[str] = ("no",)) -> str:
    """A table whose first row is its head, unless empty; it scrolls by itself where a screen is narrow.

    Parameters
    ----------
    kind : classes such as "words" (all to the left) and "small". good, bad : cells set off in colour.
    """

    def marked(cell: str) -> str:
        return " class=yes" if cell in good else " class=no" if cell in bad else ""

    def row(cells: Sequence[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}{marked(cell)}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    head = f"<thead>{row(rows[0], 'th')}</thead>" if any(rows[0]) else ""
    body = "".join(row(cells, "td") for cells in rows[1:])
    opening = f'<table class="{escape(kind)}">' if kind else "<table>"
    return f'<div class="wide">{opening}{head}<tbody>{body}</tbody></table></div>'


def figure(png: bytes, title: str, words: str = "") -> str:
    """A picture held in the page, with what to see in it."""
    code = base64.b64encode(png).decode("ascii")
    below = f"<figcaption><b>{escape(title)}</b>{escape(words)}</figcaption>" if words else ""
    image = f'<img alt="{escape(title)}" src="data:image/png;base64,{code}">'
    return f'<figure><div class="wide">{image}</div>{below}</figure>'


def page(title: str, parts: Iterable[str], *, language: str = "en") -> str:
    """The whole file from the parts of its body."""
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style>"
    )
    code = {"zh": "zh-Hans"}.get(language, language)
    body = "\n".join(parts)
    return f'<!doctype html>\n<html lang="{code}"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def write_whole(path: Path, text: str) -> Path:
    """Write a file beside its place and move it there, so that nothing half-written stays.

    Raises
    ------
    ResultError : it is a folder, or cannot be written.
    """
    if path.is_dir():
        raise ResultError.at(path, "is a folder", "name a file, such as report.html")
    with told_if_unwritable(path, "name another file"), written_whole(path) as beside:
        beside.write_text(text, encoding="utf-8", newline="\n")
    return path
