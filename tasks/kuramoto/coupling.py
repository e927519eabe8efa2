"""Coupled phase oscillators.

Oscillator i has a phase θᵢ and a natural frequency ωᵢ. With coupling weights K,

    dθᵢ/dt = ωᵢ + Σⱼ Kᵢⱼ sin(θⱼ − θᵢ) = ωᵢ + Im(z̄ᵢ (K z)ᵢ),    zᵢ = exp(iθᵢ).

The second form needs the linear map z → K z only, never the matrix: a stencil, a separable kernel,
a Fourier transform, a sparse graph or a mean do it in O(n) or nearly so. K is real, hence

    Im(z̄ (K z)) = cos θ · K sin θ − sin θ · K cos θ,

one product with two real fields. Where K is symmetric the pulls cancel in the sum, so that the
mean phase moves with the mean frequency, exactly.

Kuramoto, Chemical Oscillations, Waves, and Turbulence (1984), ch. 5; Acebrón et al., Rev. Mod.
Phys. 77, 137 (2005).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from array_api_compat import array_namespace
from jaxtyping import Complex, Float, Inexact


class Coupling(Protocol):
    """A linear map z → K z on the lattice, K real and the same for every field of a stack, with
    the largest row sum Σⱼ |Kᵢⱼ| (rad per unit of time).
    """

    @property
    def row_sum(self) -> float:
        """The largest row sum."""
        ...

    def __call__(self, z: Inexact[Any, "*batch row col"], /) -> Inexact[Any, "*batch row col"]:
        """Return K z."""
        ...

    def pull(
        self, cosine: Float[Any, "row col"], sine: Float[Any, "row col"]
    ) -> Float[Any, "row col"]:
        """Return Im(z̄ (K z)) from the two parts of z: by the identity, where there is no shorter
        way.
        """
        field = self(array_namespace(cosine).stack([cosine, sine]))
        return cosine * field[1, ...] - sine * field[0, ...]


@dataclass(frozen=True)
class Combined(Coupling):
    """The sum of several couplings."""

    parts: Sequence[Coupling]

    @property
    def row_sum(self) -> float:
        """The sum of the parts' largest row sums: an upper bound of the largest row sum."""
        return sum(part.row_sum for part in self.parts)

    def __call__(self, z: Inexact[Any, "*batch row col"]) -> Inexact[Any, "*batch row col"]:
        """Return (K₁ + K₂ + ...) z."""
        total = self.parts[0](z)
        for part in self.parts[1:]:
            total = total + part(z)
        return total

    def pull(
        self, cosine: Float[Any, "row col"], sine: Float[Any, "row col"]
    ) -> Float[Any, "row col"]:
        """Return the sum of the parts' pulls."""
        total = self.parts[0].pull(cosine, sine)
        for part in self.parts[1:]:
            total = total + part.pull(cosine, sine)
        return total


def phasor(phase: Float[Any, "*batch row col"]) -> Complex[Any, "*batch row col"]:
    """Return exp(iθ), complex of the phase's precision."""
    xp = array_namespace(phase)
    kind = xp.complex64 if phase.dtype == xp.float32 else xp.complex128
    return xp.exp(xp.astype(phase, kind) * 1j)


def pull(coupling: Coupling, phase: Float[Any, "row col"]) -> Float[Any, "row col"]:
    """Return Σⱼ Kᵢⱼ sin(θⱼ − θᵢ) for every oscillator, in rad per unit of time."""
    xp = array_namespace(phase)
    return coupling.pull(xp.cos(phase), xp.sin(phase))


def drift(
    coupling: Coupling, phase: Float[Any, "row col"], frequency: Float[Any, "row col"]
) -> Float[Any, "row col"]:
    """Return dθ/dt in rad per unit of time."""
    return frequency + pull(coupling, phase)
