"""The hexagonal lattice.

Each node has six neighbours at distance 1. Columns lie √3/2 apart, and every other one is shifted
by half a step along the rows, counted from the last (MiniSom's convention):

    along(row, col) = row + s(col),   s(col) = -½ if cols - 1 - col is even, else 0,
    across(row, col) = (√3/2) col.

A neighbourhood is a function of the differences of these positions, be it round or square. The
difference along the rows is row - r + (s(col) - s(c)): it depends on the columns by one of a few
offsets only, so that the pairs of columns with one offset make a separable sum (`separable`),
three or five of them in all.

On a torus the columns close after cols steps. With an even number of columns the last and the
first are shifted differently, as neighbours must be. With an odd number the lattice closes after
half a step along the rows: one turn across adds ½ to `along`. Both are seamless; nodes have six
neighbours everywhere.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int64

from tasks.som.lattices import separable
from tasks.som.lattices.lattice import Side
from tasks.som.neighbourhoods.neighbourhood import Neighbourhood

SPACING = np.sqrt(3) / 2
"""Distance of neighbouring columns, in steps."""

STEPS = ((-1.0, 0), (1.0, 0), (-0.5, -1), (0.5, -1), (-0.5, 1), (0.5, 1))
"""The way to each neighbour: along the rows, and in columns."""


@dataclass(frozen=True)
class Hex:
    """Hexagons, with a border or on a torus."""

    rows: Side
    cols: Side
    torus: bool = False

    def smooth(
        self, sums: Float64[np.ndarray, "node k"], neighbourhood: Neighbourhood, sigma: float
    ) -> Float64[np.ndarray, "node k"]:
        """Return the smoothed sums, the pairs of columns grouped by their offset."""
        grid = sums.reshape(self.rows, self.cols, -1)
        down = separable.differences(self.rows, torus=False)
        col = np.arange(self.cols)
        right, offset = self._between(col[:, None], col[None, :])
        smoothed = np.zeros_like(grid)
        for shift in np.unique(offset):
            terms = neighbourhood(self._along(down + shift), SPACING * right, sigma)
            here = offset == shift
            smoothed += separable.smooth(grid, [(p, np.where(here, q, 0.0)) for p, q in terms])
        return smoothed.reshape(sums.shape)

    def differences(
        self, node: int
    ) -> tuple[Float64[np.ndarray, "row col"], Float64[np.ndarray, "1 col"]]:
        """Return the differences of positions from `node`, with sign."""
        row, col = divmod(node, self.cols)
        right, offset = self._between(np.arange(self.cols)[None, :], np.array([[col]]))
        down = np.arange(self.rows, dtype=np.float64)[:, None] - row
        return self._along(down + offset), SPACING * right

    def neighbours(self) -> Int64[np.ndarray, "node 6"]:
        """Return the six nodes around each; -1 where the lattice ends."""
        row, col = np.divmod(np.arange(self.rows * self.cols), self.cols)
        around = [self._node(row + self._shift(col) + down, col + right) for down, right in STEPS]
        return separable.distinct(np.stack(around, axis=1))

    def adjacent(
        self, first: Int64[np.ndarray, " n"], second: Int64[np.ndarray, " n"]
    ) -> Bool[np.ndarray, " n"]:
        """Return whether the nodes of each pair lie one step apart at most."""
        right, offset = self._between(first % self.cols, second % self.cols)
        down = np.abs(self._along(first // self.cols - second // self.cols + offset))
        return ((right == 0) & (down <= 1)) | ((np.abs(right) == 1) & (down == 0.5))

    def tangents(
        self, weights: Float64[np.ndarray, "node feature"]
    ) -> Float64[np.ndarray, "node 2 feature"]:
        """Return the change per step along the rows and per column across them, at right angles
        to each other.
        """
        grid = weights.reshape(self.rows, self.cols, -1)
        along = separable.slopes(grid, 0, torus=self.torus)
        col = np.arange(self.cols)
        left, right = col - 1, col + 1
        if not self.torus:
            left, right = np.maximum(left, 0), np.minimum(right, self.cols - 1)
        rise = self._place(right) - self._place(left)
        span = np.maximum(right - left, 1)[:, None]
        change = grid[:, right % self.cols] - grid[:, left % self.cols]
        across = (change - rise[:, None] * along) / span
        return np.stack([along, across], axis=2).reshape(len(weights), 2, -1)

    @property
    def _twist(self) -> float:
        """Steps along the rows that one turn across adds."""
        return 0.5 * (self.cols % 2)

    def _shift(self, col: Int64[np.ndarray, "*n"]) -> Float64[np.ndarray, "*n"]:
        """Return s(col)."""
        return np.where((self.cols - 1 - col) % 2 == 0, -0.5, 0.0)

    def _place(self, col: Int64[np.ndarray, "*n"]) -> Float64[np.ndarray, "*n"]:
        """Return `along` of row 0 in each column, also beyond the border, after whole turns."""
        turns, inside = np.divmod(col, self.cols)
        return self._shift(inside) + turns * self._twist

    def _between(
        self, first: Int64[np.ndarray, "*n"], second: Int64[np.ndarray, "*m"]
    ) -> tuple[Float64[np.ndarray, "*k"], Float64[np.ndarray, "*k"]]:
        """Return the columns from `second` to `first`, and by how much `along` differs beyond the
        rows.
        """
        right = (first - second).astype(np.float64)
        turns = np.rint(right / self.cols) if self.torus else 0.0 * right
        offset = self._shift(first) - self._shift(second) - turns * self._twist
        return right - turns * self.cols, offset

    def _along(self, steps: Float64[np.ndarray, "*n"]) -> Float64[np.ndarray, "*n"]:
        return separable.shortest(steps, self.rows) if self.torus else steps

    def _node(
        self, along: Float64[np.ndarray, " n"], col: Int64[np.ndarray, " n"]
    ) -> Int64[np.ndarray, " n"]:
        """Return the node at each position; -1 beyond the border."""
        row = np.rint(along - self._place(col)).astype(np.int64)
        node = (row % self.rows) * self.cols + col % self.cols
        inside = (row >= 0) & (row < self.rows) & (col >= 0) & (col < self.cols)
        return node if self.torus else np.where(inside, node, -1)
