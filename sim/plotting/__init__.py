"""Figures of a result; importing this package gives every result its ``result.plot``."""

from __future__ import annotations

from sim.plotting.accessor import Plots
from sim.results import register_accessor

__all__ = ["Plots"]

register_accessor("plot", Plots)
