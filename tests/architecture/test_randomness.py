"""Randomness is made in sim/streams.py and nowhere else."""

from __future__ import annotations

import ast
import inspect

import networkx as nx
import pytest

from tests.architecture.source import dotted, sim_sources

RANDOM_MODULES = {"random", "secrets", "numpy.random", "uuid"}
# The class may be named in a type annotation; making one is another matter.
TYPES_ONLY = {"np.random.Generator", "numpy.random.Generator"}


def takes_seed(function_name: str) -> bool:
    """Whether a networkx function draws, which it says by a parameter called seed."""
    function = getattr(nx, function_name, None)
    return callable(function) and "seed" in inspect.signature(function).parameters


def draws(text: str) -> list[str]:
    """What in a source text makes or uses randomness, by line."""
    tree = ast.parse(text)
    made = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [f"{node.lineno}: import {a.name}" for a in node.names if a.name in RANDOM_MODULES]
        elif isinstance(node, ast.ImportFrom):
            names = {node.module, *(f"{node.module}.{a.name}" for a in node.names)}
            found += [f"{node.lineno}: from {node.module}"] if names & RANDOM_MODULES else []
        elif isinstance(node, ast.Attribute):
            path = dotted(node)
            if path.startswith(("np.random.", "numpy.random.")) and (path not in TYPES_ONLY or id(node) in made):
                found.append(f"{node.lineno}: {path}")
        if isinstance(node, ast.Call):
            found += _unseeded_call(node)
    return found


def _unseeded_call(node: ast.Call) -> list[str]:
    path = dotted(node.func)
    given = {keyword.arg: keyword.value for keyword in node.keywords}
    if path.startswith(("nx.", "networkx.")) and takes_seed(path.rsplit(".", 1)[-1]):
        seed = given.get("seed")
        if seed is None or (isinstance(seed, ast.Constant) and seed.value is None):
            return [f"{node.lineno}: {path} without seed"]
    if path.endswith(".rvs") and "random_state" not in given:
        return [f"{node.lineno}: {path} without random_state"]
    return []


@pytest.mark.parametrize("module", [name for name in sim_sources() if name != "sim.streams"])
def test_only_streams_makes_randomness(module):
    assert draws(sim_sources()[module]) == []


@pytest.mark.parametrize(
    "text",
    [
        "import random\n",
        "from numpy.random import default_rng\n",
        "from numpy import random\n",
        "import numpy as np\nx = np.random.default_rng(0)\n",
        "import numpy as np\nx = np.random.Generator(bits)\n",
        "def f():\n    np.random.seed(1)\n",
        "import networkx as nx\ng = nx.watts_strogatz_graph(10, 4, 0.1)\n",
        "import networkx as nx\ng = nx.gnp_random_graph(10, 0.1, seed=None)\n",
        "x = scipy.stats.norm.rvs(size=3)\n",
    ],
)
def test_the_check_sees(text):
    assert draws(text) != []


@pytest.mark.parametrize(
    "text",
    [
        "def f(generator: np.random.Generator) -> None: ...\n",
        "g = nx.gnp_random_graph(10, 0.1, seed=stream)\n",
        "g = nx.path_graph(10)\n",
    ],
)
def test_the_check_lets_pass(text):
    assert draws(text) == []
