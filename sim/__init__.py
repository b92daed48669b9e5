"""Hinterland: agent-based simulation of rural e-commerce diffusion in China.

The names below are loaded when first used, so that ``import sim`` and the command line start fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.scenario import Scenario, load_scenario

__version__ = "0.1.0"

# Public name -> the module it comes from; __all__ repeats the names because type checkers read it as text.
_MODULE_OF = {
    "Scenario": "sim.scenario",
    "load_scenario": "sim.scenario",
}

__all__ = ["Scenario", "__version__", "load_scenario"]


def __getattr__(name: str) -> Any:
    """Load a public name from its module on first use (PEP 562)."""
    if name not in _MODULE_OF:
        message = f"module 'sim' has no attribute {name!r}; it offers {', '.join(__all__)}"
        raise AttributeError(message)
    value = getattr(import_module(_MODULE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Public names, loaded or not."""
    return sorted(__all__)
