"""Films whose frames are painted in fixed groups.

A model paints many pictures in one batch faster than one by one, and a batch may change the last
bits of a picture. So frame k is always painted with the same neighbours, from ⌊k/b⌋ b on, b of
them, whichever run asks for it; and no more than one group is held.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from jaxtyping import Float32

from tasks.video.motions.warping import enlarge, enlarge_maps, to_bytes, warp_maps
from tasks.video.scene import Film, Frame, Painter, Pictures, Scene

Finish = Callable[[int, Float32[np.ndarray, "y x 3"]], Float32[np.ndarray, "y x 3"]]


def grouped(
    scene: Scene,
    painter: Painter,
    paint: Callable[[range], Pictures],
    *,
    batch: int,
    upscale: int,
    finish: Finish = lambda number, picture: picture,
) -> Film:
    """Return the film of the scene: `paint` gives the pictures of the numbers of a group, which
    are enlarged `upscale` times and handed to `finish` with their number.
    """
    frames = scene.displacement.frames
    size = (upscale * painter.size[0], upscale * painter.size[1])

    @lru_cache(maxsize=1)
    def group(first: int) -> Pictures:
        return paint(range(first, min(first + batch, frames)))

    def frame(number: int) -> Frame:
        first = number - number % batch
        picture = group(first)[number - first].astype(np.float32)
        return to_bytes(finish(number, enlarge(picture, *size)))

    return Film(frames, size, frame)


def displaced_maps(
    scene: Scene, size: tuple[int, int], numbers: Sequence[int]
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
