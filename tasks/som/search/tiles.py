"""Tiles: nodes that stand together, sixteen at a time.

Neighbours on the map are alike. A tile of nodes lies within radius R of its centre C, so that no
node of it is nearer to sample x than |x - C| - R.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float64, Int64

SIZE = 16
"""Nodes a tile, at most."""
SIDE = 4
"""Rows and columns a tile, where the lattice has as many."""


class Tiles(NamedTuple):
    """Which nodes each tile has (-1: none), and where they lie."""

    nodes: Int64[np.ndarray, "tile place"]
    centre: Float64[np.ndarray, "tile feature"]
    radius: Float64[np.ndarray, " tile"]


def tiles(
    weights: Float64[np.ndarray, "node feature"],
    shape: tuple[int, int] | None,
    side: int = SIDE,
) -> Tiles:
    """Return the tiles of a lattice of `shape` (rows, columns), whose nodes count row by row;
    without a shape, runs of nodes. A tile has `side` x `side` nodes, or as many in another
    rectangle on a narrow lattice.

    Raises:
        ValueError: the shape has another number of nodes.
    """
    rows, cols = shape or (1, len(weights))
    if rows * cols != len(weights):
        raise ValueError(f"shape is {shape}; the nodes are {len(weights)}")
    size = side * side
    high = min(side, rows) if cols >= side else min(size // cols, rows)
    wide = size // high
    grid = np.full((-(-rows // high) * high, -(-cols // wide) * wide), -1)
    grid[:rows, :cols] = np.arange(rows * cols).reshape(rows, cols)
    parts = grid.reshape(len(grid) // high, high, -1, wide).swapaxes(1, 2).reshape(-1, high * wide)
    nodes = np.full((len(parts), size), -1)
    nodes[:, : parts.shape[1]] = parts
    inside = (nodes >= 0)[:, :, None]
    values = np.where(inside, weights[nodes], 0.0)
    centre = values.sum(axis=1) / inside.sum(axis=1)
    spread = np.where(inside[:, :, 0], np.sum((values - centre[:, None]) ** 2, axis=2), 0.0)
    return Tiles(nodes, centre, np.sqrt(spread.max(axis=1)))
