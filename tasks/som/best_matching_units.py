"""Best matching units: for each sample, the nearest node and the second nearest.

Since |x - w|² = |x|² + 2 (½|w|² - x·w), the nearest node minimises the score s = ½|w|² - x·w, one
matrix product [x, 1] · [-w, ½|w|²] for a chunk of samples at a time, small enough for its scores
to stay in the cache. Samples and nodes are centred on the nodes' mean: far from the origin the two
terms would cancel.

Scores are single precision, and their last bits depend on how BLAS blocks the product. A score of
n + 1 terms errs by at most

    ε(x) = (n + 5) (u (|x| W + ½W²) + v (|x| + W)²),      W = max |w|, u = 2^-24, v = 2^-53

(n + 1 products and sums by Higham, Accuracy and Stability, §3.1; the rounding of x, w and ½|w|² to
single precision; v for double precision's own share; the rest is for ε itself being rounded).
Where the gap between best and second, or second and third, is no more than 2ε, all nodes within
reach are measured again in double precision, |x - w|² = Σ_f (x_f - w_f)² with f in order, and the
lowest index wins a tie. The answer is therefore that of the double-precision search, whatever the
chunks, the threads or the device; only a share of the samples pays for it.
"""

from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float32, Float64, Int64

from tasks.core.backend import to_numpy

CACHE = 1 << 20
"""Bytes of scores a chunk on a CPU: about half of a core's second-level cache."""
DEVICE = 1 << 28
"""Bytes of scores a chunk on a GPU."""
SINGLE, DOUBLE = 2.0**-24, 2.0**-53
"""The unit roundoffs u and v."""


class Match(NamedTuple):
    """Of each sample: nearest node, second nearest (-1 on a map of one node), distance to the
    nearest, and the share of samples that
    double precision decided.
    """

    best: Int64[np.ndarray, " sample"]
    second: Int64[np.ndarray, " sample"]
    distance: Float64[np.ndarray, " sample"]
    refined: float


def search(
    samples: Float32[np.ndarray, "sample feature"],
    nodes: Float64[np.ndarray, "node feature"],
    *,
    exact: bool = True,
    chunk: int | None = None,
    xp: ModuleType = np,
) -> Match:
    """Return the two best matching units of every sample, as arrays of the namespace `xp` (NumPy
    or CuPy, like the inputs).

    `exact` decides near ties in double precision. `chunk` is the number of samples at a time; by
    default as many as the cache holds.
    """
    rows = chunk or max(1, (CACHE if xp is np else DEVICE) // (4 * len(nodes)))
    centre = nodes.mean(axis=0).astype(xp.float32)
    table = _table(xp, nodes - centre)
    longest = xp.sqrt(xp.max(xp.sum((nodes - centre) ** 2, axis=1)))
    best = xp.empty(len(samples), dtype=xp.int64)
    second = xp.full(len(samples), -1, dtype=xp.int64)
    refined = 0
    for start in range(0, len(samples), rows):
        part = slice(start, start + rows)
        x = samples[part]
        centred = x - centre
        scores = _augmented(xp, centred) @ table
        near = _two_best(xp, scores)
        best[part], second[part] = near.best, near.second
        if exact:
            reach = 2 * _error(xp, centred, longest)
            close = xp.nonzero((near.gap <= reach) | (near.next_gap <= reach))[0]
            limit = (near.highest + reach)[close, None]
            best[part][close], second[part][close] = _refine(
                xp, x[close], nodes, scores[close] <= limit
            )
            refined += len(close)
    distance = xp.sqrt(squared_distance(xp, samples, nodes[best]))
    return Match(best, second, distance, refined / max(len(samples), 1))


def on_host(match: Match) -> Match:
    """Return `match` with its arrays in the host's memory."""
    best, second, distance, refined = match
    return Match(to_numpy(best), to_numpy(second), to_numpy(distance), refined)


def squared_distance(xp: ModuleType, first: Any, second: Any) -> Any:
    """Return Σ_f (first_f - second_f)² in double precision, f in order: the same bits however many
    rows there are.
    """
    total = xp.zeros(len(first), dtype=xp.float64)
    for feature in range(first.shape[1]):
        difference = first[:, feature].astype(xp.float64) - second[:, feature]
        total += difference * difference
    return total


def _table(xp: ModuleType, nodes: Any) -> Any:
    """Return [-w, ½|w|²], a column a node."""
    half = 0.5 * xp.sum(nodes**2, axis=1)
    return xp.ascontiguousarray(xp.concatenate([-nodes.T, half[None, :]]).astype(xp.float32))


def _augmented(xp: ModuleType, centred: Any) -> Any:
    """Return [x, 1]."""
    table = xp.ones((len(centred), centred.shape[1] + 1), dtype=xp.float32)
    table[:, :-1] = centred
    return table


def _error(xp: ModuleType, centred: Any, longest: Any) -> Any:
    """Return ε(x) of each sample."""
    length = xp.sqrt(xp.sum(centred**2, axis=1)).astype(xp.float64)
    single = SINGLE * (length * longest + 0.5 * longest**2)
    return (centred.shape[1] + 5) * (single + DOUBLE * (length + longest) ** 2)


class _Near(NamedTuple):
    best: Any
    second: Any
    highest: Any
    gap: Any
    next_gap: Any


def _two_best(xp: ModuleType, scores: Any) -> _Near:
    """Return the two lowest of each row, the second's score, and the gaps from first to second and
    from second to third.

    The scores are as before when it returns.
    """
    row = xp.arange(len(scores))
    if scores.shape[1] == 1:
        infinite = xp.full(len(scores), xp.inf)
        return _Near(row * 0, row * 0 - 1, scores[:, 0], infinite, infinite)
    best = scores.argmin(axis=1)
    lowest = scores[row, best]
    scores[row, best] = xp.inf
    second = scores.argmin(axis=1)
    higher = scores[row, second]
    scores[row, second] = xp.inf
    third = scores.min(axis=1)
    scores[row, best], scores[row, second] = lowest, higher
    return _Near(best, second, higher, higher - lowest, third - higher)


def _refine(xp: ModuleType, samples: Any, nodes: Any, candidate: Any) -> tuple[Any, Any]:
    """Return the two nearest nodes of each sample among its candidates (at least two), by double
    precision.
    """
    sample, node = xp.nonzero(candidate)
    squared = xp.full(candidate.shape, xp.inf)
    squared[sample, node] = squared_distance(xp, samples[sample], nodes[node])
    best = squared.argmin(axis=1)
    squared[xp.arange(len(best)), best] = xp.inf
    return best, squared.argmin(axis=1)
