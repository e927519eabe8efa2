"""Cutting squares out of photographs."""

from collections.abc import Iterator

import cv2
import numpy as np
from jaxtyping import UInt8

SMALLEST = 1 / 3
"""The smallest crop, as a share of the photograph's shorter side."""


def central_square(
    pixels: UInt8[np.ndarray, "height width 3"], size: int
) -> UInt8[np.ndarray, "size size 3"]:
    """Return the largest central square, resized to `size` pixels."""
    side = min(pixels.shape[:2])
    top, left = ((length - side) // 2 for length in pixels.shape[:2])
    return resize(pixels[top : top + side, left : left + side], size)


def random_squares(
    pixels: UInt8[np.ndarray, "height width 3"],
    size: int,
    count: int,
    generator: np.random.Generator,
) -> Iterator[tuple[UInt8[np.ndarray, "size size 3"], bool]]:
    """Yield `count` squares at random places and scales, each with whether it is a close-up (below
    half of the shorter side).
    """
    height, width = pixels.shape[:2]
    for _ in range(count):
        scale = generator.uniform(SMALLEST, 1)
        side = max(1, round(scale * min(height, width)))
        top, left = generator.integers(height - side + 1), generator.integers(width - side + 1)
        yield resize(pixels[top : top + side, left : left + side], size), scale < 0.5


def resize(
    pixels: UInt8[np.ndarray, "side side 3"], size: int
) -> UInt8[np.ndarray, "size size 3"]:
    """Return the square at `size` pixels: area means when it shrinks, cubic when it grows."""
    method = cv2.INTER_AREA if pixels.shape[0] > size else cv2.INTER_CUBIC
    return cv2.resize(np.ascontiguousarray(pixels), (size, size), interpolation=method).reshape(
        size, size, 3
    )
