"""Coupling of all to all.

    (K z)ᵢ = strength · (1/n) Σⱼ zⱼ = strength · r exp(iψ).

For frequencies with a Lorentz density of half width γ, order appears at strength 2γ, and
r = √(1 − 2γ / strength) above it (Kuramoto 1975; Ott and Antonsen, Chaos 18, 037113 (2008)).
"""

from dataclasses import dataclass
from typing import Annotated, Any

from array_api_compat import array_namespace
from jaxtyping import Float, Inexact, Int
from pydantic import Field

from tasks.kuramoto.coupling import Coupling


@dataclass(frozen=True)
class MeanField:
    """Every node is pulled towards the mean of all."""

    strength: Annotated[float, Field(gt=0)]

    def __call__(
        self,
        codebook: Float[Any, "row col feature"],
        neighbours: Int[Any, "node direction"] | None = None,
    ) -> "Mean":
        """Return the coupling; neither codebook nor neighbours matter."""
        return Mean(self.strength)


@dataclass(frozen=True)
class Mean(Coupling):
    """K z = strength · mean(z)."""

    strength: float

    @property
    def row_sum(self) -> float:
        """The row sum of each node."""
        return self.strength

    def __call__(self, z: Inexact[Any, "*batch row col"]) -> Inexact[Any, "*batch row col"]:
        """Return the mean, once for every node."""
        xp = array_namespace(z)
        mean = xp.mean(z, axis=(-2, -1), keepdims=True)
        return xp.broadcast_to(self.strength * mean, z.shape)
