"""How results of experiments show themselves: their figures lie in a later layer and register themselves here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Drawn", "in_html", "register_plots"]

_PLOTS: dict[str, Callable[[Any], Any]] = {}


def register_plots(kind: str, make: Callable[[Any], Any]) -> None:
    """Give every result of a kind, such as "EnsembleResult", its ``plot``; ``sim.plotting`` does it on import."""
    _PLOTS[kind] = make


def in_html(result: object, table: pd.DataFrame) -> str:
    """A result in a notebook: the first line of its words, and a table."""
    import html

    return f"<p>{html.escape(repr(result).splitlines()[0])}</p>{table.to_html(index=False, na_rep='')}"


class Drawn:
    """A result with figures."""

    @property
    def plot(self) -> Any:
        """Figures by a word.

        Raises
        ------
        RuntimeError : the figures are not loaded.
        """
        make = _PLOTS.get(type(self).__name__)
        if make is None:
            message = f"no figures of {type(self).__name__} are loaded; import sim.plotting first"
            raise RuntimeError(message)
        return make(self)
