"""A baseline: every frame painted anew, from the displaced impression and noise of its own.

It is what an image model does to a sequence of impressions. Frames are painted in fixed groups of
`batch` (frame k always with the same neighbours), so that a frame does not depend on the run that
asks for it.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

import numpy as np
from jaxtyping import Float32
from pydantic import Field

from tasks.video.scene import Film, Frame, Painter, Pictures, Scene
from tasks.video.warping import enlarge, enlarge_maps, to_bytes, warp_maps


@dataclass(frozen=True)
class IndependentSeeds:
    """`batch` frames are painted together; `upscale` is the enlargement."""

    batch: Annotated[int, Field(ge=1)]
    upscale: Annotated[int, Field(ge=1, le=8)]

    def __call__(self, scene: Scene, painter: Painter) -> Film:
        """Return the film."""
        frames = scene.displacement.frames
        height, width = (self.upscale * length for length in painter.size)

        @lru_cache(maxsize=1)
        def group(first: int) -> Pictures:
            return self.group(scene, painter, range(first, min(first + self.batch, frames)))

        def frame(number: int) -> Frame:
            first = number - number % self.batch
            return to_bytes(
                enlarge(group(first)[number - first].astype(np.float32), height, width)
            )

        return Film(frames, (height, width), frame)

    def group(self, scene: Scene, painter: Painter, numbers: range) -> Pictures:
        """Return the frames of these numbers, at the size at which they are painted."""
        noise = np.stack([scene.noise(painter.noise_shape, "frame", number) for number in numbers])
        return painter(
            displaced_maps(scene, painter.size, numbers), [scene.caption] * len(numbers), noise
        )


def displaced_maps(
    scene: Scene, size: tuple[int, int], numbers: range
) -> Float32[np.ndarray, "frame channel y x"]:
    """Return the impression in each of the frames, all its channels under the same displacement,
    at `size`.
    """
    frames = scene.displacement.frames
    return np.stack(
        [
            warp_maps(
                enlarge_maps(scene.impression(number / frames), *size),
                scene.displacement.at(number, *size),
            )
            for number in numbers
        ]
    )
