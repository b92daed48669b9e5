"""Formulas as MathML, which browsers draw by themselves: no script, no font, no network."""

from __future__ import annotations

import re

from docutils import nodes
from latex2mathml.converter import convert


def mathml(formula: str, display: str) -> str:
    """MathML of a formula; backquotes of the inline form $`x`$ are taken off."""
    return convert(formula.strip().strip("`").replace(r"\bigl", "").replace(r"\bigr", ""), display=display)


def visit_math(self, node: nodes.math) -> None:
    """A formula within a line."""
    self.body.append(mathml(node.astext(), "inline"))
    raise nodes.SkipNode


def visit_math_block(self, node: nodes.math_block) -> None:
    """A formula on lines of its own."""
    for part in re.split(r"\n\s*\n", node.astext().strip()):
        self.body.append(f'<div class="math">{mathml(part, "block")}</div>\n')
    raise nodes.SkipNode


def setup(app: object) -> dict[str, bool]:
    """Offer the renderer under the name ``mathml``."""
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
