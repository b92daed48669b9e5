"""What the reader's browser says of itself: that it has the page, and whether it shows Chinese characters."""

from __future__ import annotations

import param
from panel.custom import JSComponent

__all__ = ["HanziProbe"]


class HanziProbe(JSComponent):  # type: ignore[misc]
    """An empty element that sets ``shown`` when the browser draws two characters differently.

    Without a font for them both come out as the same empty box. ``is_there`` is set in any case.
    """

    shown = param.Boolean(default=False, doc="Whether Chinese characters can be read.")
    is_there = param.Boolean(default=False, doc="Whether a browser has drawn the page and can be spoken to.")

    _esm = """
    const drawn = (text) => {
      const canvas = document.createElement("canvas")
      canvas.width = canvas.height = 32
      const pen = canvas.getContext("2d")
      pen.font = "24px sans-serif"
      pen.fillText(text, 2, 26)
      return canvas.toDataURL()
    }
    export function render({ model }) {
      model.shown = drawn("村") !== drawn("国")
      model.is_there = true
      return document.createElement("span")
    }
    """
