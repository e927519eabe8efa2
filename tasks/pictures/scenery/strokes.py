"""Strokes: polygons, discs, lines and shadows with anti-aliased edges.

Positions are in units of the picture side, x to the right and y down, so a stroke does not depend
on the picture's size; OpenCV takes them with `BITS` binary digits after the point.
"""

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from tasks.pictures.scenery.ground import Canvas
from tasks.pictures.scenery.vocabulary import Colour

Point = tuple[float, float]
BITS = 4


def frame(foot: Point, scale: float, side: int = 1) -> Callable[[float, float], Point]:
    """Return the map from a thing's own coordinates (across, up) to the picture; `side` -1 mirrors
    it.
    """

    def at(across: float, up: float) -> Point:
        return foot[0] + side * across * scale, foot[1] - up * scale

    return at


def polygon(canvas: Canvas, corners: Sequence[Point], tone: Colour) -> None:
    """Fill a polygon, in place."""
    pixels = np.rint(np.asarray(corners) * (len(canvas) << BITS)).astype(np.int32)
    cv2.fillPoly(canvas, [pixels], np.clip(tone, 0, 255).tolist(), cv2.LINE_AA, BITS)


def dot(canvas: Canvas, centre: Point, radius: float, tone: Colour) -> None:
    """Fill a disc, in place."""
    scale = len(canvas) << BITS
    place = (round(centre[0] * scale), round(centre[1] * scale))
    cv2.circle(
        canvas,
        place,
        max(round(radius * scale), 1),
        np.clip(tone, 0, 255).tolist(),
        -1,
        cv2.LINE_AA,
        BITS,
    )


def line(canvas: Canvas, points: Sequence[Point], width: float, tone: Colour) -> None:
    """Draw an open line of the given width, at least one pixel, in place."""
    pixels = np.rint(np.asarray(points) * (len(canvas) << BITS)).astype(np.int32)
    thickness = max(round(width * len(canvas)), 1)
    cv2.polylines(
        canvas, [pixels], False, np.clip(tone, 0, 255).tolist(), thickness, cv2.LINE_AA, BITS
    )


def shadow(canvas: Canvas, foot: Point, width: float, away: float) -> None:
    """Darken a flat ellipse beside a foot, on the side away from the light, in place."""
    size = len(canvas)
    centre = (foot[0] + away * width * 0.5, foot[1])
    low_x, high_x = (
        int(np.clip(v * size, 0, size)) for v in (centre[0] - width, centre[0] + width)
    )
    low_y, high_y = (
        int(np.clip(v * size, 0, size)) for v in (centre[1] - width / 4, centre[1] + width / 4)
    )
    patch = canvas[low_y:high_y, low_x:high_x]
    if patch.size == 0:
        return
    x = ((np.arange(low_x, high_x) + 0.5) / size - centre[0]) / width
    y = ((np.arange(low_y, high_y) + 0.5) / size - centre[1]) / (width / 4)
    inside = np.clip(1.3 - 1.3 * (x[None] ** 2 + y[:, None] ** 2), 0, 1)[..., None]
    patch[:] = patch * (1 - 0.42 * inside)
