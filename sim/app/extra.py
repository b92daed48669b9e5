"""The extra ``dashboard``: what to say where it is not installed."""

from __future__ import annotations

from importlib.util import find_spec

__all__ = ["require_panel"]


def require_panel() -> None:
    """Refuse to go on without Panel.

    Raises
    ------
    ImportError : with the command that installs it.
    """
    missing = [name for name in ("panel", "bokeh") if find_spec(name) is None]
    if missing:
        install = "pip install --editable '.[dashboard]'"
        message = f"{missing[0]} is needed for the dashboard; install it with: {install}"
        raise ImportError(message)
