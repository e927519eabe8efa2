"""The lattice: where nodes stand and who is next to whom.

Nodes are numbered row by row, k = row · cols + col. A topology decides four things: the
differences along each axis, how sums are smoothed by a separable neighbourhood, which nodes are
adjacent, and which way the map runs at a node (its tangents). The rectangular one has eight
neighbours a node, fewer at the border. A torus has no border: the last row is next to the first,
the last column next to the first, and a difference is the shortest way round.
"""

from dataclasses import dataclass
from itertools import product
from typing import Annotated, Protocol

import numpy as np
from jaxtyping import Bool, Float64, Int64
from pydantic import Field

from tasks.som.lattices import separable
from tasks.som.neighbourhoods.neighbourhood import Neighbourhood

Side = Annotated[int, Field(ge=1, le=4096)]


class Lattice(Protocol):
    """A variant of `tasks.som.registry.LATTICES`."""

    @property
    def rows(self) -> int:
        """Return the number of nodes along the first axis."""
        ...

    @property
    def cols(self) -> int:
        """Return the number of nodes along the second axis."""
        ...

    @property
    def torus(self) -> bool:
        """Return whether opposite borders are joined."""
        ...

    def smooth(
        self, sums: Float64[np.ndarray, "node k"], neighbourhood: Neighbourhood, sigma: float
    ) -> Float64[np.ndarray, "node k"]:
        """Return Σ_j h(i, j) sums[j] for every node i."""
        ...

    def differences(
        self, node: int
    ) -> tuple[Float64[np.ndarray, "row column"], Float64[np.ndarray, "1 col"]]:
        """Return how far every node lies from `node` along the two axes: what a neighbourhood
        takes.
        """
        ...

    def neighbours(self) -> Int64[np.ndarray, "node direction"]:
        """Return the adjacent nodes of each node; -1 where the lattice ends."""
        ...

    def adjacent(
        self, first: Int64[np.ndarray, " n"], second: Int64[np.ndarray, " n"]
    ) -> Bool[np.ndarray, " n"]:
        """Return whether the nodes of each pair are adjacent (or the same)."""
        ...

    def tangents(
        self, weights: Float64[np.ndarray, "node feature"]
    ) -> Float64[np.ndarray, "node axis feature"]:
        """Return the change of the weights per step along rows and along columns."""
        ...


@dataclass(frozen=True)
class Rect:
    """Squares, with a border or on a torus."""

    rows: Side
    cols: Side
    torus: bool = False

    def smooth(
        self, sums: Float64[np.ndarray, "node k"], neighbourhood: Neighbourhood, sigma: float
    ) -> Float64[np.ndarray, "node k"]:
        """Return the smoothed sums."""
        down = separable.differences(self.rows, torus=self.torus)
        right = separable.differences(self.cols, torus=self.torus)
        grid = sums.reshape(self.rows, self.cols, -1)
        return separable.smooth(grid, neighbourhood(down, right, sigma)).reshape(sums.shape)

    def differences(
        self, node: int
    ) -> tuple[Float64[np.ndarray, "row 1"], Float64[np.ndarray, "1 col"]]:
        """Return rows and columns from `node`, with sign."""
        row, col = divmod(node, self.cols)
        down = np.arange(self.rows, dtype=np.float64)[:, None] - row
        right = np.arange(self.cols, dtype=np.float64)[None, :] - col
        if self.torus:
            return separable.shortest(down, self.rows), separable.shortest(right, self.cols)
        return down, right

    def neighbours(self) -> Int64[np.ndarray, "node 8"]:
        """Return the eight nodes around each, from the upper left on row by row; -1 where the
        lattice ends.
        """
        row, col = np.divmod(np.arange(self.rows * self.cols), self.cols)
        around = []
        for down, right in product((-1, 0, 1), repeat=2):
            if down or right:
                around.append(self._node(row + down, col + right))
        return separable.distinct(np.stack(around, axis=1))

    def _node(
        self, row: Int64[np.ndarray, " n"], col: Int64[np.ndarray, " n"]
    ) -> Int64[np.ndarray, " n"]:
        """Return the node at each place; -1 beyond the border."""
        if self.torus:
            return (row % self.rows) * self.cols + col % self.cols
        inside = (row >= 0) & (row < self.rows) & (col >= 0) & (col < self.cols)
        return np.where(inside, row * self.cols + col, -1)

    def adjacent(
        self, first: Int64[np.ndarray, " n"], second: Int64[np.ndarray, " n"]
    ) -> Bool[np.ndarray, " n"]:
        """Return whether rows and columns differ by one at most."""
        down = np.abs(first // self.cols - second // self.cols)
        right = np.abs(first % self.cols - second % self.cols)
        if self.torus:
            down, right = np.minimum(down, self.rows - down), np.minimum(right, self.cols - right)
        return np.maximum(down, right) <= 1

    def tangents(
        self, weights: Float64[np.ndarray, "node feature"]
    ) -> Float64[np.ndarray, "node 2 feature"]:
        """Return central differences, one-sided at a border, and 0 along an axis of a single
        node.
        """
        grid = weights.reshape(self.rows, self.cols, -1)
        both = [separable.slopes(grid, axis, torus=self.torus) for axis in range(2)]
        return np.stack(both, axis=2).reshape(len(weights), 2, -1)
