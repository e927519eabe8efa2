"""A baseline: the motion's places without its order.

The impression of each frame is displaced like that of a frame of the loop drawn at random, under
one and the same noise: as far, as smoothly and as safely as in the wave, but from frame to frame
without any connection, which is what random jitter of the phases would give.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from tasks.core.random import generator
from tasks.video.frames.grouped import displaced_maps, grouped
from tasks.video.frames.noise_loop import noise_loop
from tasks.video.scene import Film, Painter, Pictures, Scene


@dataclass(frozen=True)
class NoiseJitter:
    """`batch` frames are painted together; `upscale` is the enlargement."""

    batch: Annotated[int, Field(ge=1)]
    upscale: Annotated[int, Field(ge=1, le=8)]

    def __call__(self, scene: Scene, painter: Painter) -> Film:
        """Return the film."""
        frames = scene.displacement.frames
        noise = noise_loop(scene, painter.noise_shape, 0.0, 0.0)

        def paint(numbers: range) -> Pictures:
            draws = [generator(scene.seed, "video", scene.name, "jitter", n) for n in numbers]
            places = [int(draw.integers(frames)) for draw in draws]
            maps = displaced_maps(scene, painter.size, places)
            return painter(maps, [scene.caption] * len(maps), np.stack([noise] * len(maps)))

        return grouped(scene, painter, paint, batch=self.batch, upscale=self.upscale)
