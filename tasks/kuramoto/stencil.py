"""A sparse symmetric coupling on a lattice, as shifted slices.

Weights are kept for one half of the neighbourhood: `weights[k][y, x]` couples node (y, x) of the
overlap with the node `offsets[k]` away, in both directions. So K is symmetric by construction, and
nothing reaches over the border.

With the nodes in one line, row by row, an offset (dy, dx) is a shift by dy · cols + dx. A weight
is 0 where the shift would lead over the border into another row, so that each offset costs a few
products of long contiguous slices. What one node of a pair is pulled by, the other is pulled back
by: a pull is found once a pair.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from array_api_compat import array_namespace
from jaxtyping import Float, Inexact

from tasks.kuramoto.coupling import Coupling

Offset = tuple[int, int]
Window = tuple[slice, slice]


@dataclass(frozen=True)
class Stencil(Coupling):
    """K z by slices: O(n · neighbours) time and memory for the weights. Offsets are those of
    `half_neighbourhood`.
    """

    shape: tuple[int, int]
    offsets: Sequence[Offset]
    weights: Sequence[Float[Any, "row col"]]

    @cached_property
    def row_sums(self) -> Float[Any, "row col"]:
        """Σⱼ |Kᵢⱼ| of every node."""
        xp = array_namespace(*self.weights)
        absolute = [xp.abs(weight) for weight in self.weights]
        return Stencil(self.shape, self.offsets, absolute)(
            xp.ones(self.shape, dtype=self.weights[0].dtype)
        )

    @property
    def row_sum(self) -> float:
        """The largest of the row sums."""
        return float(array_namespace(*self.weights).max(self.row_sums))

    @cached_property
    def _shifts(self) -> Sequence[tuple[int, Float[Any, " node"]]]:
        """Each shift along the line of nodes, with the weights of the nodes from which it leads to
        another.
        """
        xp, (rows, cols) = array_namespace(*self.weights), self.shape
        shifts = []
        for (dy, dx), weight in zip(self.offsets, self.weights, strict=True):
            whole = xp.zeros(self.shape, dtype=weight.dtype)
            here, _ = windows((dy, dx), self.shape)
            whole[here] = weight
            shift = dy * cols + dx
            if 0 < shift < rows * cols:
                shifts.append((shift, xp.reshape(whole, (-1,))[:-shift]))
        return shifts

    def __call__(self, z: Inexact[Any, "*batch row col"]) -> Inexact[Any, "*batch row col"]:
        """Return K z."""
        xp = array_namespace(z)
        line = xp.reshape(z, (*z.shape[:-2], -1))
        total = xp.zeros_like(line)
        for shift, weight in self._shifts:
            total[..., :-shift] += weight * line[..., shift:]
            total[..., shift:] += weight * line[..., :-shift]
        return xp.reshape(total, z.shape)

    def pull(
        self, cosine: Float[Any, "row col"], sine: Float[Any, "row col"]
    ) -> Float[Any, "row col"]:
        """Return Im(z̄ (K z)), pair by pair: K cos θ sin θ' − K sin θ cos θ' to the one, less the
        same to the other.
        """
        xp = array_namespace(cosine)
        x, y = xp.reshape(cosine, (-1,)), xp.reshape(sine, (-1,))
        total = xp.zeros_like(x)
        for shift, weight in self._shifts:
            pull = x[:-shift] * y[shift:]
            pull -= y[:-shift] * x[shift:]
            pull *= weight
            total[:-shift] += pull
            total[shift:] -= pull
        return xp.reshape(total, cosine.shape)

    def balanced(self) -> "Stencil":
        """Return D^(−1/2) K D^(−1/2) with D the row sums: still symmetric, row sums near 1."""
        xp = array_namespace(*self.weights)
        root = 1 / xp.sqrt(self.row_sums)
        weights = []
        for offset, weight in zip(self.offsets, self.weights, strict=True):
            here, there = windows(offset, self.shape)
            weights.append(weight * root[here] * root[there])
        return Stencil(self.shape, self.offsets, weights)

    def scaled(self, strength: float) -> "Stencil":
        """Return strength · K."""
        return Stencil(self.shape, self.offsets, [weight * strength for weight in self.weights])


def half_neighbourhood(radius: float) -> list[Offset]:
    """Return one of each pair ±(rows, columns) within `radius` (Euclidean), the centre left out.

    >>> half_neighbourhood(1)
    [(0, 1), (1, 0)]
    """
    reach = range(-int(radius), int(radius) + 1)
    pairs = [(dy, dx) for dy in reach for dx in reach if dy * dy + dx * dx <= radius * radius]
    return [pair for pair in pairs if pair > (0, 0)]


def windows(offset: Offset, shape: tuple[int, int]) -> tuple[Window, Window]:
    """Return the slices of the nodes with a neighbour at `offset`, and of these neighbours."""
    here, there = zip(
        *(_span(step, length) for step, length in zip(offset, shape, strict=True)), strict=True
    )
    return (here[0], here[1]), (there[0], there[1])


def _span(step: int, length: int) -> tuple[slice, slice]:
    start, stop = max(0, -step), max(0, length - max(0, step))
    return slice(start, stop), slice(start + step, max(stop + step, start + step))
