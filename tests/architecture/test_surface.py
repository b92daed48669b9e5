"""What `import sim` offers and what it costs."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import sim

# Recorded on purpose: a new public name needs a decision record and a line here.
PUBLIC_NAMES = [
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
HEAVY = {
    "bokeh",
    "esda",
    "geopandas",
    "matplotlib",
    "mesa",
    "networkx",
    "numba",
    "pandas",
    "panel",
    "pyarrow",
    "scipy",
    "sklearn",
    "xarray",
}


def loaded_after(statement: str) -> set[str]:
    """Modules that a fresh interpreter has loaded after a statement."""
    code = f"{statement}; import json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def test_all_is_the_recorded_list():
    assert sorted(sim.__all__) == sorted(PUBLIC_NAMES)


@pytest.mark.parametrize("name", PUBLIC_NAMES)
def test_every_public_name_resolves_and_is_documented(name):
    value = getattr(sim, name)
    assert name == "__version__" or value.__doc__


def test_star_import_gives_exactly_the_public_names():
    namespace: dict[str, object] = {}
    exec("from sim import *", namespace)
    assert set(namespace) - {"__builtins__"} == set(PUBLIC_NAMES)


def test_dir_shows_the_public_names():
    assert set(PUBLIC_NAMES) <= set(dir(sim))


def test_an_unknown_name_is_an_attribute_error_that_lists_the_known_ones():
    with pytest.raises(AttributeError, match=r"no attribute 'rnu'.*__version__"):
        _ = sim.rnu


def test_import_sim_is_light():
    loaded = loaded_after("import sim")
    assert loaded & HEAVY == set()
    assert [name for name in loaded if name.startswith("sim.")] == [], "the names are loaded when first used"


def test_the_check_sees_a_heavy_import():
    assert "networkx" in loaded_after("import networkx") & HEAVY
