"""Frames from the displaced impressions and noise that is displaced along with them.

What the noise becomes, grain and brush strokes, is then told to move, too (`carried_noise`). Where
the displacement is small against a cell of the latents, a generator cross-fades between cells all
the same.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from tasks.video.frames.carried_noise import Noise, carried_noise
from tasks.video.frames.grouped import displaced_maps, grouped
from tasks.video.frames.noise_loop import noise_loop
from tasks.video.scene import Film, Painter, Pictures, Scene


@dataclass(frozen=True)
class AdvectedNoise:
    """`batch` frames are painted together; `upscale` is the enlargement."""

    batch: Annotated[int, Field(ge=1)]
    upscale: Annotated[int, Field(ge=1, le=8)]

    def __call__(self, scene: Scene, painter: Painter) -> Film:
        """Return the film."""

        def paint(numbers: range) -> Pictures:
            maps = displaced_maps(scene, painter.size, numbers)
            noise = [advected(scene, painter.noise_shape, number) for number in numbers]
            return painter(maps, [scene.caption] * len(maps), np.stack(noise))

        return grouped(scene, painter, paint, batch=self.batch, upscale=self.upscale)


def advected(scene: Scene, shape: tuple[int, int, int], number: int) -> Noise:
    """Return the noise of a frame: that of the still picture, displaced."""
    still = noise_loop(scene, shape, 0.0, 0.0)
    return carried_noise(still, scene.displacement.at(number, *shape[1:]))
