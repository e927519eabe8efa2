"""Coupling between neighbours on the map that look alike.

With lattice positions g and codebook vectors w, for |gᵢ − gⱼ| ≤ radius,

    sᵢⱼ = exp(−|gᵢ − gⱼ|² / 2 width²) · (floor + (1 − floor) exp(−‖wᵢ − wⱼ‖² / 2 σ_w²)),
    K = strength · D^(−1/2) s D^(−1/2),

where σ_w = `tolerance` times the median distance between adjacent codebook vectors, and D are the
row sums of s. A wave runs freely inside a region of similar nodes and is handed weakly across its
border; `floor` keeps the map connected.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from array_api_compat import array_namespace
from jaxtyping import Float, Int
from pydantic import Field

from tasks.kuramoto.stencil import Stencil, half_neighbourhood, windows


@dataclass(frozen=True)
class Similarity:
    """Neighbours within `radius` couple, the more the nearer and the more alike."""

    strength: Annotated[float, Field(gt=0)]
    radius: Annotated[float, Field(ge=1)]
    width: Annotated[float, Field(gt=0)]
    floor: Annotated[float, Field(gt=0, le=1)]
    tolerance: Annotated[float, Field(gt=0)]

    def __call__(
        self,
        codebook: Float[Any, "row col feature"],
        neighbours: Int[Any, "node direction"] | None = None,
    ) -> Stencil:
        """Return the coupling of the map's nodes on the square lattice, whatever the `neighbours`;
        distances between nodes are Euclidean in their features.
        """
        xp = array_namespace(codebook)
        shape = (codebook.shape[0], codebook.shape[1])
        offsets = [
            pair
            for pair in half_neighbourhood(self.radius)
            if pair[0] < shape[0] and abs(pair[1]) < shape[1]
        ]
        squares = [_squared_distance(codebook, offset) for offset in offsets]
        wide = 2 * (self.tolerance * _median_step(codebook)) ** 2
        weights = []
        for (dy, dx), square in zip(offsets, squares, strict=True):
            near = float(
                xp.exp(
                    xp.asarray(-(dy * dy + dx * dx) / (2 * self.width**2), dtype=codebook.dtype)
                )
            )
            alike = xp.exp(-square / wide) if wide > 0 else xp.ones_like(square)
            weights.append(near * (self.floor + (1 - self.floor) * alike))
        return Stencil(shape, offsets, weights).balanced().scaled(self.strength)


def _squared_distance(
    codebook: Float[Any, "row col feature"], offset: tuple[int, int]
) -> Float[Any, "y x"]:
    here, there = windows(offset, (codebook.shape[0], codebook.shape[1]))
    difference = codebook[(*here, slice(None))] - codebook[(*there, slice(None))]
    return array_namespace(codebook).sum(difference * difference, axis=-1)


def _median_step(codebook: Float[Any, "row col feature"]) -> float:
    """Return the median distance between nodes that touch, corners included."""
    xp = array_namespace(codebook)
    steps = [
        xp.reshape(_squared_distance(codebook, offset), (-1,))
        for offset in half_neighbourhood(1.5)
    ]
    ordered = xp.sort(xp.concat(steps))
    return float(xp.sqrt(ordered[ordered.shape[0] // 2]))
