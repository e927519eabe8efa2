"""Coupling by the distance on the lattice alone: a separable Gaussian.

    K = strength · (G_y ⊗ G_x) / ‖g‖₁²,    g_k = exp(−k² / 2 width²), |k| ≤ radius,

applied as one pass along the columns and one along the rows, with nothing beyond the border (which
keeps K symmetric; a border that mirrors without repeating the edge would not). K contains the node
itself, which has no effect, since sin 0 = 0.
"""

import math
from dataclasses import dataclass
from typing import Annotated, Any

from array_api_compat import array_namespace
from jaxtyping import Complex, Float
from pydantic import Field


@dataclass(frozen=True)
class Distance:
    """Nodes within `radius` along each axis couple, the more the nearer."""

    strength: Annotated[float, Field(gt=0)]
    radius: Annotated[int, Field(ge=1)]
    width: Annotated[float, Field(gt=0)]

    def __call__(self, codebook: Float[Any, "row col feature"]) -> "Separable":
        """Return the coupling; the codebook does not matter."""
        half = [math.exp(-(k**2) / (2 * self.width**2)) for k in range(self.radius + 1)]
        total = half[0] + 2 * sum(half[1:])
        return Separable(self.strength, tuple(value / total for value in half))


@dataclass(frozen=True)
class Separable:
    """K z by two passes with the same symmetric kernel, given from its centre outwards."""

    strength: float
    kernel: tuple[float, ...]

    @property
    def row_sum(self) -> float:
        """The row sum of a node far from the border."""
        return self.strength * (self.kernel[0] + 2 * sum(self.kernel[1:])) ** 2

    def __call__(self, z: Complex[Any, "row col"]) -> Complex[Any, "row col"]:
        """Return K z."""
        return self.strength * _along_rows(_along_rows(z, self.kernel).T, self.kernel).T


def _along_rows(z: Complex[Any, "row col"], kernel: tuple[float, ...]) -> Complex[Any, "row col"]:
    total = kernel[0] * z
    for step, weight in enumerate(kernel[1 : z.shape[0]], start=1):
        total[step:, :] += weight * z[:-step, :]
        total[:-step, :] += weight * z[step:, :]
    return total


def smooth(field: Float[Any, "row col"], width: float) -> Float[Any, "row col"]:
    """Return the Gaussian mean of `field` over the nodes that exist; `width` in nodes."""
    gaussian = Distance(1.0, max(1, math.ceil(3 * width)), width)(field[..., None])
    return gaussian(field) / gaussian(array_namespace(field).ones_like(field))
