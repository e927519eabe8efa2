"""The search by the array API alone, for any namespace: the way on a GPU without a compiler.

Scores are double precision throughout, so that neither settings nor devices that shorten single
precision (TF32) can touch the answer; near ties are decided as everywhere (`rounding`).
"""

from types import ModuleType
from typing import Any

from tasks.som.search.nodes import slices
from tasks.som.search.rounding import DOUBLE, reach, squared_distance

BYTES = 1 << 27
"""Bytes of scores a chunk."""


def search(
    xp: ModuleType, samples: Any, nodes: Any, *, exact: bool, chunk: int | None, second: bool
) -> tuple[Any, Any, Any, float]:
    """Return best, second, distance and the share decided anew, as `best_matching_units.search`
    does, as arrays of `xp`.
    """
    count, total = samples.shape[0], nodes.shape[0]
    found = []
    for part in slices(count, chunk or max(1, BYTES // (8 * total))):
        found.append(_block(xp, samples[part, :], nodes, exact=exact, second=second))
    if not found:
        return _none(xp)
    best, other, squared = (xp.concat([one[i] for one in found]) for i in range(3))
    return best, other, xp.sqrt(squared), sum(one[3] for one in found) / count


def _none(xp: ModuleType) -> tuple[Any, Any, Any, float]:
    empty = xp.empty((0,), dtype=xp.int64)
    return empty, empty, xp.empty((0,), dtype=xp.float64), 0.0


def _block(
    xp: ModuleType, samples: Any, nodes: Any, *, exact: bool, second: bool
) -> tuple[Any, Any, Any, int]:
    centre = xp.mean(nodes, axis=0)
    x, w = xp.astype(samples, xp.float64) - centre, nodes - centre
    squares = xp.sum(w * w, axis=1)
    scores = 0.5 * squares - xp.matmul(x, w.T)
    best, other, lowest = two_lowest(xp, scores)
    refined = 0
    if exact and nodes.shape[0] > 1:
        length, longest = xp.sqrt(xp.sum(x * x, axis=1)), xp.sqrt(xp.max(squares))
        near = reach(xp, length, lowest[1], longest, x.shape[1], unit=DOUBLE)
        close = (lowest[1] - lowest[0] <= near) | (lowest[2] - lowest[1] <= near)
        refined = int(xp.sum(xp.astype(close, xp.int64)))
        if refined:
            squared = squared_distance(xp, samples[:, None, :], nodes[None, :, :])
            exact_best, exact_other, _ = two_lowest(xp, squared)
            best = xp.where(close, exact_best, best)
            other = xp.where(close, exact_other, other)
    squared = squared_distance(xp, samples, xp.take(nodes, best, axis=0))
    if not second:
        other = xp.full(other.shape, -1, dtype=xp.int64)
    return best, other, squared, refined


def two_lowest(xp: ModuleType, scores: Any) -> tuple[Any, Any, tuple[Any, Any, Any]]:
    """Return the places of the two lowest of each row (the second -1 in rows of one), the first
    among equals, and the three lowest.
    """
    count = xp.arange(scores.shape[1], dtype=xp.int64)[None, :]
    infinity = xp.asarray(xp.inf, dtype=scores.dtype)
    best = xp.astype(xp.argmin(scores, axis=1), xp.int64)
    first = xp.min(scores, axis=1)
    if scores.shape[1] == 1:
        return best, best - 1, (first, first + infinity, first + infinity)
    scores = xp.where(count == best[:, None], infinity, scores)
    other = xp.astype(xp.argmin(scores, axis=1), xp.int64)
    second = xp.min(scores, axis=1)
    third = xp.min(xp.where(count == other[:, None], infinity, scores), axis=1)
    return best, other, (first, second, third)
