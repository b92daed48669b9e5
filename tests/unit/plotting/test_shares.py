"""The figure of an attribution shows its table: bars as long as shares, lines as intervals, the rest in grey."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

import sim
from sim.plotting.shares import draw_shares


@pytest.fixture(scope="module")
def result(small_scenario):
    return sim.attribute(small_scenario, ["imitation", "exit"], method="shapley", replicates=3, outcome="shops")


def test_bars_and_lines(result):
    axes = draw_shares(result, Figure().subplots())
    widths = [bar.get_width() for bar in axes.patches]
    np.testing.assert_allclose(widths, 100 * np.array([*result.table["share"], result.rest[0]]))
    assert sum(widths) == pytest.approx(100)
    lines = axes.containers[-1][2][0].get_segments()
    np.testing.assert_allclose(lines[0][:, 0], 100 * result.table[["low", "high"]].iloc[0].to_numpy(float))
    assert [label.get_text() for label in axes.get_yticklabels()] == [*result.table["mechanism"], "the rest"]


def test_picture(result):
    assert result.plot.pngs()["shares"].startswith(b"\x89PNG")
    assert "shares()" in repr(result.plot)
