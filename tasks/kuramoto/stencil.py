"""A sparse symmetric coupling on a lattice, as shifted slices.

Weights are kept for one half of the neighbourhood: `weights[k][y, x]` couples node (y, x) of the
overlap with the node `offsets[k]` away, in both directions. So K is symmetric by construction, and
nothing reaches over the border.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from array_api_compat import array_namespace
from jaxtyping import Complex, Float

Offset = tuple[int, int]
Window = tuple[slice, slice]


@dataclass(frozen=True)
class Stencil:
    """K z by slices: O(n · neighbours) time, O(n) memory."""

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

    @cached_property
    def row_sum(self) -> float:
        """The largest of the row sums."""
        return float(array_namespace(*self.weights).max(self.row_sums))

    def __call__(self, z: Complex[Any, "row col"]) -> Complex[Any, "row col"]:
        """Return K z (for a real array as well)."""
        total = array_namespace(z).zeros_like(z)
        for offset, weight in zip(self.offsets, self.weights, strict=True):
            here, there = windows(offset, self.shape)
            total[here] += weight * z[there]
            total[there] += weight * z[here]
        return total

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
