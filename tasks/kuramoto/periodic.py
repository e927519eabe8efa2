"""Coupling by the distance on a torus: a convolution, by Fourier transforms.

    K = strength · g / ‖g‖₁,
    g(Δ) = exp(−|Δ|² / 2 width²) − surround · exp(−|Δ|² / 2 (2 width)²),

with Δ the shortest difference on the torus along each axis. The width costs nothing: a product is
two transforms, O(n log n), whatever the reach. Every node has the same row sum, so that a plane
wave φ = 2π (p · row/rows + q · col/cols) with whole p and q is an equilibrium of equal frequencies
(a twisted state: Wiley, Strogatz and Girvan, Chaos 16, 015103 (2006)). With `surround` = 0 all
pull; above it, far nodes push, which favours waves of a length of their own.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

from array_api_compat import array_namespace
from jaxtyping import Float, Inexact, Int
from pydantic import Field

from tasks.kuramoto.coupling import Coupling

WIDER = 2.0


@dataclass(frozen=True)
class Periodic:
    """Nodes couple the more the nearer, over the border as well; `width` in nodes."""

    strength: Annotated[float, Field(gt=0)]
    width: Annotated[float, Field(gt=0)]
    surround: Annotated[float, Field(ge=0, le=1)]

    def __call__(
        self,
        codebook: Float[Any, "row col feature"],
        neighbours: Int[Any, "node direction"] | None = None,
    ) -> "Convolution":
        """Return the coupling; neither the nodes' vectors nor their neighbours matter."""
        xp = array_namespace(codebook)
        down, right = (_squares(xp, side, codebook.dtype) for side in codebook.shape[:2])
        square = xp.reshape(down, (-1, 1)) + xp.reshape(right, (1, -1))
        wide = 2 * self.width**2
        kernel = xp.exp(-square / wide) - self.surround * xp.exp(-square / (wide * WIDER**2))
        return Convolution(kernel * (self.strength / float(xp.sum(xp.abs(kernel)))))


@dataclass(frozen=True, eq=False)
class Convolution(Coupling):
    """K z = kernel * z on the torus; `kernel` is even and has its centre at (0, 0)."""

    kernel: Float[Any, "row col"]

    @property
    def row_sum(self) -> float:
        """The row sum of each node."""
        xp = array_namespace(self.kernel)
        return float(xp.sum(xp.abs(self.kernel)))

    @cached_property
    def _spectrum(self) -> Float[Any, "row frequency"]:
        xp = array_namespace(self.kernel)
        return xp.real(xp.fft.rfftn(self.kernel))

    def __call__(self, z: Inexact[Any, "*batch row col"]) -> Inexact[Any, "*batch row col"]:
        """Return K z."""
        xp = array_namespace(z)
        if xp.isdtype(z.dtype, "complex floating"):
            return self(xp.real(z)) + 1j * self(xp.imag(z))
        shape = self.kernel.shape
        waves = self._spectrum * xp.fft.rfftn(z, axes=(-2, -1))
        return xp.fft.irfftn(waves, s=shape, axes=(-2, -1))


def _squares(xp: Any, side: int, dtype: Any) -> Float[Any, " side"]:
    """Return the squared distance of each place on a ring from the first."""
    place = xp.arange(side, dtype=dtype)
    shortest = xp.where(place > side / 2, place - side, place)
    return shortest * shortest
