"""Figures of results; importing this package gives every result its ``result.plot``."""

from __future__ import annotations

from sim.experiments.accessors import register_plots
from sim.plotting.accessor import AttributionPlots, ComparisonPlots, EnsemblePlots, Plots, SensitivityPlots
from sim.results import register_accessor

__all__ = ["AttributionPlots", "ComparisonPlots", "EnsemblePlots", "Plots", "SensitivityPlots"]

register_accessor("plot", Plots)
register_accessor("report", lambda result: Plots(result).report)
register_plots("EnsembleResult", EnsemblePlots)
register_plots("ComparisonResult", ComparisonPlots)
register_plots("SensitivityResult", SensitivityPlots)
register_plots("AttributionResult", AttributionPlots)
