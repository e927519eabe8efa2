"""A baseline: one seed, and in every frame a slightly other prompt.

Words of the caption fall out and the impression's colours vary, from frame to frame at random, as
when somebody animates a picture by editing its prompt. The layout rests; nothing is told to move.

    I'_t = (1 + gain · g_t) I + tint · c_t,    g_t, c_t (one for each colour) normal.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from jaxtyping import Float32
from pydantic import Field

from tasks.core.random import generator
from tasks.video.frames.grouped import grouped
from tasks.video.frames.noise_loop import noise_loop
from tasks.video.motions.warping import enlarge_maps
from tasks.video.scene import Film, Painter, Pictures, Scene


@dataclass(frozen=True)
class JitteredPrompt:
    """`words` fall out of each caption, while one is left; `gain` and `tint` are standard
    deviations, of a factor and in units of the colours; `batch` frames are painted together;
    `upscale` is the enlargement.
    """

    words: Annotated[int, Field(ge=0)]
    gain: Annotated[float, Field(ge=0, le=1)]
    tint: Annotated[float, Field(ge=0, le=1)]
    batch: Annotated[int, Field(ge=1)]
    upscale: Annotated[int, Field(ge=1, le=8)]

    def __call__(self, scene: Scene, painter: Painter) -> Film:
        """Return the film."""
        noise = noise_loop(scene, painter.noise_shape, 0.0, 0.0)

        def paint(numbers: range) -> Pictures:
            draws = [generator(scene.seed, "video", scene.name, "prompt", n) for n in numbers]
            captions = [self.shortened(scene.caption, draw) for draw in draws]
            maps = [enlarge_maps(self.tinted(scene.maps, draw), *painter.size) for draw in draws]
            return painter(np.stack(maps), captions, np.stack([noise] * len(maps)))

        return grouped(scene, painter, paint, batch=self.batch, upscale=self.upscale)

    def shortened(self, caption: str, draw: np.random.Generator) -> str:
        """Return the caption without some of its words."""
        words = caption.split()
        left = max(min(len(words), 1), len(words) - self.words)
        kept = np.sort(draw.permutation(len(words))[:left])
        return " ".join(words[place] for place in kept)

    def tinted(
        self, maps: Float32[np.ndarray, "channel row col"], draw: np.random.Generator
    ) -> Float32[np.ndarray, "channel row col"]:
        """Return the impression with other colours (its first three channels), in [0, 1]."""
        factor = 1 + self.gain * draw.standard_normal()
        shift = self.tint * draw.standard_normal((3, 1, 1))
        changed = maps.copy()
        changed[:3] = np.clip(factor * maps[:3] + shift, 0, 1)
        return changed
