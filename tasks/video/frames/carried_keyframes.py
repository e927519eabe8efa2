"""Paint every n-th frame, and carry the paintings along the motion to the frames between.

For a frame t between the keyframes a ≤ t < b, with the flows F of the scene (those of a video are
measured), u = (t − a) / (b − a), and c in {ε, 1} for places that are hidden in the keyframe or
seen there:

    V_t(x) = [(1 − u) c_a K_a(x + F_{t→a}(x)) + u c_b K_b(x + F_{t→b}(x))] / [(1 − u) c_a + u c_b].

Every keyframe is painted from the impression of its frame with the same noise, so that what
differs between two of them is what differs in the video, and each can be painted alone: no frame
is painted from another painted one, along which colours would drift.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

import numpy as np
from jaxtyping import Float32
from pydantic import Field

from tasks.video.frames.noise_loop import noise_loop
from tasks.video.motions.optical_flow import occluded
from tasks.video.motions.warping import enlarge, enlarge_maps, to_bytes, warp
from tasks.video.scene import Film, Frame, Painter, Scene

HIDDEN = 0.01
KEPT = 4


@dataclass(frozen=True)
class CarriedKeyframes:
    """A painting every `every` frames; `upscale` is the enlargement."""

    every: Annotated[int, Field(ge=1)]
    upscale: Annotated[int, Field(ge=1, le=8)]

    def __call__(self, scene: Scene, painter: Painter) -> Film:
        """Return the film; a keyframe is painted when a frame beside it is asked for."""
        frames = scene.displacement.frames
        height, width = (self.upscale * length for length in painter.size)

        @lru_cache(maxsize=KEPT)
        def keyframe(number: int) -> Float32[np.ndarray, "y x 3"]:
            return enlarge(self.keyframe(scene, painter, number), height, width)

        def frame(number: int) -> Frame:
            before = number - number % self.every
            after = min(before + self.every, frames - 1)
            if number in (before, after):
                return to_bytes(keyframe(number))
            share = (number - before) / (after - before)
            top, bottom = np.float32(0), np.float32(0)
            for place, weight in ((before, 1 - share), (after, share)):
                there = scene.flow(number, place, height, width)
                back = scene.flow(place, number, height, width)
                seen = np.where(occluded(there, back), np.float32(HIDDEN), np.float32(1))
                factor = np.float32(weight) * seen[..., None]
                top = top + factor * warp(keyframe(place), there)
                bottom = bottom + factor
            return to_bytes(top / bottom)

        return Film(frames, (height, width), frame)

    def keyframe(
        self, scene: Scene, painter: Painter, number: int
    ) -> Float32[np.ndarray, "y x 3"]:
        """Return the painting of one frame, at the size at which it is painted."""
        maps = enlarge_maps(scene.impression(number / scene.displacement.frames), *painter.size)
        noise = noise_loop(scene, painter.noise_shape, 0.0, 0.0)
        return painter(maps[None], [scene.caption], noise[None])[0].astype(np.float32)
