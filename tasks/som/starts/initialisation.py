"""Where the nodes start.

A start is a function of the samples, the lattice and a generator of chance; `tasks.som.registry`
names them all. The one here, `pca`, lays the nodes on the plane of the two principal components.
With eigenvalues λ_1 >= λ_2 >= ... and eigenvectors v_1, v_2, ... of the samples' covariance,

    w(row, col) = mean + ρ √λ_1 v_1 + κ √λ_2 v_2,      ρ, κ evenly spaced over [-1, 1] along rows
    and columns.

An eigenvector's sign is arbitrary; it is fixed so that the component of largest magnitude is
positive. Mean and covariance are of samples on a grid of exact products (`fixed_point`), so that
neither order nor threads matter.
"""

import warnings
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from jaxtyping import Float64

from tasks.som.lattices.lattice import Lattice
from tasks.som.samples import fixed_point, source
from tasks.som.samples.standardised import scatter
from tasks.som.starts.sampled import Sampled


class Start(Protocol):
    """A variant of `tasks.som.registry.INITIALISATIONS`."""

    def __call__(
        self, samples: Any, lattice: Lattice, generator: np.random.Generator
    ) -> Float64[np.ndarray, "node feature"]:
        """Return the starting weights for `samples`, an array or a `Source`."""
        ...


@dataclass(frozen=True)
class Pca:
    """The plane of the two principal components."""

    def __call__(
        self, samples: Any, lattice: Lattice, generator: np.random.Generator
    ) -> Float64[np.ndarray, "node feature"]:
        """Return the plane; where the samples are all the same, samples, with a warning."""
        lowest, highest = source.box(source.of(samples))
        if np.any(lowest < highest):
            return principal_plane(samples, lattice)
        warnings.warn(
            "init is pca, but the samples have no spread; the nodes start at samples instead",
            stacklevel=2,
        )
        return Sampled()(samples, lattice, generator)


def principal_plane(samples: Any, lattice: Lattice) -> Float64[np.ndarray, "node feature"]:
    """Return the starting weights. Without spread in a direction, the nodes coincide along it."""
    given = source.of(samples)
    largest = float(np.abs(source.box(given)).max())
    step = fixed_point.step(given.rows, largest, power=2)
    return plane(*scatter(given, step), lattice)


def plane(
    mean: Float64[np.ndarray, " feature"],
    covariance: Float64[np.ndarray, "feature feature"],
    lattice: Lattice,
) -> Float64[np.ndarray, "node feature"]:
    """Return the starting weights for samples of this mean and covariance."""
    axes = _axes(covariance)
    row, col = np.meshgrid(_span(lattice.rows), _span(lattice.cols), indexing="ij")
    return mean + row.reshape(-1, 1) * axes[0] + col.reshape(-1, 1) * axes[1]


def _axes(covariance: Float64[np.ndarray, "feature feature"]) -> Float64[np.ndarray, "2 feature"]:
    """Return √λ v of the two largest eigenvalues; the second is 0 for a single feature."""
    eigenvalues, eigenvectors = np.linalg.eigh(covariance)
    axes = np.zeros((2, len(covariance)))
    for rank in range(min(2, len(covariance))):
        vector = eigenvectors[:, -1 - rank]
        sign = 1.0 if vector[np.abs(vector).argmax()] >= 0 else -1.0
        axes[rank] = sign * np.sqrt(max(eigenvalues[-1 - rank], 0.0)) * vector
    return axes


def _span(side: int) -> Float64[np.ndarray, " side"]:
    return np.linspace(-1.0, 1.0, side) if side > 1 else np.zeros(1)
