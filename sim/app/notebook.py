"""The page in a notebook: what Panel needs there, and nothing of it from a network."""

from __future__ import annotations

from typing import Any

import panel as pn
from bokeh.models import UIElement
from panel.io.notebook import patch_inline_stylesheets

from sim.app.ticker import has_loop

__all__ = ["keep_inline", "load_in_notebook", "shows_itself_later"]


def load_in_notebook() -> None:
    """Bring what Panel needs into the cell that runs; a page loaded anew has lost what an earlier cell brought."""
    pn.extension(inline=True)


def shows_itself_later() -> bool:
    """Whether a page made now is shown by a notebook after its cell, and not by a server that asked for it."""
    return pn.state.curdoc is None and has_loop()


def keep_inline(_view: Any, root: Any, changed: Any, _old_models: Any = None) -> None:
    """Put style sheets themselves in the place of addresses; a hook of the outermost layout.

    Panel does so when a cell is shown, but gives what is added later the addresses of its content network.
    """
    found = changed._models.get(root.ref["id"])
    if pn.config.inline and found is not None:
        for model in found[0].select({"type": UIElement}):
            patch_inline_stylesheets(model)
