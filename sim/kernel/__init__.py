"""The kernel: thresholds drawn once, hazards that accumulate, households visited only when something happens."""

from __future__ import annotations

from sim.kernel.month import STEP_ORDER, Simulation
from sim.kernel.run import MonthEvents, Run

__all__ = ["STEP_ORDER", "MonthEvents", "Run", "Simulation"]
