"""Scenarios: the parameter table, scenario files, their checks, timelines and fingerprints."""

from __future__ import annotations

from sim.scenario.load import load_scenario
from sim.scenario.model import GraphFile, RollOutFile, Scenario, diff
from sim.scenario.months import format_month, parse_month
from sim.scenario.settings import Change, Settings

__all__ = [
    "Change",
    "GraphFile",
    "RollOutFile",
    "Scenario",
    "Settings",
    "diff",
    "format_month",
    "load_scenario",
    "parse_month",
]
