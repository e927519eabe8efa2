"""Frames from the displaced impressions and one and the same noise.

Nothing flickers, since every frame walks from where all others do. But the noise stays where it is
while the impression moves: fine detail sticks to the screen, and what lies between two cells of
the latents cross-fades instead of moving.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from tasks.video.frames.grouped import displaced_maps, grouped
from tasks.video.frames.noise_loop import noise_loop
from tasks.video.scene import Film, Painter, Pictures, Scene


@dataclass(frozen=True)
class SharedNoise:
    """`batch` frames are painted together; `upscale` is the enlargement."""

    batch: Annotated[int, Field(ge=1)]
    upscale: Annotated[int, Field(ge=1, le=8)]

    def __call__(self, scene: Scene, painter: Painter) -> Film:
        """Return the film."""
        noise = noise_loop(scene, painter.noise_shape, 0.0, 0.0)

        def paint(numbers: range) -> Pictures:
            maps = displaced_maps(scene, painter.size, numbers)
            return painter(maps, [scene.caption] * len(maps), np.stack([noise] * len(maps)))

        return grouped(scene, painter, paint, batch=self.batch, upscale=self.upscale)
