"""One run as tables: recorded while it goes, compared with what was observed, saved, read back and shown."""

from __future__ import annotations

from sim.results.result import RunResult, load_result, register_accessor

__all__ = ["RunResult", "load_result", "register_accessor"]
