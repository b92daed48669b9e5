"""Figures: they render without a screen and show what they say."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

import sim
from sim.plotting.growth import draw_shops, draw_villages
from sim.plotting.land import land_height
from sim.plotting.maps import draw_map, map_units, observed_counts, simulated_counts
from sim.plotting.picture import count_axis
from sim.plotting.projection import albers_km
from sim.plotting.rank_size import draw_rank_size, rank_size_figure, ranked_unit, unit_sizes
from sim.plotting.sales import draw_sales
from tests.untranslated import untranslated

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def axes():
    return Figure().subplots()


def texts(axes):
    return [text.get_text() for text in axes.texts]


@pytest.mark.parametrize("which", ["small_result", "cao_result"])
def test_all_figures_render(which, request):
    result = request.getfixturevalue(which)
    pngs = result.plot.pngs()
    assert set(pngs) == {"growth", "map", "rank_size", "sales"}
    assert all(png.startswith(PNG) and len(png) > 5000 for png in pngs.values())
    assert result.plot.growth()._repr_png_().startswith(PNG)


def test_figures_of_a_run_without_december(small_scenario):
    result = sim.run(small_scenario.replace({"end": "2009-03"}))
    assert all(png.startswith(PNG) for png in result.plot.pngs().values())


def test_pyplot_and_its_state_are_not_used():
    code = (
        "import sys, sim; s = sim.Scenario.from_mapping({'start': '2009-01', 'end': '2009-12', "
        "'region': {'synthetic': "
        "{'villages': 4, 'households_per_village': 20, 'towns': 2, 'counties': 2}}}); r = sim.run(s); "
        "assert 'matplotlib' not in sys.modules; r.plot.pngs(); assert 'matplotlib.pyplot' not in sys.modules"
    )
    environment = os.environ | {"PATH": "", "MPLBACKEND": "agg"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, capture_output=True)


def test_drawn_once_a_picture_is_the_same(small_result):
    once, twice, file = small_result.plot.growth(), small_result.plot.growth(), io.BytesIO()
    canvas = once.canvas
    twice.savefig(file, format="png", dpi=twice.dpi, metadata={"Software": None})
    assert once.png() == file.getvalue()
    assert once.canvas is canvas


def test_growth_shows_the_lists_and_the_run(cao_result, axes):
    draw_villages(cao_result, axes)
    lines = {line.get_label(): line for line in axes.lines}
    assert lines["observed"].get_xydata().tolist() == [[2014, 7], [2015, 34]]
    counts = cao_result.patterns.query("pattern == 'villages'")
    assert lines["simulated"].get_xydata().tolist() == counts[["year", "simulated"]].to_numpy().tolist()
    assert texts(axes) == ["7", "34"]


def test_growth_of_an_invented_world_shows_no_list(small_result, axes):
    draw_villages(small_result, axes)
    assert [line.get_label() for line in axes.lines] == ["simulated"]


@pytest.mark.parametrize("most", [1, 3, 7, 12, 18, 33, 400, 7000])
def test_an_axis_of_counts_has_whole_numbers(axes, most):
    axes.plot([0, 1], [0, most])
    axes.set_ylim(bottom=0)
    count_axis(axes.yaxis)
    ticks = axes.get_yticks()
    assert len(ticks) > 1
    written = [axes.yaxis.get_major_formatter()(tick) for tick in ticks]
    assert [float(text.replace(",", "")) for text in written] == ticks.tolist()


@pytest.mark.parametrize("draw", [draw_villages, draw_sales])
def test_villages_are_counted_in_whole_numbers(small_result, axes, draw):
    draw(small_result, axes)
    assert all(float(tick).is_integer() for tick in axes.get_yticks())


def test_shops_by_month(cao_result, axes):
    draw_shops(cao_result, axes)
    active = axes.lines[0].get_xydata()
    assert active[0, 0] == 2012.0
    assert active[-1, 1] == cao_result.national["shops"].iloc[-1]


def test_map_counts_are_those_of_the_tables(cao_result, axes):
    units = map_units(cao_result)
    assert units.level == "town"  # a map of one county would be one dot
    observed = observed_counts(cao_result, units, 2015)
    assert observed.sum() == 34
    assert observed_counts(cao_result, units, 2013) is None
    simulated = simulated_counts(cao_result, units, 2015)
    towns = cao_result.towns.query("year == 2015").set_index("town")["taobao_villages"]
    assert {code: n for code, n in zip(units.code, simulated, strict=True) if n} == towns.to_dict()
    backwards = replace(units, code=units.code[::-1])  # the order of the units is theirs alone
    assert simulated_counts(cao_result, backwards, 2015).tolist() == simulated[::-1].tolist()
    draw_map(axes, units, observed, "2015 observed", largest=20)
    assert axes.get_title() == f"2015 observed: 34 villages in {np.count_nonzero(observed)} towns"
    discs = axes.collections[-1]
    assert np.sort(np.asarray(discs.get_array())).tolist() == np.sort(observed[observed > 0]).tolist()


def test_titles_of_maps_know_the_singular_and_have_chinese_words(cao_result, axes, monkeypatch):
    towns = map_units(cao_result)
    told = {}
    for first_two in ((0, 0), (1, 0), (2, 0), (1, 1)):
        counts = np.zeros(towns.code.size, int)
        counts[:2] = first_two
        told[first_two] = draw_map(axes, towns, counts, "2014", largest=2).get_title()
        with untranslated(monkeypatch) as missing:
            for level in ("county", "town", "village"):
                draw_map(axes, replace(towns, level=level), counts, "2014", largest=2)
        assert missing == set()
    assert told == {
        (0, 0): "2014: 0 villages in 0 towns",
        (1, 0): "2014: 1 village in 1 town",
        (2, 0): "2014: 2 villages in 1 town",
        (1, 1): "2014: 2 villages in 2 towns",
    }


def test_map_of_a_small_world_shows_villages(small_result):
    units = map_units(small_result)
    assert units.level == "village"
    assert units.code.size == 40
    recognised = small_result.villages.query("recognised and year == 2012")
    counts = simulated_counts(small_result, units, 2012)
    assert np.flatnonzero(counts).tolist() == recognised["village"].tolist()
    assert observed_counts(small_result, units, 2015) is None


def test_map_of_a_county_of_few_towns_shows_the_listed_villages():
    # Qinghe has six towns, so the map goes down to villages, and the published list with it.
    mapping = {"start": "2015-11", "end": "2015-12", "region": {"counties": [130534]}}
    result = sim.run(sim.Scenario.from_mapping(mapping))
    units = map_units(result)
    assert units.level == "village"
    counts = observed_counts(result, units, 2015)
    assert counts.sum() > 3
    assert counts.sum() == result.patterns.set_index("pattern").loc["villages", "observed"]


def test_rank_size(cao_result, axes):
    assert ranked_unit(cao_result) == "town", "one county would be one dot"
    simulated, observed = unit_sizes(cao_result, 2015)
    assert (observed.sum(), observed.tolist()) == (34, sorted(observed, reverse=True))
    assert simulated.sum() == cao_result.villages.query("recognised and year == 2015").shape[0]
    draw_rank_size(cao_result, axes, 2015)
    words = "town" if simulated.size == 1 else "towns"
    expected = [
        f"observed: 34 in {observed.size} towns",
        f"simulated: {simulated.sum()} in {simulated.size} {words}",
    ]
    assert [line.get_label() for line in axes.lines] == expected[: 1 + bool(simulated.size)]


def test_a_panel_without_villages_says_so(small_result, axes):
    draw_rank_size(small_result, axes, 2009 - 1)
    assert texts(axes) == ["none recognised in the run"]
    assert [panel.get_xlabel() for panel in rank_size_figure(small_result).axes] == ["rank of the town"] * 2


def test_five_counties_are_put_in_order(small_scenario):
    size = {"villages": 10, "households_per_village": 20, "towns": 5, "counties": 5}
    result = sim.run(small_scenario.replace({"region": {"synthetic": size}, "end": "2009-12"}))
    assert ranked_unit(result) == "county"


def test_sales_are_all_in_a_bar_and_in_a_class(cao_result, axes):
    draw_sales(cao_result, axes, 2015)
    n = cao_result.villages.query("recognised and year == 2015").shape[0]
    assert sum(bar.get_height() for bar in axes.patches) == n
    edges = {round(bar.get_x(), 6) for bar in axes.patches}
    assert {10.0, 30.0, 100.0} <= edges
    inside = [int(text.split("\n")[1].split()[0].replace(",", "")) for text in texts(axes)]
    assert sum(inside) == n


def test_albers_keeps_areas():
    # A small square of one degree covers R^2 * cos(lat) * (pi/180)^2 wherever it lies.
    for lon, lat in ((80.0, 40.0), (105.0, 35.0), (125.0, 48.0), (110.0, 19.0)):
        x, y = albers_km([lon, lon + 0.1, lon + 0.1, lon], [lat, lat, lat + 0.1, lat + 0.1])
        area = 0.5 * abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))
        band = np.sin(np.radians(lat + 0.1)) - np.sin(np.radians(lat))
        assert area == pytest.approx(6371.0**2 * np.radians(0.1) * band, rel=1e-4)


@pytest.mark.parametrize("lat", [25.0, 47.0])
def test_albers_keeps_lengths_along_its_parallels(lat):
    x, y = albers_km([105.0, 105.01], [lat, lat])
    assert np.hypot(np.diff(x), np.diff(y)) == pytest.approx(6371.0 * np.cos(np.radians(lat)) * np.radians(0.01))


def test_the_ground_holds_the_places():
    x, y = np.array([0.0, 100.0, 200.0, 90.0]), np.array([0.0, 10.0, 0.0, 120.0])
    across, along, height = land_height(x, y, cells=80)
    at_places = height[np.searchsorted(along, y), np.searchsorted(across, x)]
    assert (at_places > 0).all()
    assert (height[[0, -1], :] < 0).all()
    assert (height[:, [0, -1]] < 0).all()
