"""Imports obey the table of the layout (docs/decisions/0001), those inside functions too."""

from __future__ import annotations

import pytest

from tests.architecture.layers import ROWS, cycle, unit_of, upward_imports
from tests.architecture.source import imports, packages, sim_sources

SOURCES = sim_sources()
FOUND = imports(SOURCES, packages())

# Heavy or versioned libraries that only named files may touch (a name ending in a dot: the whole package).
ONLY_IN = {
    "mesa": ("sim.model", "sim.agents"),
    "matplotlib": ("sim.plotting", "sim.plotting.", "sim.report"),
    "panel": ("sim.app.",),
    "bokeh": ("sim.app.",),
    "param": ("sim.app.",),
    "esda": ("sim.metrics.spatial",),
    "libpysal": ("sim.metrics.spatial",),
}


def trespassers(found, only_in=ONLY_IN):
    return [
        str(item)
        for item in found
        if (allowed := only_in.get(item.imported.split(".")[0])) is not None
        and not any(
            item.importer == place or (place.endswith(".") and item.importer.startswith(place))
            for place in allowed
        )
    ]


def test_every_module_has_a_row():
    homeless = []
    for module in SOURCES:
        try:
            module == "sim" or unit_of(module)
        except KeyError:
            homeless.append(module)
    assert homeless == [], "give these a row in tests/architecture/layers.py, and say why in docs/decisions"


def test_modules_import_only_from_their_row_or_above():
    assert upward_imports(FOUND) == []


def test_no_circle_of_modules():
    assert cycle(FOUND, by_unit=False) == []


def test_no_circle_between_neighbours_of_a_row():
    assert cycle(FOUND, by_unit=True) == []


def test_nobody_imports_the_bare_package():
    # `import sim` inside sim works by accident of loading order, and pulls in the whole surface.
    assert [str(item) for item in FOUND if item.imported == "sim"] == []


def test_modules_are_not_loaded_by_text():
    # import_module("sim.x") would slip past this file; only the lazy surface may do it.
    by_text = [name for name, text in SOURCES.items() if "import_module(" in text or "__import__(" in text]
    assert by_text == ["sim"]


def test_named_libraries_stay_in_their_files():
    assert trespassers(FOUND) == []


BROKEN = {
    "a function-level import of a lower row": {
        "sim.rules.market": "def f():\n    from sim.kernel import STEP_ORDER\n",
        "sim.kernel": "STEP_ORDER = ()\n",
    },
    "a relative import of a lower row": {"sim.rules.market": "from ..runner import run\n", "sim.runner": ""},
    "an import for type checkers only": {
        "sim.state": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import sim.model\n",
        "sim.model": "",
    },
}


@pytest.mark.parametrize("sources", BROKEN.values(), ids=BROKEN.keys())
def test_the_check_sees(sources):
    assert len(upward_imports(imports(sources))) == 1


def test_the_check_sees_a_circle_of_modules_and_of_units():
    modules = {"sim.rules.a": "from sim.rules import b\n", "sim.rules.b": "import sim.rules.a\n"}
    assert cycle(imports(modules), by_unit=False)
    assert not cycle(imports(modules), by_unit=True)
    modules["sim.rules.b"] = "if TYPE_CHECKING:\n    import sim.rules.a\n"
    assert not cycle(imports(modules), by_unit=False)
    units = {
        "sim.world.a": "import sim.data.b\n",
        "sim.data.b": "",
        "sim.data.c": "import sim.world.d\n",
        "sim.world.d": "",
    }
    assert not cycle(imports(units), by_unit=False)
    assert cycle(imports(units), by_unit=True)


def test_the_check_sees_a_trespasser():
    sources = {"sim.runner": "def f():\n    import mesa.space\n", "sim.plotting.maps": "import matplotlib\n"}
    assert trespassers(imports(sources)) == ["sim.runner, line 2: imports mesa.space"]


def test_the_table_names_each_unit_once():
    units = [unit for row in ROWS for unit in row]
    assert len(units) == len(set(units))
