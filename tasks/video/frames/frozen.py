"""A baseline: one picture, held. It has no flicker and no motion; measures that it wins need a
gate.
"""

from dataclasses import dataclass
from functools import cache
from typing import Annotated

import numpy as np
from pydantic import Field

from tasks.video.frames.still import still
from tasks.video.motions.warping import enlarge, to_bytes
from tasks.video.scene import Film, Frame, Painter, Scene


@dataclass(frozen=True)
class Frozen:
    """`upscale` is the enlargement."""

    upscale: Annotated[int, Field(ge=1, le=8)]

    def __call__(self, scene: Scene, painter: Painter) -> Film:
        """Return the film."""
        size = (self.upscale * painter.size[0], self.upscale * painter.size[1])

        @cache
        def held() -> Frame:
            picture = still(scene, painter)[0]
            return to_bytes(enlarge(picture.astype(np.float32), *size))

        return Film(scene.displacement.frames, size, lambda number: held())
