"""Names of places on a map: they keep clear of each other, and lines lead to places their names are far from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from numpy.typing import NDArray

from sim.plotting.picture import FAINT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

__all__ = ["Names", "free_place", "name_places"]

Array = NDArray[np.float64]

#: Distances from the edge of a disc that are tried, points; a line is drawn from the second on.
_DISTANCES = (1.5, 9.0, 16.0, 24.0, 33.0, 43.0, 54.0, 66.0, 79.0, 93.0, 108.0)
#: Directions that are tried, in this order: right first, as on most maps, then round to the left.
_DIRECTIONS = np.radians([25, -25, 0, 50, -50, 155, -155, 180, 75, -75, 130, -130, 90, -90])
#: How much farther away a name goes rather than cover a disc, and rather than cross a line, points.
_PER_DISC, _PER_CROSSING = 5.0, 12.0
_MARGIN = 1.0
_STEPS_OF_A_LINE = 12
_FONT_POINTS = 6.5


def name_places(
    axes: Axes, names: Sequence[str], x: Array, y: Array, radius: Array, *, discs: tuple[Array, Array, Array]
) -> Names:
    """Write the names of places beside them, the most important first.

    Parameters
    ----------
    axes : where the places are drawn. names : (K,) in the order in which they choose their place.
    x, y : (K,) places, in units of the axes. radius : (K,) of their discs, points.
    discs : x, y and radius of all discs on the map, which names do not cover where there is other room.

    Returns
    -------
    What arranges the names whenever the figure is drawn, so that they fit its size then.
    """
    line = {"arrowstyle": "-", "color": FAINT, "linewidth": 0.5, "shrinkA": 0.0}
    style: dict[str, Any] = {
        "fontsize": _FONT_POINTS,
        "textcoords": "offset points",
        "ha": "center",
        "va": "center",
    }
    halo = [withStroke(linewidth=1.6, foreground="white", alpha=0.85)]
    written = []
    for name, at_x, at_y, points in zip(names, x, y, radius, strict=True):
        to_edge = {**line, "shrinkB": float(points)}
        text = axes.annotate(name, (at_x, at_y), (0.0, 0.0), arrowprops=to_edge, path_effects=halo, **style)
        text.set_in_layout(False)
        written.append(text)
    arranged = Names(written, np.asarray(radius, np.float64), discs)
    axes.add_artist(arranged)
    return arranged


class Names(Artist):
    """Arranges names when the figure is drawn: only then is it known how large they are beside the map.

    A name that finds no room within the axes without covering another one is not shown.

    Parameters
    ----------
    texts : the most important first. radius : of their discs, points. discs : see :func:`name_places`.
    """

    def __init__(self, texts: list[Annotation], radius: Array, discs: tuple[Array, Array, Array]) -> None:
        super().__init__()
        self.texts, self._radius, self._discs = texts, radius, discs
        self.set_zorder(min((text.get_zorder() for text in texts), default=1.0) - 0.5)  # before they are drawn
        self.set_in_layout(False)

    def draw(self, renderer: Any) -> None:
        """Place the names; they draw themselves afterwards."""
        if self.axes is None or not self.texts:
            return
        pixels = float(renderer.points_to_pixels(1.0))
        x, y, radius = self._discs
        discs = np.column_stack([self.axes.transData.transform(np.column_stack([x, y])) / pixels, radius])
        frame = np.asarray(self.axes.get_window_extent(renderer).extents, np.float64) / pixels
        taken: list[Array] = []
        lines: list[Array] = []
        for text, radius_points in zip(self.texts, self._radius, strict=True):
            text.set_visible(True)  # what is not shown has no size
            place = self.axes.transData.transform(text.xy) / pixels
            extent = Text.get_window_extent(text, renderer)
            size = np.array([extent.width, extent.height]) / pixels + 2.0 * _MARGIN
            found = free_place(place, float(radius_points), size, frame, taken, lines, discs)
            text.set_visible(found is not None)
            if found is None:
                continue
            centre, is_far = found
            across, up = (centre - place).tolist()
            text.set_position((across, up))
            if text.arrow_patch is not None:
                text.arrow_patch.set_visible(is_far)
            taken.append(_box(centre, size))
            if is_far:
                lines.append(_line(place, centre))


def free_place(
    place: Array, radius: float, size: Array, frame: Array, taken: list[Array], lines: list[Array], discs: Array
) -> tuple[Array, bool] | None:
    """The centre of the best place for a name, and whether it is far enough away to need a line.

    The nearest place is best; one that covers discs or crosses lines counts as farther away.

    Parameters
    ----------
    place : (2,) what is named. radius : of its disc. size : (2,) of the name. frame : (4,) left, bottom, right,
        top of what may be written on. taken : boxes of other names. lines : points of the lines of other names.
    discs : (N, 3) x, y and radius. All in points.

    Returns
    -------
    ``None`` where every place tried leaves the frame or covers a name.
    """
    best: tuple[float, Array, bool] | None = None
    for nth, distance in enumerate(_DISTANCES):
        if best is not None and best[0] <= distance:
            break
        for angle in _DIRECTIONS:
            centre = _beside(place, radius + distance, size, angle)
            box, own = _box(centre, size), _line(place, centre)
            if _leaves(box, frame) or any(_overlap(box, other) for other in taken):
                continue
            crossed = sum(_holds(box, line) for line in lines)
            if nth > 0:
                crossed += sum(_holds(other, own) for other in taken)
            cost = distance + _PER_DISC * _covered(box, discs) + _PER_CROSSING * crossed
            if best is None or cost < best[0]:
                best = cost, centre, nth > 0
    return None if best is None else best[1:]


def _beside(place: Array, distance: float, size: Array, angle: float) -> Array:
    """Centre of a name whose near edge or corner lies in a direction, at a distance."""
    direction = np.array([np.cos(angle), np.sin(angle)])
    return place + distance * direction + 0.5 * size * np.clip(2.0 * direction, -1.0, 1.0)


def _box(centre: Array, size: Array) -> Array:
    """Left, bottom, right, top."""
    return np.concatenate([centre - 0.5 * size, centre + 0.5 * size])


def _line(place: Array, centre: Array) -> Array:
    """Points of the line from a place to its name."""
    steps = np.linspace(0.0, 1.0, _STEPS_OF_A_LINE)[:, None]
    return place + steps * (centre - place)


def _leaves(box: Array, frame: Array) -> bool:
    return bool((box[:2] < frame[:2]).any() or (box[2:] > frame[2:]).any())


def _overlap(box: Array, other: Array) -> bool:
    return bool((box[:2] < other[2:]).all() and (other[:2] < box[2:]).all())


def _holds(box: Array, points: Array) -> bool:
    """Whether any of the points lies in the box."""
    return bool(((points > box[:2]) & (points < box[2:])).all(axis=1).any())


def _covered(box: Array, discs: Array) -> int:
    """Discs that the box touches."""
    nearest = np.clip(discs[:, :2], box[:2], box[2:])
    return int(np.count_nonzero(np.hypot(*(discs[:, :2] - nearest).T) < discs[:, 2]))
