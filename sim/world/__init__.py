"""The world: geography, households, and the acquaintance graph."""

from __future__ import annotations

from sim.world.columns import COVARIATES, Counties, Towns, Villages
from sim.world.graph import TIE_KINDS, AcquaintanceGraph
from sim.world.regions import resolve_region
from sim.world.roll_out import Openings, named_openings
from sim.world.world import World, build_world

__all__ = [
    "COVARIATES",
    "TIE_KINDS",
    "AcquaintanceGraph",
    "Counties",
    "Openings",
    "Towns",
    "Villages",
    "World",
    "build_world",
    "named_openings",
    "resolve_region",
]
