"""The still picture: what a scene looks like before anything moves.

It is painted once, from the impression at the beginning of the loop and the noise n(0), and stands
for the picture's identity: others are painted from it (`canonical_keyframes`, `anchored`), or are
held to it (`attending`, `colour_matched`).
"""

from collections.abc import Sequence

import numpy as np

from tasks.video.frames.noise_loop import noise_loop
from tasks.video.motions.warping import enlarge, enlarge_maps, reduce, to_bytes, warp
from tasks.video.scene import Painter, Pictures, Scene


def still(scene: Scene, painter: Painter, share: float = 0.0) -> Pictures:
    """Return the still picture, a batch of one; `share` is how much of the noise moves."""
    maps = enlarge_maps(scene.impression(0.0), *painter.size)[None]
    noise = noise_loop(scene, painter.noise_shape, 0.0, share)[None]
    return painter(maps, [scene.caption], noise)


def moved(scene: Scene, picture: Pictures, numbers: Sequence[int], upscale: int) -> Pictures:
    """Return the still picture (a batch of one) as displaced in each of the frames, enlarged
    `upscale` times while it is, so that no motion is too small for its pixels.
    """
    rows, columns = picture.shape[1:3]
    size = (upscale * rows, upscale * columns)
    large = enlarge(picture[0].astype(np.float32), *size)
    fields = (scene.displacement.at(number, *size) for number in numbers)
    return np.stack([to_bytes(reduce(warp(large, d), rows, columns)) for d in fields])
