"""What pyproject.toml, the README and the package say about each other is true."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

import sim
from tests.architecture.source import ROOT, Import, imports, packages, sim_sources

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DISTRIBUTION_OF = {
    "ruamel": "ruamel.yaml",
    "sklearn": "scikit-learn",
    "IPython": "ipykernel",  # which brings it
    "mpl_toolkits": "matplotlib",
    "pydantic_core": "pydantic",
}


def names(requirements: list[str]) -> set[str]:
    """Distribution names of requirement lines, in lower case, without versions and extras."""
    return {re.split(r"[\s\[<>=!~;]", line, maxsplit=1)[0].lower() for line in requirements}


CORE = names(PROJECT["dependencies"])
EXTRAS = {name: names(lines) for name, lines in PROJECT["optional-dependencies"].items()}
# `dev` serves the tests; the package itself may lean on the others only.
OPTIONAL = set().union(*(lines for name, lines in EXTRAS.items() if name != "dev"))
# What shows the dashboard is nothing without panel; the rest of the package works without.
WHOLE_FILES_OF_AN_EXTRA = {
    f"sim.app.{part}"
    for part in (
        *("bar", "controls", "growth", "hanzi", "layout", "look"),
        *("maps", "notebook", "page", "server", "ticker", "village"),
    )
}


def undeclared(found: list[Import]) -> list[str]:
    """Third-party imports that no requirement covers, or an extra's library at the top of a file."""
    wrong = []
    for item in found:
        top = item.imported.split(".")[0]
        if top in sys.stdlib_module_names or top == "sim":
            continue
        distribution = DISTRIBUTION_OF.get(top, top).lower()
        optional_here = not item.at_top or item.for_types or item.importer in WHOLE_FILES_OF_AN_EXTRA
        if distribution not in CORE and not (distribution in OPTIONAL and optional_here):
            wrong.append(str(item))
    return wrong


def test_every_third_party_import_is_declared():
    assert undeclared(imports(sim_sources(), packages())) == []


def test_the_check_sees_an_undeclared_import_and_an_extra_at_the_top():
    sources = {"sim.rules.a": "import torch\nimport esda\nimport numpy\n\ndef f():\n    import libpysal\n"}
    assert [line.rsplit(" ", 1)[-1] for line in undeclared(imports(sources))] == ["torch", "esda"]


def test_requirements_are_bounded_below():
    lines = [line for line in PROJECT["dependencies"] if ">=" not in line]
    assert lines == []


def test_versions_agree():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert sim.__version__ == PROJECT["version"]
    assert re.search(r"^version: (\S+)$", citation, re.MULTILINE).group(1) == sim.__version__
    assert f"## {sim.__version__}" in changelog


def test_the_package_is_marked_as_typed():
    assert (ROOT / "sim" / "py.typed").is_file()


def test_ci_runs_the_command_of_the_readme():
    # The test command is written once, in the README; `.ci/run --print` shows what it would run.
    shown = subprocess.run(
        ["bash", str(ROOT / ".ci" / "run"), "--print"], capture_output=True, text=True, check=True
    ).stdout.strip()
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"<!-- test-command -->\s*```\w*\n(.*?)\n```", readme, re.DOTALL)
    assert block is not None
    assert shown == block.group(1).strip()
    assert "pytest" in shown
