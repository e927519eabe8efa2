"""Sums over all pairs of nodes, without the matrix of all pairs.

A neighbourhood is a sum of products, h = Σ_t p_t(Δ along the first axis) q_t(Δ along the second).
With G the sums of the nodes as a grid,

    (Σ_j h(i, j) G_j)(row, col) = Σ_t Σ_c q_t(col, c) Σ_r p_t(row, r) G(r, c),

two small products a term: O(K (rows + cols)) operations instead of O(K²), and no array larger than
the grid. Where the difference along the first axis depends on the columns, too (hexagons), pairs
of columns are grouped by it, and each group is such a sum with q_t set to 0 outside it.

On a torus a difference is the shortest way round: d - side · round(d / side).
"""

from collections.abc import Iterable

import numpy as np
from jaxtyping import Bool, Float64, Int64

from tasks.som.neighbourhoods.neighbourhood import Factors


def smooth(
    grid: Float64[np.ndarray, "row col k"], terms: Iterable[Factors]
) -> Float64[np.ndarray, "row col k"]:
    """Return the sum over all `terms`.

    `einsum` adds in one fixed order, where a BLAS product may order its sums by the number of
    threads.
    """
    smoothed = np.zeros_like(grid)
    for row_factor, col_factor in terms:
        by_rows = np.einsum("ij,jck->ick", row_factor, grid)
        smoothed += np.einsum("cd,rdk->rck", col_factor, by_rows)
    return smoothed


def differences(side: int, *, torus: bool) -> Float64[np.ndarray, "side side"]:
    """Return the steps from each place of an axis to each other, with sign."""
    places = np.arange(side, dtype=np.float64)
    steps = places[:, None] - places[None, :]
    return shortest(steps, side) if torus else steps


def shortest(steps: Float64[np.ndarray, "*n"], side: int) -> Float64[np.ndarray, "*n"]:
    """Return the shortest way round a circle of `side` places for a way of so many `steps`."""
    return steps - side * np.rint(steps / side)


def distinct(
    neighbours: Int64[np.ndarray, "node direction"],
) -> Int64[np.ndarray, "node direction"]:
    """Return `neighbours` with -1 for the node itself and for nodes named before: on a small torus
    several ways lead to one node.
    """
    again: Bool[np.ndarray, "node direction"] = neighbours == np.arange(len(neighbours))[:, None]
    for direction in range(1, neighbours.shape[1]):
        before = neighbours[:, :direction] == neighbours[:, direction, None]
        again[:, direction] |= before.any(axis=1)
    return np.where(again, -1, neighbours)


def slopes(
    grid: Float64[np.ndarray, "row col feature"], axis: int, *, torus: bool
) -> Float64[np.ndarray, "row col feature"]:
    """Return central differences along an axis, one-sided at a border, and 0 along an axis of one
    node.
    """
    if grid.shape[axis] == 1:
        return np.zeros_like(grid)
    if torus:
        return (np.roll(grid, -1, axis) - np.roll(grid, 1, axis)) / 2
    return np.asarray(np.gradient(grid, axis=axis))
