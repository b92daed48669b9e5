"""Small maps, provinces, partners, towns and the moving map: what is drawn is what the tables say."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from sim.errors import ResultError, WorldError
from sim.plotting.animation import animation_months, shops_by_unit, write_animation
from sim.plotting.maps import map_units, simulated_counts
from sim.plotting.maps_by_year import map_by_year_figure, mapped_years
from sim.plotting.partners import draw_income_by_month, draw_partner_incomes, partner_incomes
from sim.plotting.picture import Picture
from sim.plotting.provinces import draw_province_bars, draw_provinces
from sim.plotting.town import draw_town
from sim.plotting.town_graph import busiest_town, pushed_apart, town_graph, wound_up


@pytest.fixture
def axes():
    return Figure().subplots()


def test_small_maps_share_a_scale_and_name_their_counts(cao_result):
    picture = cao_result.plot.map_by_year([2014, 2015])
    left, right, bar = picture.axes
    units = map_units(cao_result)
    for panel, year, listed in ((left, 2014, 7), (right, 2015, 34)):
        n = simulated_counts(cao_result, units, year).sum()
        assert panel.get_title(loc="left").startswith(f"{year}: {n} villages in ")
        assert [text.get_text() for text in panel.texts] == [f"on the list: {listed}"]
    norms = {panel.collections[-1].norm.vmax for panel in (left, right)}
    assert len(norms) == 1
    assert bar.get_ylabel() == "Taobao villages of the town"


def test_small_maps_begin_before_the_first_villages(small_result):
    patterns = small_result.patterns.query("pattern == 'villages'").set_index("year")["simulated"]
    years = mapped_years(small_result)
    assert years[-1] == 2012
    assert (patterns[[year for year in patterns.index if year < years[0]]] == 0).all()
    with pytest.raises(ResultError, match="found year 2019, allowed are Decembers of the run, 2009 to 2012"):
        map_by_year_figure(small_result, [2019])
    with pytest.raises(ResultError, match="found no year"):
        map_by_year_figure(small_result, [])


def test_provinces_stand_in_the_order_of_the_lists(axes):
    simulated, observed = np.array([5.0, 2.0]), np.array([7.0, np.nan])
    low, high = np.array([4.0, 1.0]), np.array([6.0, 4.0])
    draw_province_bars(axes, ["one", "two"], simulated, observed, low=low, high=high)
    assert [bar.get_width() for bar in axes.patches] == [5.0, 2.0]
    diamonds = next(line for line in axes.lines if line.get_label() == "observed")
    assert diamonds.get_xydata().tolist() == [[7.0, 0.0]]
    ends = axes.collections[0].get_segments()
    assert [segment[:, 0].tolist() for segment in ends] == [[4.0, 6.0], [1.0, 4.0]]


def test_the_province_of_a_county_has_its_counts(cao_result, axes):
    draw_provinces(cao_result, axes, 2015)
    row = cao_result.provinces.query("year == 2015").iloc[0]
    assert [bar.get_width() for bar in axes.patches] == [row["simulated"]]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Shandong"]
    assert cao_result.plot.provinces().png().startswith(b"\x89PNG")


@pytest.mark.parametrize("counts", [[9.0], [9.0, 8.0], [9.0, 8.0, 8.0], [9.0, 8.0, 8.0, 7.0, 7.0]])
def test_the_legend_of_provinces_lies_over_no_bar(counts):
    picture = Picture(4.6, 1.3 + 0.23 * max(len(counts), 4))
    (axes,) = picture.panels(1, 1)
    draw_province_bars(axes, [f"P{n}" for n in range(len(counts))], np.array(counts), np.array(counts) + 1.0)
    picture.draw_without_rendering()
    legend = axes.get_legend().get_window_extent()
    assert not any(legend.overlaps(bar.get_window_extent()) for bar in axes.patches)


def test_no_province_with_a_village_is_said(small_result, axes):
    draw_provinces(small_result, axes, 1999)
    assert [text.get_text() for text in axes.texts] == ["no Taobao village"]


def test_incomes_of_all_partners_are_in_the_bars_or_named(cao_result, axes):
    model, income = partner_incomes(cao_result, 2015)
    table = cao_result.villages.query("year == 2015 and partner_model > 0")
    assert np.sort(income).tolist() == np.sort(table["partner_income_yuan"]).tolist()
    draw_partner_incomes(cao_result, axes, 2015)
    edge = axes.get_xlim()[1]
    drawn = sum(bar.get_height() for bar in axes.patches[1:])  # the first is the report's band
    assert drawn == np.count_nonzero(income < edge)
    labels = axes.get_legend_handles_labels()[1]
    assert f"partners 1.0: {np.count_nonzero(model == 1)}" in labels
    assert f"mean: {income.mean():,.0f} yuan" in labels
    assert "report: average 2,000 to 3,000" in labels


def test_partner_incomes_by_month(cao_result, axes):
    draw_income_by_month(cao_result, axes)
    mean = next(line for line in axes.lines if line.get_label() == "mean")
    np.testing.assert_array_equal(mean.get_ydata(), cao_result.national["mean_partner_income_yuan"])
    assert "report: highest 16,000" in [line.get_label() for line in axes.lines]


@pytest.mark.parametrize("draw", [draw_income_by_month, draw_partner_incomes])
def test_a_run_without_partners_says_so(small_result, axes, draw):
    draw(small_result, axes)
    assert [text.get_text() for text in axes.texts] == ["no partner"]


def test_a_town_has_its_households_and_sellers(small_result):
    graph = town_graph(small_result)
    world, village = small_result.world, small_result.world.villages
    inside = np.flatnonzero(village.town == busiest_town(small_result))
    assert graph.villages.tolist() == inside.tolist()
    assert graph.opened.size == village.households[inside].sum()
    december = small_result.villages.query("year == 2012").set_index("village")["shops"]
    assert graph.is_selling.sum() == sum(december.get(each, 0) for each in inside)
    ever = small_result.events[["village", "local"]].drop_duplicates()
    assert (graph.opened >= 0).sum() == ever["village"].isin(inside).sum()
    first = world.first_household[inside[0]]
    for left, right in graph.ties[:: max(len(graph.ties) // 10, 1)]:  # villages of a town stand together
        assert first + right in world.graph.acquaintances(int(first + left))[0]


def test_a_town_is_drawn_with_one_dot_a_household(small_result, axes):
    graph = town_graph(small_result)
    draw_town(small_result, axes, graph)
    dots = axes.collections[3:]  # after the outlines and two kinds of tie
    assert sum(len(each.get_offsets()) for each in dots) == graph.opened.size
    lines = sum(len(each.get_segments()) for each in axes.collections[1:3])
    assert lines == len(graph.ties)
    assert f"{graph.is_selling.sum():,} sellers among {graph.opened.size:,} households in" in axes.get_title()
    again = town_graph(small_result)
    np.testing.assert_array_equal(graph.place, again.place)


def test_a_town_earlier_has_fewer_sellers(small_result):
    town = int(small_result.world.towns.code[busiest_town(small_result)])
    counts = [town_graph(small_result, town, year).is_selling.sum() for year in (2009, 2010, 2012)]
    assert counts == sorted(counts)
    assert counts[0] < counts[2]


def test_unknown_towns_and_years_are_refused(small_result):
    with pytest.raises(WorldError, match="found town"):
        town_graph(small_result, "Nowhere")
    with pytest.raises(ResultError, match="found year 2031, allowed are years of the run, 2009 to 2012"):
        town_graph(small_result, year=2031)


def test_discs_do_not_overlap():
    km = np.array([[0.0, 0.0], [0.0, 0.0], [0.1, 0.0], [5.0, 5.0], [5.0, 5.1]])
    radius = np.array([3.0, 4.0, 5.0, 2.0, 2.0])
    centre = pushed_apart(km, radius)
    distance = np.hypot(*(centre[:, None] - centre[None]).transpose(2, 0, 1)) + 100.0 * np.eye(5)
    assert (distance > (radius[:, None] + radius[None]) * 1.05).all()
    assert pushed_apart(km[:1], radius[:1]).tolist() == [[0.0, 0.0]]


def test_households_have_equal_room_on_the_spiral():
    place = wound_up(np.arange(400))
    radius = np.hypot(*place.T)
    assert radius.max() < 20.0
    inner = np.count_nonzero(radius < 10.0)
    assert inner == pytest.approx(100, abs=2), "a quarter of the disc holds a quarter of the households"
    step = np.hypot(*np.diff(place, axis=0).T)[20:]
    np.testing.assert_allclose(step, np.sqrt(np.pi), rtol=0.02)


def test_months_of_the_moving_map_end_with_the_last(small_result):
    assert animation_months(small_result, 48) == list(range(48))
    assert animation_months(small_result, 10) == [5 + 6 * n for n in range(8)]
    assert animation_months(small_result, 1) == [47]


def test_shops_by_unit_are_those_of_the_tables(small_result, cao_result):
    for result in (small_result, cao_result):
        shops = shops_by_unit(result, map_units(result))
        assert shops.sum(axis=1).tolist() == result.national["shops"].tolist()


def test_the_moving_map_is_a_gif(small_result, tmp_path):
    file = write_animation(small_result, tmp_path / "map.gif", frames_per_second=2, most_frames=4)
    with Image.open(file) as image:
        assert image.is_animated
        assert image.n_frames == 4
        assert image.info["duration"] == 500
    assert [path.name for path in tmp_path.iterdir()] == ["map.gif"]


def test_a_moving_map_that_cannot_be_written_leaves_nothing(small_result, tmp_path):
    with pytest.raises(ResultError, match=r"allowed is \.gif"):
        write_animation(small_result, tmp_path / "map.png")
    with pytest.raises(ResultError, match="cannot be written"):
        write_animation(small_result, tmp_path / "missing" / "map.gif")
    with pytest.raises(ResultError, match="must be positive"):
        write_animation(small_result, tmp_path / "map.gif", frames_per_second=0)
    assert list(tmp_path.iterdir()) == []
