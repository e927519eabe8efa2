"""Learning from parts: the batch rule with a memory.

With S_j and N_j the sum and the number of the samples whose best matching unit is node j, the
batch rule is w_i = Σ_j h(i, j) S_j / Σ_j h(i, j) N_j (`training`). When the data arrive in parts,
each part B moves the sums, per sample, by a share ρ:

    S <- (1 - ρ) S + ρ S_B / |B|,      N <- (1 - ρ) N + ρ N_B / |B|,

a stochastic approximation (Robbins and Monro 1951) of the sums over all data; with ρ = 1 and all
data in one part it is the batch rule itself. Where values are missing, each feature has a number
of its own: N_jf counts the samples of node j that have a value of feature f.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Float64, Int64

from tasks.som.lattice import Lattice
from tasks.som.neighbourhood import Neighbourhood
from tasks.som.training import FAINTEST


class Sums(NamedTuple):
    """Of each node: the number of its samples (one number, or one a feature) and their sum."""

    counts: Float64[np.ndarray, "node count"]
    values: Float64[np.ndarray, "node feature"]

    def blended(self, part: "Sums", share: float) -> "Sums":
        """Return the sums moved towards those of `part` by `share` in [0, 1]."""
        return Sums(
            (1 - share) * self.counts + share * part.counts,
            (1 - share) * self.values + share * part.values,
        )

    def per_sample(self, count: int) -> "Sums":
        """Return the sums divided by the number of samples."""
        return Sums(self.counts / count, self.values / count)


def sums(
    samples: Float32[np.ndarray, "sample feature"], best: Int64[np.ndarray, " sample"], nodes: int
) -> Sums:
    """Return the sums over complete samples, exact where those are on a grid (`origin`)."""
    counts = np.bincount(best, minlength=nodes).astype(np.float64)
    values = [np.bincount(best, weights=column, minlength=nodes) for column in samples.T]
    return Sums(counts[:, None], np.stack(values, axis=1))


def weights(
    total: Sums,
    before: Float64[np.ndarray, "node feature"],
    lattice: Lattice,
    neighbourhood: Neighbourhood,
    *,
    sigma: float,
) -> Float64[np.ndarray, "node feature"]:
    """Return the batch rule's weights; what hears no sample stays as `before`."""
    both = np.concatenate([total.counts, total.values], axis=1)
    smoothed = lattice.smooth(both, neighbourhood, sigma)
    counts, values = np.split(smoothed, [total.counts.shape[1]], axis=1)
    heard = counts > FAINTEST
    return np.where(heard, values / np.where(heard, counts, 1.0), before)
