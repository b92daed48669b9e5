"""Examples in docstrings run and say the truth."""

from __future__ import annotations

import doctest
from importlib import import_module

import numpy as np
import pytest

from tests.architecture.source import sim_sources

WITH_EXAMPLES = [name for name, text in sim_sources().items() if ">>> " in text]


@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_examples_of(module):
    outcome = doctest.testmod(import_module(module), extraglobs={"np": np})
    assert outcome.attempted > 0
    assert outcome.failed == 0
