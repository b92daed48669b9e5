"""Names on a map: none lies on another, each stays on the map, and what is far from its place has a line."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from sim.plotting.labels import free_place, name_places
from sim.plotting.picture import Picture

NAMES = [f"County of Place {number} +{number}" for number in range(12)]
FRAME = np.array([0.0, 0.0, 300.0, 200.0])
NO_DISCS = np.zeros((0, 3))
SIZE = np.array([60.0, 10.0])


def crowd(spread, n=12):
    """A map with a few places, as far from each other as said, and their names."""
    picture = Picture(6.0, 4.0)
    (axes,) = picture.panels(1, 1)
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 100)
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    x, y, radius = 50 + spread * np.cos(angle), 50 + spread * np.sin(angle), np.full(n, 5.0)
    return picture, axes, name_places(axes, NAMES[:n], x, y, radius, discs=(x, y, radius))


def drawn(picture, names):
    """Boxes of the names that are shown, pixels."""
    canvas = FigureCanvasAgg(picture)
    canvas.draw()
    return [Text.get_window_extent(text, canvas.get_renderer()) for text in names.texts if text.get_visible()]


@pytest.mark.parametrize("dpi", [60, 160])
def test_names_of_a_crowd_lie_apart_and_on_the_map(dpi):
    picture, axes, names = crowd(spread=2.0)
    picture.set_dpi(dpi)
    boxes = drawn(picture, names)
    assert len(boxes) == len(NAMES)
    assert [pair for pair in combinations(boxes, 2) if pair[0].overlaps(pair[1])] == []
    frame = axes.get_window_extent()
    assert all(frame.x0 <= box.x0 and box.x1 <= frame.x1 for box in boxes)
    assert all(frame.y0 <= box.y0 and box.y1 <= frame.y1 for box in boxes)
    assert {text.arrow_patch.get_visible() for text in names.texts} == {True, False}


def test_drawn_again_names_stay_where_they_were():
    picture, _, names = crowd(spread=2.0)
    first = [box.bounds for box in drawn(picture, names)]
    np.testing.assert_allclose([box.bounds for box in drawn(picture, names)], first, atol=1e-6)


def test_a_name_with_room_stands_beside_its_place_without_a_line():
    picture, _, names = crowd(spread=30.0, n=3)
    drawn(picture, names)
    assert [text.arrow_patch.get_visible() for text in names.texts] == [False] * 3
    assert all(text.get_position()[0] > 5.0 for text in names.texts), "on the right of the disc"


def test_where_there_is_no_room_a_name_is_left_out():
    whole = [FRAME]
    assert free_place(np.array([150.0, 100.0]), 3.0, SIZE, FRAME, whole, [], NO_DISCS) is None
    assert free_place(np.array([150.0, 100.0]), 3.0, 10 * SIZE, FRAME, [], [], NO_DISCS) is None


def test_a_name_goes_where_it_covers_no_disc():
    place = np.array([150.0, 100.0])
    centre, is_far = free_place(place, 3.0, SIZE, FRAME, [], [], NO_DISCS)
    assert centre[0] > 150.0
    assert not is_far
    on_the_right = np.array([[190.0, 90.0, 4.0], [190.0, 100.0, 4.0], [190.0, 110.0, 4.0]])
    assert free_place(place, 3.0, SIZE, FRAME, [], [], on_the_right)[0][0] < 150.0


def test_a_name_keeps_off_the_lines_of_others():
    place = np.array([150.0, 100.0])
    centre, _ = free_place(place, 3.0, SIZE, FRAME, [], [], NO_DISCS)
    other, _ = free_place(place, 3.0, SIZE, FRAME, [], [np.array([centre])], NO_DISCS)
    assert (np.abs(other - centre) > SIZE / 2).any()


def test_the_line_of_a_name_keeps_off_other_names():
    place, wall = np.array([150.0, 100.0]), np.array([154.6, 0.0, 161.0, 200.0])
    discs = np.array([[120.0, y, 2.0] for y in range(60, 141, 5)])
    centre, is_far = free_place(place, 3.0, SIZE, FRAME, [wall], [], discs)
    assert centre[0] < 150.0, "over some discs, rather than beyond the wall"
    assert not is_far
    beyond, is_far = free_place(place, 3.0, SIZE, FRAME, [wall], [], np.concatenate([discs, discs]))
    assert beyond[0] > 161.0
    assert is_far


def test_names_left_out_of_a_small_figure_are_there_in_a_larger_one():
    picture, _, names = crowd(spread=2.0)
    picture.set_size_inches(2.2, 1.4)
    assert 0 < len(drawn(picture, names)) < len(NAMES)
    picture.set_size_inches(6.0, 4.0)
    boxes = drawn(picture, names)
    assert len(boxes) == len(NAMES)
    assert [pair for pair in combinations(boxes, 2) if pair[0].overlaps(pair[1])] == []
