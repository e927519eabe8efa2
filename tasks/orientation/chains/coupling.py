r"""Coupling: how an oscillator feels the others.

With weights P (rows sum to one), Kuramoto's term is, by sin(θⱼ − θᵢ) = sin θⱼ cos θᵢ − cos θⱼ sin
θᵢ,

    Gᵢ = Σⱼ Pᵢⱼ sin(θⱼ − θᵢ) = Sᵢ cos θᵢ − Cᵢ sin θᵢ,      C = P cos θ,   S = P sin θ:

two averages instead of all pairs. A coupling is what makes C and S from cos θ and sin θ. Where it
is linear it also has an adjoint, Pᵀ, by which the target of `tasks.orientation.targets.shift`
looks back.
Its order m(R) is |C + iS| in a large field of independent phases with E exp(iθ) = R.
"""

from typing import ClassVar, Protocol

from tasks.orientation.circle.phase import Phases


class Coupling(Protocol):
    """What a variant in `tasks.orientation.registry` offers; all are frozen and hashable."""

    linear: ClassVar[bool]

    def __call__(self, cosine: Phases, sine: Phases) -> tuple[Phases, Phases]:
        """Return (C, S), which broadcast against the phases."""
        ...

    def adjoint(self, values: Phases) -> Phases:
        """Return Pᵀ values."""
        ...

    def order(self, resultant: float) -> float:
        """Return m(R)."""
        ...


def torque(cosine: Phases, sine: Phases, means: tuple[Phases, Phases]) -> Phases:
    """Return G from cos θ, sin θ and (C, S)."""
    return means[1] * cosine - means[0] * sine
