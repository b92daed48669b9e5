"""Scarce land and talent by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.rules.limits import capacity_shops, scarcity, scarcity_sales_factor

ROOM = {"shops": 50.0, "household_share": 0.1, "park_relief": 0.5, "training_relief": 0.1}


def test_room_grows_with_the_village_with_parks_and_with_skill():
    households, none = np.array([0.0, 300.0]), np.zeros(2)
    assert capacity_shops(households, none, none, **ROOM) == pytest.approx([50.0, 80.0])
    assert capacity_shops(households, none + 2, none, **ROOM) == pytest.approx([100.0, 160.0])
    assert capacity_shops(households, none, none + 10, **ROOM) == pytest.approx([100.0, 160.0])


def test_scarcity_is_none_without_shops_and_grows_without_bound():
    scarce = scarcity(np.array([0.0, 80.0, 8000.0]), np.full(3, 80.0))
    assert scarce == pytest.approx([0.0, np.log(2), np.log(101)])
    assert scarcity(np.array([100.0]), np.array([1e12])) == pytest.approx([0.0], abs=1e-9)


def test_scarcity_lowers_sales_by_a_power():
    # Three times the room there is: ln 4, and 4 ** -0.5 is a half.
    scarce = np.array([0.0, np.log(4)])
    assert scarcity_sales_factor(scarce, sales_elasticity=0.5) == pytest.approx([1.0, 0.5])
    assert scarcity_sales_factor(scarce, sales_elasticity=0.0).tolist() == [1.0, 1.0]
