"""A baseline: every frame painted anew, from the displaced impression and noise of its own.

It is what an image model does to a sequence of impressions.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from tasks.video.frames.grouped import displaced_maps, grouped
from tasks.video.scene import Film, Painter, Pictures, Scene


@dataclass(frozen=True)
class IndependentSeeds:
    """`batch` frames are painted together; `upscale` is the enlargement."""

    batch: Annotated[int, Field(ge=1)]
    upscale: Annotated[int, Field(ge=1, le=8)]

    def __call__(self, scene: Scene, painter: Painter) -> Film:
        """Return the film."""

        def paint(numbers: range) -> Pictures:
            maps = displaced_maps(scene, painter.size, numbers)
            noise = [scene.noise(painter.noise_shape, "frame", number) for number in numbers]
            return painter(maps, [scene.caption] * len(maps), np.stack(noise))

        return grouped(scene, painter, paint, batch=self.batch, upscale=self.upscale)
