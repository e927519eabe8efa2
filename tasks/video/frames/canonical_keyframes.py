"""Paint few frames of the still picture, then move them.

A generator that works on a grid of latents does not move what lies between its cells: told to
paint a shifted impression it cross-fades. So nothing is painted in motion here. An anchor is
painted from the still impression (d = 0); every `every`-th frame repaints the share `strength` of
it (SDEdit, Meng et al. 2021, arXiv:2108.01073) with noise that loops; the frames between are
interpolated in the still frame, by the cubic of Catmull and Rom through the four nearest
keyframes, periodically; and the result is enlarged and only then displaced:

    V_t(x) = C_t(x + d(x, t)),    C_t = Σ_{k=−1}^{2} w_k(u) K_{⌊s⌋+k},
    s = t · keyframes / frames,   u = s − ⌊s⌋.

Where the impression itself changes (a shimmer), the anchor is painted from the first, and each
keyframe from that of its time. Painting anew in part would keep most of the anchor's colours:
so the anchor is first recoloured by as much as the impression's own colours have changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated

import numpy as np
from jaxtyping import Float32
from pydantic import Field

from tasks.video.frames.noise_loop import noise_loop
from tasks.video.frames.still import still
from tasks.video.motions.warping import enlarge, enlarge_maps, to_bytes, warp
from tasks.video.scene import Film, Frame, Painter, Pictures, Scene


@dataclass(frozen=True)
class CanonicalKeyframes:
    """A keyframe every `every` frames; `noise` is the share of the noise that moves, `upscale` the
    enlargement.
    """

    every: Annotated[int, Field(ge=1)]
    strength: Annotated[float, Field(gt=0, le=1)]
    noise: Annotated[float, Field(ge=0, le=1)]
    upscale: Annotated[int, Field(ge=1, le=8)]

    def __call__(self, scene: Scene, painter: Painter) -> Film:
        """Return the film; its keyframes are painted, all together, when the first frame is asked
        for.
        """
        frames = scene.displacement.frames
        height, width = (self.upscale * length for length in painter.size)

        @cache
        def keyframes() -> Pictures:
            return self.keyframes(scene, painter)

        def frame(number: int) -> Frame:
            picture = enlarge(interpolated(keyframes(), number / frames), height, width)
            return to_bytes(warp(picture, scene.displacement.at(number, height, width)))

        return Film(frames, (height, width), frame)

    def keyframes(self, scene: Scene, painter: Painter) -> Pictures:
        """Return the keyframes, at the size at which they are painted."""
        count = max(1, round(scene.displacement.frames / self.every))
        times = [k / count for k in range(count)]
        anchor = still(scene, painter, self.noise)
        return repainted(scene, painter, anchor, times, strength=self.strength, share=self.noise)


def repainted(
    scene: Scene,
    painter: Painter,
    anchor: Pictures,
    times: Sequence[float],
    *,
    strength: float,
    share: float,
) -> Pictures:
    """Return the anchor (a batch of one) with the share `strength` of it painted anew for each of
    the `times` in [0, 1); `share` is how much of the noise moves.
    """
    maps = np.stack([enlarge_maps(scene.impression(tau), *painter.size) for tau in times])
    noise = np.stack([noise_loop(scene, painter.noise_shape, tau, share) for tau in times])
    start = np.repeat(anchor, len(times), axis=0)
    if scene.displacement.strays:
        start = recoloured(start, maps, enlarge_maps(scene.impression(0.0), *painter.size))
    return painter(maps, [scene.caption] * len(times), noise, start, strength)


def recoloured(
    pictures: Pictures,
    maps: Float32[np.ndarray, "picture channel y x"],
    first: Float32[np.ndarray, "channel y x"],
) -> Pictures:
    """Return the pictures, changed by as much as the maps' colours (their first three channels)
    differ from those of the `first` map.
    """
    change = 255 * np.moveaxis(maps[:, :3] - first[:3], 1, -1)
    return to_bytes(pictures + change)


def interpolated(keyframes: Pictures, tau: float) -> Float32[np.ndarray, "y x 3"]:
    """Return the picture at time τ in [0, 1) of the loop, values about 0 to 255."""
    whole, u = divmod(tau * len(keyframes), 1.0)
    picture = np.zeros(keyframes.shape[1:], np.float32)
    for step, weight in zip((-1, 0, 1, 2), catmull_rom(u), strict=True):
        if weight:
            picture += np.float32(weight) * keyframes[(int(whole) + step) % len(keyframes)]
    return picture


def catmull_rom(u: float) -> Sequence[float]:
    """Return the weights of the four neighbours at u in [0, 1) between the middle two.

    >>> [float(w) for w in catmull_rom(0.5)]
    [-0.0625, 0.5625, 0.5625, -0.0625]
    """
    return (
        u * (-0.5 + u * (1 - 0.5 * u)),
        1 + u * u * (-2.5 + 1.5 * u),
        u * (0.5 + u * (2 - 1.5 * u)),
        u * u * (-0.5 + 0.5 * u),
    )
