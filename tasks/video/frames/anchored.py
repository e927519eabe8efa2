"""Move the still picture, then paint it anew in part (SDEdit, Meng et al. 2021, arXiv:2108.01073).

The still picture is enlarged, displaced as `canonical_keyframes` displaces it, and brought back to
the size at which is painted; from there the share `strength` of the steps is walked under the
displaced impression. Every frame starts from the same still picture, never from the frame before,
so that nothing drifts and a loop closes. What was moved may be painted back onto the cells of the
latents: the less is painted anew, the better the motion is kept, and where the picture stretches,
new detail comes in.
"""

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Literal

import numpy as np
from jaxtyping import Float32
from pydantic import Field

from tasks.video.frames.advected_noise import advected
from tasks.video.frames.grouped import displaced_maps, grouped
from tasks.video.frames.noise_loop import noise_loop
from tasks.video.frames.still import moved, still
from tasks.video.scene import Film, Painter, Pictures, Scene


@dataclass(frozen=True)
class Anchored:
    """`noise` rests, moves along, or is drawn anew for each frame; `batch` frames are painted
    together; `upscale` is the enlargement.
    """

    strength: Annotated[float, Field(gt=0, le=1)]
    noise: Literal["shared", "advected", "independent"]
    batch: Annotated[int, Field(ge=1)]
    upscale: Annotated[int, Field(ge=1, le=8)]

    def __call__(self, scene: Scene, painter: Painter) -> Film:
        """Return the film."""

        @cache
        def anchor() -> Pictures:
            return still(scene, painter)

        def paint(numbers: range) -> Pictures:
            start = moved(scene, anchor(), numbers, self.upscale)
            noise = np.stack([self.drawn(scene, painter.noise_shape, n) for n in numbers])
            maps = displaced_maps(scene, painter.size, numbers)
            return painter(maps, [scene.caption] * len(maps), noise, start, self.strength)

        return grouped(scene, painter, paint, batch=self.batch, upscale=self.upscale)

    def drawn(
        self, scene: Scene, shape: tuple[int, int, int], number: int
    ) -> Float32[np.ndarray, "latent row col"]:
        """Return the noise of a frame."""
        if self.noise == "independent":
            return scene.noise(shape, "frame", number)
        if self.noise == "advected":
            return advected(scene, shape, number)
        return noise_loop(scene, shape, 0.0, 0.0)
