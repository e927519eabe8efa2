"""A painted margin around what is shown, so that no mirror image comes in over the border.

The picture is displaced by up to the amplitude, and near a border shows what lies beyond it. So a
larger picture is painted: the impression goes on beyond its border as its mirror image, which is
layout and colour only, while strokes and detail there are painted like all others. It moves as a
whole (beyond its own border the displacement stays as it is there), and its middle is shown. The
margin should be at least the amplitude; a picture of side s costs (1 + 2m/s)² times as much.
"""

from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from jaxtyping import Float32
from pydantic import Field

from tasks.core.errors import InputError
from tasks.video.frames.around import Around, Wrapped
from tasks.video.motions.atlas import Atlas, Maps
from tasks.video.motions.displacement import Displacement
from tasks.video.painters.wrapper import sized
from tasks.video.scene import Film, Frame, Painter, Scene


@dataclass(frozen=True)
class Bordered(Around):
    """The way inside, with a margin of `margin` pixels of the painted picture on each side."""

    margin: Annotated[int, Field(ge=1)]

    def __call__(self, scene: Scene, painter: Painter) -> Film:
        """Return the film.

        Raises:
            InputError: the margin is no whole number of cells of the impression, or this way is
            inside one that has wrapped the painter already.
        """
        if isinstance(painter, Wrapped):
            raise InputError("video.frames: bordered: put it around the other ways, not inside")
        cells = self.cells(scene, painter)
        size = (painter.size[0] + 2 * self.margin, painter.size[1] + 2 * self.margin)
        film = self.inner()(extended(scene, cells), sized(painter, size))
        top, left = ((film.size[axis] * self.margin) // size[axis] for axis in (0, 1))
        height, width = film.size[0] - 2 * top, film.size[1] - 2 * left

        def frame(number: int) -> Frame:
            whole = film.frame(number)
            return np.ascontiguousarray(whole[top : top + height, left : left + width])

        return Film(film.frames, (height, width), frame)

    def cells(self, scene: Scene, painter: Painter) -> int:
        """Return the margin in cells of the impression."""
        cells, rest = divmod(self.margin * scene.maps.shape[2], painter.size[1])
        if rest:
            side = painter.size[1] / scene.maps.shape[2]
            raise InputError(
                f"video.frames: margin: {self.margin} pixels are no whole number of cells of "
                f"{side:g}; give a multiple"
            )
        return cells


@dataclass(frozen=True, eq=False)
class Extended(Displacement):
    """The displacement of a picture that goes on by `cells` cells on each side of what `inner`
    displaces.
    """

    inner: Displacement
    cells: int

    @property
    def strays(self) -> bool:
        """Whether the impression itself depends on the time."""
        return self.inner.strays

    @property
    def frames(self) -> int:
        """The number of frames."""
        return self.inner.frames

    def coarse(self, frame: int) -> Float32[np.ndarray, "row col axis"]:
        """Return d of one frame on the coarse grid of the larger picture, in its widths."""
        return larger(self.inner.coarse(frame), self.cells)

    def impression(self, still: Maps, atlas: Atlas | None, time: float) -> Maps:
        """Return the impression before its displacement, at `time` in [0, 1) of the loop."""
        inside = slice(self.cells, -self.cells)
        return mirrored(self.inner.impression(still[:, inside, inside], atlas, time), self.cells)


def extended(scene: Scene, cells: int) -> Scene:
    """Return the scene of the larger picture."""
    inner = scene.displacement
    grid = np.stack([larger(field, cells) for field in inner.grid])
    whole = Extended(grid, inner.amplitude, inner.requested, inner, cells)
    return replace(scene, maps=mirrored(scene.maps, cells), displacement=whole)


def larger(
    field: Float32[np.ndarray, "row col axis"], cells: int
) -> Float32[np.ndarray, "v u axis"]:
    """Return a displacement in widths of the larger picture, resting beyond its border as it is
    there.
    """
    share = field.shape[1] / (field.shape[1] + 2 * cells)
    sides = ((cells, cells), (cells, cells), (0, 0))
    return np.pad(np.float32(share) * field, sides, mode="edge")


def mirrored(maps: Maps, cells: int) -> Maps:
    """Return the maps, going on by `cells` cells on each side as their mirror image."""
    return np.pad(maps, ((0, 0), (cells, cells), (cells, cells)), mode="symmetric")
