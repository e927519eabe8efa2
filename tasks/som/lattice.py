"""The lattice: where nodes stand and who is next to whom.

Nodes are numbered row by row, k = row · cols + col. A topology decides four things: the
differences along each axis, how sums are smoothed by a separable neighbourhood, which nodes are
adjacent, and which way the map runs at a node (its tangents). The rectangular one has eight
neighbours a node, fewer at the border.
"""

from dataclasses import dataclass
from itertools import product
from typing import Annotated, Protocol

import numpy as np
from jaxtyping import Bool, Float64, Int64
from pydantic import Field

from tasks.som.neighbourhood import Neighbourhood

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

    def smooth(
        self, sums: Float64[np.ndarray, "node k"], neighbourhood: Neighbourhood, sigma: float
    ) -> Float64[np.ndarray, "node k"]:
        """Return Σ_j h(i, j) sums[j] for every node i."""
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
    """Squares, with a border."""

    rows: Side
    cols: Side

    def smooth(
        self, sums: Float64[np.ndarray, "node k"], neighbourhood: Neighbourhood, sigma: float
    ) -> Float64[np.ndarray, "node k"]:
        """Return the smoothed sums, rows first: O(K (rows + cols)) a column instead of O(K²).

        `einsum` adds in one fixed order, where a BLAS product may order its sums by the number of
        threads.
        """
        terms = neighbourhood(_differences(self.rows), _differences(self.cols), sigma)
        grid = sums.reshape(self.rows, self.cols, -1)
        smoothed = np.zeros_like(grid)
        for row_factor, col_factor in terms:
            by_rows = np.einsum("ij,jck->ick", row_factor, grid)
            smoothed += np.einsum("cd,rdk->rck", col_factor, by_rows)
        return smoothed.reshape(sums.shape)

    def neighbours(self) -> Int64[np.ndarray, "node 8"]:
        """Return the eight nodes around each, from the upper left on row by row; -1 where the
        lattice ends.
        """
        row, col = np.divmod(np.arange(self.rows * self.cols), self.cols)
        around = []
        for down, right in product((-1, 0, 1), repeat=2):
            if down or right:
                inside = (
                    (row + down >= 0)
                    & (row + down < self.rows)
                    & (col + right >= 0)
                    & (col + right < self.cols)
                )
                around.append(np.where(inside, (row + down) * self.cols + col + right, -1))
        return np.stack(around, axis=1)

    def adjacent(
        self, first: Int64[np.ndarray, " n"], second: Int64[np.ndarray, " n"]
    ) -> Bool[np.ndarray, " n"]:
        """Return whether rows and columns differ by one at most."""
        down = first // self.cols - second // self.cols
        right = first % self.cols - second % self.cols
        return np.maximum(np.abs(down), np.abs(right)) <= 1

    def tangents(
        self, weights: Float64[np.ndarray, "node feature"]
    ) -> Float64[np.ndarray, "node 2 feature"]:
        """Return central differences, one-sided at the border, and 0 along an axis of a single
        node.
        """
        grid = weights.reshape(self.rows, self.cols, -1)
        slopes = [
            np.gradient(grid, axis=axis) if grid.shape[axis] > 1 else np.zeros_like(grid)
            for axis in range(2)
        ]
        return np.stack(slopes, axis=2).reshape(len(weights), 2, -1)


def _differences(side: int) -> Float64[np.ndarray, "side side"]:
    places = np.arange(side, dtype=np.float64)
    return places[:, None] - places[None, :]
