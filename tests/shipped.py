"""The shipped scenarios, each read once: tests are made from them, and nobody can change them."""

from __future__ import annotations

import sim
from tests.architecture.source import ROOT

__all__ = ["FILES", "SCENARIOS"]

FILES = sorted((ROOT / "scenarios").glob("*.yaml"))
SCENARIOS = {file.stem: sim.load_scenario(file) for file in FILES}
