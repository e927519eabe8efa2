"""Number and sum of the samples of each node.

Batch training needs no more of the samples than N_j and S_j, number and sum of those whose best
matching unit is j. The sums of parts of the samples are added, and are exact for samples on a grid
(`fixed_point`).
"""

from types import ModuleType

import numpy as np
from jaxtyping import Float32, Float64, Int64

Sums = Float64[np.ndarray, "node 1+feature"]
"""Of each node: N_j, then S_j."""
ROWS = 1 << 14
"""Samples in double precision at a time."""


def sums(
    samples: Float32[np.ndarray, "sample feature"],
    best: Int64[np.ndarray, " sample"],
    nodes: int,
    *,
    xp: ModuleType = np,
) -> Sums:
    """Return number and sum of the samples of each of `nodes` nodes, in double precision."""
    if xp is np:
        total = np.zeros((nodes, samples.shape[1] + 1))
        for start in range(0, len(samples), ROWS):
            part = slice(start, start + ROWS)
            total += _sums_by_rows(samples[part], best[part], nodes)
        return total
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
