"""Learning from parts: the batch rule with a memory.

With S_j and N_j the sum and the number of the samples whose best matching unit is node j, the
batch rule is w_i = Σ_j h(i, j) S_j / Σ_j h(i, j) N_j (`training`). When the data arrive in parts,
each part B moves the sums, per sample, by a share ρ:

    S <- (1 - ρ) S + ρ S_B / |B|,      N <- (1 - ρ) N + ρ N_B / |B|,

a stochastic approximation (Robbins and Monro 1951) of the sums over all data; with ρ = 1 and all
data in one part it is the batch rule itself.
"""

import numpy as np
from jaxtyping import Float64

Sums = Float64[np.ndarray, "node count+feature"]
"""Of each node: the number of its samples (one number, or one a feature), then their sum."""


def blended(sums: Sums | None, part: Sums, share: float) -> Sums:
    """Return sums per sample, moved towards those of `part` by `share` in [0, 1]; without any
    before, those of the part.
    """
    return part if sums is None else (1 - share) * sums + share * part
