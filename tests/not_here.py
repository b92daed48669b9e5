"""Tests of what not every machine has: skipped where it is missing, or failing where it must be there."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

__all__ = ["BROWSER", "CHINESE_FONT", "not_here"]

#: Variables of the environment that say, when they are 1, that it must be there; ``.ci/run`` sets them.
BROWSER = "HINTERLAND_REQUIRE_BROWSER"
CHINESE_FONT = "HINTERLAND_REQUIRE_CHINESE_FONT"


def not_here(required_by: str, reason: str) -> NoReturn:
    """Skip a test, and say what it lacks and how to install that; fail where the variable says it must be here."""
    if os.environ.get(required_by) == "1":
        pytest.fail(f"{required_by}=1, but {reason}")
    pytest.skip(reason)
