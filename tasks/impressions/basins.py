"""Basins of attraction on the lattice, and which of them touch.

The U-matrix is a landscape over the lattice: a node drains to its lowest neighbour until it
reaches a bottom, the *seat* of its basin (`tasks.som.basins`). Basins play the part of clusters.
Two basins are adjacent where a node of one is next to a node of the other on the lattice; a cell
whose basin moves to an adjacent one has changed its look only a little, since the map keeps
neighbours alike.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Int


@dataclass(frozen=True, eq=False)
class Basins:
    """The basins of one map: `cluster` is the index of each node's basin, `seat` the row and
    column of its bottom.

    `neighbours` lists the nodes next to each node, -1 where the lattice ends.
    """

    cluster: Int[np.ndarray, "row col"]
    seat: Int[np.ndarray, "row col axis"]
    neighbours: Int[np.ndarray, "node direction"]

    @property
    def spans(self) -> tuple[int, int]:
        """The largest row and the largest column, at least 1: what seats are divided by to lie in
        [0, 1].
        """
        rows, cols = self.cluster.shape
        return max(rows - 1, 1), max(cols - 1, 1)

    @cached_property
    def adjacent(self) -> Bool[np.ndarray, "basin basin"]:
        """Whether two basins are the same or touch on the lattice."""
        basin = self.cluster.ravel()
        touch = np.eye(int(basin.max()) + 1, dtype=bool)
        node, direction = np.nonzero(self.neighbours >= 0)
        one, other = basin[node], basin[self.neighbours[node, direction]]
        touch[one, other] = touch[other, one] = True
        return touch

    def of(
        self, row: Float[np.ndarray, "*cells"], col: Float[np.ndarray, "*cells"]
    ) -> Int[np.ndarray, "*cells"]:
        """Return the basin whose seat lies at the fractions `row`, `col` of the lattice's sides,
        each in [0, 1].
        """
        last_row, last_col = self.spans
        rows = np.rint(np.asarray(row, np.float64) * last_row).astype(np.intp)
        cols = np.rint(np.asarray(col, np.float64) * last_col).astype(np.intp)
        return self.cluster[rows, cols]
