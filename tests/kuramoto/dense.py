"""The oracle of the couplings: the sum over all pairs, from a matrix."""

import numpy as np


def pairwise_sum(matrix: np.ndarray, phase: np.ndarray) -> np.ndarray:
    """Return Σⱼ Kᵢⱼ sin(θⱼ − θᵢ), in double precision."""
    theta = phase.reshape(-1).astype(np.float64)
    return (matrix * np.sin(theta[None, :] - theta[:, None])).sum(1).reshape(phase.shape)
