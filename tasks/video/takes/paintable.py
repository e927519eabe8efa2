"""Any picture, cut to what can be painted."""

import math

import cv2
import numpy as np
from jaxtyping import UInt8

from tasks.core.errors import InputError

BLOCK = 32
LONGEST = 4
LARGEST = 4096


def paintable(
    picture: UInt8[np.ndarray, "y x 3"], shorter: int, *, stride: int, upscale: int, name: str
) -> UInt8[np.ndarray, "v u 3"]:
    """Return the picture's middle, as large as can be, at the size at which it will be painted.

    After enlargement by `upscale` the shorter side has `shorter` pixels. Both sides are multiples
    of what the model and the cells (every `stride` pixels) need.

    Raises:
        InputError: `shorter` is no such multiple, or the picture is too long a strip.
    """
    block = math.lcm(BLOCK, stride)
    if not block * upscale <= shorter <= LARGEST or shorter % (block * upscale):
        raise InputError(
            f"size: {shorter} pixels cannot be painted; "
            f"give a multiple of {block * upscale}, at most {LARGEST}"
        )
    height, width = picture.shape[:2]
    if max(height, width) > LONGEST * min(height, width):
        raise InputError(f"{name}: {width}x{height} is too long a strip; crop it to {LONGEST}:1")
    scale = shorter / upscale / block / min(height, width)
    rows, cols = (block * int(length * scale + 1e-6) for length in (height, width))
    middle = _middle(picture, rows / cols)
    return cv2.resize(middle, (cols, rows), interpolation=cv2.INTER_AREA).astype(np.uint8)


def _middle(picture: UInt8[np.ndarray, "y x 3"], ratio: float) -> UInt8[np.ndarray, "v u 3"]:
    """Return the largest part in the middle whose height is `ratio` times its width."""
    height, width = picture.shape[:2]
    rows = min(height, max(1, round(width * ratio)))
    cols = min(width, max(1, round(height / ratio)))
    top, left = (height - rows) // 2, (width - cols) // 2
    return np.ascontiguousarray(picture[top : top + rows, left : left + cols])
