"""The figure of a sensitivity analysis shows the indices of its tables."""

from __future__ import annotations

import numpy as np
import pytest

import sim

MAPPING = {
    "start": "2009-01",
    "end": "2010-12",
    "region": {"synthetic": {"villages": 6, "households_per_village": 40, "towns": 2, "counties": 1}},
    "world.synthetic_pioneers": 2,
    "pioneers.last_year": 2009,
    "adoption.imitation": 0.3,
}
NAMES = ["adoption.imitation", "adoption.weight_ring", "adoption.cost_effect"]


@pytest.fixture(scope="module", params=["morris", "sobol"])
def result(request):
    size = 4 if request.param == "morris" else 8
    return sim.sensitivity(
        sim.Scenario.from_mapping(MAPPING), NAMES, method=request.param, size=size, replicates=1
    )


def test_indices_and_convergence_are_drawn(result):
    left, right = result.plot.indices("shops").axes
    table, settled = result.indices("shops"), result.convergence("shops")
    if result.method == "morris":
        points = sorted(tuple(each.lines[0].get_xydata()[0]) for each in left.containers)
        np.testing.assert_allclose(points, sorted(zip(table["mu_star"], table["sigma"], strict=True)))
    else:
        widths = [
            [bar.get_width() for bar in each.patches] for each in left.containers if hasattr(each, "patches")
        ]
        assert widths == [table["ST"].tolist(), table["S1"].tolist()]
        assert [label.get_text() for label in left.get_yticklabels()] == table["parameter"].tolist()
    drawn = [line.get_ydata() for line in right.lines]
    np.testing.assert_allclose(drawn, settled[["50%", "75%", "100%"]].to_numpy())
    assert result.plot.pngs("shops")["indices_shops"].startswith(b"\x89PNG")
