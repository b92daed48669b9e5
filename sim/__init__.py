"""Hinterland: agent-based simulation of rural e-commerce diffusion in China.

The names below are loaded when first used, so that ``import sim`` and the command line start fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.app import dashboard
    from sim.calibration.fit import Effort, calibrate
    from sim.calibration.posterior import Posterior
    from sim.calibration.validation import Validation, validate
    from sim.experiments.attribute import AttributionResult, attribute
    from sim.experiments.compare import ComparisonResult, compare
    from sim.experiments.ensemble import EnsembleResult, load_ensemble, run_ensemble
    from sim.experiments.policies import PoliciesResult, compare_policies
    from sim.experiments.sensitivity import SensitivityResult, sensitivity
    from sim.experiments.sweep import sweep
    from sim.model import DiffusionModel
    from sim.own_rules import replace_rule
    from sim.results import RunResult, load_result
    from sim.runner import run
    from sim.scenario import Scenario, load_scenario
    from sim.world import build_world

__version__ = "0.1.0"

# Public name -> the module it comes from; __all__ repeats the names because type checkers read it as text.
_MODULE_OF = {
    "AttributionResult": "sim.experiments.attribute",
    "ComparisonResult": "sim.experiments.compare",
    "DiffusionModel": "sim.model",
    "Effort": "sim.calibration.fit",
    "EnsembleResult": "sim.experiments.ensemble",
    "PoliciesResult": "sim.experiments.policies",
    "Posterior": "sim.calibration.posterior",
    "RunResult": "sim.results",
    "Scenario": "sim.scenario",
    "SensitivityResult": "sim.experiments.sensitivity",
    "Validation": "sim.calibration.validation",
    "attribute": "sim.experiments.attribute",
    "build_world": "sim.world",
    "calibrate": "sim.calibration.fit",
    "compare": "sim.experiments.compare",
    "compare_policies": "sim.experiments.policies",
    "dashboard": "sim.app",
    "load_ensemble": "sim.experiments.ensemble",
    "load_result": "sim.results",
    "load_scenario": "sim.scenario",
    "replace_rule": "sim.own_rules",
    "run": "sim.runner",
    "run_ensemble": "sim.experiments.ensemble",
    "sensitivity": "sim.experiments.sensitivity",
    "sweep": "sim.experiments.sweep",
    "validate": "sim.calibration.validation",
}
# Results know nothing of figures (the layers go one way); here, above all layers, the two are brought
# together: importing sim.plotting registers ``result.plot``. matplotlib is loaded when something is drawn.
_BROUGHT_ALONG = dict.fromkeys(
    ("RunResult", "load_ensemble", "load_result", "run", "run_ensemble", "compare", "sensitivity", "attribute"),
    "sim.plotting",
)

__all__ = [
    "AttributionResult",
    "ComparisonResult",
    "DiffusionModel",
    "Effort",
    "EnsembleResult",
    "PoliciesResult",
    "Posterior",
    "RunResult",
    "Scenario",
    "SensitivityResult",
    "Validation",
    "__version__",
    "attribute",
    "build_world",
    "calibrate",
    "compare",
    "compare_policies",
    "dashboard",
    "load_ensemble",
    "load_result",
    "load_scenario",
    "replace_rule",
    "run",
    "run_ensemble",
    "sensitivity",
    "sweep",
    "validate",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its module on first use (PEP 562)."""
    if name not in _MODULE_OF:
        message = f"module 'sim' has no attribute {name!r}; it offers {', '.join(__all__)}"
        raise AttributeError(message)
    value = getattr(import_module(_MODULE_OF[name]), name)
    if name in _BROUGHT_ALONG:
        import_module(_BROUGHT_ALONG[name])
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Public names, loaded or not."""
    return sorted(__all__)
