"""Paint every frame of the still picture, then move it: `canonical_keyframes` at full rate.

    V_t(x) = C_t(x + d(x, t)),

C_t the share `strength` of the still picture, painted anew from the impression of its time and
looping noise. Where the impression shimmers, or another prompt sets in, nothing lies between
keyframes that would have to be guessed. It costs as much as painting all frames does.
"""

from dataclasses import dataclass
from functools import cache
from typing import Annotated

import numpy as np
from jaxtyping import Float32
from pydantic import Field

from tasks.video.frames.canonical_keyframes import repainted
from tasks.video.frames.grouped import grouped
from tasks.video.frames.still import still
from tasks.video.motions.warping import warp
from tasks.video.scene import Film, Painter, Pictures, Scene


@dataclass(frozen=True)
class CanonicalFrames:
    """`noise` is the share of the noise that moves; `batch` frames are painted together; `upscale`
    is the enlargement.
    """

    strength: Annotated[float, Field(gt=0, le=1)]
    noise: Annotated[float, Field(ge=0, le=1)]
    batch: Annotated[int, Field(ge=1)]
    upscale: Annotated[int, Field(ge=1, le=8)]

    def __call__(self, scene: Scene, painter: Painter) -> Film:
        """Return the film."""
        frames = scene.displacement.frames

        @cache
        def anchor() -> Pictures:
            return still(scene, painter, self.noise)

        def paint(numbers: range) -> Pictures:
            times = [number / frames for number in numbers]
            return repainted(
                scene, painter, anchor(), times, strength=self.strength, share=self.noise
            )

        def displaced(
            number: int, picture: Float32[np.ndarray, "y x 3"]
        ) -> Float32[np.ndarray, "y x 3"]:
            return warp(picture, scene.displacement.at(number, *picture.shape[:2]))

        return grouped(
            scene, painter, paint, batch=self.batch, upscale=self.upscale, finish=displaced
        )
