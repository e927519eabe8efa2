"""Pictures of phases: a colour for each, and tiles in rows.

A phase is shown on matplotlib's cyclic map `twilight_shifted`: 0, where all synchronise, is light,
and ±π is dark; a finished sample is shown in the greys that it stands for.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float32, UInt8
from matplotlib import colormaps
from PIL import Image

from tasks.orientation_samples.tree import PARTS

CYCLE = "twilight_shifted"
GAP = 2
"""Pixels between tiles, before enlarging."""
SCALE = 2
"""Screen pixels of a pixel."""
PAPER = 255

Tile = UInt8[np.ndarray, "y x 3"]


def coloured(phase: Float32[np.ndarray, "*picture y x"]) -> UInt8[np.ndarray, "*picture y x 3"]:
    """Return phases in rad as colours."""
    turned = np.mod(phase / (2 * np.pi) + 0.5, 1.0)
    return np.rint(255 * colormaps[CYCLE](turned)[..., :3]).astype(np.uint8)


def grey(pictures: UInt8[np.ndarray, "*picture y x"]) -> UInt8[np.ndarray, "*picture y x 3"]:
    """Return grey pictures as colours."""
    return np.repeat(pictures[..., None], 3, -1)


def rows(tiles: Sequence[Sequence[Tile]]) -> Tile:
    """Return tiles of one size in rows, each row in the middle of the widest and its tiles evenly
    spread, so that children lie below their parents.
    """
    side, across = tiles[0][0].shape[:2]
    most = max(len(row) for row in tiles)
    width = most * (across + GAP) - GAP
    sheet = np.full((len(tiles) * (side + GAP) - GAP, width, 3), PAPER, np.uint8)
    for number, row in enumerate(tiles):
        top, room = number * (side + GAP), (width + GAP) / len(row)
        for place, tile in enumerate(row):
            left = round(place * room + (room - GAP - across) / 2)
            sheet[top : top + side, left : left + across] = tile
    return sheet


def save(path: Path, sheet: Tile) -> None:
    """Write the sheet as PNG, enlarged without smoothing."""
    large = sheet.repeat(SCALE, 0).repeat(SCALE, 1)
    Image.fromarray(large, "RGB").save(path, optimize=True)


def tree(levels: Sequence[np.ndarray], leaves: UInt8[np.ndarray, "picture y x"]) -> Tile:
    """Return the hierarchy: phases of the inner levels, the leaves in grey."""
    assert len(levels) == PARTS
    return rows([*(list(coloured(level)) for level in levels[:-1]), list(grey(leaves))])
