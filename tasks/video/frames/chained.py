"""A baseline: each frame painted over the one before, the way of Deforum and its kin.

    V_t = painted(V_{t−1} carried from t − 1 to t, strength, noise of t).

Here a frame does depend on the one before, and the first frame of a loop on nothing: frame k by
itself costs k + 1 paintings, errors add up, colours wander, and the loop does not close. That is
what it is shown for.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from tasks.video.frames.grouped import displaced_maps, grouped
from tasks.video.motions.optical_flow import carried
from tasks.video.motions.warping import to_bytes
from tasks.video.scene import Film, Painter, Pictures, Scene


@dataclass(frozen=True)
class Chained:
    """`strength` is the share of each frame that is painted anew; `upscale` the enlargement."""

    strength: Annotated[float, Field(gt=0, le=1)]
    upscale: Annotated[int, Field(ge=1, le=8)]

    def __call__(self, scene: Scene, painter: Painter) -> Film:
        """Return the film; it remembers the frame that it made last."""
        last: dict[int, Pictures] = {}

        def paint(numbers: range) -> Pictures:
            known = [number for number in last if number < numbers[0]]
            begin = known[0] + 1 if known else 0
            picture = last[begin - 1] if known else None
            for number in range(begin, numbers[-1] + 1):
                picture = self.next(scene, painter, number, picture)
            assert picture is not None
            last.clear()
            last[numbers[-1]] = picture
            return picture

        return grouped(scene, painter, paint, batch=1, upscale=self.upscale)

    def next(
        self, scene: Scene, painter: Painter, number: int, before: Pictures | None
    ) -> Pictures:
        """Return the frame (a batch of one) after the frame `before`."""
        maps = displaced_maps(scene, painter.size, [number])
        noise = scene.noise(painter.noise_shape, "frame", number)[None]
        if before is None:
            return painter(maps, [scene.caption], noise)
        flow = scene.displacement.flow(number, number - 1, *painter.size)
        start = to_bytes(carried(before[0].astype(np.float32), flow))[None]
        return painter(maps, [scene.caption], noise, start, self.strength)
