"""Coupling by the distance on the lattice alone: a separable Gaussian.

    K = strength · (G_y ⊗ G_x) / ‖g‖₁²,    g_k = exp(−k² / 2 width²), |k| ≤ radius,

applied as one pass down the columns and one along the rows, with nothing beyond the border (which
keeps K symmetric; a border that mirrors without repeating the edge would not). K contains the node
itself, which has no effect, since sin 0 = 0.

A pass adds shifted slices, a strip of rows at a time: a strip stays in the cache, where the whole
field would be read from memory for every shift.
"""

import math
from dataclasses import dataclass
from typing import Annotated, Any

from array_api_compat import array_namespace, is_numpy_namespace
from jaxtyping import Float, Inexact, Int
from pydantic import Field

STRIP = 32


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
class Separable:
    """K z by two passes with the same symmetric kernel, given from its centre outwards."""

    strength: float
    kernel: tuple[float, ...]

    @property
    def row_sum(self) -> float:
        """The row sum of a node far from the border."""
        return self.strength * (self.kernel[0] + 2 * sum(self.kernel[1:])) ** 2

    def __call__(self, z: Inexact[Any, "*batch row col"]) -> Inexact[Any, "*batch row col"]:
        """Return K z."""
        return self.strength * _along(_down(z, self.kernel), self.kernel)


def _down(
    z: Inexact[Any, "*batch row col"], kernel: tuple[float, ...]
) -> Inexact[Any, "*batch row col"]:
    rows, total = z.shape[-2], kernel[0] * z
    for first, last in _strips(z):
        for step, weight in enumerate(kernel[1:rows], start=1):
            start, stop = max(first, step), min(last, rows - step)
            if start < last:
                total[..., start:last, :] += weight * z[..., start - step : last - step, :]
            if first < stop:
                total[..., first:stop, :] += weight * z[..., first + step : stop + step, :]
    return total


def _along(
    z: Inexact[Any, "*batch row col"], kernel: tuple[float, ...]
) -> Inexact[Any, "*batch row col"]:
    total = kernel[0] * z
    for first, last in _strips(z):
        strip, sums = z[..., first:last, :], total[..., first:last, :]
        for step, weight in enumerate(kernel[1 : z.shape[-1]], start=1):
            sums[..., step:] += weight * strip[..., :-step]
            sums[..., :-step] += weight * strip[..., step:]
    return total


def _strips(z: Inexact[Any, "*batch row col"]) -> list[tuple[int, int]]:
    """Return where strips of rows begin and end: all rows at once where there is no cache to
    keep them in.
    """
    rows = z.shape[-2]
    strip = STRIP if is_numpy_namespace(array_namespace(z)) else rows
    return [(first, min(first + strip, rows)) for first in range(0, rows, strip)]


def smooth(field: Float[Any, "row col"], width: float) -> Float[Any, "row col"]:
    """Return the Gaussian mean of `field` over the nodes that exist; `width` in nodes."""
    gaussian = Distance(1.0, max(1, math.ceil(3 * width)), width)(field[..., None])
    return gaussian(field) / gaussian(array_namespace(field).ones_like(field))
