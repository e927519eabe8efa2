"""Learning from parts: the batch rule with a memory.

With S_j and N_j the sum and the number of the samples whose best matching unit is node j, the
batch rule is w_i = Σ_j h(i, j) S_j / Σ_j h(i, j) N_j (`training`). When the data arrive in parts,
each part B moves the sums, per sample, by a share ρ:

    S <- (1 - ρ) S + ρ S_B / |B|,      N <- (1 - ρ) N + ρ N_B / |B|,

a stochastic approximation (Robbins and Monro 1951) of the sums over all data; with ρ = 1 and all
data in one part it is the batch rule itself. Numbers of samples are one a node or, once values
may be missing, one a feature; where only one side has the latter, the other's are repeated.
"""

import numpy as np
from jaxtyping import Float64

Sums = Float64[np.ndarray, "node count+feature"]
"""Of each node: the number of its samples (one number, or one a feature), then their sum."""


def blended(sums: Sums | None, part: Sums, share: float) -> Sums:
    """Return sums per sample, moved towards those of `part` by `share` in [0, 1]; without any
    before, those of the part.
    """
    if sums is None:
        return part
    wide = max(sums.shape[1], part.shape[1])
    return (1 - share) * _widened(sums, wide) + share * _widened(part, wide)


def _widened(sums: Sums, columns: int) -> Sums:
    """Return sums of so many columns, the number repeated for each feature where it must be."""
    if sums.shape[1] == columns:
        return sums
    return np.hstack([np.repeat(sums[:, :1], sums.shape[1] - 1, axis=1), sums[:, 1:]])
