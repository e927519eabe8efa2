"""Coupled phase oscillators.

Oscillator i has a phase θᵢ and a natural frequency ωᵢ. With coupling weights K,

    dθᵢ/dt = ωᵢ + Σⱼ Kᵢⱼ sin(θⱼ − θᵢ) = ωᵢ + Im(z̄ᵢ (K z)ᵢ),    zᵢ = exp(iθᵢ).

The second form needs the linear map z → K z only, never the matrix: a stencil, a separable kernel
or a mean do it in O(n). Where K is symmetric the pulls cancel in the sum, so that the mean phase
moves with the mean frequency, exactly.

Near synchrony the linearised system is dδ/dt = −(D − K) δ with D the row sums, whose eigenvalues
are at most 2 max D: every bound on a time step follows from `row_sum`.

Kuramoto, Chemical Oscillations, Waves, and Turbulence (1984), ch. 5; Acebrón et al., Rev. Mod.
Phys. 77, 137 (2005).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from array_api_compat import array_namespace
from jaxtyping import Complex, Float


class Coupling(Protocol):
    """A linear map z → K z on the lattice, with the largest row sum Σⱼ |Kᵢⱼ| (rad per unit of
    time).
    """

    @property
    def row_sum(self) -> float:
        """The largest row sum."""
        ...

    def __call__(self, z: Complex[Any, "row col"], /) -> Complex[Any, "row col"]:
        """Return K z."""
        ...


@dataclass(frozen=True)
class Combined:
    """The sum of several couplings."""

    parts: Sequence[Coupling]

    @property
    def row_sum(self) -> float:
        """The sum of the parts' largest row sums: an upper bound of the largest row sum."""
        return sum(part.row_sum for part in self.parts)

    def __call__(self, z: Complex[Any, "row col"]) -> Complex[Any, "row col"]:
        """Return (K₁ + K₂ + ...) z."""
        total = self.parts[0](z)
        for part in self.parts[1:]:
            total = total + part(z)
        return total


def phasor(phase: Float[Any, "*batch row col"]) -> Complex[Any, "*batch row col"]:
    """Return exp(iθ), complex of the phase's precision."""
    xp = array_namespace(phase)
    kind = xp.complex64 if phase.dtype == xp.float32 else xp.complex128
    return xp.exp(xp.astype(phase, kind) * 1j)


def pull(coupling: Coupling, phase: Float[Any, "row col"]) -> Float[Any, "row col"]:
    """Return Σⱼ Kᵢⱼ sin(θⱼ − θᵢ) for every oscillator, in rad per unit of time."""
    xp = array_namespace(phase)
    z = phasor(phase)
    return xp.imag(xp.conj(z) * coupling(z))


def drift(
    coupling: Coupling, phase: Float[Any, "row col"], frequency: Float[Any, "row col"]
) -> Float[Any, "row col"]:
    """Return dθ/dt in rad per unit of time."""
    return frequency + pull(coupling, phase)
