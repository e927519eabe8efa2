"""Global coupling: every oscillator feels the mean of its picture, all channels together."""

from dataclasses import dataclass
from typing import ClassVar

from tasks.orientation.circle.phase import Phases

ALL = (-3, -2, -1)


@dataclass(frozen=True)
class Everywhere:
    """Pᵢⱼ = 1/N for the N oscillators of a picture."""

    linear: ClassVar[bool] = True

    def __call__(self, cosine: Phases, sine: Phases) -> tuple[Phases, Phases]:
        """Return one pair of means a picture."""
        return cosine.mean(ALL, keepdim=True), sine.mean(ALL, keepdim=True)

    def adjoint(self, values: Phases) -> Phases:
        """Return Pᵀ values, one number a picture."""
        return values.mean(ALL, keepdim=True)

    def order(self, resultant: float) -> float:
        """Return R."""
        return resultant
