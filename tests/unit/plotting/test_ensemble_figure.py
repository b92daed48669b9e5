"""The growth of an ensemble draws quantiles of its replicates and the published lists."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

import sim
from sim.plotting.ensemble import draw_band, draw_monthly_shops, draw_villages


@pytest.fixture(scope="module")
def cao():
    mapping = {"start": "2013-01", "end": "2015-12", "region": {"counties": [371721]}}
    return sim.run_ensemble(sim.Scenario.from_mapping(mapping), 5)


def test_growth_is_a_picture(cao):
    png = cao.plot.growth().png()
    assert png.startswith(b"\x89PNG")
    assert cao.plot.pngs().keys() == {"growth"}
    assert "growth()" in repr(cao.plot)


def test_lines_are_medians_and_points_the_lists(cao):
    axes = Figure().subplots()
    assert draw_villages(cao, axes)
    median, observed = axes.get_lines()
    np.testing.assert_array_equal(median.get_ydata(), cao.dataset.villages.median("replicate"))
    table = cao.table.set_index(["outcome", "year"])["observed"]
    assert list(observed.get_ydata()) == [table["villages", 2014], table["villages", 2015]]
    shops = draw_monthly_shops(cao, Figure().subplots())
    (line,) = shops.get_lines()
    np.testing.assert_array_equal(line.get_ydata(), cao.dataset.monthly_shops.median("replicate"))
    assert shops.get_yscale() == "log"


def test_bands_hold_half_and_ninety_percent():
    axes = Figure().subplots()
    values = np.arange(101.0)[:, None] * np.array([1.0, 2.0])
    draw_band(axes, np.array([0.0, 1.0]), np.vstack([values, np.full((1, 2), np.nan)]))
    heights = [band.get_paths()[0].vertices[:, 1] for band in axes.collections]
    reached = [(float(y.min()), float(y.max())) for y in heights]
    assert reached == [pytest.approx((5.0, 190.0)), pytest.approx((25.0, 150.0))]


def test_nothing_to_draw_is_an_empty_picture(cao):
    axes = Figure().subplots()
    draw_band(axes, np.array([0.0]), np.full((3, 1), np.nan))
    assert not axes.get_lines()
    draw_band(axes, np.array([0.0, 1.0]), np.array([[np.nan, 1.0], [np.nan, 2.0]]))  # no shop anywhere at first
    assert list(axes.get_lines()[0].get_ydata()) == [1.5]
    short = sim.run_ensemble(cao.scenario.replace({"end": "2013-02"}), 1)
    assert short.plot.growth().png().startswith(b"\x89PNG")
