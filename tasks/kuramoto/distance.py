"""Coupling by the distance on the lattice alone: a separable Gaussian.

    K = strength · (G_y ⊗ G_x) / ‖g‖₁²,    g_k = exp(−k² / 2 width²), |k| ≤ radius,

applied as one pass down the columns and one along the rows, with nothing beyond the border (which
keeps K symmetric; a border that mirrors without repeating the edge would not). K contains the node
itself, which has no effect, since sin 0 = 0.

A pass is a product with a band matrix, a block of nodes at a time. The zeros of a block cost more
additions than shifted slices would (76 for 13 at 64 nodes and a radius of 6) and far less time:
a product of matrices is bound by arithmetic, slices are bound by memory. Both passes are made of a
block of rows while the cache holds it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any

import numpy as np
from array_api_compat import array_namespace, is_numpy_namespace
from jaxtyping import Float, Inexact, Int
from pydantic import Field

from tasks.kuramoto.coupling import Coupling

BLOCK = 64
"""Nodes of a block along each axis, where a cache holds a block; elsewhere the axis is one block.
"""


@dataclass(frozen=True)
class Distance:
    """Nodes within `radius` along each axis couple, the more the nearer."""

    strength: Annotated[float, Field(gt=0)]
    radius: Annotated[int, Field(ge=1)]
    width: Annotated[float, Field(gt=0)]

    def __call__(
        self,
        codebook: Float[Any, "row col feature"],
        neighbours: Int[Any, "node direction"] | None = None,
    ) -> "Separable":
        """Return the coupling; neither codebook nor neighbours matter."""
        half = [math.exp(-(k**2) / (2 * self.width**2)) for k in range(self.radius + 1)]
        total = half[0] + 2 * sum(half[1:])
        return Separable(self.strength, tuple(value / total for value in half))


@dataclass(frozen=True)
class Separable(Coupling):
    """K z by two passes with the same symmetric kernel, given from its centre outwards."""

    strength: float
    kernel: tuple[float, ...]

    @property
    def row_sum(self) -> float:
        """The row sum of a node far from the border."""
        return self.strength * (self.kernel[0] + 2 * sum(self.kernel[1:])) ** 2

    def __call__(self, z: Inexact[Any, "*batch row col"]) -> Inexact[Any, "*batch row col"]:
        """Return K z."""
        xp = array_namespace(z)
        if xp.isdtype(z.dtype, "complex floating"):
            parts = self(xp.stack([xp.real(z), xp.imag(z)]))
            return parts[0, ...] + 1j * parts[1, ...]
        down, across = (self._bands(xp, length, z.dtype) for length in z.shape[-2:])
        result = xp.empty_like(z)
        for rows, near_rows, band in down:
            strip = (self.strength * band) @ z[..., near_rows, :]
            for cols, near_cols, transposed in across:
                result[..., rows, cols] = strip[..., near_cols] @ xp.matrix_transpose(transposed)
        return result

    def _bands(self, xp: Any, length: int, dtype: Any) -> Sequence["Band"]:
        return bands(self.kernel, length, BLOCK if is_numpy_namespace(xp) else length, xp, dtype)


Band = tuple[slice, slice, Any]
"""The nodes of a block, those that they feel, and the weights of these (block x felt)."""


@lru_cache(maxsize=16)
def bands(
    kernel: tuple[float, ...], length: int, block: int, xp: Any, dtype: Any
) -> Sequence[Band]:
    """Return the blocks of a symmetric kernel (from its centre outwards) on a line of nodes."""
    weights = np.array([*kernel, 0.0])
    found = []
    for first in range(0, length, block):
        last = min(first + block, length)
        low, high = max(0, first - len(kernel) + 1), min(length, last + len(kernel) - 1)
        away = np.abs(np.arange(first, last)[:, None] - np.arange(low, high))
        band = xp.asarray(weights[np.minimum(away, len(kernel))], dtype=dtype)
        found.append((slice(first, last), slice(low, high), band))
    return tuple(found)


def smooth(field: Float[Any, "row col"], width: float) -> Float[Any, "row col"]:
    """Return the Gaussian mean of `field` over the nodes that exist; `width` in nodes."""
    gaussian = Distance(1.0, max(1, math.ceil(3 * width)), width)(field[..., None])
    return gaussian(field) / gaussian(array_namespace(field).ones_like(field))
