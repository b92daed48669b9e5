"""Closing a shop, on hand-worked values."""

from __future__ import annotations

import numpy as np
import pytest

from sim.rules.exit import closing_hazard, closing_threshold


def test_better_trade_closes_fewer_shops():
    hazard = closing_hazard(0.02, np.array([0.25, 1.0, 4.0]), trade_elasticity=0.5)
    assert hazard == pytest.approx([0.04, 0.02, 0.01])


@pytest.mark.parametrize("elasticity", [0.0, 0.5, 3.0])
def test_limits_of_the_closing_hazard(elasticity):
    factor = np.array([0.1, 1.0, 10.0])
    assert closing_hazard(0.02, factor, trade_elasticity=0.0).tolist() == [0.02] * 3
    assert closing_hazard(0.02, np.ones(1), trade_elasticity=elasticity).tolist() == [0.02]
    assert closing_hazard(0.0, factor, trade_elasticity=elasticity).tolist() == [0.0] * 3


@pytest.mark.parametrize(
    ("size", "gamma", "threshold"), [(4.0, 0.5, 3.0), (4.0, 0.0, 1.5), (1.0, 2.0, 1.5), (0.25, 1.0, 0.375)]
)
def test_larger_shops_withstand_more(size, gamma, threshold):
    assert closing_threshold(1.5, size, gamma) == pytest.approx(threshold)
