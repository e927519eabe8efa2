"""Number and sum of the samples of each node, and how a stream of samples forgets.

Batch training needs no more of the samples than N_j and S_j, number and sum of those whose best
matching unit is j. Of a stream, of which only a batch is ever at hand, they are kept as a fading
average (stochastic approximation, Robbins and Monro 1951; online expectation maximisation, Cappé
and Moulines 2009):

    S ← (1 - ρ) S + ρ S_batch,      N ← (1 - ρ) N + ρ N_batch.

ρ = 1 with all samples in the batch is the batch rule.
"""

from types import ModuleType

import numpy as np
from jaxtyping import Float32, Float64, Int64

Sums = Float64[np.ndarray, "node 1+feature"]
"""Of each node: N_j, then S_j."""


def sums(
    samples: Float32[np.ndarray, "sample feature"],
    best: Int64[np.ndarray, " sample"],
    nodes: int,
    *,
    xp: ModuleType = np,
) -> Sums:
    """Return number and sum of the samples of each of `nodes` nodes, in double precision."""
    if xp is np:
        return _sums_by_rows(samples, best, nodes)
    columns = [xp.bincount(best, weights=column, minlength=nodes) for column in samples.T]
    counts = xp.bincount(best, minlength=nodes).astype(xp.float64)
    return xp.stack([counts, *columns], axis=1)


def _sums_by_rows(
    samples: Float32[np.ndarray, "sample feature"], best: Int64[np.ndarray, " sample"], nodes: int
) -> Sums:
    """Return the sums as the product of a sparse matrix, one entry a sample, and the samples: a
    row is added where it belongs, which takes a sixth of the time of a sum per column.
    """
    from scipy.sparse import csr_array

    table = np.empty((len(samples), samples.shape[1] + 1))
    table[:, 0] = 1.0
    table[:, 1:] = samples
    ones, ends = np.ones(len(samples)), np.arange(len(samples) + 1)
    return csr_array((ones, best, ends), shape=(len(samples), nodes)).T @ table


def blend(before: Sums, batch: Sums, rate: float) -> Sums:
    """Return the sums of a stream after one more batch: (1 - ρ) S + ρ S_batch, ρ = `rate` in
    (0, 1].
    """
    if not 0 < rate <= 1:
        raise ValueError(f"rate is {rate}; expected more than 0 and at most 1")
    return batch if rate == 1 else (1 - rate) * before + rate * batch
