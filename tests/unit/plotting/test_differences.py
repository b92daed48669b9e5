"""Figures of a comparison show its table: dots at the means, bars as intervals, discs for winners and losers."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

import sim
from sim.plotting import ComparisonPlots
from sim.plotting.differences import draw_differences, draw_winners


@pytest.fixture(scope="module")
def compared():
    mapping = {"start": "2012-01", "end": "2014-12", "region": {"counties": [371721, 330782]}}
    base = sim.Scenario.from_mapping(mapping)
    changes = {"dear": {"logistics.parcel_cost": 14}, "cheap": {"logistics.parcel_cost": 6}}
    return sim.compare(base, replicates=4, **changes)


def test_pictures(compared):
    assert compared.plot.pngs().keys() == {"differences", "winners"}
    assert all(png.startswith(b"\x89PNG") for png in compared.plot.pngs().values())
    assert "winners()" in repr(compared.plot)
    assert compared.plot.winners("shops").png().startswith(b"\x89PNG")


def test_dots_are_relative_differences(compared):
    axes = draw_differences(compared, Figure().subplots())
    table = compared.table
    for policy, bars in zip(compared.policies, axes.containers, strict=True):
        rows = table[(table["policy"] == policy) & (table["base_mean"] > 0)]
        np.testing.assert_allclose(bars[0].get_xdata(), 100 * rows["difference"] / rows["base_mean"])
        ends = np.array([segment[:, 0] for segment in bars[2][0].get_segments()])
        np.testing.assert_allclose(ends[:, 0], 100 * rows["low"] / rows["base_mean"])


def test_winners_are_blue_and_losers_orange(compared):
    for policy, colour in (("cheap", "#0072b2"), ("dear", "#d55e00")):
        axes = draw_winners(compared, Figure().subplots(), policy, "shops")
        # After the ground and the county seats; the key has discs at no place.
        discs = [each for each in axes.collections[2:] if len(each.get_offsets())]
        colours = {to_hex(face) for each in discs for face in each.get_facecolors()}
        assert colours == {colour}
        assert sum(len(each.get_offsets()) for each in discs) == 2
        sizes = sorted(size for each in discs for size in each.get_sizes())
        frame = compared.counties
        rows = frame[frame["policy"] == policy]["shops_difference"].abs()
        largest = frame["shops_difference"].abs().max()
        np.testing.assert_allclose(sizes, 6 + 160 * np.sort(rows) / largest)
    assert axes.get_title() == "dear: shops up in 0, down in 2 of 2 counties"
    assert len(axes.get_legend().get_texts()) == 2
    named = {text.get_text() for text in axes.texts}
    assert named <= set(frame["name_en"])
    assert named, "the losses are no luck"


def test_one_county_has_no_map(compared):
    class Alone:
        scenario, dataset = compared.scenario, compared.dataset.isel(county=[0])

    plots = ComparisonPlots(Alone())
    plots.differences = lambda: compared.plot.differences()
    assert plots.pngs().keys() == {"differences"}


def test_mistakes(compared, small_scenario):
    with pytest.raises(ValueError, match="villages or shops"):
        compared.plot.winners("sales")
    synthetic = sim.compare(small_scenario, {"logistics.parcel_cost": 7}, replicates=2)
    assert synthetic.plot.pngs().keys() == {"differences"}
    with pytest.raises(ValueError, match="synthetic"):
        synthetic.plot.winners()
