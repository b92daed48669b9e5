"""The page in a notebook: what Panel needs there, and nothing of it from a network."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import panel as pn
from bokeh.models import ImportedStyleSheet, UIElement
from panel.io.notebook import patch_inline_stylesheets, replace_inline_css
from panel.io.resources import CDN_DIST, LOCAL_DIST

from sim.app.ticker import has_loop

__all__ = ["keep_inline", "load_in_notebook", "shows_itself_later"]


def load_in_notebook() -> None:
    """Bring what Panel needs into the cell that runs; a page loaded anew has lost what an earlier cell brought."""
    pn.extension(inline=True)


def shows_itself_later() -> bool:
    """Whether a page made now is shown by a notebook after its cell, and not by a server that asked for it."""
    return pn.state.curdoc is None and has_loop()


def keep_inline(_view: Any, root: Any, changed: Any, _old_models: Any = None) -> None:
    """Put style sheets themselves in the place of their addresses; a hook of the outermost layout.

    Panel does so when a cell is shown, but what is added later gets addresses of its content network. So do words
    that are told later: each time Panel looks their sheets up anew, by an address of a server that a notebook has
    not, among those it knows. There it finds them under every address they could have.
    """
    if not pn.config.inline:
        return
    for known in pn.state._stylesheets.values():  # by document
        for address, sheet in list(known.items()):
            name = _name_at_panel(address)
            if name is None:
                continue
            if isinstance(sheet, ImportedStyleSheet) and (inlined := replace_inline_css(sheet)) is not sheet:
                sheet.url = "data:text/css;base64," + b64encode(inlined.css.encode()).decode()
            known[CDN_DIST + name] = known[LOCAL_DIST + name] = sheet
    found = changed._models.get(root.ref["id"])
    for model in () if found is None else found[0].select({"type": UIElement}):
        patch_inline_stylesheets(model)


def _name_at_panel(address: str) -> str | None:
    """The name of a style sheet that Panel brings along; none of others."""
    for place in (CDN_DIST, LOCAL_DIST):
        if address.startswith(place):
            return address.removeprefix(place)
    return None
