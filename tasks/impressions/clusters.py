"""Clusters: to which basin of attraction a cell belongs.

The channel does not carry the basin's number, which would tell a network that basin 7 lies between
6 and 8. It carries the place of the basin's seat on the lattice, (row / (rows − 1), column /
(columns − 1)): nearby seats look alike, since the map keeps neighbours alike.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float

from tasks.impressions.nodes import Nodes


@dataclass(frozen=True)
class Clusters:
    """Row and column of the seat of the node's basin, as fractions of the lattice's sides."""

    channels: ClassVar[tuple[str, ...]] = ("cluster_row", "cluster_col")
    units: ClassVar[str] = "sides of the lattice"

    def __call__(self, nodes: Nodes) -> Float[np.ndarray, "node channel"]:
        """Return the seat's row and column in [0, 1]; 0 along a side of a single node."""
        return nodes.basins.seat.reshape(-1, 2) / np.array(nodes.basins.spans, np.float64)
