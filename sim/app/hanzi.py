"""Whether the reader's browser shows Chinese characters, found out by drawing two of them."""

from __future__ import annotations

import param
from panel.custom import JSComponent

__all__ = ["HanziProbe"]


class HanziProbe(JSComponent):  # type: ignore[misc]
    """An empty element that sets ``shown`` when the browser draws two characters differently.

    Without a font for them both come out as the same empty box.
    """

    shown = param.Boolean(default=False, doc="Whether Chinese characters can be read.")

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
      return document.createElement("span")
    }
    """
