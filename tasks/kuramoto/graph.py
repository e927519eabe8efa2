"""Coupling along the edges of the map's own graph: for hexagons, tori and whatever else a lattice
may be.

With h(i, j) the number of steps from neighbour to neighbour and w the codebook vectors, where
h ≤ `hops`,

    sᵢⱼ = exp(−h² / 2 width²) · (floor + (1 − floor) exp(−‖wᵢ − wⱼ‖² / 2 σ_w²)),
    K = strength · D^(−1/2) s D^(−1/2),

where σ_w = `tolerance` times the median distance between adjacent codebook vectors, and D are the
row sums of s. It is the similarity coupling without a geometry: all that it knows of the lattice
is who is next to whom.

K is held as compressed rows, the columns of each in ascending order, so that sums have one order.
SciPy multiplies NumPy's arrays; elsewhere (CuPy) the rows are padded to the same length and the
nodes gathered column by column.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

import numpy as np
from array_api_compat import array_namespace, is_numpy_namespace
from jaxtyping import Float, Float64, Inexact, Int
from pydantic import Field
from scipy.sparse import csr_array, diags_array, eye_array, triu

from tasks.core.backend import to_numpy
from tasks.kuramoto.coupling import Coupling


@dataclass(frozen=True)
class Graph:
    """Nodes at most `hops` steps apart couple, the more the nearer and the more alike."""

    strength: Annotated[float, Field(gt=0)]
    hops: Annotated[int, Field(ge=1, le=16)]
    width: Annotated[float, Field(gt=0)]
    floor: Annotated[float, Field(gt=0, le=1)]
    tolerance: Annotated[float, Field(gt=0)]

    def __call__(
        self,
        codebook: Float[Any, "row col feature"],
        neighbours: Int[Any, "node direction"] | None = None,
    ) -> Coupling:
        """Return the coupling; `neighbours` are the nodes adjacent to each, −1 for none.

        Raises:
            ValueError: the neighbours are missing.
        """
        if neighbours is None:
            raise ValueError("neighbours: a graph needs those of the lattice")
        shape = (codebook.shape[0], codebook.shape[1])
        vectors = to_numpy(codebook).astype(np.float64).reshape(shape[0] * shape[1], -1)
        hops = distances(to_numpy(neighbours), self.hops)
        matrix = self.strength * balanced(self._weights(hops, vectors))
        return on_lattice(matrix, shape, like=codebook)

    def _weights(self, hops: csr_array, vectors: Float64[np.ndarray, "node feature"]) -> csr_array:
        """Return s on the edges that `hops` has."""
        unlike = unlikeness(hops, vectors)
        adjacent = np.sort(np.sqrt(unlikeness(csr_array(triu(hops == 1)), vectors)))
        scale = self.tolerance * float(adjacent[len(adjacent) // 2]) if len(adjacent) else 0.0
        alike = np.exp(-unlike / (2 * scale**2)) if scale > 0 else np.ones_like(unlike)
        near = np.exp(-(hops.data**2) / (2 * self.width**2))
        weights = near * (self.floor + (1 - self.floor) * alike)
        return csr_array((weights, hops.indices, hops.indptr), shape=hops.shape)


@dataclass(frozen=True, eq=False)
class Sparse(Coupling):
    """K z by compressed rows, of a symmetric `matrix` over the nodes row by row."""

    matrix: csr_array
    shape: tuple[int, int]

    @property
    def row_sum(self) -> float:
        """The largest row sum."""
        return self._row_sum

    @cached_property
    def _row_sum(self) -> float:
        return float(abs(self.matrix).sum(axis=1).max())

    def __call__(
        self, z: Inexact[np.ndarray, "*batch row col"]
    ) -> Inexact[np.ndarray, "*batch row col"]:
        """Return K z."""
        lines = z.reshape(-1, self.shape[0] * self.shape[1])
        return np.stack([self.matrix @ line for line in lines]).reshape(z.shape)


@dataclass(frozen=True, eq=False)
class Padded(Coupling):
    """K z by gathering: `columns[d]` holds the d-th neighbour of each node, `weights[d]` its
    weight, 0 where a node has fewer.
    """

    columns: Int[Any, "degree node"]
    weights: Float[Any, "degree node"]

    @property
    def row_sum(self) -> float:
        """The largest row sum."""
        return self._row_sum

    @cached_property
    def _row_sum(self) -> float:
        xp = array_namespace(self.weights)
        return float(xp.max(xp.sum(xp.abs(self.weights), axis=0)))

    def __call__(self, z: Inexact[Any, "*batch row col"]) -> Inexact[Any, "*batch row col"]:
        """Return K z."""
        xp = array_namespace(z)
        line = xp.reshape(z, (*z.shape[:-2], -1))
        total = xp.zeros_like(line)
        for place in range(self.columns.shape[0]):
            gathered = xp.take(line, self.columns[place, :], axis=-1)
            total = total + self.weights[place, :] * gathered
        return xp.reshape(total, z.shape)


def on_lattice(matrix: csr_array, shape: tuple[int, int], *, like: Float[Any, "..."]) -> Coupling:
    """Return the coupling by a symmetric matrix, of the precision of `like` and where that is."""
    xp = array_namespace(like)
    if is_numpy_namespace(xp):
        return Sparse(csr_array(matrix, dtype=like.dtype), shape)
    columns, weights = padded(matrix)
    return Padded(xp.asarray(columns), xp.asarray(weights, dtype=like.dtype))


def padded(
    matrix: csr_array,
) -> tuple[Int[np.ndarray, "degree node"], Float64[np.ndarray, "degree node"]]:
    """Return columns and weights of the rows, each filled up with zeros to the longest."""
    degree = np.diff(matrix.indptr)
    row = np.repeat(np.arange(len(degree)), degree)
    place = np.arange(len(row)) - np.repeat(matrix.indptr[:-1], degree)
    columns = np.zeros((int(degree.max(initial=0)), len(degree)), np.int64)
    weights = np.zeros(columns.shape)
    columns[place, row], weights[place, row] = matrix.indices, matrix.data
    return columns, weights


def distances(neighbours: Int[np.ndarray, "node direction"], hops: int) -> csr_array:
    """Return the number of steps between nodes that are at most `hops` apart, a node from itself
    left out.
    """
    count = len(neighbours)
    node, direction = np.nonzero(neighbours >= 0)
    ends = (node, neighbours[node, direction])
    step = csr_array((np.ones(len(node)), ends), shape=(count, count))
    step = ((step + step.T) > 0).astype(np.float64)
    known = eye_array(count, format="csr")
    total, frontier = csr_array((count, count)), eye_array(count, format="csr")
    for hop in range(1, hops + 1):
        reached = ((frontier @ step) > 0).astype(np.float64)
        frontier = csr_array(reached - reached.multiply(known))
        frontier.eliminate_zeros()
        known, total = known + frontier, total + hop * frontier
    result = csr_array(total)
    result.sort_indices()
    return result


def unlikeness(
    edges: csr_array, vectors: Float64[np.ndarray, "node feature"]
) -> Float64[np.ndarray, " edge"]:
    """Return ‖wᵢ − wⱼ‖² of every edge, in the order in which the matrix stores them."""
    node = np.repeat(np.arange(len(vectors)), np.diff(edges.indptr))
    difference = vectors[node] - vectors[edges.indices]
    return (difference * difference).sum(axis=1)


def balanced(matrix: csr_array) -> csr_array:
    """Return D^(−1/2) K D^(−1/2) with D the row sums of weights ≥ 0; a node without edges keeps
    none.
    """
    sums = np.asarray(matrix.sum(axis=1))
    root = 1 / np.sqrt(np.where(sums > 0, sums, 1))
    result = csr_array(diags_array(root) @ matrix @ diags_array(root))
    result.sort_indices()
    return result
