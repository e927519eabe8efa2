"""Contact strips: pictures in a row, in one file, so that the same column of every strip is the
same picture.
"""

from pathlib import Path

import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image

TILE = 128
"""Side of a picture in a strip, in pixels."""

GAP = 8
"""Transparent pixels between two pictures."""

CORNERS = np.array(
    [[[43, 58, 103], [224, 122, 95]], [[61, 155, 143], [242, 204, 143]]], np.float64
)
"""sRGB colours of the lattice's corners: a cell's basin is shown by the colour of the place of its
seat between them.
"""

Pictures = UInt8[np.ndarray, "picture y x 3"]


def save(path: Path, pictures: Pictures, *, tile: int = TILE) -> tuple[int, int]:
    """Write the strip as lossless WebP and return its width and height; small maps are enlarged
    without smoothing.
    """
    tiles = [_tile(picture, tile) for picture in pictures]
    strip = np.zeros((tile, len(tiles) * (tile + GAP) - GAP, 4), np.uint8)
    for position, each in enumerate(tiles):
        strip[:, position * (tile + GAP) : position * (tile + GAP) + tile] = each
    Image.fromarray(strip, "RGBA").save(path, lossless=True, quality=80, method=4, exact=False)
    return strip.shape[1], strip.shape[0]


def _tile(picture: UInt8[np.ndarray, "y x 3"], side: int) -> UInt8[np.ndarray, "side side 4"]:
    filtering = (
        Image.Resampling.NEAREST if max(picture.shape[:2]) < side else Image.Resampling.LANCZOS
    )
    image = Image.fromarray(np.ascontiguousarray(picture), "RGB").resize((side, side), filtering)
    return np.asarray(image.convert("RGBA"))


def colour(
    red: Float[np.ndarray, "picture row col"],
    green: Float[np.ndarray, "picture row col"],
    blue: Float[np.ndarray, "picture row col"],
) -> Pictures:
    """Return the three channels, each in [0, 1], as pictures."""
    return _eight_bit(np.stack([red, green, blue], axis=-1) * 255.0)


def grey(value: Float[np.ndarray, "picture row col"]) -> Pictures:
    """Return one channel in [0, 1] as grey pictures, 1 being white."""
    return colour(value, value, value)


def clusters(
    row: Float[np.ndarray, "picture row col"], col: Float[np.ndarray, "picture row col"]
) -> Pictures:
    """Return the places of the seats, each in [0, 1], as colours between those of the lattice's
    corners.
    """
    down, right = np.asarray(row, np.float64)[..., None], np.asarray(col, np.float64)[..., None]
    top = CORNERS[0, 0] * (1 - right) + CORNERS[0, 1] * right
    bottom = CORNERS[1, 0] * (1 - right) + CORNERS[1, 1] * right
    return _eight_bit(top * (1 - down) + bottom * down)


def _eight_bit(value: Float[np.ndarray, "*shape"]) -> UInt8[np.ndarray, "*shape"]:
    return np.rint(np.clip(value, 0.0, 255.0)).astype(np.uint8)
