"""Dense search: every sample against every node, by NumPy.

One matrix product [x, 1] · [-w, ½|w|²] for a block of samples, small enough for its scores to stay
in the cache, then one pass of `argmin` for each node that is wanted. Samples whose gap is no more
than 2ε (`rounding`) are decided in double precision among the nodes within reach.
"""

import numpy as np
from jaxtyping import Float32, Float64, Int64

from tasks.som.search.nodes import Found, Nodes
from tasks.som.search.rounding import reach, squared_distance

CACHE = 1 << 23
"""Bytes of scores a block, at most: what a processor's last cache has for a core."""
FEWEST, MOST = 128, 512
"""Samples a block: with fewer the product is slow, and more gain nothing."""


def rows(nodes: int) -> int:
    """Return the number of samples a block."""
    return min(max(FEWEST, CACHE // (4 * nodes)), MOST)


def centred(
    samples: Float32[np.ndarray, "sample feature"], nodes: Nodes
) -> Float32[np.ndarray, "sample feature_and_one"]:
    """Return [x, 1] with x centred."""
    table = np.ones((len(samples), samples.shape[1] + 1), dtype=np.float32)
    np.subtract(samples, nodes.centre, out=table[:, :-1])
    return table


def lengths(x: Float32[np.ndarray, "sample feature_and_one"]) -> Float64[np.ndarray, " sample"]:
    """Return |x| of rows [x, 1]."""
    return np.sqrt(np.einsum("ij,ij->i", x[:, :-1], x[:, :-1]).astype(np.float64))


def answer(
    samples: Float32[np.ndarray, "sample feature"], nodes: Nodes, *, exact: bool, second: bool
) -> Found:
    """Return the units of a block of samples."""
    x = centred(samples, nodes)
    return choose(samples, x, x @ nodes.product, nodes, exact=exact, second=second)


def choose(
    samples: Float32[np.ndarray, "sample feature"],
    x: Float32[np.ndarray, "sample feature_and_one"],
    scores: Float32[np.ndarray, "sample candidate"],
    nodes: Nodes,
    *,
    exact: bool,
    second: bool,
    columns: Int64[np.ndarray, " candidate"] | None = None,
) -> Found:
    """Return the units of a block of samples by their `scores`, which are overwritten; `columns`
    are the nodes scored, in rising order, by default all.
    """
    wanted = min(1 + int(second), scores.shape[1])
    refined, lowest, places = 0, [], [scores.argmin(axis=1)]
    if wanted > 1 or (exact and scores.shape[1] > 1):
        lowest, places = _lowest(scores, places[0], wanted)
    if exact and scores.shape[1] > 1:
        farthest = lowest[wanted - 1].astype(np.float64)
        near = reach(np, lengths(x), farthest, nodes.longest, samples.shape[1])
        row = np.arange(len(scores))
        gaps = [*lowest[1:], scores[row, scores.argmin(axis=1)]]  # faster than `min`
        close = np.zeros(len(samples), dtype=bool)
        for low, high in zip(lowest, gaps, strict=True):
            close |= high - low <= near
        refined = int(np.count_nonzero(close))
        if refined:
            which = np.flatnonzero(close)
            for place, low in zip(places, lowest, strict=True):
                scores[which, place[which]] = low[which]
            candidate = scores[which] <= (farthest + near)[which, None]
            _refine(places, which, samples, candidate=candidate, nodes=nodes, columns=columns)
    named = places if columns is None else [columns[place] for place in places]
    squared = squared_distance(np, samples, nodes.weights[named[0]])
    other = named[1] if wanted > 1 else np.full(len(samples), -1)
    return Found(named[0], other, squared, refined, float(scores.size))


def _lowest(
    scores: np.ndarray, place: np.ndarray, wanted: int
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return the `wanted` lowest scores of each row and their places, the first of which is known.
    They are infinity in `scores` afterwards.
    """
    row = np.arange(len(scores))
    lowest, places = [scores[row, place]], [place]
    scores[row, place] = np.inf
    for _ in range(1, wanted):
        places.append(scores.argmin(axis=1))
        lowest.append(scores[row, places[-1]])
        scores[row, places[-1]] = np.inf
    return lowest, places


def _refine(
    places: list[np.ndarray],
    which: np.ndarray,
    samples: np.ndarray,
    *,
    candidate: np.ndarray,
    nodes: Nodes,
    columns: np.ndarray | None,
) -> None:
    """Set `places` of the samples `which` to the nearest of their candidates, by double precision.

    Candidates stand in rising order, so that `argmin` takes the lowest index among equals.
    """
    sample, node = np.nonzero(candidate)
    named = node if columns is None else columns[node]
    squared = squared_distance(np, samples[which[sample]], nodes.weights[named])
    count = np.bincount(sample, minlength=len(which))
    slot = np.arange(len(sample)) - np.repeat(np.cumsum(count) - count, count)
    table = np.full((len(which), count.max()), np.inf)
    index = np.zeros(table.shape, dtype=np.int64)
    table[sample, slot], index[sample, slot] = squared, node
    row = np.arange(len(which))
    for place in places:
        nearest = table.argmin(axis=1)
        place[which] = index[row, nearest]
        table[row, nearest] = np.inf
