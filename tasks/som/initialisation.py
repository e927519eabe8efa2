"""Where the nodes start: on the plane of the two principal components.

With eigenvalues λ_1 >= λ_2 >= ... and eigenvectors v_1, v_2, ... of the samples' covariance,

    w(row, col) = mean + ρ √λ_1 v_1 + κ √λ_2 v_2,      ρ, κ evenly spaced over [-1, 1] along rows
    and columns.

An eigenvector's sign is arbitrary; it is fixed so that the component of largest magnitude is
positive. Mean and covariance are of samples on a grid of exact products (`fixed_point`), so that
neither order nor threads matter.
"""

import numpy as np
from jaxtyping import Float, Float64

from tasks.som import fixed_point
from tasks.som.lattice import Lattice


def principal_plane(
    values: Float[np.ndarray, "sample feature"], lattice: Lattice
) -> Float64[np.ndarray, "node feature"]:
    """Return the starting weights. Without spread in a direction, the nodes coincide along it."""
    table = fixed_point.on_grid(values.astype(np.float64), power=2)
    mean = table.sum(axis=0) / len(table)
    return plane(mean, table.T @ table / len(table) - np.outer(mean, mean), lattice)


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
